"""The products of the sample: power tools with their parts, accessories and services."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbook_sample import traits
from workbook_sample.process import Floats, Ints, Span

#: By offering role: category -> (what it holds, lowest and highest list price in CNY).
_RANGE: dict[str, dict[str, tuple[tuple[str, ...], float, float]]] = {
    "core": {
        "Drills": (("Hammer drill", "Cordless drill", "Core drill", "Bench drill"), 380, 2600),
        "Grinders": (("Angle grinder", "Straight grinder", "Bench grinder"), 260, 1800),
        "Saws": (("Circular saw", "Jigsaw", "Mitre saw", "Band saw"), 420, 3900),
        "Measuring": (("Laser level", "Insulation tester", "Clamp meter"), 220, 2400),
    },
    "component": {
        "Motors and armatures": (("Armature", "Field coil", "Motor assembly"), 60, 520),
        "Gears and bearings": (("Gear set", "Bearing kit", "Spindle"), 18, 240),
        "Switches and boards": (("Trigger switch", "Control board", "Carbon brush set"), 8, 260),
    },
    "accessory": {
        "Batteries and chargers": (("Battery pack", "Fast charger"), 150, 720),
        "Bits and blades": (("Drill bit set", "Saw blade", "Cutting disc box", "Chisel set"), 25, 360),
        "Cases and guards": (("Tool case", "Dust extractor hood", "Side handle"), 30, 280),
    },
    "service": {
        "Repair and calibration": (("Repair flat rate", "Calibration", "Yearly overhaul"), 180, 1500)
    },
    "support": {
        "Training and advice": (("Operator training", "Application advice", "On-site start-up"), 400, 3200)
    },
}
_SHARE_OF_PRODUCTS = {"core": 0.34, "component": 0.26, "accessory": 0.26, "service": 0.08, "support": 0.06}
_COST_SHARE = {"core": 0.67, "component": 0.62, "accessory": 0.60, "service": 0.55, "support": 0.50}


@dataclass(frozen=True)
class Catalogue:
    """The products, role by role, the best-known first within a role.

    Attributes
    ----------
    frame
        One row a product: product_id, name, category, offering_role, launch (days).
    price_fen, cost_fen
        List price and cost in the first year, in hundredths of a CNY, before the yearly rises.
    first, count
        Where each role's products begin, and how many there are.
    popularity
        Cumulative share of demand of the products within each role.
    """

    frame: pd.DataFrame
    price_fen: Ints
    cost_fen: Ints
    launch: Ints
    first: Ints
    count: Ints
    popularity: tuple[Floats, ...]

    def indices(self, first_year: int, day: Ints) -> tuple[Floats, Floats]:
        """Price and cost index on each day: they rise on 1 January, by ``traits.PRICE_RISES``."""
        year = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        years = int(year.max(initial=first_year)) - first_year + 1
        rises = [np.resize(np.array(r), years) for r in (traits.PRICE_RISES, traits.COST_RISES)]
        price, cost = (np.concatenate([[1.0], np.cumprod(1 + rise)])[year - first_year] for rise in rises)
        return price, cost


def draw_catalogue(rng: np.random.Generator, customers: int, span: Span) -> Catalogue:
    """Draw the catalogue: 60 products and one more for every 50 customers, at most 400."""
    total = min(60 + customers // 50, 400)
    counts = [max(3, round(total * _SHARE_OF_PRODUCTS[role])) for role in traits.ROLES]
    rows: list[dict[str, object]] = []
    prices, costs = [], []
    for role, count in zip(traits.ROLES, counts, strict=True):
        categories = list(_RANGE[role])
        for position in range(count):
            category = categories[position % len(categories)]
            words, low, high = _RANGE[role][category]
            word = words[(position // len(categories)) % len(words)]
            price = round(low * (high / low) ** rng.random(), 0 if low > 50 else 1)
            # The best-known product of a role is an old one, so that there is always something to sell.
            age_days = rng.integers(3000, 4200) if position < 3 else rng.integers(-span.days * 2 // 3, 3600)
            rows.append(
                {
                    "product_id": f"{category[0]}{len(rows) + 1:03d}",
                    "name": f"{word} {category[0]}{10 * (position + 3)}",
                    "category": category,
                    "offering_role": role,
                    "launch": span.start_day - int(age_days),
                }
            )
            prices.append(round(price * 100))
            costs.append(round(price * 100 * _COST_SHARE[role] * rng.uniform(0.92, 1.08)))
    frame = pd.DataFrame(rows)
    return Catalogue(
        frame=frame,
        price_fen=np.array(prices, dtype=np.int64),
        cost_fen=np.array(costs, dtype=np.int64),
        launch=frame["launch"].to_numpy(dtype=np.int64),
        first=np.cumsum(counts) - np.array(counts),
        count=np.array(counts),
        popularity=tuple(_cumulative_zipf(count) for count in counts),
    )


def draw_stock(rng: np.random.Generator, pieces_year: Ints) -> Ints:
    """Draw the pieces on hand: what sells in about two months, four times that for one product in ten.

    Parameters
    ----------
    pieces_year
        Pieces of each product sold in the last twelve months of the data.
    """
    turnover_year = rng.lognormal(np.log(6), 0.4, pieces_year.size)
    turnover_year[rng.random(pieces_year.size) < 0.1] /= 4
    return np.ceil(pieces_year / turnover_year).astype(np.int64)


def _cumulative_zipf(count: int) -> Floats:
    weights = 1 / np.arange(1, count + 1) ** 0.8
    return np.cumsum(weights) / weights.sum()
