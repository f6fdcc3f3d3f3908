"""The part of ``workbook.toml`` that says which days are worked: ``[calendar]``."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from helpers.settings.source import Section

#: Holidays that lie on other days of the calendar each year, or that shut trade for longer than their days off.
Festival = Literal["spring_festival", "ramadan", "easter", "golden_week"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
#: Days before and after a festival's first day in which trade is not what it is otherwise.
Reach = tuple[Annotated[int, Field(ge=0, le=60)], Annotated[int, Field(ge=0, le=60)]]


class CalendarRules(Section):
    """``[calendar]``: working days. Nothing is counted by them where no country is set."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166 (``CN``, ``DE``, ``US``): its public holidays, and in China the weekends worked in their place (调休),
    by the package ``holidays``. Own days off and days worked beside them stand in the table ``days_off``."""
    region: str | None = None
    """Part of the country with holidays of its own, as ``holidays`` calls it (``BY`` is Bavaria); rows of ``days_off``
    that name another region do not count. Without one only days off that all parts have are taken off: Easter Monday
    is worked in ``GB``, and Good Friday in ``CH``, until ``ENG`` or ``ZH`` is named."""
    weekend: list[Weekday] | None = None
    """Days of the week without work; the country's unless given. ``["sunday"]``: Saturdays are worked."""
    festivals: dict[Festival, Reach] | None = None
    """``spring_festival = [5, 20]``: from 5 days before to 20 days after its first day trade is not what it is
    otherwise. Default: those of the country, see docs/guides/calendar.md; ``{}``: none."""
    january_with_february: bool | None = None
    """Compare January and February together (1-2月累计). Default: where the Spring Festival's reach lies otherwise in
    the two than it did a year before."""

    @model_validator(mode="after")
    def _is_known(self) -> CalendarRules:
        if self.country is None:
            if given := sorted(self.model_fields_set - {"country"}):
                raise ValueError(f"{given[0]} needs a country beside it")
            return self
        if self.weekend is not None and {*self.weekend} == {*WEEKDAYS}:
            raise ValueError("weekend names all seven days, so that none is worked: leave out those that are")
        from holidays import list_supported_countries  # takes a moment, and most settings have no country

        known = list_supported_countries()
        if self.country not in known:
            listed = ", ".join(code for code in sorted(known) if len(code) == 2)
            raise ValueError(f"the package holidays knows no country {self.country}; it knows {listed}")
        if self.region is not None and self.region not in known[self.country]:
            listed = ", ".join(known[self.country]) or "none"
            raise ValueError(
                f"the package holidays knows no region {self.region} of {self.country}; it knows {listed}"
            )
        return self
