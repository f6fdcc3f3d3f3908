"""Names of several levels: what lies within what, and how much of it."""

import pandas as pd

from helpers.core.frames.groups import tree


def groups(*rows):
    frame = pd.DataFrame(rows, columns=["group", "net_amount"])
    return frame.assign(kind="group", customers=1, change_percent=5.0)


def test_regions_of_a_level_stand_together_each_with_its_share_of_the_one_it_lies_in():
    found = tree(
        [
            groups(("East", 100.0), ("West", 50.0)),
            groups(("West", 50.0), ("East/Shanghai", 60.0), ("East/Anhui", 30.0), ("East", 10.0)),
            groups(("West", 50.0), ("East/Anhui", 30.0), ("East/Shanghai/Pudong", 45.0), ("East", 10.0),
                   ("East/Shanghai", 15.0)),
        ], "/",
    )  # fmt: skip
    assert found[["level", "name", "within", "net_amount", "share_percent"]].fillna(
        "no finer"
    ).to_numpy().tolist() == [
        [2, "Shanghai", "East", 60.0, 60.0],
        [2, "Anhui", "East", 30.0, 30.0],
        [2, "no finer", "East", 10.0, 10.0],
        [3, "Pudong", "Shanghai", 45.0, 75.0],
        [3, "no finer", "Shanghai", 15.0, 25.0],
    ]


def test_regions_of_one_level_have_none_within_them():
    assert tree([groups(("East", 100.0), ("West", 50.0))], "/").empty
