#!/usr/bin/env bash
# mt-940, and a payment on a bank statement (SWIFT MT940) that was taken back
#
# One would guess: a reversed credit (RC: a direct debit that bounced, a transfer recalled) takes the money away again,
# so the amounts of a statement add up to what its closing balance is over its opening balance.
#
# What really happens: only the mark D makes an amount negative. RC is positive, like the credit it undoes: a customer
# who paid 500 and took it back has paid 1,000, and the statement's amounts come to 1,000 where its balances say nought.
# Nothing compares the two. (A reversed debit, RD, is positive and rightly so.) The library's page names an option,
# reversal_sign, among its fixes that are off by default; with it the amounts meet the balance.
#
# Seen with mt-940 5.1.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "mt-940==5.1.1"
cat > "$folder/statement.sta" <<'MT940'
:20:STATEMENT
:25:10020030/1234567
:28C:10/1
:60F:C261001EUR1000,00
:61:2610021002C500,00NTRFINVOICE1
:86:Harbour Electric pays
:61:2610051005RC500,00NTRFINVOICE1
:86:Harbour Electric's payment is taken back
:61:2610061006D20,00NCHGFEE
:86:Fee
:61:2610071007RD20,00NCHGFEE
:86:Fee given back
:62F:C261031EUR1000,00
MT940
"$folder/venv/bin/python" -W error - "$folder/statement.sta" <<'PYTHON'
import sys

import mt940

seen = {}
for name, options in (("by default", None), ("reversal_sign", mt940.Options(reversal_sign=True))):
    statement = mt940.parse(sys.argv[1], options=options)
    amounts = [(row.data["status"], int(row.data["amount"].amount)) for row in statement]
    balances = [statement.data[each].amount.amount for each in ("final_opening_balance", "final_closing_balance")]
    seen[name] = sum(amount for _, amount in amounts), int(balances[1] - balances[0])
    print(f"{name}: {amounts} come to {seen[name][0]}; by its balances {seen[name][1]}")
assert seen["by default"] == (1000, 0), "no longer so: a payment that was taken back is taken away"
assert seen["reversal_sign"] == (0, 0)
PYTHON
# by default: [('C', 500), ('RC', 500), ('D', -20), ('RD', 20)] come to 1000; by its balances 0
# reversal_sign: [('C', 500), ('RC', -500), ('D', -20), ('RD', 20)] come to 0; by its balances 0
