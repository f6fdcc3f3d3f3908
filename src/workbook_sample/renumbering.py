"""Customers that get a new number, chains and closings: planted into a sample where it is asked for, with the truth.

Off by default: the sample that is committed has none. What is planted is what real customer files have. A business is
entered anew (its old number stops, the new one begins with the next order), now and then with a slip in the name,
another legal form, other word order or, after a change of owner, another name. Beside it stand what looks alike and is
not: shops of a chain under one tax number, of which one closes and another opens; two businesses of one name in two
towns; a newcomer at the address of one that closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbook_sample import names, traits
from workbook_sample.process import Ints, Population, Span
from workbook_sample.write import dates, ids

#: The column by whose day a row belongs to the old number or to the new one.
_DAYS = {
    "order_lines": "order_date", "invoices": "invoice_date", "interactions": "date", "complaints": "opened_at",
    "surveys": "date", "wallet_evidence": "as_of", "quotes": "quote_date",
}  # fmt: skip
#: What the record of a new number is like, and how often.
VARIANTS = {"same": 0.45, "form": 0.15, "slip": 0.15, "order": 0.05, "owner": 0.20}
#: Shares of records without it, and of new numbers whose record has another one (a tax number never: see below).
NO_TAX, NO_PHONE, NO_ADDRESS = 0.25, 0.12, 0.12
CHAIN_SHARE, SHOPS_A_CHAIN, NAMESAKE_SHARE, NEWCOMER_SHARE = 0.05, 5, 0.02, 0.02
_STREETS = (
    "Harbour Road",
    "Mill Street",
    "Station Avenue",
    "Foundry Lane",
    "Bridge Street",
    "Kiln Road",
    "Market Street",
)
_ROADS = ("建设路", "人民路", "工业大道", "解放路", "新华路", "五金城大道", "东风路")
_TOWNS = (
    "Linnburg",
    "Westerhafen",
    "Marbrück",
    "Oakfield",
    "Port Kettle",
    "Tanjung Biru",
    "Ravensholm",
    "Calderon",
)


@dataclass(frozen=True)
class Planting:
    """What is planted: the share of customers renumbered a year, whether chains and closings are, and instalments.

    ``instalments``: the share of the larger invoices that are due in parts (`workbook_sample.instalments`).

    Examples
    --------
    >>> Planting().is_anything
    False
    """

    renumbered_a_year: float = 0.0
    chains: bool = False
    instalments: float = 0.0

    @property
    def is_anything(self) -> bool:
        """Whether customers differ from those of a sample without."""
        return self.renumbered_a_year > 0 or self.chains


@dataclass
class Renumbering:
    """What is planted among the customers of one chunk.

    Attributes
    ----------
    old
        Positions of the renumbered customers in the chunk, ascending.
    day
        The day of the first order under the new number.
    variant
        How the new record differs: a key of `VARIANTS`.
    names, tax, phone, address, town
        Of each customer of the chunk, as its record has them (None: not known).
    closed
        The day on which each customer of the chunk shut its business for good, as its record says in the end; None:
        not, or not recorded. Of a renumbered one it stands with the new number.
    new
        The same of the new numbers: name, tax, phone, address.
    """

    people: Population
    old: Ints
    day: Ints
    variant: list[str]
    names: list[str]
    tax: list[str | None]
    phone: list[str | None]
    address: list[str | None]
    town: list[str]
    closed: list[int | None]
    new: dict[str, list[str | None]] = field(default_factory=dict)

    def rows(
        self, table: str, columns: dict[str, pa.Array], invoices: dict[str, pa.Array]
    ) -> dict[str, pa.Array]:
        """Return a table's rows under the numbers that they were entered with; ``invoices`` are renumbered already."""
        if table == "customers":
            return self._records(columns)
        if table == "payments":
            at = pc.index_in(columns["invoice_id"], invoices["invoice_id"])
            named = pc.take(invoices["customer_id"].cast(pa.string()), at)
            return columns | {"customer_id": pc.coalesce(named, columns["customer_id"].cast(pa.string()))}
        if table not in _DAYS:
            return columns
        return columns | {"customer_id": self._numbered(columns["customer_id"], columns[_DAYS[table]])}

    def _numbered(self, customers: pa.Array, days: pa.Array) -> pa.Array:
        given = customers.cast(pa.string())
        place = pc.index_in(given, self._old_ids)
        from_day = pc.take(dates(self.day), place)
        is_new = pc.fill_null(pc.greater_equal(days.cast(pa.date32()), from_day), False)
        return pc.if_else(is_new, pc.take(self._new_ids, place), given)

    @property
    def _old_ids(self) -> pa.Array:
        return ids("C", self.people.number[self.old] + 1, 5)

    @property
    def _new_ids(self) -> pa.Array:
        """Numbers of another range, as a new system gives them."""
        return ids("N", self.people.number[self.old] + 1, 6)

    def _records(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Return the customers table with who is told apart by what, and a row for each new number."""
        whole = {name: array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
                 for name, array in columns.items()}  # fmt: skip
        place = pc.index_in(whole["customer_id"], ids("C", self.people.number + 1, 5)).to_numpy(
            zero_copy_only=False
        )
        told = {
            "name": self.names,
            "tax_number": self.tax,
            "phone": self.phone,
            "address": self.address,
            "town": self.town,
        }
        for name, values in told.items():
            whole[name] = pc.take(pa.array(values, pa.string()), pa.array(place))
        closed = pa.array(self.closed, pa.int32())
        whole["closed_date"] = pc.if_else(
            np.isin(place, self.old),
            pa.scalar(None, pa.date32()),
            pc.take(closed, pa.array(place)).cast(pa.date32()),
        )
        # The last row of each renumbered customer that holds on the day is what the new record is copied from.
        days = whole["valid_from"].cast(pa.int32()).to_numpy(zero_copy_only=False)
        last: dict[int, int] = {}
        wanted = dict(zip(self.old.tolist(), self.day.tolist(), strict=True))
        for row, (customer, day) in enumerate(zip(place.tolist(), days.tolist(), strict=True)):
            if customer in wanted and (day <= wanted[customer] or customer not in last):
                last[customer] = row
        copied = pa.array([last[customer] for customer in self.old.tolist()], pa.int64())
        fresh = {name: pc.take(array, copied) for name, array in whole.items()}
        fresh |= {
            "customer_id": self._new_ids,
            "name": pa.array(self.new["name"], pa.string()),
            "tax_number": pa.array(self.new["tax"], pa.string()),
            "phone": pa.array(self.new["phone"], pa.string()),
            "address": pa.array(self.new["address"], pa.string()),
            "first_contact_date": dates(self.day),
            "valid_from": dates(self.day),
            "closed_date": pc.take(closed, pa.array(self.old)).cast(pa.date32()),
        }
        return {
            name: pa.concat_arrays([array, fresh[name].cast(array.type)]) for name, array in whole.items()
        }

    def truth(self) -> dict[str, pa.Array]:
        """Tell which number was which before, from which day on, and how the record was changed."""
        return {
            "customer_id": self._old_ids,
            "new_id": self._new_ids,
            "from_date": dates(self.day),
            "variant": pa.array(self.variant, pa.string()),
        }


def draw_renumbering(
    rng: np.random.Generator, people: Population, purchases: tuple[Ints, Ints], span: Span, planting: Planting
) -> Renumbering:
    """Draw what is planted among the customers of a chunk, who bought on these days (customer and day, in order).

    Nobody is renumbered before the third purchase or at the last: then there would be nothing to find.
    """
    n = len(people)
    written = names.company_names(people.number, people.region, people.trade_class)
    town = [
        _town(region, number)
        for region, number in zip(people.region.tolist(), people.number.tolist(), strict=True)
    ]
    han = people.region < traits.CHINESE_REGIONS
    address = [_address(rng, bool(each)) for each in han]
    phone, tax = _figures(rng, n, 11, "1"), _figures(rng, n, 10, "9133")
    if planting.chains:
        _plant_lookalikes(rng, people, written, tax, phone, address, town, span)
    known_tax = _with_gaps(rng, tax, NO_TAX)
    known_phone, known_address = _with_gaps(rng, phone, NO_PHONE), _with_gaps(rng, address, NO_ADDRESS)
    old, day = _moments(rng, purchases, n, planting.renumbered_a_year * span.months / 12)
    variant = rng.choice(list(VARIANTS), old.size, p=list(VARIANTS.values())).tolist()
    shut = (people.reason == traits.CLOSURE) & (people.leave <= span.end_day) & planting.chains
    closed = [
        leave if is_shut else None
        for leave, is_shut in zip(people.leave.tolist(), shut.tolist(), strict=True)
    ]
    made = Renumbering(
        people, old, day, variant, written, known_tax, known_phone, known_address, town, closed
    )
    made.new = _new_records(rng, made, tax, phone, address)
    return made


def _moments(
    rng: np.random.Generator, purchases: tuple[Ints, Ints], n: int, share: float
) -> tuple[Ints, Ints]:
    customer, day = purchases
    first = np.searchsorted(customer, np.arange(n))
    count = np.searchsorted(customer, np.arange(n), side="right") - first
    able = count >= 5
    chosen = np.flatnonzero(able & (rng.random(n) < share))
    at = first[chosen] + 3 + (rng.random(chosen.size) * (count[chosen] - 4)).astype(np.int64)
    clear = day[at] > day[at - 1]  # a day of its own: the old number stops before the new one begins
    return chosen[clear], day[at][clear]


def _new_records(
    rng: np.random.Generator, made: Renumbering, tax: list[str], phone: list[str], address: list[str]
) -> dict[str, list[str | None]]:
    new: dict[str, list[str | None]] = {"name": [], "tax": [], "phone": [], "address": []}
    for customer, variant in zip(made.old.tolist(), made.variant, strict=True):
        owner = variant == "owner"
        keeps = rng.random(3) < ((0.6, 0.75, 0.9) if owner else (0.85, 0.85, 0.9))
        new["name"].append(_renamed(rng, made.names[customer], variant))
        # A tax number that is not taken over is not known: another one would be another business.
        new["tax"].append(tax[customer] if keeps[0] and made.tax[customer] else None)
        new["phone"].append(_rewritten(rng, phone[customer]) if keeps[1] else _figures(rng, 1, 11, "1")[0])
        moved = _address(rng, not made.names[customer].isascii())
        new["address"].append(_with_suite(rng, address[customer]) if keeps[2] else moved)
    return new


def _renamed(rng: np.random.Generator, name: str, variant: str) -> str:
    """Write a name as somebody does who enters a customer anew."""
    is_han = any("\u4e00" <= letter <= "\u9fff" for letter in name)
    if variant == "owner":
        number = int(rng.integers(20_000))
        region = 0 if is_han else traits.CHINESE_REGIONS
        return names.company_names(np.array([number]), np.array([region]), np.array([0]))[0]
    if variant == "form":
        return _other_form(rng, name, is_han)
    if variant == "order" and not is_han:
        words = name.split(" ")
        return " ".join([words[-2], *words[:-2], words[-1]]) if len(words) > 2 else name.upper()
    if variant == "slip":
        # Not at the head, where a Chinese name has its town, and not in the legal form.
        core = len(name) - (4 if is_han else len(name.split(" ")[-1]) + 1)
        at = int(rng.integers(2, max(core - 1, 3)))
        kind = rng.integers(3)
        if kind == 0:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:at] + name[at + 1 :] if kind == 1 else name[:at] + name[at] + name[at:]
    return name


def _other_form(rng: np.random.Generator, name: str, is_han: bool) -> str:
    if is_han:
        for form in (
            "连锁股份有限公司",
            "有限责任公司",
            "商贸有限公司",
            "有限公司",
            "商行",
            "经营部",
            "商店",
        ):
            if name.endswith(form):
                bare = name.removesuffix(form)
                return bare + str(
                    rng.choice(["有限公司", "（集团）有限公司", "股份有限公司", "有限责任公司"])
                )
        return name
    bare = name.rsplit(" ", 1)[0].removesuffix("& Co.")
    return f"{bare.strip(' ,')} {rng.choice(['GmbH', 'Ltd', 'LIMITED', 'S.A.R.L.', 'Inc', 'B.V.'])}"


def _plant_lookalikes(
    rng: np.random.Generator, people: Population, written: list[str], tax: list[str], phone: list[str],
    address: list[str], town: list[str], span: Span,
) -> None:  # fmt: skip
    """Make some customers shops of a chain, some namesakes in another town, newcomers at a closed one's address."""
    n = len(people)
    order = rng.permutation(n)
    count = int(n * CHAIN_SHARE) // SHOPS_A_CHAIN
    for chain in order[: count * SHOPS_A_CHAIN].reshape(count, SHOPS_A_CHAIN).tolist():
        is_han = people.region[chain[0]] < traits.CHINESE_REGIONS
        head, one_tax, one_phone = written[chain[0]], rng.random() < 0.6, rng.random() < 0.3
        base = head[: -4 if is_han else len(head)].strip()
        for number, shop in enumerate(chain):
            written[shop] = f"{base}{'一二三四五'[number]}店" if is_han else f"{base} Store {number + 11}"
            town[shop] = town[chain[0]]
            tax[shop] = tax[chain[0]] if one_tax else tax[shop]
            phone[shop] = phone[chain[0]] if one_phone else phone[shop]
    rest = order[count * SHOPS_A_CHAIN :]
    twins = int(n * NAMESAKE_SHARE) // 2
    for one, other in rest[: 2 * twins].reshape(twins, 2).tolist():
        written[other] = written[one]
        if town[other] == town[one]:
            town[other] = "Altmarkt" if town[one] != "Altmarkt" else "Neustadt"
    rest = rest[2 * twins :]
    gone = rest[people.leave[rest] < span.end_day - 60]
    begun = rest[~people.existing[rest] & (people.leave[rest] > span.end_day)]
    for closed, newcomer in zip(gone[: int(n * NEWCOMER_SHARE)].tolist(), begun.tolist(), strict=False):
        address[newcomer], town[newcomer] = address[closed], town[closed]


def _town(region: int, number: int) -> str:
    if region < traits.CHINESE_REGIONS:
        return ("上海", "广州", "北京", "成都", "苏州", "深圳", "青岛", "重庆")[
            (region + 4 * (number % 2)) % 8
        ]
    return _TOWNS[(region * 3 + number) % len(_TOWNS)]


def _address(rng: np.random.Generator, is_han: bool) -> str:
    number = int(rng.integers(1, 1900))
    return f"{rng.choice(_ROADS)}{number}号" if is_han else f"{number} {rng.choice(_STREETS)}"


def _with_suite(rng: np.random.Generator, address: str) -> str:
    """Write the same address with a room, as a new record has it."""
    if rng.random() < 0.6:
        return address
    room = int(rng.integers(1, 30))
    return f"{address}{room}室" if address.endswith("号") else f"{address}, Suite {room}"


def _rewritten(rng: np.random.Generator, phone: str) -> str:
    return phone if rng.random() < 0.6 else f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}"


def _figures(rng: np.random.Generator, count: int, length: int, head: str) -> list[str]:
    rest = length - len(head)
    drawn = rng.integers(10 ** (rest - 1), 10**rest, count)
    return [f"{head}{each}" for each in drawn.tolist()]


def _with_gaps(rng: np.random.Generator, values: list[str], share: float) -> list[str | None]:
    missing = rng.random(len(values)) < share
    return [None if gone else value for value, gone in zip(values, missing.tolist(), strict=True)]
