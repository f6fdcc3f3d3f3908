"""What is learnt ends in digits that mean something: the last bits of a float are the processor's, not the data's.

Processors add up in another order and have other last bits of ``exp`` and ``log``, and a search for an optimum stops a
hair elsewhere. Whatever leaves learning is therefore rounded, far above that noise and far below what the data can
tell, so that everything after starts from equal numbers on any machine.
"""

from __future__ import annotations

from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Digits of what is learnt: far fewer mean something.
DIGITS = 8
_POWERS = np.array([float(f"1e{power}") for power in range(309)])


@overload
def round_significant(values: float, kept: int = DIGITS) -> float: ...
@overload
def round_significant(values: np.ndarray, kept: int = DIGITS) -> NDArray[np.float64]: ...
@overload
def round_significant(values: pd.Series[float], kept: int = DIGITS) -> pd.Series[float]: ...
@overload
def round_significant(values: pd.DataFrame, kept: int = DIGITS) -> pd.DataFrame: ...
def round_significant(
    values: float | np.ndarray | pd.Series[float] | pd.DataFrame, kept: int = DIGITS
) -> float | NDArray[np.float64] | pd.Series[float] | pd.DataFrame:
    """Round to ``kept`` significant digits, or one more; NaN and infinity stay.

    By multiplication and rounding alone, which are the same to the last bit on every processor. Of a frame the columns
    of floats are rounded.

    Examples
    --------
    >>> round_significant(1234.56789, 6), round_significant(-0.000123456789, 3), round_significant(0.0)
    (1234.568, -0.0001235, 0.0)
    """
    if isinstance(values, pd.DataFrame):
        floats = values.select_dtypes("float").columns
        return values.assign(**{name: round_significant(values[name], kept) for name in floats})
    if isinstance(values, pd.Series):
        return pd.Series(round_significant(values.to_numpy(), kept), values.index, name=values.name)
    given = np.asarray(values, dtype=np.float64)
    finite = np.where(np.isfinite(given), given, 0.0)
    _, binary = np.frexp(finite)
    # Of the power of two above: a logarithm of the values themselves would have last bits of its own.
    places = np.clip(kept - np.floor(binary * 0.30102999566).astype(np.int64), -308, 308)
    up, down = _POWERS[np.maximum(places, 0)], _POWERS[np.maximum(-places, 0)]
    rounded = np.where(np.isfinite(given), np.rint(finite * up / down) / up * down, given)
    return float(rounded) if np.ndim(values) == 0 else rounded
