"""The salespeople of the sample: who serves whom, who changes team, who leaves and is followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbook_sample import names, traits
from workbook_sample.process import NEVER, Ints, Span, day_of

CUSTOMERS_A_SALESPERSON = 68
#: Share of customers whose salesperson changes although nobody leaves.
HANDED_OVER_SHARE = 0.06


@dataclass(frozen=True)
class Staff:
    """The sales force.

    Attributes
    ----------
    frame
        History rows: salesperson (position), salesperson_id, name, team, region, valid_from (days).
    count
        Number of salespeople, successors included.
    areas
        For each sales area the positions of those who serve it from the start.
    successor, successor_day
        Who follows each salesperson and from which day (NEVER for those who stay).
    """

    frame: pd.DataFrame
    count: int
    areas: tuple[Ints, ...]
    successor: Ints
    successor_day: Ints
    span: Span

    def assign(self, rng: np.random.Generator, region: Ints) -> tuple[Ints, Ints, Ints]:
        """Give each customer a salesperson of its sales area, the next one, and the first day of the next."""
        n = region.size
        area = traits.AREA_OF_REGION[region]
        owner, other = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
        for index, members in enumerate(self.areas):
            chosen = np.flatnonzero(area == index)
            place = rng.integers(0, members.size, chosen.size)
            owner[chosen] = members[place]
            other[chosen] = members[(place + 1) % members.size]
        handed_over = (rng.random(n) < HANDED_OVER_SHARE) & (other != owner)
        day = self.span.start_day + rng.integers(60, max(self.span.days, 61), n)
        # Nobody is handed over to someone who has left, and a leaver's customers all go to the successor.
        handed_over &= (self.successor_day[owner] == NEVER) & (self.successor_day[other] == NEVER)
        change = np.where(handed_over, day, self.successor_day[owner])
        return owner, np.where(handed_over, other, self.successor[owner]), change

    def team_at(self, day: int) -> pd.Series:
        """Tell the team of each salesperson (position) on that day, of those who are there by then."""
        known = self.frame[self.frame["valid_from"] <= day]
        return known.groupby("salesperson")["team"].last()


def draw_staff(rng: np.random.Generator, customers: int, span: Span) -> Staff:
    """Draw the sales force: one salesperson for 68 customers, shared out over the sales areas.

    One in six leaves after about two thirds of the months and is followed by somebody new; one in six changes
    team half-way. Both only where an area keeps at least one other salesperson.
    """
    begin = max(len(traits.SALES_AREAS), round(customers / CUSTOMERS_A_SALESPERSON))
    seats = _seats(begin)
    areas = tuple(np.split(np.arange(begin), np.cumsum(seats)[:-1]))
    leavers = np.array(
        [area[-1] for area in areas if area.size > 1][:1] + _every_sixth(areas), dtype=np.int64
    )
    leave_day = day_of(span.first + span.months * 2 // 3)
    successor, successor_day = np.arange(begin + leavers.size), np.full(begin + leavers.size, NEVER)
    successor[leavers] = begin + np.arange(leavers.size)
    successor_day[leavers] = leave_day

    people = names.person_names(begin + leavers.size)
    area_of = np.concatenate(
        [np.repeat(np.arange(len(areas)), seats), np.searchsorted(np.cumsum(seats), leavers, side="right")]
    )
    team_of = [_team(areas, int(area_of[i]), i) for i in range(begin)]
    team_of += [team_of[i] for i in leavers]
    joined = span.start_day - rng.integers(300, 3000, begin + leavers.size)
    joined[begin:] = leave_day
    rows = [_row(i, people[i], team_of[i], int(area_of[i]), int(joined[i])) for i in range(len(people))]
    teams = sorted(set(team_of))
    half_way = day_of(span.first + span.months // 2)
    for i in range(2, begin, 6):
        if successor_day[i] == NEVER and len(teams) > 1:
            next_team = teams[(teams.index(team_of[i]) + 1) % len(teams)]
            rows.append(_row(i, people[i], next_team, int(area_of[i]), half_way))
    frame = pd.DataFrame(rows).sort_values(["salesperson", "valid_from"], ignore_index=True)
    return Staff(frame, len(people), areas, successor, successor_day, span)


def _seats(total: int) -> Ints:
    """Share the salespeople out over the sales areas by largest remainder, at least one each.

    Customers abroad count double: they are bigger and farther away.
    """
    customers = traits.CLASS_SHARES @ traits.REGION_SHARES
    share = np.bincount(traits.AREA_OF_REGION, weights=customers) * np.array([1, 1, 2])
    wanted = share / share.sum() * total
    seats = np.maximum(1, np.floor(wanted)).astype(np.int64)
    missing = max(total - int(seats.sum()), 0)
    seats[np.argsort(seats - wanted, kind="stable")[:missing]] += 1
    return seats


def _every_sixth(areas: tuple[Ints, ...]) -> list[int]:
    """Further leavers of a big sales force: every sixth of an area, never its last (who may leave first)."""
    return [int(member) for area in areas for member in area[5:-1:6]]


def _team(areas: tuple[Ints, ...], area: int, position: int) -> str:
    """Teams of up to eight within an area; numbered where an area has several."""
    teams = -(-areas[area].size // 8)
    number = (position - int(areas[area][0])) * teams // areas[area].size + 1
    return traits.SALES_AREAS[area] + (f" {number}" if teams > 1 else "")


def _row(position: int, name: str, team: str, area: int, valid_from: int) -> dict[str, object]:
    return {
        "salesperson": position,
        "salesperson_id": f"S{position + 1:02d}",
        "name": name,
        "team": team,
        "region": traits.SALES_AREAS[area],
        "valid_from": valid_from,
    }
