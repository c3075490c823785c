"""The scales on which metrics vary evenly: money, money with refunds, counts and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kpilint.analysis.stats import FloatArray

EXTRA_DISPERSION = 0.04  # of a count beside its Poisson variance: a coefficient of variation of .2
PART = 0.375  # Anscombe (1948): the fraction that makes a transformed count's variance steadiest


class Scale(Protocol):
    """A smooth increasing map from a metric's own unit to a scale of even variance.

    All functions work elementwise. A scale's parameters are columns ``(m, 1)``, one row a
    series; `row` takes the scale of one series.
    """

    def to(self, value: FloatArray) -> FloatArray:
        """The values on the scale; minus or plus infinity below or above what can be."""

    def back(self, point: FloatArray) -> FloatArray:
        """The metric's value at a point of the scale, the reverse of `to`."""

    def slope(self, point: FloatArray) -> FloatArray:
        """The first derivative of `back`."""

    def bend(self, point: FloatArray) -> FloatArray:
        """The second derivative of `back`."""

    def floor(self, point: FloatArray, steps: int) -> FloatArray:
        """The least standard deviation ever claimed for a period of so many steps."""

    def row(self, index: int) -> Scale:
        """The scale of one series."""


@dataclass(frozen=True, slots=True)
class LogScale:
    """Amounts and prices above zero, which grow and vary by percents. Claims at best 1 %."""

    def to(self, value: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(value, 0.0))

    def back(self, point: FloatArray) -> FloatArray:
        return np.exp(point)

    slope = bend = back

    def floor(self, point: FloatArray, steps: int) -> FloatArray:
        return np.full_like(point, 0.01)

    def row(self, index: int) -> LogScale:
        return self


@dataclass(frozen=True, slots=True)
class SignedScale:
    """Amounts that touch zero or fall below it: the inverse hyperbolic sine.

    Near zero it runs straight, far from it like the logarithm; ``unit`` is the mean size of
    the values. Claims at best 1 % of the unit. Source: Johnson (1949), Biometrika 36, 149-176.
    """

    unit: FloatArray

    def to(self, value: FloatArray) -> FloatArray:
        return np.arcsinh(value / self.unit)

    def back(self, point: FloatArray) -> FloatArray:
        return self.unit * np.sinh(point)

    def slope(self, point: FloatArray) -> FloatArray:
        return self.unit * np.cosh(point)

    bend = back

    def floor(self, point: FloatArray, steps: int) -> FloatArray:
        return np.full_like(point, 0.01)

    def row(self, index: int) -> SignedScale:
        return SignedScale(np.asarray(self.unit[index, 0]))


@dataclass(frozen=True, slots=True)
class CountScale:
    """Counts: the inverse hyperbolic sine of the root, even for a negative binomial.

    Small counts vary by their root, as Poisson's do, large ones by percents. Claims at best
    1 %, and never less than half a record in the period. Source: Anscombe (1948),
    Biometrika 35, 246-254.
    """

    def to(self, value: FloatArray) -> FloatArray:
        return np.arcsinh(np.sqrt(EXTRA_DISPERSION * (np.maximum(value, 0.0) + PART)))

    def back(self, point: FloatArray) -> FloatArray:
        return np.sinh(self._possible(point)) ** 2 / EXTRA_DISPERSION - PART

    def slope(self, point: FloatArray) -> FloatArray:
        return np.sinh(2 * self._possible(point)) / EXTRA_DISPERSION

    def bend(self, point: FloatArray) -> FloatArray:
        return 2 * np.cosh(2 * self._possible(point)) / EXTRA_DISPERSION

    def floor(self, point: FloatArray, steps: int) -> FloatArray:
        return np.maximum(0.01 * self.back(point), 0.5 / steps) / self.slope(point)

    def row(self, index: int) -> CountScale:
        return self

    def _possible(self, point: FloatArray) -> FloatArray:
        return np.maximum(point, np.arcsinh(np.sqrt(EXTRA_DISPERSION * PART)))


@dataclass(frozen=True, slots=True)
class ShareScale:
    """Ratios from 0 to 1: the arc sine of the root, even for a binomial share.

    ``trials`` is the usual denominator of a step, infinite where denominators are no counts.
    The log-odds would be nearer to how shares move, but break down at 0 and 1, where win and
    on-time rates of small teams live. Claims at best half a point (at 50 %).
    Source: Anscombe (1948), Biometrika 35, 246-254.
    """

    trials: FloatArray

    def to(self, value: FloatArray) -> FloatArray:
        inside = np.arcsin(np.sqrt(self._padded(np.clip(value, 0.0, 1.0))))
        rounding = 1e-9
        above = np.where(value > 1 + rounding, np.inf, inside)
        return np.where(value < -rounding, -np.inf, above)

    def back(self, point: FloatArray) -> FloatArray:
        share: FloatArray = np.sin(np.clip(point, 0.0, np.pi / 2)) ** 2
        return np.clip(share + PART / self.trials * (2 * share - 1), 0.0, 1.0)

    def slope(self, point: FloatArray) -> FloatArray:
        turn: FloatArray = np.sin(2 * self._inside(point))
        return turn * (1 + 2 * PART / self.trials)

    def bend(self, point: FloatArray) -> FloatArray:
        turn: FloatArray = 2 * np.cos(2 * self._inside(point))
        return turn * (1 + 2 * PART / self.trials)

    def floor(self, point: FloatArray, steps: int) -> FloatArray:
        return np.full_like(point, 0.005)

    def row(self, index: int) -> ShareScale:
        return ShareScale(np.asarray(self.trials[index, 0]))

    def _padded(self, share: FloatArray) -> FloatArray:
        padded: FloatArray = (share + PART / self.trials) / (1 + 2 * PART / self.trials)
        return padded

    def _inside(self, point: FloatArray) -> FloatArray:
        edge = np.arcsin(np.sqrt(self._padded(np.zeros_like(point))))
        edge = np.maximum(edge, 0.01)  # the slope is zero at the very edge
        return np.clip(point, edge, np.pi / 2 - edge)
