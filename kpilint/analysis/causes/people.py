"""Who gets fewer records through a stage than peers do with the same mix; names only on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd

from kpilint.analysis.causes import people_wording as wording
from kpilint.analysis.causes.strata import Population, population, quarter
from kpilint.analysis.funnels.dimensions import BLANK, OTHERS
from kpilint.analysis.funnels.funnel import Funnel
from kpilint.analysis.stats import FloatArray, benjamini_hochberg, excess
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

RATE = 0.05  # of those told apart so many may be so by chance (false discovery rate)
QUARTERS = 4
LEAST_SPREAD = 5.0  # of the variance of a count; below it the normal law is no guide
NESTED = 0.95  # a dimension that is so much the same for each person tells of people, not of mix


@dataclass(frozen=True, slots=True)
class People:
    """A comparison of the people in column ``person``, each with peers who had the same mix.

    ``person`` is None where no metric of the funnel's source says which column names them. The
    mix is that of ``by`` and of the quarters. Calling it with a Dataset gives a PeopleResult.
    """

    spec: FunnelSpec
    person: str | None
    by: tuple[str, ...] = ()
    names: bool = False
    as_of: date | None = None
    year_start: int = 1

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        funnel: str = "",
        *,
        names: bool = False,
        as_of: date | str | None = None,
    ) -> Self:
        """A funnel of the goals file by name, else its first; people stay numbers unless ``names``.

        Raises Misuse for a name or text that cannot be understood.
        """
        seen = Funnel.of(goals, funnel, as_of=as_of)
        spec = seen.spec
        own = [m for m in goals.metrics.values() if m.source == spec.source and m.person]
        own.sort(key=lambda metric: not (metric.stage or "").startswith(f"{spec.name}."))
        person = next((m.person for m in own if m.person), None)
        by = tuple(name for name in dict.fromkeys(spec.by) if name != person)
        return cls(spec, person, by, names, seen.as_of, seen.year_start)

    def __call__(self, data: Dataset) -> PeopleResult:
        """Compare people over the last mature year of each stage; only counts leave the engine.

        Raises the data door's errors, and Misuse for an expression that cannot be read.
        """
        if self.person is None:
            return PeopleResult(self, (), (), (), 0)
        records = population(data, self.spec, (self.person, *self.by), self.as_of)
        tables = {n: _year(self, records, n) for n in range(1, records.stages)}
        known = sorted(set(records.dimensions[0].values) - {BLANK, OTHERS})
        found = [each for n, table in tables.items() for each in compared(n, table, known)]
        adjusted = benjamini_hochberg([each.p_value for each in found])
        told = tuple(bool(p <= RATE) for p in adjusted)
        unnamed = sum(int(t.loc[t["by_0"] == BLANK, "entered"].sum()) for t in tables.values())
        return PeopleResult(self, tuple(known), tuple(found), told, unnamed)


class Standing(NamedTuple):
    """One person at one stage; rates are shares of 1.

    ``expected`` is what peers reach with the same mix. ``shrunk`` is the person's rate, drawn towards
    it as far as so few records call for, with its 95 % interval.
    ``p_value`` is two-sided, NaN for too few records.
    """

    person: str
    stage: int
    entered: int
    passed: int
    expected: float
    shrunk: float
    low: float
    high: float
    p_value: float


def _year(people: People, records: Population, stage: int) -> pd.DataFrame:
    """The counts of a stage's last mature quarters, by person, mix and quarter."""
    age = records.ages[stage]
    days = max(1, ceil(age)) if age is not None else 1
    rows = records.by_quarter(stage, days, people.year_start)
    if records.until is None:
        return rows
    mature = records.until - timedelta(days=days)
    numbers = [
        n for n in sorted(set(rows["quarter"])) if quarter(n, people.year_start).end <= mature
    ]
    kept = rows[rows["quarter"].isin(numbers[-QUARTERS:])]
    return kept[kept["by_0"] != OTHERS]


def compared(stage: int, table: pd.DataFrame, known: Sequence[str]) -> Iterator[Standing]:
    """The standing of each of the ``known`` people at a stage.

    ``table`` has the columns ``by_0`` (the person), ``by_1, ...`` (the mix), ``quarter``,
    ``entered`` and ``passed``.
    """
    named = table[table["by_0"].isin(known)]
    mix = [name for name in _mix(named) if name not in ("by_0", "entered", "passed")]
    strata = named.groupby(mix)
    place = strata.ngroup().to_numpy()
    own = named.groupby(["by_0", pd.Series(place, index=named.index, name="stratum")])
    counts = own[["entered", "passed"]].sum().reset_index()
    size = int(place.max()) + 1 if len(place) else 0
    people = sorted(set(counts["by_0"]))
    n, x = np.zeros((len(people), size)), np.zeros((len(people), size))
    rows = counts["by_0"].map({name: i for i, name in enumerate(people)}).to_numpy(np.int64)
    columns = counts["stratum"].to_numpy(np.int64)
    n[rows, columns], x[rows, columns] = counts["entered"], counts["passed"]
    if len(people) < 2:
        return
    peers_n, peers_x = n.sum(axis=0) - n, x.sum(axis=0) - x
    more, spread = (each.sum(axis=1) for each in excess(x, n, peers_x, peers_n))
    shared = np.where(peers_n > 0, n, 0.0)
    came = shared.sum(axis=1)
    rates = np.divide(peers_x, peers_n, out=np.zeros_like(n), where=peers_n > 0)
    expected = np.divide((shared * rates).sum(axis=1), came, out=np.zeros(len(n)), where=came > 0)
    passed = np.where(peers_n > 0, x, 0.0).sum(axis=1)
    level = float(x.sum() / n.sum())
    own_rate = np.divide(passed, came, out=np.full(len(n), level), where=came > 0)
    even = np.clip(level + own_rate - expected, 0, 1)
    drawn = shrink(even * came, came, level)
    middle, low, high = (np.clip(each + expected - level, 0, 1) for each in drawn)
    for i, name in enumerate(people):
        judged = spread[i] >= LEAST_SPREAD
        p_value = _chance(float(more[i] / np.sqrt(spread[i]))) if judged else float("nan")
        limits = float(middle[i]), float(low[i]), float(high[i])
        yield Standing(
            name, stage, int(came[i]), int(passed[i]), float(expected[i]), *limits, p_value
        )


def _mix(named: pd.DataFrame) -> list[str]:
    """The columns of the mix: not those that are nearly the same for each person, as a team is."""
    total = named["entered"].sum()
    kept = []
    for name in named.columns:
        each = named.groupby(["by_0", name])["entered"].sum()
        usual = each.groupby(level=0).max().sum() if len(each) else 0
        if name == "quarter" or (name.startswith("by_") and usual < NESTED * total):
            kept.append(str(name))
    return kept


def _chance(z: float) -> float:
    from scipy.stats import norm  # a second to import

    return float(2 * norm.sf(abs(z)))


def shrink(
    passed: FloatArray, entered: FloatArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rates drawn towards ``level``, with 95 % limits; all arrays of one length.

    Empirical Bayes: what is left of the rates' variance beyond chance is that between people, the
    parameters of a beta law come from it by the method of moments, and a person's records from
    there; of few people less is known of it, and rates are drawn less. Source: Kleinman (1973),
    JASA 68, 46-54; the last: Morris (1983), JASA 78, 47-55.
    """
    from scipy.stats import beta  # a second to import

    some = entered > 0
    n, x = np.where(some, entered, 1.0), np.where(some, passed, 0.0)
    spread = level * (1 - level)
    total = n[some].sum()
    between = 0.0
    if spread and some.sum() > 1:
        observed = float((n * (x / n - level) ** 2)[some].sum())
        free = float(total - (n[some] ** 2).sum() / total)
        between = max((observed - (some.sum() - 1) * spread) / free, 0.0)
    # At least as if each had a thousand records in common with the others.
    prior = spread / between - 1 if between > spread / 1000 else 1000.0
    # How much people vary is a guess itself, the more so the fewer they are (Morris).
    typical = total / max(some.sum(), 1)
    drawn = prior / (prior + typical) * max(some.sum() - 3, 0) / max(some.sum() - 1, 1)
    prior = max(typical * drawn / (1 - drawn), 1.0)
    a = prior * level + np.where(some, x, 0.0)
    b = prior * (1 - level) + np.where(some, n - x, 0.0)
    low, high = (
        np.asarray(beta.ppf(q, np.maximum(a, 1e-9), np.maximum(b, 1e-9)), dtype=np.float64)
        for q in (0.025, 0.975)
    )
    return a / (a + b), low, high


@dataclass(frozen=True, slots=True)
class PeopleResult(Result):
    """Each person at each stage; ``told`` is who can be told apart, in the same order.

    ``unnamed`` counts the records, by stage, that name nobody.
    """

    people: People
    known: tuple[str, ...]
    standings: tuple[Standing, ...]
    told: tuple[bool, ...]
    unnamed: int

    def called(self, person: str) -> str:
        """A name, or a number in the order of the names where names were not asked for."""
        if self.people.names:
            return person
        return _("Person {number}", number=self.known.index(person) + 1)

    @property
    def apart(self) -> tuple[Standing, ...]:
        """Those who can be told apart, by stage."""
        return tuple(s for s, told in zip(self.standings, self.told, strict=True) if told)

    def text(self) -> str:
        """Who is weaker than peers, and where, or that nobody can be told apart."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a person and stage: ``person stage entered rate expected shrunk low high p_value
        verdict``.

        ``expected`` is what peers reach with the same mix, ``shrunk`` the person's rate drawn towards
        it, ``low`` and ``high`` its 95 % limits. ``verdict`` is below or
        above for those who can be told apart, else empty.
        """
        stages = [stage.name for stage in self.people.spec.stages]
        rows = [
            {
                "person": self.called(each.person),
                "stage": stages[each.stage],
                "entered": each.entered,
                "rate": each.passed / each.entered if each.entered else None,
                "expected": each.expected,
                "shrunk": each.shrunk,
                "low": each.low,
                "high": each.high,
                "p_value": each.p_value,
                "verdict": _verdict(each) if told else "",
            }
            for each, told in zip(self.standings, self.told, strict=True)
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def figure(self) -> go.Figure:
        """Each person's rate at each stage against that of peers, with its interval."""
        from kpilint.analysis.causes.people_drawing import drawn

        return drawn(self)

    def readable(self) -> pd.DataFrame:
        """Those who can be told apart, as readers expect it; all of them are in ``table()``."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """How people are compared, and who is left out."""
        return wording.remarks(self)


def _verdict(standing: Standing) -> str:
    return "below" if standing.shrunk < standing.expected else "above"


_COLUMNS = ["person", "stage", "entered", "rate", "expected"]
_COLUMNS += ["shrunk", "low", "high", "p_value", "verdict"]
