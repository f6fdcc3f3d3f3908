-- The tables of a LedgerSMB company that its map reads: a discount, a return, a vendor, and an invoice nobody approved.
CREATE TABLE ar (id INTEGER PRIMARY KEY, invnumber TEXT, transdate DATE, duedate DATE, amount NUMERIC, curr TEXT, approved BOOLEAN, person_id INTEGER, entity_id INTEGER, entity_credit_account INTEGER);
INSERT INTO ar VALUES (1, 'A-1', '2026-03-04', '2026-04-03', 53.43, 'USD', 1, 7, NULL, 20), (2, 'A-2', '2026-03-05', '2026-04-04', -5, 'EUR', 1, 7, NULL, 21),
  (3, 'A-3', '2026-03-06', '2026-04-05', 10, 'USD', 0, 7, NULL, 20);
CREATE TABLE invoice (id INTEGER PRIMARY KEY, trans_id INTEGER, parts_id INTEGER, qty NUMERIC, sellprice NUMERIC, fxsellprice NUMERIC, discount NUMERIC, assemblyitem BOOLEAN);
INSERT INTO invoice VALUES (100, 1, 5, 3, 9.5, 10, 0.05, 0), (101, 1, 6, 1, 24.933, 24.933, 0, 0), (102, 2, 5, -1, 5, 4.55, 0, 0),
  (103, 3, 5, 1, 10, 10, 0, 0), (104, 99, 5, -7, 3, 3, 0, 0);
CREATE TABLE entity_credit_account (id INTEGER PRIMARY KEY, entity_id INTEGER, entity_class INTEGER, meta_number TEXT, business_id INTEGER, creditlimit NUMERIC);
INSERT INTO entity_credit_account VALUES (20, 1, 2, 'C-1', 4, 1000), (21, 2, 2, 'C-2', NULL, 0), (22, 3, 1, 'V-1', NULL, 0);
CREATE TABLE entity (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO entity VALUES (1, 'Ant Lighting'), (2, 'Bee Lamps'), (3, 'A vendor');
CREATE TABLE business (id INTEGER PRIMARY KEY, description TEXT);
INSERT INTO business VALUES (4, 'Specialist shops');
