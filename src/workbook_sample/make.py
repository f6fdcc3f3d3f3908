"""Making a sample: chunk by chunk of customers, each from its own seed, into one Parquet file a table."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import WorkbookError
from workbook_sample import contacts, market, traits
from workbook_sample.around_sales import draw_around_sales
from workbook_sample.catalogue import Catalogue, draw_catalogue, draw_stock
from workbook_sample.instalments import plant_instalments
from workbook_sample.orders import Orders, draw_orders
from workbook_sample.process import Clock, Population, Span, draw_population, draw_purchases
from workbook_sample.receivables import draw_receivables
from workbook_sample.renumbering import Planting, draw_renumbering
from workbook_sample.staff import Staff, draw_staff
from workbook_sample.targets import Expected, target_rows
from workbook_sample.terms import draw_terms
from workbook_sample.write import TableFiles

#: Part of what a seed means: another size of chunk gives another sample.
CUSTOMERS_A_CHUNK = 5000
MOST_CUSTOMERS, MOST_MONTHS = 5_000_000, 240
COMPANY = "Lanqiao Power Tools 澜桥工具"
NOTHING_PLANTED = Planting()
DEFAULT_END = pd.Period("2026-10", "M")


@dataclass(frozen=True)
class SampleSummary:
    """What was made: where, from which seed, over which months, and how many rows each table has."""

    folder: Path
    seed: int
    first_month: pd.Period
    last_month: pd.Period
    rows: dict[str, int]
    bytes: int


def make_sample(
    customers: int,
    months: int,
    seed: int,
    out: Path,
    end: pd.Period = DEFAULT_END,
    progress: Callable[[float], None] | None = None,
    planting: Planting = NOTHING_PLANTED,
) -> SampleSummary:
    """Make the data of a fictional company: every standard table, its settings, and the truth behind it.

    The same parameters give the same bytes (with the same versions of pyarrow and NumPy), on any number of
    cores. Memory does not grow with the number of customers.

    Parameters
    ----------
    customers
        How many customers, 1 to 5,000,000; a thousand customers over 36 months are about 100,000 order lines.
    months
        How many months of data, 3 to 240.
    seed
        A whole number from 0; another seed is another company.
    out
        The folder to make; it must not exist, or be empty. It appears only once everything is in it.
    end
        The last month of the data.
    progress
        Called with the share done, from 0 to 1.
    planting
        Customers that get a new number, chains and closings, with ``truth/renumbered`` beside, and invoices due in
        parts, with ``truth/instalments``; by default none.

    Raises
    ------
    WorkbookError
        A parameter is out of range, or the folder is not empty or cannot be written.
    """
    _check(customers, months, seed, out)
    out = out.absolute()
    holding: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        holding = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        folder = holding / "sample"
        folder.mkdir()
        span = Span(end - months + 1, months)
        rows = _write_tables(customers, seed, folder, span, progress or (lambda share: None), planting)
        (folder / "workbook.toml").write_bytes(_settings_text().encode())
        if out.exists():
            out.rmdir()
        folder.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkbookError(
            f"The sample cannot be written to {out}: {reason}. "
            "Give a folder you may write to, on a disk with room."
        ) from None
    finally:
        if holding is not None:
            shutil.rmtree(holding, ignore_errors=True)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return SampleSummary(out, seed, end - months + 1, end, rows, size)


def _check(customers: int, months: int, seed: int, out: Path) -> None:
    for name, value, low, high in (
        ("customers", customers, 1, MOST_CUSTOMERS),
        ("months", months, 3, MOST_MONTHS),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if not low <= value <= high:
            raise WorkbookError(f"The sample's {name} must be from {low:,} to {high:,}, not {value:,}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WorkbookError(
            f"The folder {out} is not empty, and a sample never overwrites anything. "
            "Give another folder with --out, or empty that one first."
        )


def _random(seed: int, *place: int) -> np.random.Generator:
    """Make the generator of one subject of one chunk: what one subject draws moves nothing in the others."""
    return np.random.default_rng(np.random.SeedSequence([seed, *place]))


@dataclass(frozen=True)
class _Company:
    """What all chunks share: the months, the products, the sales force, the season."""

    span: Span
    catalogue: Catalogue
    staff: Staff
    clock: Clock


def _write_tables(
    customers: int,
    seed: int,
    folder: Path,
    span: Span,
    progress: Callable[[float], None],
    planting: Planting,
) -> dict[str, int]:
    catalogue = draw_catalogue(_random(seed, 0, 0), customers, span)
    staff = draw_staff(_random(seed, 0, 1), customers, span)
    company = _Company(span, catalogue, staff, Clock.of(span))
    expected = Expected.nothing(span, staff)
    with TableFiles(folder) as files:
        files.write("salespeople", market.salespeople_rows(staff))
        orders = prospects = quotes = 1
        pieces_year = np.zeros(catalogue.launch.size, dtype=np.int64)
        for first in range(0, customers, CUSTOMERS_A_CHUNK):
            numbers = np.arange(first, min(first + CUSTOMERS_A_CHUNK, customers))
            random = partial(_random, seed, 1 + first // CUSTOMERS_A_CHUNK)
            people = draw_population(random(0), numbers, span, staff)
            expected.add(people, span, catalogue)
            made, new_prospects, new_quotes = _write_chunk(
                files, random, people, company, orders, prospects, quotes, planting
            )
            orders, prospects = orders + made.number.size, prospects + new_prospects
            quotes += new_quotes
            pieces_year += made.pieces_year
            progress(float((numbers[-1] + 1) / customers))
        stock = draw_stock(_random(seed, 0, 3), pieces_year)
        files.write("products", market.product_rows(catalogue.frame, stock, span.end_day))
        files.write("targets", target_rows(_random(seed, 0, 2), expected, staff))
        return dict(files.rows)


def _write_chunk(
    files: TableFiles,
    random: Callable[[int], np.random.Generator],
    people: Population,
    company: _Company,
    next_order: int,
    next_prospect: int,
    next_quote: int,
    planting: Planting,
) -> tuple[Orders, int, int]:
    """Write all tables of one chunk of customers; returns its orders, how many prospects it took, and quotes."""
    span = company.span
    purchases = draw_purchases(random(1), people, span, company.clock)
    orders, lines = draw_orders(random(2), people, purchases, company.catalogue, span, next_order)
    invoices, payments = draw_receivables(random(3), people, orders, span)
    if planting.instalments > 0:
        invoices, payments, truth = plant_instalments(
            random(12), invoices, payments, span, planting.instalments
        )
        files.write("truth/instalments", truth)
    prospects = market.prospect_rows(random(8), people, span, next_prospect)
    tables = {
        "order_lines": lines,
        "invoices": invoices,
        "payments": payments,
        "customers": market.customer_rows(random(4), people, span),
        "interactions": contacts.draw_interactions(random(5), people, span),
        "complaints": contacts.draw_complaints(random(6), people, purchases, span),
        "surveys": contacts.draw_surveys(random(7), people, span),
        "wallet_evidence": market.wallet_rows(random(9), people, span),
    }
    around, new_quotes = draw_around_sales(random, people, orders, lines, company.catalogue, span, next_quote)
    tables |= around
    terms = draw_terms(random(11), lines, tables["customers"], span)
    if planting.is_anything:
        planted = draw_renumbering(random(10), people, purchases, span, planting)
        for name, columns in tables.items():
            tables[name] = planted.rows(name, columns, tables["invoices"])
        files.write("truth/renumbered", planted.truth())
    for name, columns in tables.items():
        files.write(name, columns)
    for name, columns in terms.items():
        files.write(name, columns)
    files.write("prospects", prospects)
    files.write("truth/customers", market.truth_rows(people, span))
    return orders, len(prospects["prospect_id"]), new_quotes


#: What Chinese pages call the words of the sample.
_IN_CHINESE = {
    "International parts dealers": "国际配件经销商", "International goods dealers": "国际商品经销商",
    "Regional electrical shops": "区域电器店", "Specialist shops": "专业店", "Volume and chain shops": "量贩及连锁店",
    "DIY shops": "建材店", "Other": "其他",
    "East China": "华东", "North China": "华北", "South China": "华南", "Southwest China": "西南", "Europe": "欧洲",
    "North America": "北美", "Southeast Asia": "东南亚",
    "key": "重点", "large": "大型", "medium": "中", "small": "小型", "high": "高", "low": "低",
    "Construction": "建筑", "Electrical installation": "电气安装", "Household": "家用", "Machine repair": "机器维修",
    "Metalworking": "金属加工", "Woodworking": "木工",
    "cold call": "陌生拜访", "former distributor": "原经销商", "referral": "介绍", "trade fair": "展会",
    "web enquiry": "网上询价",
    "e-mail": "电子邮件", "phone": "电话", "sales visit": "上门拜访", "web shop": "网店",
    "Batteries and chargers": "电池与充电器", "Bits and blades": "钻头与锯片", "Cases and guards": "机壳与护罩",
    "Drills": "电钻", "Gears and bearings": "齿轮与轴承", "Grinders": "磨机", "Measuring": "测量",
    "Motors and armatures": "电机与转子", "Repair and calibration": "维修与校准", "Saws": "锯",
    "Switches and boards": "开关与电路板", "Training and advice": "培训与咨询",
    "engineering": "技术", "management": "管理层", "purchasing": "采购", "other": "其他",
    "call": "电话", "enquiry": "询价", "message": "消息", "training": "培训", "visit": "拜访",
    "application": "应用", "delivery": "交货", "order": "订单", "price": "价格", "product advice": "产品咨询",
    "service": "服务",
    "defect": "质量缺陷", "invoice error": "开票错误", "late delivery": "交货延误", "wrong goods": "发错货",
    "competitor": "竞争对手", "delivery time": "交货期", "no answer": "没有答复", "project dropped": "项目取消",
    "damaged": "破损", "overstock": "库存过多", "too late": "太晚", "wrong item ordered": "订错货",
}  # fmt: skip


def _settings_text() -> str:
    """Write the sample's workbook.toml: company, policy on the mix of trade classes, their order, words in Chinese."""
    labels = "\n".join(f'"{word}" = {{ zh = "{called}" }}' for word, called in _IN_CHINESE.items())
    policy = "\n".join(
        f'"{name}" = {percent}'
        for name, percent in zip(traits.TRADE_CLASSES, traits.POLICY_PERCENT, strict=True)
    )
    order = "\n".join(f'    "{name}",' for name in traits.TRADE_CLASSES)
    return f"""\
# Settings of the sample: a fictional company that sells power tools, parts and services to trade customers.

[report]
company = "{COMPANY}"
currency = "CNY"

# The share of sales, in percent, that company policy wants of each trade class.
[policy.trade_class]
{policy}

# In this order the trade classes are listed.
[order]
trade_class = [
{order}
]

# What serving a customer costs where the table costs says nothing of it: freight stands there.
[costs]
handling_a_line = 6
a_visit = 350
finance_percent_a_year = 5

# What pages in another language call the words of the data.
[labels]
{labels}
"""
