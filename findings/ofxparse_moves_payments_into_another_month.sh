#!/usr/bin/env bash
# ofxparse, and payments of the first of a month on a bank's statement (OFX)
#
# One would guess: 20260301000000[+8:CST] is 1 March by the clock of the bank, the day that its statement says; a
# datetime without a zone has that day, or the datetime has the zone.
#
# What really happens: the moment is moved to UTC and the zone dropped: 16 o'clock on 28 February. Where a bank east of
# Greenwich writes a day as its midnight, every payment is a day early, and those of the first of a month are counted in
# the month before. A statement whose days stand without a zone keeps them, so of two banks one is right. What was paid in
# New York in the evening is moved to the day after. No word is said.
#
# Seen with ofxparse 0.21, beautifulsoup4 4.15.0, lxml 6.1.3 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "ofxparse==0.21" "beautifulsoup4==4.15.0" "lxml==6.1.3"
cd "$folder"
cat > ask.py <<'PYTHON'
import io
from collections import Counter

from ofxparse import OfxParser

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
DAYS = ("20260228", "20260301", "20260302")


def posted(zone):
    rows = "".join(
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}{zone}<TRNAMT>100.00<FITID>{day}<NAME>Customer</STMTTRN>" for day in DAYS
    )
    text = (
        f"{HEAD}<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR"
        "<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260201<DTEND>20260331"
        f"{rows}</BANKTRANLIST><LEDGERBAL><BALAMT>300.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    return [each.date for each in OfxParser.parse(io.BytesIO(text.encode())).account.statement.transactions]


seen = {zone: posted(zone) for zone in ("", "000000", "000000[+8:CST]", "000000[+1:CET]", "200000[-5:EST]")}
months = {zone: dict(Counter(f"{moment:%Y-%m}" for moment in moments)) for zone, moments in seen.items()}
for zone, moments in seen.items():
    print(f"{', '.join(DAYS)} with {zone or 'nothing'}: {[str(moment) for moment in moments]}, by month {months[zone]}")
assert months[""] == months["000000"] == {"2026-02": 1, "2026-03": 2}
assert months["000000[+8:CST]"] == months["000000[+1:CET]"] == {"2026-02": 2, "2026-03": 1}, "no longer so: days stay those of the bank"
assert months["200000[-5:EST]"] == {"2026-03": 3} and all(each.tzinfo is None for each in seen["000000[+8:CST]"])
PYTHON
"$folder/venv/bin/python" ask.py
# 20260228, 20260301, 20260302 with nothing: ['2026-02-28 00:00:00', '2026-03-01 00:00:00', '2026-03-02 00:00:00'], by month {'2026-02': 1, '2026-03': 2}
# 20260228, 20260301, 20260302 with 000000: ['2026-02-28 00:00:00', '2026-03-01 00:00:00', '2026-03-02 00:00:00'], by month {'2026-02': 1, '2026-03': 2}
# 20260228, 20260301, 20260302 with 000000[+8:CST]: ['2026-02-27 16:00:00', '2026-02-28 16:00:00', '2026-03-01 16:00:00'], by month {'2026-02': 2, '2026-03': 1}
# 20260228, 20260301, 20260302 with 000000[+1:CET]: ['2026-02-27 23:00:00', '2026-02-28 23:00:00', '2026-03-01 23:00:00'], by month {'2026-02': 2, '2026-03': 1}
# 20260228, 20260301, 20260302 with 200000[-5:EST]: ['2026-03-01 01:00:00', '2026-03-02 01:00:00', '2026-03-03 01:00:00'], by month {'2026-03': 3}
