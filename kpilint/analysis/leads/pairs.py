"""Every leading series against every lagging one at once, over the time that each two share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from kpilint.analysis.leads.crosscorrelation import Innovations, lagged
from kpilint.analysis.leads.direction import LEVEL, decide
from kpilint.analysis.leads.fitness import fitness
from kpilint.analysis.leads.series import start_of
from kpilint.analysis.stats import benjamini_hochberg
from kpilint.i18n import _

COLUMNS = [
    "leading",
    "lagging",
    "direction",
    "lag",
    "first_lag",
    "r",
    "low",
    "high",
    "p",
    "q",
    "n",
    "n_eff",
    "reason",
]


def screen(
    leading: Mapping[str, pd.Series],
    lagging: Mapping[str, pd.Series],
    max_lag: int,
    cycle: float | None = None,
) -> pd.DataFrame:
    """Compare every leading series with every lagging one, all on PeriodIndexes of one grain.

    One row a pair: ``leading lagging direction lag first_lag r low high p q n n_eff reason``.
    ``q`` is p after Benjamini and Hochberg over all pairs; a direction is said at q <= 5 %. Each
    pair is compared over the time that both have; ``reason`` says why one cannot be.
    """
    sides = {"x": leading, "y": lagging}
    series = pd.DataFrame({(s, k): v for s, named in sides.items() for k, v in named.items()})
    spans = {key: np.flatnonzero(series[key].notna()) for key in series}
    windows: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for x, y in product(leading, lagging):
        a, b = spans["x", x], spans["y", y]
        both = len(a) > 0 and len(b) > 0
        window = (int(max(a[0], b[0])), int(min(a[-1], b[-1])) + 1) if both else (0, len(series))
        windows.setdefault(window, []).append((x, y))
    rows = [
        row
        for (first, end), pairs in windows.items()
        for row in _compared(series.iloc[first:end], pairs, max_lag, cycle)
    ]
    return _ranked(pd.DataFrame(rows, columns=[*COLUMNS, "p_behind"]))


def _compared(
    series: pd.DataFrame, pairs: list[tuple[str, str]], max_lag: int, cycle: float | None
) -> list[dict[str, Any]]:
    """The rows of the pairs that share one stretch of time, ``series``."""
    keys = list(dict.fromkeys([*(("x", x) for x, _y in pairs), *(("y", y) for _x, y in pairs)]))
    fits = {key: fitness(series[key].to_numpy(), key[1], cycle) for key in keys}
    known = {side: [k[1] for k in keys if k[0] == side and not fits[k].reason] for side in "xy"}
    n = len(series)
    if not known["x"] or not known["y"] or max_lag > n // 2:
        return [_unknown(x, y, n, fits["x", x].reason or fits["y", y].reason) for x, y in pairs]
    x, y = (
        Innovations.of(
            np.stack([fits[side, name].values for name in known[side]]), cycle, start_of(series)
        )
        for side in "xy"
    )
    found = lagged(x.against(), y, np.arange(-max_lag, max_lag + 1))
    told = decide(found)
    low, high = found.interval()
    rows = []
    for a, b in pairs:
        reason = fits["x", a].reason or fits["y", b].reason
        if reason:
            rows.append(_unknown(a, b, n, reason))
            continue
        at = known["x"].index(a), known["y"].index(b)
        lag = int(told.lag[at])
        values = {"r": found.r, "low": low, "high": high}
        rows.append(
            {
                "leading": a,
                "lagging": b,
                "direction": str(told.direction[at]),
                "lag": lag,
                "first_lag": int(told.first[at]),
                **{name: float(each[at][lag + max_lag]) for name, each in values.items()},
                "p": float(told.p[at]),
                "p_behind": float(told.p_behind[at]),
                "n": n,
                "n_eff": float(found.worth[at]),
                "reason": "",
            }
        )
    return rows


def _unknown(leading: str, lagging: str, n: int, reason: str) -> dict[str, Any]:
    direction = "not detectable"
    reason = reason or _("{n:point is|points are} too few for lags this long.", n=n)
    return {
        "leading": leading,
        "lagging": lagging,
        "direction": direction,
        "n": n,
        "reason": reason,
    }


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with q, the clearest first; a direction stands only where it outlasts the many."""
    q, behind = (
        benjamini_hochberg(rows[each].to_numpy(dtype="float64")) for each in ("p", "p_behind")
    )
    follows = rows["direction"] == "follows"
    kept = np.where(follows, behind, q) <= LEVEL
    rows = rows.assign(q=q, direction=rows["direction"].where(kept, "not detectable"))
    rows = rows.assign(lag=rows["lag"].where(kept), first_lag=rows["first_lag"].where(kept))
    rows = rows.astype({"lag": "Int64", "first_lag": "Int64"})
    order = rows.assign(last=~kept).sort_values(["last", "q"], kind="stable").index
    return rows.loc[order, COLUMNS].reset_index(drop=True)
