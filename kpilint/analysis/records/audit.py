"""What the records lack of what goals are computed from: blanks by column, month and person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Self

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.records import audit_wording
from kpilint.errors import ColumnMissing, Misuse, Unavailable
from kpilint.goals.dates import read_date
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import add_months
from kpilint.goals.slip import near
from kpilint.i18n import _, listed
from kpilint.result import Result

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset
    from kpilint.data.selection import Selection

_USUAL = 0.5  # the share of blanks from which a date is a condition and not a gap


@dataclass(frozen=True, slots=True)
class Audit:
    """The sources of a goals file, each column judged in the records that need it.

    A close date that is blank is usual for an open deal and a fault for one that was won: so a
    column is looked at in the records that a metric selects, not in all. The date of a funnel's
    later stage is blank until a record comes there, which is no fault, and is left out. ``months``
    is how far back records are looked at, from ``as_of``. Calling it with a Dataset gives an
    AuditResult.
    """

    goals: GoalSet
    sources: tuple[str, ...]
    as_of: date
    months: int = 24

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        source: str = "",
        *,
        as_of: date | str | None = None,
        months: int | str = 24,
    ) -> Self:
        """An audit of one source by its name, or of all.

        Raises Misuse for a name, day or number that cannot be understood.
        """
        if source and source not in goals.sources:
            message = _("The goals file has no source “{source}”.", source=source)
            raise Misuse(message + near(source, goals.sources))
        try:
            seen = read_date(as_of) if isinstance(as_of, str) and as_of else as_of
            back = int(months)
        except ValueError as problem:
            raise Misuse(str(problem)) from None
        names = (source,) if source else tuple(goals.sources)
        return cls(goals, names, seen or date.today(), back)

    def __call__(self, data: Dataset) -> AuditResult:
        """Count the blanks in ``data``; only counts leave the engine.

        A source that cannot be read is told among the remarks.
        """
        columns: list[Column] = []
        keys: list[Key] = []
        unread: dict[str, str] = {}
        awaited: dict[str, tuple[str, ...]] = {}
        for source in self.sources:
            try:
                keys += _keys(data, self.goals.sources[source].key, source)
            except (ColumnMissing, Unavailable) as problem:
                unread[source] = str(problem)
                continue
            looking = _Looking(self, data, source, unread, _awaited(self.goals, data, source))
            columns += looking.columns()
            awaited[source] = tuple(looking.left_out)
        return AuditResult(self, tuple(columns), tuple(keys), unread, awaited)


class Column(NamedTuple):
    """One column as one metric needs it; counts of records.

    ``by_month`` and ``by_person`` give how many records there were, and how many lacked it.
    ``unreadable`` counts cells of the whole source that are no number or date.
    """

    source: str
    name: str
    metric: str
    goals: tuple[str, ...]
    records: int
    missing: int
    unreadable: int
    by_month: Mapping[pd.Period, tuple[int, int]]
    by_person: Mapping[str | None, tuple[int, int]]

    @property
    def share(self) -> float:
        """The share of records that lack it."""
        return self.missing / self.records if self.records else 0.0


class Key(NamedTuple):
    """The key of a source: how many records repeat another's, and how many have none."""

    source: str
    name: str
    records: int
    repeated: int
    blank: int


def _keys(data: Dataset, key: str | None, source: str) -> Iterator[Key]:
    if key is None:
        return
    table = data.table(source)
    column = table[data.resolve(source, key)]
    told = table.aggregate(n=table.count(), filled=column.count(), kinds=column.nunique())
    row = told.to_pyarrow().to_pylist()[0]
    yield Key(source, key, row["n"], row["filled"] - row["kinds"], row["n"] - row["filled"])


def _awaited(goals: GoalSet, data: Dataset, source: str) -> frozenset[str]:
    """The columns that date the later stages of a funnel, where nothing else tells of the stage."""
    funnels = [funnel for funnel in goals.funnels.values() if funnel.source == source]
    later = [stage for funnel in funnels for stage in funnel.stages[1:] if not stage.where]
    known = set(data.columns(source))
    names = {data.resolve(source, stage.entered) for stage in later if stage.entered in known}
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class _Looking:
    """The looking at one source: each metric's records, and the columns it takes from them."""

    audit: Audit
    data: Dataset
    source: str
    unread: dict[str, str]  # by metric, why its records could not be looked at
    awaited: frozenset[str]
    left_out: dict[str, None] = field(default_factory=dict)  # those of them that were asked for

    def columns(self) -> Iterator[Column]:
        """Each column once, as the metric needs it that misses it most."""
        worst: dict[str, Column] = {}
        for metric in self.audit.goals.metrics.values():
            if metric.source == self.source and metric.form == "flow":
                for column in self._tried(metric):
                    if column.name in self.awaited:
                        self.left_out[column.name] = None
                        continue
                    known = worst.setdefault(column.name, column)
                    if (column.share, column.records) > (known.share, known.records):
                        worst[column.name] = column
        yield from worst.values()

    def _tried(self, metric: Metric) -> tuple[Column, ...]:
        try:
            return tuple(self._of_metric(metric))
        except (ColumnMissing, Unavailable) as problem:
            self.unread[metric.title] = str(problem)
            return ()

    def _of_metric(self, metric: Metric) -> Iterator[Column]:
        from kpilint.data.selection import selected

        chosen = selected(self.data, metric)
        names = self._needed(metric)
        since = add_months(self.audit.as_of.replace(day=1), -self.audit.months)
        recent = chosen.between(since, self.audit.as_of).records
        lacking = {f"lacks_{n}": _blank(recent[name]) for n, name in enumerate(names)}
        person = self.data.resolve(self.source, metric.person) if metric.person else None
        groups = {"month": chosen.time.truncate("M").date()}
        groups |= {"person": recent[person]} if person else {}
        counted = recent.group_by(**groups).aggregate(
            n=recent.count(), **{name: blank.sum() for name, blank in lacking.items()}
        )
        frame = counted.to_pandas()
        for number, name in enumerate(names):
            judged = frame.drop(columns="person") if name == person else frame
            yield self._column(metric, name, judged, f"lacks_{number}")
        dated = self._dated(metric, chosen)
        # Where only the date selects, most records may lack it: they never came to that stage.
        if metric.where or dated.share < _USUAL:
            yield dated

    def _dated(self, metric: Metric, chosen: Selection) -> Column:
        """The column that places records in time: without it a record counts in no period."""
        records = chosen.records.aggregate(n=chosen.records.count(), dated=chosen.time.count())
        told = records.to_pyarrow().to_pylist()[0]
        name = self.data.resolve(self.source, metric.time or "")
        n, missing = int(told["n"]), int(told["n"] - told["dated"])
        return self._told(metric, name, n, missing, {}, {})

    def _needed(self, metric: Metric) -> list[str]:
        """The columns whose value the metric takes, and the one that says who."""
        from kpilint.goals.expression import names

        written = [*(names(metric.column) if metric.column else ()), metric.person or ""]
        return list(dict.fromkeys(self.data.resolve(self.source, w) for w in written if w))

    def _column(self, metric: Metric, name: str, frame: pd.DataFrame, lacks: str) -> Column:
        frame = frame.assign(**{lacks: frame[lacks].fillna(0)})
        by_month = frame.groupby("month")[["n", lacks]].sum()
        months = pd.PeriodIndex(pd.to_datetime(by_month.index), freq="M")
        persons = {}
        if "person" in frame:
            by_person = frame.groupby("person", dropna=False)[["n", lacks]].sum()
            persons = {
                None if pd.isna(who) else str(who): (int(n), int(m))
                for who, n, m in by_person.itertuples()
            }
        counts = zip(months, by_month.to_numpy(), strict=True)
        monthly = {month: (int(n), int(missing)) for month, (n, missing) in counts}
        n, missing = int(frame["n"].sum()), int(frame[lacks].sum())
        return self._told(metric, name, n, missing, monthly, persons)

    def _told(
        self,
        metric: Metric,
        name: str,
        records: int,
        missing: int,
        by_month: Mapping[pd.Period, tuple[int, int]],
        by_person: Mapping[str | None, tuple[int, int]],
    ) -> Column:
        cells = self.data.unreadable(self.source)
        unreadable = sum(each.count for each in cells if each.column == name)
        goals = self._goals(metric)
        return Column(
            self.source,
            name,
            metric.title,
            goals,
            records,
            missing,
            unreadable,
            by_month,
            by_person,
        )

    def _goals(self, metric: Metric) -> tuple[str, ...]:
        """The goals whose value the metric is, or is a part of."""
        goals = self.audit.goals
        return tuple(goal.title for goal in goals.goals if metric in goals.behind(goal.metric))


def _blank(column: ir.Column) -> ir.BooleanValue:
    empty: ir.BooleanValue = column.isnull()
    return empty | (column.strip() == "") if column.type().is_string() else empty


@dataclass(frozen=True, slots=True)
class AuditResult(Result):
    """Each column that goals are computed from, with what the records lack of it.

    ``unread`` gives, by source or metric, why its records could not be looked at; ``awaited``, by
    source, the columns of later stages, which are left out.
    """

    audit: Audit
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    unread: Mapping[str, str]
    awaited: Mapping[str, tuple[str, ...]]

    @property
    def worst(self) -> Column | None:
        """The column that the largest share of its records lacks; None where nothing lacks."""
        lacking = [column for column in self.columns if column.missing]
        return max(lacking, key=lambda column: column.share, default=None)

    def text(self) -> str:
        """The weakest column and the goals it touches, in a sentence."""
        return audit_wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a column: ``source column metric records missing share unreadable goals``.

        ``share`` is that of the records which the metric selects; ``goals`` are joined by commas.
        The most lacking first.
        """
        ordered = sorted(self.columns, key=lambda c: (-c.share, c.source, c.name))
        rows = [
            (c.source, c.name, c.metric, c.records, c.missing, c.share, c.unreadable, c.goals)
            for c in ordered
        ]
        names = ["source", "column", "metric", "records", "missing", "share", "unreadable", "goals"]
        table = pd.DataFrame(rows, columns=names)
        return table.assign(goals=[", ".join(goals) for goals in table["goals"]])

    def by_month(self) -> pd.DataFrame:
        """The share that is blank: a row a column (``source · column``), a column a month."""
        shares = {
            f"{c.source} · {c.name}": {month: k / n for month, (n, k) in c.by_month.items() if n}
            for c in self.columns
            if c.by_month
        }
        table = pd.DataFrame.from_dict(shares, orient="index", dtype="float64")
        return table.reindex(columns=sorted(table.columns))

    def by_person(self, *, names: bool = False) -> pd.DataFrame:
        """The share that is blank: a row a person, by number unless ``names``, a column a column.

        Records that say nobody stand last.
        """
        people = sorted({who for c in self.columns for who in c.by_person if who is not None})
        numbered = [_("Person {number}", number=n) for n in range(1, len(people) + 1)]
        shown = dict(zip(people, people if names else numbered, strict=True))
        order = [*shown.values(), _("Nobody")]
        shares = {
            f"{c.source} · {c.name}": {
                shown.get(who or "", _("Nobody")): k / n for who, (n, k) in c.by_person.items() if n
            }
            for c in self.columns
            if c.by_person
        }
        table = pd.DataFrame(shares, dtype="float64")
        return table.reindex([name for name in order if name in table.index])

    def people(self, *, names: bool = False) -> pd.DataFrame:
        """``by_person`` for a reader: only who leaves blanks, and where."""
        return audit_wording.people(self.by_person(names=names))

    def readable(self) -> pd.DataFrame:
        """The table as a reader expects it; columns that nothing lacks are left out."""
        return audit_wording.readable(self.table())

    def remarks(self) -> list[str]:
        """Repeated and blank keys, and what could not be looked at."""
        return audit_wording.remarks(self)

    def figure(self) -> go.Figure:
        """A field a column and month, the darker the more records lack it."""
        import plotly.graph_objects as go

        table = self.by_month()
        months = [f"{month:%Y-%m}" for month in table.columns]
        shares = table.to_numpy() * 100
        figure = go.Figure(
            go.Heatmap(
                x=months,
                y=[drawing.words(name) for name in table.index],
                z=shares,
                zmin=0,
                zmax=max(5.0, float(pd.DataFrame(shares).max().max() or 0)) if shares.size else 5.0,
                colorscale=[[0, drawing.LINE], [1, drawing.ACCENT]],
                xgap=1,
                ygap=1,
                colorbar={"title": {"text": "%"}, "thickness": 10},
                hovertemplate="%{y}<br>%{x}: %{z:.1f}%<extra></extra>",
            )
        )
        figure.update_xaxes(automargin=True, **drawing.month_axis(months))
        figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
        return drawing.dressed(
            figure,
            title=audit_wording.headline(self),
            subtitle=_("Share of records without a value, by month"),
            source=listed(self.audit.sources),
            height=170 + 30 * len(table),
            narrow={"xaxis": drawing.month_axis(months, most=4)},
        )
