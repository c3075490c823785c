"""Why a product of factors changed: volume, each rate, price, and the mix of segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray, excess
from kpilint.i18n import _

Name = TypeVar("Name")
Given: TypeAlias = Mapping[Name, float] | Sequence[float]


@overload
def attribute(before: Mapping[Name, float], after: Mapping[Name, float]) -> dict[Name, float]: ...
@overload
def attribute(before: Sequence[float], after: Sequence[float]) -> dict[int, float]: ...
def attribute(before: Given[Name], after: Given[Name]) -> dict[Name, float] | dict[int, float]:
    """What each factor adds to the change of their product: factor -> contribution.

    The contributions are in the product's unit, sum to its change and reverse with time. A
    factor is NaN where it cannot be known because another is 0 (the rate of a stage that nobody
    came to): it counts as unchanged. Raises ``ValueError`` for factors that do not match or are
    not finite. Source: the logarithmic mean Divisia index LMDI-I, Ang (2005), Energy Policy 33,
    867-871; zeros by the limits of Wood and Lenzen (2006), Energy Policy 34, 1326-1331.
    """
    return _named(before, _lmdi(*_settled(*_both(before, after))))


@overload
def shapley(before: Mapping[Name, float], after: Mapping[Name, float]) -> dict[Name, float]: ...
@overload
def shapley(before: Sequence[float], after: Sequence[float]) -> dict[int, float]: ...
def shapley(before: Given[Name], after: Given[Name]) -> dict[Name, float] | dict[int, float]:
    """The same question as `attribute`, answered by the mean over all orders of change.

    A check: where the two tell different stories, the change is too large to be split. Takes and
    raises what `attribute` does. Source: Shapley (1953); computed as the integral of the
    multilinear extension along its diagonal, Owen (1972), Management Science 18, P64-P79, which
    is a polynomial and so exact in few Gauss-Legendre points.
    """
    x0, x1 = _settled(*_both(before, after))
    points, weights = np.polynomial.legendre.leggauss(len(x0) // 2 + 1)
    on_the_way = x0 + (points[:, None] + 1) / 2 * (x1 - x0)
    others = np.where(np.eye(len(x0), dtype=bool), 1.0, on_the_way[:, None, :]).prod(axis=-1)
    return _named(before, (x1 - x0) * (weights / 2 @ others))


@dataclass(frozen=True, slots=True, eq=False)
class SegmentAttribution:
    """Contributions by segment, in the unit of the product; together they sum to its change.

    ``volume`` is what the total volume adds and ``mix`` what the segments' shares of it add, both
    of shape ``(segments,)``; ``factors``, of shape ``(segments, factors - 1)``, is what each
    further factor adds inside the segments.
    """

    volume: FloatArray
    mix: FloatArray
    factors: FloatArray

    @property
    def change(self) -> float:
        """The change of the product, summed over segments."""
        return float(self.volume.sum() + self.mix.sum() + self.factors.sum())


def attribute_segments(before: ArrayLike, after: ArrayLike) -> SegmentAttribution:
    """Split the change of a total over segments; a mere shift of the mix changes no rate.

    Both arrays have the shape ``(segments, factors)``; the first factor is the segment's volume,
    which is taken apart into the total and the segment's share. A segment that comes or goes is
    mix. Takes NaN and raises as `attribute` does, also for a negative volume. Source: as there;
    activity, structure and intensity of Ang (2005).
    """
    x0, x1 = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if x0.ndim != 2 or x0.shape != x1.shape or x0.shape[1] < 1:
        raise ValueError(
            _("Give both periods as segments by factors, with the same segments and factors.")
        )
    parts = _lmdi(*_settled(_shared(x0), _shared(x1)))
    return SegmentAttribution(parts[:, 0], parts[:, 1], parts[:, 2:])


def _shared(factors: FloatArray) -> FloatArray:
    """Volumes as total and share; the share of nothing is not known."""
    volume = factors[:, 0]
    if not (volume >= 0).all():
        raise ValueError(_("The volume of a segment must be a number that is not negative."))
    total = volume.sum()
    share = volume / total if total > 0 else np.full_like(volume, np.nan)
    return np.column_stack([np.full_like(volume, total), share, factors[:, 1:]])


def funnel_factors(reached: ArrayLike, amount: ArrayLike | None = None) -> FloatArray:
    """Counts at each stage as factors: the volume, each later stage's rate, the mean amount won.

    ``reached`` has the shape ``(..., stages)``, ``amount`` (the sum of what was won, if asked for)
    the shape ``(...)``. What cannot be known because nobody came that far is NaN. Raises
    ``ValueError`` for negative counts, and for records behind a stage that nobody reached.
    """
    counts = np.asarray(reached, dtype=np.float64)
    if not (counts >= 0).all():
        raise ValueError(_("The number of records at a stage must not be negative."))
    columns = [counts]
    if amount is not None:
        columns.append(np.asarray(amount, dtype=np.float64)[..., None])
    whole = np.concatenate(columns, axis=-1)
    came, moved = whole[..., :-1], whole[..., 1:]
    if ((came == 0) & (moved != 0)).any():
        raise ValueError(
            _("A stage that nobody reached is followed by records or amounts; count them there.")
        )
    rates = np.divide(moved, came, out=np.full_like(moved, np.nan), where=came > 0)
    return np.concatenate([whole[..., :1], rates], axis=-1)


@dataclass(frozen=True, slots=True)
class RateChange:
    """A rate's change as it looks pooled, and within segments; differences are shares of 1.

    ``within`` weighs the segments' differences as Mantel and Haenszel do. The p-values are
    two-sided. Where only the pooled one is small, it was the mix that shifted.
    """

    pooled: float
    pooled_p: float
    within: float
    within_p: float


def rate_change(
    successes: ArrayLike, trials: ArrayLike, base_successes: ArrayLike, base_trials: ArrayLike
) -> RateChange:
    """Test a change from the base to now, with and without regard to the segments.

    Arrays of one length, one entry a segment. Raises ``ValueError`` for impossible counts and
    where no segment has records on both sides. Source: Mantel and Haenszel (1959), JNCI 22,
    719-748; the difference: Greenland and Robins (1985), Biometrics 41, 55-68.
    """
    x1, n1, x0, n0 = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(each, dtype=np.float64))
            for each in (successes, trials, base_successes, base_trials)
        )
    )
    if not ((n1 > 0) & (n0 > 0)).any():
        raise ValueError(_("No segment has records in both periods, so no rate can be compared."))
    pooled = [each.sum(keepdims=True) for each in (x1, n1, x0, n0)]
    return RateChange(*_difference(*pooled), *_difference(x1, n1, x0, n0))


def _difference(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray
) -> tuple[float, float]:
    """The weighted difference of rates and its two-sided p-value."""
    from scipy.stats import norm  # a second to import

    more, spread = (float(each.sum()) for each in excess(x1, n1, x0, n0))
    weight = float((n1 * n0 / np.maximum(n1 + n0, 1)).sum())
    p_value = 2 * float(norm.sf(abs(more) / np.sqrt(spread))) if spread > 0 else 1.0
    return more / weight, p_value


def _both(before: Given[Name], after: Given[Name]) -> tuple[FloatArray, FloatArray]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        same = before.keys() == after.keys()
        ordered = list(before.values()), [after[name] for name in before] if same else []
    elif isinstance(before, Mapping) or isinstance(after, Mapping):
        ordered = [], []
    else:
        ordered = list(before), list(after)
    if len(ordered[0]) == len(ordered[1]) > 0:
        return np.array(ordered[0], dtype=np.float64), np.array(ordered[1], dtype=np.float64)
    raise ValueError(_("Give the same factors before and after, at least one."))


def _named(given: Given[Name], parts: FloatArray) -> dict[Name, float] | dict[int, float]:
    if isinstance(given, Mapping):
        return dict(zip(given, parts.tolist(), strict=True))
    return dict(enumerate(parts.tolist()))


def _settled(before: FloatArray, after: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factors that cannot be known, because another is 0, take the other period's value."""
    for own in (before, after):
        excused = np.isnan(own) & (own == 0).any(axis=-1, keepdims=True)
        with np.errstate(over="ignore"):
            size = np.where(excused, 1.0, own).prod(axis=-1)
        if not (np.isfinite(own) | excused).all() or not np.isfinite(size).all():
            raise ValueError(
                _(
                    "A factor is missing or too large; it may be missing only where another one is 0."
                )
            )
    x0, x1 = np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)
    return np.nan_to_num(x0, nan=1.0), np.nan_to_num(x1, nan=1.0)


def _lmdi(before: FloatArray, after: FloatArray) -> FloatArray:
    """Contributions of the factors on the last axis, in the shape of both arguments.

    With e^-r the smaller product over the larger one, w, their logarithmic mean is
    w (1 - e^-r) / r. Factors that touch or cross 0 share the whole change: the limit of Wood and
    Lenzen, with a sign that turns taken as a way to 0 and on from there.
    """
    w0, w1 = before.prod(axis=-1, keepdims=True), after.prod(axis=-1, keepdims=True)
    turned = np.sign(before) != np.sign(after)
    turns = turned.sum(axis=-1, keepdims=True)
    ratio = np.divide(after, before, out=np.ones_like(before), where=~turned & (before != 0))
    logs = np.log(ratio)
    total = np.where(turns > 0, 0.0, logs.sum(axis=-1, keepdims=True))
    larger, far = np.where(total > 0, w1, w0), np.abs(total)
    mean = larger * np.divide(-np.expm1(-far), far, out=np.ones_like(far), where=far > 0)
    parts: FloatArray = np.where(turns > 0, (w1 - w0) * turned / np.maximum(turns, 1), mean * logs)
    return parts
