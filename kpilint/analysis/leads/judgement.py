"""Whether the claimed lags of a hypothesis show the lead, rule it out, or cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from kpilint.analysis.leads.crosscorrelation import Lagged
from kpilint.analysis.leads.direction import LEVEL, POWER, adjusted, power_at

Verdict: TypeAlias = Literal["supported", "refuted", "not detectable"]
EFFECT = 0.3  # the correlation that a lead worth the name has


class Evidence(NamedTuple):
    """What the claimed lags show: the verdict, the strongest of them, and p over all of them.

    ``r`` is positive where the metrics move as claimed; ``low`` and ``high`` bound it at 95 % for
    all claimed lags together. ``power`` is the chance that a correlation of the asked effect
    would have shown. NaN and ``reason`` where the two cannot be compared.
    """

    verdict: Verdict
    lag: int
    r: float
    low: float
    high: float
    p: float
    power: float
    n: int
    reason: str = ""


def judge(found: Lagged, low: int, high: int, *, sign: int = 1, effect: float = EFFECT) -> Evidence:
    """Whether x leads y by ``low`` to ``high`` steps with correlations of ``sign``.

    Supported: one of these lags is significant, that way round. Refuted: at each of them the
    interval lies below ``effect``, and that effect would have shown with a probability of .8.
    ``found`` is of one pair and holds these lags.
    """
    inside = (found.lags >= low) & (found.lags <= high)
    questions = int(inside.sum())
    r, p = sign * found.r[inside], adjusted(found.p_values()[inside], questions)
    ends = found.interval((1 - LEVEL) ** (1 / questions))
    bottom, top = (each[inside] for each in (ends if sign > 0 else (-ends[1], -ends[0])))
    power = power_at(effect, float(found.worth) - found.spent, high, questions)
    likely = int(np.where(r > 0, p, p + 1).argmin())
    verdict: Verdict = "not detectable"
    if r[likely] > 0 and p[likely] <= LEVEL:
        verdict = "supported"
    elif (top < effect).all() and power >= POWER:
        verdict = "refuted"
    return Evidence(
        verdict,
        int(found.lags[inside][likely]),
        float(r[likely]),
        float(bottom[likely]),
        float(top[likely]),
        float(p[likely]),
        power,
        found.n,
    )


def unjudged(lag: int, n: int, reason: str) -> Evidence:
    """Evidence of two series that cannot be compared, and why."""
    nan = float("nan")
    return Evidence("not detectable", lag, nan, nan, nan, nan, nan, n, reason)


def standing(own: Sequence[Verdict]) -> Iterator[Verdict]:
    """What stands after each month: it changes only once two months in a row say another thing."""
    stands: Verdict = "not detectable"
    for place, verdict in enumerate(own):
        if place and own[place - 1] == verdict:
            stands = verdict
        yield stands
