-- Tables and columns of a Tryton 8 database, as benchmarks/tryton_ledger.py had Tryton make it: amounts are bytes.
CREATE TABLE "account_account" ("id" INTEGER PRIMARY KEY, "type" INTEGER);
INSERT INTO "account_account" VALUES
  (150, 332),
  (154, 331),
  (186, 346),
  (214, 349),
  (247, 323);
CREATE TABLE "account_account_type" ("id" INTEGER PRIMARY KEY, "receivable" BOOLEAN);
INSERT INTO "account_account_type" VALUES
  (323, 0),
  (331, 1),
  (332, 0),
  (346, 0),
  (349, 0);
CREATE TABLE "account_invoice" ("id" INTEGER PRIMARY KEY, "account" INTEGER, "company" INTEGER, "currency" INTEGER, "invoice_date" DATE, "move" INTEGER, "number" VARCHAR, "party" INTEGER, "state" VARCHAR, "total_amount_cache" NUMERIC, "type" VARCHAR);
INSERT INTO "account_invoice" VALUES
  (388, 154, 5, 187, '2026-11-28', 227, '1', 193, 'paid', X'37372E3535', 'out'),
  (389, 154, 5, 187, '2026-11-28', 230, '2', 194, 'posted', X'3232302E3638', 'out'),
  (390, 154, 5, 187, '2026-11-28', 232, '3', 194, 'paid', X'35352E3030', 'out'),
  (391, 154, 5, 187, '2026-11-28', 235, '4', 193, 'posted', X'2D32322E3030', 'out'),
  (392, 154, 5, 187, '2026-11-28', 236, '5', 195, 'cancelled', X'34342E3030', 'out'),
  (393, 154, 5, 187, '2026-11-28', 237, '6', 195, 'paid', X'2D34342E3030', 'out'),
  (394, 154, 5, 187, '2026-11-28', 238, '7', 196, 'paid', X'39392E3030', 'out'),
  (395, 154, 5, 187, NULL, NULL, NULL, 195, 'cancelled', X'3133322E3030', 'out'),
  (396, 154, 5, 187, NULL, NULL, NULL, 197, 'draft', NULL, 'out');
CREATE TABLE "account_invoice-account_move_line" ("id" INTEGER PRIMARY KEY, "invoice" INTEGER, "line" INTEGER);
INSERT INTO "account_invoice-account_move_line" VALUES
  (191, 388, 36),
  (192, 388, 38),
  (193, 389, 45),
  (194, 390, 51);
CREATE TABLE "account_invoice_line" ("id" INTEGER PRIMARY KEY, "account" INTEGER, "company" INTEGER, "currency" INTEGER, "invoice" INTEGER, "note" TEXT, "origin" VARCHAR, "party" INTEGER, "product" INTEGER, "quantity" FLOAT, "type" VARCHAR, "unit" INTEGER, "unit_price" NUMERIC);
INSERT INTO "account_invoice_line" VALUES
  (292, 214, 5, 187, 388, NULL, 'sale.line,115', NULL, 353, 7.0, 'line', 50, X'31302E30303030'),
  (293, 214, 5, 187, 388, NULL, 'sale.line,116', NULL, 354, 1.0, 'line', 50, X'302E31323530'),
  (294, 214, 5, 187, 388, NULL, 'sale.line,117', NULL, 354, 3.0, 'line', 50, X'302E31323530'),
  (295, 214, 5, 187, 389, NULL, 'sale.line,118', NULL, 353, 20.0, 'line', 50, X'31302E30303030'),
  (296, 214, 5, 187, 389, NULL, 'sale.line,119', NULL, 354, 5.0, 'line', 50, X'302E31323530'),
  (297, 214, 5, 187, 390, NULL, 'sale.line,120', NULL, 353, 5.0, 'line', 50, X'31302E30303030'),
  (298, 214, 5, 187, 391, NULL, 'sale.line,121', NULL, 353, -2.0, 'line', 50, X'31302E30303030'),
  (299, 214, 5, 187, 392, NULL, 'sale.line,122', NULL, 353, 4.0, 'line', 50, X'31302E30303030'),
  (300, 214, 5, 187, 393, NULL, 'account.invoice.line,299', NULL, 353, -4.0, 'line', 50, X'31302E30303030'),
  (301, 214, 5, 187, 394, NULL, 'sale.line,123', NULL, 353, 9.0, 'line', 50, X'31302E30303030'),
  (302, 214, 5, 187, 395, NULL, 'sale.line,125', NULL, 353, 12.0, 'line', 50, X'31302E30303030'),
  (303, 214, 5, 187, 396, NULL, 'sale.line,127', NULL, 353, 14.0, 'line', 50, X'31302E30303030');
CREATE TABLE "account_move" ("id" INTEGER PRIMARY KEY, "company" INTEGER, "date" DATE, "number" VARCHAR, "origin" VARCHAR, "state" VARCHAR);
INSERT INTO "account_move" VALUES
  (227, 5, '2026-11-28', '1', 'account.invoice,388', 'posted'),
  (228, 5, '2026-11-28', '2', 'account.invoice,388', 'posted'),
  (229, 5, '2026-11-28', '3', 'account.invoice,388', 'posted'),
  (230, 5, '2026-11-28', '4', 'account.invoice,389', 'posted'),
  (231, 5, '2026-11-28', '5', 'account.invoice,389', 'posted'),
  (232, 5, '2026-11-28', '6', 'account.invoice,390', 'posted'),
  (233, 5, '2026-11-28', '7', 'account.invoice,390', 'posted'),
  (234, 5, '2026-11-28', '8', NULL, 'posted'),
  (235, 5, '2026-11-28', '9', 'account.invoice,391', 'posted'),
  (236, 5, '2026-11-28', '10', 'account.invoice,392', 'posted'),
  (237, 5, '2026-11-28', '11', 'account.invoice,393', 'posted'),
  (238, 5, '2026-11-28', '12', 'account.invoice,394', 'posted'),
  (239, 5, '2026-11-28', '13', 'account.move,238', 'posted');
CREATE TABLE "account_move_line" ("id" INTEGER PRIMARY KEY, "account" INTEGER, "credit" NUMERIC, "debit" NUMERIC, "maturity_date" DATE, "move" INTEGER, "origin" VARCHAR, "party" INTEGER, "state" VARCHAR);
INSERT INTO "account_move_line" VALUES
  (30, 214, X'37302E3030', X'30', NULL, 227, 'account.invoice.line,292', NULL, 'valid'),
  (31, 214, X'302E3132', X'30', NULL, 227, 'account.invoice.line,293', NULL, 'valid'),
  (32, 214, X'302E3338', X'30', NULL, 227, 'account.invoice.line,294', NULL, 'valid'),
  (33, 247, X'372E3035', X'30', NULL, 227, 'account.invoice.tax,494', NULL, 'valid'),
  (34, 154, X'30', X'33382E3738', '2026-12-28', 227, NULL, 193, 'valid'),
  (35, 154, X'30', X'33382E3737', '2027-01-27', 227, NULL, 193, 'valid'),
  (36, 154, X'35302E3030', X'30', NULL, 228, NULL, 193, 'valid'),
  (37, 150, X'30', X'35302E3030', NULL, 228, NULL, NULL, 'valid'),
  (38, 154, X'32372E3535', X'30', NULL, 229, NULL, 193, 'valid'),
  (39, 150, X'30', X'32372E3535', NULL, 229, NULL, NULL, 'valid'),
  (40, 214, X'3230302E3030', X'30', NULL, 230, 'account.invoice.line,295', NULL, 'valid'),
  (41, 214, X'302E3632', X'30', NULL, 230, 'account.invoice.line,296', NULL, 'valid'),
  (42, 247, X'32302E3036', X'30', NULL, 230, 'account.invoice.tax,495', NULL, 'valid'),
  (43, 154, X'30', X'3131302E3334', '2026-12-28', 230, NULL, 194, 'valid'),
  (44, 154, X'30', X'3131302E3334', '2027-01-27', 230, NULL, 194, 'valid'),
  (45, 154, X'3130302E3030', X'30', NULL, 231, NULL, 194, 'valid'),
  (46, 150, X'30', X'3130302E3030', NULL, 231, NULL, NULL, 'valid'),
  (47, 214, X'35302E3030', X'30', NULL, 232, 'account.invoice.line,297', NULL, 'valid'),
  (48, 247, X'352E3030', X'30', NULL, 232, 'account.invoice.tax,496', NULL, 'valid'),
  (49, 154, X'30', X'32372E3530', '2026-12-28', 232, NULL, 194, 'valid'),
  (50, 154, X'30', X'32372E3530', '2027-01-27', 232, NULL, 194, 'valid'),
  (51, 154, X'35342E3030', X'30', NULL, 233, NULL, 194, 'valid'),
  (52, 150, X'30', X'35342E3030', NULL, 233, NULL, NULL, 'valid'),
  (53, 154, X'312E3030', X'30', NULL, 234, NULL, 194, 'valid'),
  (54, 186, X'30', X'312E3030', NULL, 234, NULL, NULL, 'valid'),
  (55, 214, X'30', X'32302E3030', NULL, 235, 'account.invoice.line,298', NULL, 'valid'),
  (56, 247, X'30', X'322E3030', NULL, 235, 'account.invoice.tax,497', NULL, 'valid'),
  (57, 154, X'31312E3030', X'30', '2026-12-28', 235, NULL, 193, 'valid'),
  (58, 154, X'31312E3030', X'30', '2027-01-27', 235, NULL, 193, 'valid'),
  (59, 214, X'34302E3030', X'30', NULL, 236, 'account.invoice.line,299', NULL, 'valid'),
  (60, 247, X'342E3030', X'30', NULL, 236, 'account.invoice.tax,498', NULL, 'valid'),
  (61, 154, X'30', X'32322E3030', '2026-12-28', 236, NULL, 195, 'valid'),
  (62, 154, X'30', X'32322E3030', '2027-01-27', 236, NULL, 195, 'valid'),
  (63, 214, X'30', X'34302E3030', NULL, 237, 'account.invoice.line,300', NULL, 'valid'),
  (64, 247, X'30', X'342E3030', NULL, 237, 'account.invoice.tax,499', NULL, 'valid'),
  (65, 154, X'32322E3030', X'30', '2026-12-28', 237, NULL, 195, 'valid'),
  (66, 154, X'32322E3030', X'30', '2027-01-27', 237, NULL, 195, 'valid'),
  (67, 214, X'39302E3030', X'30', NULL, 238, 'account.invoice.line,301', NULL, 'valid'),
  (68, 247, X'392E3030', X'30', NULL, 238, 'account.invoice.tax,500', NULL, 'valid'),
  (69, 154, X'30', X'34392E3530', '2026-12-28', 238, NULL, 196, 'valid'),
  (70, 154, X'30', X'34392E3530', '2027-01-27', 238, NULL, 196, 'valid'),
  (71, 154, X'34392E3530', X'30', '2027-01-27', 239, 'account.move.line,70', 196, 'valid'),
  (72, 154, X'34392E3530', X'30', '2026-12-28', 239, 'account.move.line,69', 196, 'valid'),
  (73, 247, X'30', X'392E3030', NULL, 239, 'account.move.line,68', NULL, 'valid'),
  (74, 214, X'30', X'39302E3030', NULL, 239, 'account.move.line,67', NULL, 'valid');
CREATE TABLE "currency_currency" ("id" INTEGER PRIMARY KEY, "code" VARCHAR(3), "name" VARCHAR);
INSERT INTO "currency_currency" VALUES
  (187, 'USD', 'U.S. Dollar');
CREATE TABLE "party_party" ("id" INTEGER PRIMARY KEY, "code" VARCHAR, "name" VARCHAR);
INSERT INTO "party_party" VALUES
  (192, '1', 'Dunder Mifflin'),
  (193, '2', 'Ant'),
  (194, '3', 'Bee'),
  (195, '4', 'Cat'),
  (196, '5', 'Dog'),
  (197, '6', 'Elk'),
  (198, '7', 'A supplier');
CREATE TABLE "product_product" ("id" INTEGER PRIMARY KEY, "code" VARCHAR, "template" INTEGER);
INSERT INTO "product_product" VALUES
  (353, NULL, 252),
  (354, NULL, 253);
CREATE TABLE "product_template" ("id" INTEGER PRIMARY KEY, "code" VARCHAR, "name" VARCHAR, "type" VARCHAR);
INSERT INTO "product_template" VALUES
  (252, NULL, 'lamp', 'service'),
  (253, NULL, 'screw', 'service');
CREATE TABLE "product_uom" ("id" INTEGER PRIMARY KEY, "factor" FLOAT, "name" VARCHAR);
INSERT INTO "product_uom" VALUES
  (50, 1.0, 'Unit');
