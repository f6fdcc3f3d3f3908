-- The tables of a GnuCash book that its map reads: two customers, one of them through a job, and a draft.
CREATE TABLE customers (guid TEXT PRIMARY KEY, id TEXT, name TEXT);
INSERT INTO customers VALUES ('c1', '000001', 'Ant Lighting'), ('c2', '000002', 'Bee Lamps');
CREATE TABLE jobs (guid TEXT PRIMARY KEY, id TEXT, owner_type INTEGER, owner_guid TEXT);
INSERT INTO jobs VALUES ('j1', '1', 2, 'c2');
CREATE TABLE invoices (guid TEXT PRIMARY KEY, id TEXT, date_opened TEXT, date_posted TEXT, owner_type INTEGER, owner_guid TEXT, post_txn TEXT, post_lot TEXT);
INSERT INTO invoices VALUES
  ('i1', 'INV1', '2026-03-03 16:00:00', '2026-03-04 10:59:00', 2, 'c1', 't1', 'l1'),
  ('i2', 'INV2', '2026-03-03 16:00:00', '2026-03-05 10:59:00', 3, 'j1', 't2', 'l2'),
  ('i3', 'INV3', '2026-03-03 16:00:00', NULL, 2, 'c1', NULL, NULL);
CREATE TABLE taxtable_entries (id INTEGER PRIMARY KEY, taxtable TEXT, amount_num BIGINT, amount_denom BIGINT, type INTEGER);
INSERT INTO taxtable_entries VALUES (1, 'vat', 1000000, 100000, 2);
-- 3 x 33.33 less 5 %; 100.00 with a discount of 10 % after tax of 10 %: 89.00; 11.00 with tax inside: 10.00; a draft
CREATE TABLE entries (guid TEXT PRIMARY KEY, description TEXT, quantity_num BIGINT, quantity_denom BIGINT, i_price_num BIGINT, i_price_denom BIGINT, i_discount_num BIGINT, i_discount_denom BIGINT, i_disc_type TEXT, i_disc_how TEXT, i_taxable INTEGER, i_taxincluded INTEGER, i_taxtable TEXT, invoice TEXT, date TEXT);
INSERT INTO entries VALUES
  ('e1', 'bulb', 3000, 1000, 3333, 100, 5, 1, 'PERCENT', 'PRETAX', 0, 0, NULL, 'i1', '2026-03-03 16:00:00'),
  ('e2', 'lamp', 1, 1, 100, 1, 10, 1, 'PERCENT', 'POSTTAX', 1, 0, 'vat', 'i2', '2026-03-03 16:00:00'),
  ('e3', 'wire', 1, 1, 1100, 100, 0, 1, 'VALUE', 'PRETAX', 1, 1, 'vat', 'i2', '2026-03-03 16:00:00'),
  ('e4', 'lamp', 1, 1, 100, 1, 0, 1, 'VALUE', 'PRETAX', 0, 0, NULL, 'i3', '2026-03-03 16:00:00');
CREATE TABLE accounts (guid TEXT PRIMARY KEY, account_type TEXT);
INSERT INTO accounts VALUES ('ar', 'RECEIVABLE'), ('bank', 'BANK'), ('sales', 'INCOME');
CREATE TABLE transactions (guid TEXT PRIMARY KEY, num TEXT, post_date TEXT);
INSERT INTO transactions VALUES ('t1', 'INV1', '2026-03-04 10:59:00'), ('t2', 'INV2', '2026-03-05 10:59:00'), ('t3', '', '2026-03-19 16:00:00');
CREATE TABLE splits (guid TEXT PRIMARY KEY, tx_guid TEXT, account_guid TEXT, action TEXT, value_num BIGINT, value_denom BIGINT, lot_guid TEXT);
INSERT INTO splits VALUES
  ('s1', 't1', 'ar', 'Invoice', 9499, 100, 'l1'), ('s2', 't1', 'sales', 'Invoice', -9499, 100, NULL),
  ('s3', 't2', 'ar', 'Invoice', 10890, 100, 'l2'), ('s4', 't2', 'sales', 'Invoice', -10890, 100, NULL),
  ('s5', 't3', 'ar', 'Payment', -5000, 100, 'l1'), ('s6', 't3', 'bank', 'Payment', 5000, 100, NULL);
CREATE TABLE slots (id INTEGER PRIMARY KEY, obj_guid TEXT, name TEXT, timespec_val TEXT, string_val TEXT);
INSERT INTO slots VALUES (1, 't1', 'trans-txn-type', NULL, 'I'), (2, 't1', 'trans-date-due', '2026-04-02 16:00:00', NULL),
  (3, 't2', 'trans-date-due', '2026-04-03 16:00:00', NULL), (4, 't2', 'trans-read-only', NULL, 'posted');
