"""P(alive) and expectations against those of an independent package, computed by peer_numbers.py and kept beside it."""

from pathlib import Path

import pandas as pd
import pytest

from helpers.models import BGNBD, MBGNBD, ParetoNBD

PEER = pd.read_csv(Path(__file__).with_name("peer_numbers.csv"))
MODELS = [
    BGNBD().set_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426),
    MBGNBD().set_parameters(r=0.525, alpha=6.183, a=0.891, b=1.614),
    ParetoNBD().set_parameters(r=0.553, alpha=10.578, s=0.606, beta=11.669),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_independent_package_says_the_same(model):
    peer = PEER[PEER["model"] == type(model).__name__]
    assert len(peer) == 27

    assert model.p_alive(peer).to_numpy() == pytest.approx(peer["p_alive"].to_numpy(), rel=1e-9)
    for periods in (4, 39):
        assert model.expected_purchases(peer, periods).to_numpy() == pytest.approx(
            peer[f"expected_{periods}"].to_numpy(), rel=1e-9
        )
