"""What a fall of one stage costs: orders and money, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpilint.analysis.funnels.bottleneck import Comparison
from kpilint.analysis.funnels.flow import Price
from kpilint.analysis.funnels.maturity import Estimate, together

NORMAL = 1.959964  # the 97.5 % point


@dataclass(frozen=True, slots=True)
class Range:
    """A value and the 95 % interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a quarter has lost because fewer moved on than used to.

    ``missing`` records moved on too few; ``wins`` and ``money`` are what would have become of them
    at the rates of the later stages, ``money`` None where no amount is known. ``good`` is the same
    money, or the same wins, against a good quarter in place of the usual one: it overstates, for
    no quarter can be better than itself.
    """

    missing: float
    wins: Range
    money: Range | None
    good: float | None


def shortfall(
    compared: Comparison, estimates: Sequence[Estimate | None], price: Price | None
) -> Shortfall | None:
    """N (p* - p) times the rates of the stages that follow times the mean amount.

    p* is the stage's own past. The factors are taken as independent. None where the comparison has
    no past, where those who are missing have come later, or nobody has come to a later stage.
    """
    fall = compared.fall
    later = estimates[compared.stage : -1]
    known = [each for each in later if each is not None]
    if fall is None or compared.delayed or len(known) < len(later):
        return None
    gap = fall.past - compared.passed / compared.entered
    through = [(gap, fall.error), *((each.rate, each.error) for each in known)]
    wins = _range(compared.entered, through)
    money = None
    if price is not None and price.mean > 0:
        money = _range(compared.entered, [*through, (price.mean, price.error)])
    return Shortfall(
        compared.entered * gap, wins, money, _good(compared, gap, fall.good, money or wins)
    )


def _good(compared: Comparison, gap: float, good: float, usual: Range) -> float | None:
    """The same stake where the reference is a good quarter."""
    if gap <= 0:
        return None
    return usual.value * (good - compared.passed / compared.entered) / gap


def _range(entered: int, factors: Sequence[tuple[float, float]]) -> Range:
    value, error = together(factors)
    value, reach = entered * value, entered * error * NORMAL
    return Range(value, value - reach, value + reach)
