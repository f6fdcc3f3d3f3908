"""Sheets of Excel 97, of LibreOffice and binary ones are held to the same as .xlsx: what is hidden, struck or red."""

from __future__ import annotations

import base64
import struct
import zipfile
import zlib

import pytest

from helpers.errors import WorkbookError
from helpers.intake import propose_map
from helpers.questions import open_questions

#: A sheet of Excel 97 with three lines of 200 (in red), 50 (its day struck through) and 30 (in a hidden row).
XLS = (
    r"c-rk)O-NKx6h8O8H@`Z6{sbDxAY^3<&PdiqCyR2GOtmN?m_}z7qR!as%|bU><}wIc6-5Yc+E{J+p@P~)1V$}_AkbR23JO}NuXE1(>6s%"
    r"qP-5}U@XkBuyZ7AhzI*Sv@6LNOA6uBY-?#|BNe{@dq6fh1zyw|a%ZUP(>pGd%-H(^<%0DFmKTf3A15ZM)eKdzO--{r@J>>;zfKPaxfid"
    r"VW7V_~;l!M%dte`%0qZV)zkuWrHuWDEivaV%)muo&{eSncGth=%9f;bKHss7ge<|;lVHFH@QsNIJg^MR2B)Wb_!#TTv$qpk;f)uHUj)-"
    r"DJ_*#iICh$f{PW&vlqFJH*3*^vdP!zrJI?|K~Io0Z$o<1W6rxB$d|tj2xo;Qn>+KpFg+qyS8UewI^c8tdFvj0JIG32tF-@J3EMcTvsd)"
    r"yz;XXqmaJmaoDjE1lPhqgK(FTFjLOHFPlKTq#@7hO}|S3wbS*9W9m$8m3Wi0+D1#va7u#(cZBakwXboX;QsOXIU4OB?<0y!utp&1dQz|"
    r"x@vn0aoSd+&OwCj7$<KOA7kmx*SALp(y0t1ll)3DUR*n9BtVCY6oJ8EF5$u8R$Dn@59>?Z>UOppS=V6#;k_kYZyHCYxXxuRZ9$$+mUpS"
    r"04tp2c(_fA~YMTC>+Ku*H-{M5w-22oFG~-O<FrI!>&?ef%jq4<jQ`TLWo7_j%4Qn<$zZ5n5uA6V?2rNU8%@}LLqtOwzCz)eqcrtpj?J4"
    r"Lfw&y|5WAcbHJc4<=W_`gtKHDQ6zwHqZ9UPwFGYRGi@+RIa6Av*+Wf&x82%4?XXxBoO?GZz@?Kv4FX7F<KE3g=32SeOskhxCCY(?g02-"
    r"_YpL~PH=AUhZ)n4w3ifd|xKeEIy6Ah_a+E3UZWiYu;cIT3s)1U?EWe3UVc!#?x7&N5yr?q`z!R*pjve;WR6JPZZAt1w>C`q>5^VYMYT7"
    r"-M}eBsq!fDh$H__hY!?^^3=S;e4JA2S)!~3RTL#Qb|AmGXGCbIRfG"
)  # fmt: skip
HEAD = ["order_id", "order_date", "customer_id", "product_id", "quantity", "net_amount"]
ANSWERS = {"hidden_rows": "leave_out", "struck_rows": "read", "shown_below_zero": ["net_amount"]}


def ods(path):
    """The same lines as LibreOffice writes them, and one whose formula failed."""
    styles = (
        '<style:style style:name="{}" style:family="table-cell"><style:text-properties {}/></style:style>'
    )
    rows = [HEAD, ["A1", "2026-01-05", "C1", "P1", 2, 200], ["A2", "2026-01-06", "C2", "P1", 1, 50],
            ["A3", "2026-01-07", "C3", "P1", 1, 30], ["A4", "2026-01-07", "C3", "P1", 1, "#N/A"]]  # fmt: skip
    looks = {"200": "red", "2026-01-06": "struck"}

    def cell(value):
        kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
        style = f' table:style-name="{looks[str(value)]}"' if str(value) in looks else ""
        formula = ' table:formula="of:=NA()"' if value == "#N/A" else ""
        tag = f'table:table-cell{style}{formula} office:value-type="{kind}"'
        return f"<{tag}><text:p>{value}</text:p></table:table-cell>"

    spaces = {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "fo": "xsl-fo-compatible",
    }
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{end}:1.0"' for name, end in spaces.items()
    )
    hidden = {"A3": ' table:visibility="collapse"'}
    body = "".join(
        f"<table:table-row{hidden.get(row[0], '')}>{''.join(map(cell, row))}</table:table-row>"
        for row in rows
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:automatic-styles>'
        + styles.format("red", 'fo:color="#ff0000"')
        + styles.format("struck", 'style:text-line-through-style="solid"')
        + '</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="S">'
        + body
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )


def xlsb(path):
    """The same lines in Excel's binary format, without looks: a row is hidden, and a formula failed."""

    def record(kind, data=b""):
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size = len(data)
        return number + (bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])) + data

    def words(value):
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(column, value):
        place = struct.pack("<II", column, 0)
        if value == "#N/A":
            return record(3, place + b"\x2a")
        return (
            record(5, place + struct.pack("<d", value))
            if isinstance(value, int)
            else record(6, place + words(value))
        )

    rows = [HEAD, ["A1", "2026-01-05", "C1", "P1", 2, 200], ["A2", "2026-01-06", "C2", "P1", 1, 50],
            ["A3", "2026-01-07", "C3", "P1", 1, 30], ["A4", "2026-01-07", "C3", "P1", 1, "#N/A"]]  # fmt: skip
    cells = b"".join(
        record(0, struct.pack("<IIHBBBI", place, 0, 300, 0, 0x10 if row[0] == "A3" else 0, 0, 0))
        + b"".join(cell(column, value) for column, value in enumerate(row))
        for place, row in enumerate(rows)
    )
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, len(HEAD) - 1)
    sheet = record(129) + record(148, size) + record(145) + cells + record(146) + record(130)
    named = record(156, struct.pack("<II", 0, 1) + words("rId1") + words("S"))
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    spaces = "http://schemas.openxmlformats.org/package/2006"
    link = f'<Relationships xmlns="{spaces}/relationships"><Relationship Id="rId1" Type='
    parts = {
        "xl/workbook.bin": record(131) + record(143) + named + record(144) + record(132),
        "xl/worksheets/sheet1.bin": sheet,
        "xl/_rels/workbook.bin.rels": f'{link}"{kinds}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        "_rels/.rels": f'{link}"{kinds}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{spaces}/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def xls(path):
    path.write_bytes(zlib.decompress(base64.b85decode(XLS)))


@pytest.mark.parametrize(("write", "ending"), [(xls, "xls"), (ods, "ods")])
def test_what_is_hidden_struck_or_red_must_be_said(shop, write, ending):
    path = shop.folder / f"order_lines.{ending}"
    write(path)
    with pytest.raises(WorkbookError, match=rf"order_lines\.{ending}, sheet S: row 4: hidden"):
        shop.read()
    asked = {each.key.rpartition(".")[2] for each in open_questions(propose_map(path))}
    assert asked >= {"hidden_rows", "struck_rows", "shown_below_zero"}
    lines = shop.table(tables={"order_lines": ANSWERS})
    assert sum(lines["net_amount"]) == -200 + 50
    lines = shop.table(tables={"order_lines": ANSWERS | {"hidden_rows": "read"}})
    assert sum(lines["net_amount"]) == -200 + 50 + 30


@pytest.mark.parametrize(("write", "ending"), [(ods, "ods"), (xlsb, "xlsb")])
def test_the_error_of_a_formula_is_no_blank_there_either(shop, write, ending):
    write(shop.folder / f"order_lines.{ending}")
    with pytest.raises(WorkbookError, match=rf"order_lines\.{ending}, sheet S: row 4: hidden"):
        shop.read()
    bad = shop.quarantine(tables={"order_lines": ANSWERS | {"hidden_rows": "read"}})
    assert [*bad["rule"]] == ["error_cell"] and "#N/A" in str(bad.to_numpy())
