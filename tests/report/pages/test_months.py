"""Pages above the packs lead to all that stands in the folder, and each scope's page to its own alone."""

import json
import re

from helpers.report.pages.pages import write_months


def pack(out, month, folder, **parameters):
    (out / month / folder).mkdir(parents=True)
    (out / month / folder / "index.html").write_text("a pack")
    content = {"parameters": {"scope": "company", "company": "Example & Sons"} | parameters}
    (out / month / folder / "manifest.json").write_text(json.dumps(content))


def links(page):
    return re.findall(r'href="([^"#]+html)"', page.read_text(encoding="utf-8"))


def test_a_scopes_page_lists_its_months_and_nothing_of_others(tmp_path):
    pack(tmp_path, "2026-09", "company")
    pack(tmp_path, "2026-09", "salesperson-s1-aa", scope="salesperson:S1", scope_label="Wei <b>")
    pack(tmp_path, "2026-10", "salesperson-s1-aa", scope="salesperson:S1", scope_label="Wei <b>")
    pack(tmp_path, "2026-10", "salesperson-s2-bb", scope="salesperson:S2", scope_label="Marta Tan")
    write_months(tmp_path, "en")
    own = tmp_path / "months" / "salesperson-s1-aa.html"
    assert links(own) == [
        "../2026-10/salesperson-s1-aa/index.html",
        "../2026-09/salesperson-s1-aa/index.html",
    ]
    assert all((own.parent / link).is_file() for link in links(own))
    page = own.read_text(encoding="utf-8")
    assert "Wei &lt;b&gt;" in page
    assert "Marta" not in page
    assert "s2-bb" not in page


def test_the_page_of_all_lists_every_pack_the_company_first(tmp_path):
    pack(tmp_path, "2026-10", "team-a-cc", scope="team:A", scope_label="A")
    pack(tmp_path, "2026-10", "salesperson-s1-aa", scope="salesperson:S1")
    pack(tmp_path, "2026-10", "company")
    (tmp_path / "2026-10" / "no-pack").mkdir()
    (tmp_path / "2026-10" / "no-pack" / "manifest.json").write_text("not json")
    write_months(tmp_path, "en")
    assert links(tmp_path / "index.html") == [
        "months/company.html", "2026-10/company/index.html", "months/team-a-cc.html",
        "2026-10/team-a-cc/index.html", "months/salesperson-s1-aa.html", "2026-10/salesperson-s1-aa/index.html",
    ]  # fmt: skip
    assert all((tmp_path / link).is_file() for link in links(tmp_path / "index.html"))


def test_a_page_of_somebody_else_is_left_alone_and_ours_is_written_anew(tmp_path):
    (tmp_path / "index.html").write_text("my own home page")
    pack(tmp_path, "2026-09", "company")
    write_months(tmp_path, "zh")
    assert (tmp_path / "index.html").read_text() == "my own home page"
    pack(tmp_path, "2026-10", "company")
    write_months(tmp_path, "zh")
    assert len(links(tmp_path / "months" / "company.html")) == 2
    assert "2026年10月" in (tmp_path / "months" / "company.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-09", "2026-10", "index.html", "months"]
