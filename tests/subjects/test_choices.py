"""The controls that several pages share: what they offer, and whose choice stands when that changes."""

from helpers.present.widgets import dropdown
from helpers.subjects.choices import set_options


def test_who_is_still_offered_under_a_filter_stays_chosen_and_who_is_not_gives_way_to_the_first():
    control = dropdown("Customer", {"Anvil": "C1", "Bolt": "C2", "Cog": "C3"})
    control.value = "C2"
    set_options(control, [("Anvil (7)", "C1"), ("Bolt (4)", "C2")])
    assert control.value == "C2"
    set_options(control, [("Anvil (7)", "C1")])
    assert control.value == "C1"
