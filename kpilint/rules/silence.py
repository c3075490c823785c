"""Where a metric has no value: its source is silent, its condition meets nothing, a column is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kpilint.errors import ColumnMissing, Unavailable
from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import DAY, add_months
from kpilint.goals.slip import near
from kpilint.goals.source import Source
from kpilint.goals.written import excerpt, plain_name
from kpilint.i18n import _, listed
from kpilint.rule import WARNING, Cannot, Flaw, Flaws
from kpilint.rules.happenings import Happening, compared, happenings
from kpilint.rules.resting import resting
from kpilint.rules.rows import Rows, after, moment

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

_SLOW = {"quarterly": 3, "yearly": 12}  # months that lie between two updates
_LATELY = timedelta(days=62)
_VALUES = 1_000  # distinct values that a mistyped one is held against
_SHOWN = 6  # values that a message names


class Window(NamedTuple):
    """The days that are looked at, both included."""

    start: date
    end: date

    @classmethod
    def of(cls, goals: Iterable[Goal], as_of: date, periods: int, updated: str | None) -> Window:
        """The last complete months, or weeks, before the goals' end and ``as_of``."""
        dated = [goal.period for goal in goals if goal.period]
        end = max((min(as_of, period.end) for period in dated), default=as_of)
        if dated and not any(period.months() for period in dated) and updated not in _SLOW:
            monday = end + DAY - timedelta(days=(end + DAY).weekday())
            return cls(monday - periods * 7 * DAY, end)
        return cls(add_months(end + DAY, -periods * _SLOW.get(updated or "", 1)), end)

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


@dataclass(frozen=True, slots=True, eq=False)  # expressions compare to expressions
class _Watched:
    """A metric that is computed from records, and where it should have some."""

    metric: Metric
    window: Window
    when: ir.TimestampValue
    chosen: ir.BooleanValue
    value: ir.Value | None

    @property
    def inside(self) -> ir.BooleanValue:
        since, until = moment(self.window.start), after(self.window.end)
        return (self.when >= since) & (self.when < until) & self.chosen

    @property
    def observed(self) -> ir.BooleanValue:
        return self.inside if self.value is None else self.inside & self.value.notnull()

    @property
    def earlier(self) -> ir.BooleanValue:
        return (self.when < after(self.window.end)) & self.chosen


def silences(goals: GoalSet, data: Dataset, as_of: date, periods: int) -> Flaws:
    """What has no value in its window; a source that has stopped is told once."""
    live = {
        name: [goal for goal in members if not goal.has("retired")]
        for name, members in resting(goals).items()
    }
    by_source: dict[str, dict[str, Window]] = {}
    for name, members in live.items():
        metric = goals.metrics[name]
        source = goals.sources.get(metric.source or "")
        window = Window.of(members, as_of, periods, source.updated if source else None)
        if members and metric.manual:
            yield from _untyped(metric, periods, window.end)
        elif members and source is not None and _moment_of(metric):
            by_source.setdefault(source.name, {})[name] = window
    for name, windows in by_source.items():
        yield from _of_source(goals, data, goals.sources[name], windows)


def _untyped(metric: Metric, periods: int, end: date) -> Flaws:
    """Values that nobody has typed in for so many of their own periods."""
    typed = [period for period in metric.manual or {} if period.start <= end]
    last = max(typed, key=lambda period: period.end, default=None)
    if last is not None and last.end + periods * last.days * DAY >= end:
        return
    message = _(
        "No value of “{metric}” has been typed in since {last}. Enter the missing ones, or have "
        "them computed from a source:.",
        metric=metric.title,
        last=last.text if last else "–",
    )
    evidence = {"last": last.text if last else None, "until": end.isoformat()}
    about = Subject("metric", metric.name)
    yield Flaw(metric.at("manual"), message, evidence, about=about, severity=WARNING)


def _moment_of(metric: Metric) -> str | None:
    """What places the records of a flow or stock in time."""
    if metric.form == "stock":
        return metric.stock.from_ if metric.stock else None
    return metric.time if metric.form == "flow" and metric.agg else None


def _of_source(
    goals: GoalSet, data: Dataset, source: Source, windows: Mapping[str, Window]
) -> Flaws:
    try:
        rows = Rows.of(data, source.name)
    except Unavailable as problem:
        yield Cannot(str(problem), Subject("source", source.name))
        return
    watched = []
    for name, window in windows.items():
        try:
            watched.append(_watch(rows, goals.metrics[name], window))
        except ColumnMissing:
            continue  # M004 tells of it
        except Unavailable as problem:
            yield Cannot(str(problem), Subject("metric", name))
    asked = {each.metric.name: each.observed.sum() for each in watched}
    seen = rows.tell(asked, [each.when >= moment(each.window.start) for each in watched])
    quiet = [each for each in watched if not seen[each.metric.name]]
    if quiet:
        yield from _explained(rows, source, watched, quiet)


def _watch(rows: Rows, metric: Metric, window: Window) -> _Watched:
    when = rows.moment(_moment_of(metric) or "")
    value = rows.value(metric.column) if metric.column else None
    return _Watched(metric, window, when, rows.holds(metric.where), value)


def _explained(rows: Rows, source: Source, watched: list[_Watched], quiet: list[_Watched]) -> Flaws:
    """Why metrics are quiet, where it is more than that nothing happened."""
    asked = {"records": rows.table.count()}
    asked |= {
        f"last{n}": each.when.max(where=each.when < after(each.window.end))
        for n, each in enumerate(watched)
    }
    for n, each in enumerate(quiet):
        asked |= {f"earlier{n}": each.earlier.sum(), f"inside{n}": each.inside.sum()}
        asked[f"chosen{n}"] = each.chosen.sum() if each.metric.where else asked["records"]
    told = rows.tell(asked)
    dates = [told[f"last{n}"] for n in range(len(watched))]
    last = max((each for each in dates if each is not None), default=None)
    stopped = [each for each in quiet if last is None or last.date() < each.window.start]
    if stopped:
        yield _stopped(source, stopped, last)
    for n, each in enumerate(quiet):
        if each in stopped:
            continue
        counts = {part: told[f"{part}{n}"] or 0 for part in ("chosen", "earlier", "inside")}
        flaw = _why(rows, each, counts, told["records"])
        if flaw is not None:
            yield flaw


def _stopped(source: Source, quiet: list[_Watched], last: datetime | None) -> Flaw:
    window = min((each.window for each in quiet), key=lambda window: window.start)
    titles = listed(dict.fromkeys(each.metric.title for each in quiet))
    if last is None:
        message = _(
            "The source {source} has no dated record up to {end}, so {metrics} has no value. Check "
            "the export, and that the right columns are read as dates.",
            source=source.name,
            end=window.end.isoformat(),
            metrics=titles,
        )
    else:
        message = _(
            "The source {source} has no record since {last}, so {metrics} has no value in "
            "{window}. Load a newer export, or look why nothing arrives.",
            source=source.name,
            last=f"{last:%Y-%m-%d}",
            metrics=titles,
            window=str(window),
        )
    evidence = {
        "source": source.name,
        "newest": last.isoformat() if last else None,
        "window": str(window),
        "metrics": [each.metric.name for each in quiet],
    }
    place = source.at("path" if source.path else "url")
    return Flaw(place, message, evidence, about=Subject("source", source.name))


def _why(rows: Rows, quiet: _Watched, counts: Mapping[str, int], records: int) -> Flaw | None:
    """What is wrong with a metric whose source goes on; None where it may just be zero."""
    metric = quiet.metric
    evidence: dict[str, object] = {"source": rows.source, "window": str(quiet.window), **counts}
    about = Subject("metric", metric.name)
    if counts["inside"]:
        message = _(
            "The records of “{metric}” in {window} ({count}) all lack {column}, so it has no "
            "value. Fill it in at the source, or name another column.",
            metric=metric.title,
            window=str(quiet.window),
            count=counts["inside"],
            column=metric.column,
        )
        return Flaw(metric.at("column"), message, evidence, about=about)
    if counts["earlier"]:
        return None  # a metric that counts may be zero, and one that averages have nothing to do
    if counts["chosen"]:
        message = _(
            "None of the {count:record|records} of “{metric}” has a date in {column} up to {end}. "
            "Name the column that tells when they happened.",
            count=counts["chosen"],
            metric=metric.title,
            column=_moment_of(metric),
            end=quiet.window.end.isoformat(),
        )
        key = "stock" if metric.form == "stock" else "time"
        return Flaw(metric.at(key), message, evidence, about=about)
    return _unmet(rows, metric, records, evidence)


def _unmet(rows: Rows, metric: Metric, records: int, evidence: dict[str, object]) -> Flaw:
    """A condition that no record meets, with what the data says instead."""
    about = Subject("metric", metric.name)
    for column, read in compared(metric.where or "", folded=False):
        says = _values(rows, column)
        if says is None or read in says:
            continue
        alike = [value for value in says if plain_name(value) == plain_name(read)]
        message = _(
            "“{metric}” selects no record: {column} never says “{read}”, it says {values}.",
            metric=metric.title,
            column=column,
            read=excerpt(read),
            values=_listed(says),
        )
        hint = _(" Did you mean {near}?", near=alike[0]) if alike else near(read, says)
        evidence |= {"column": column, "read": read, "values": dict(list(says.items())[:_SHOWN])}
        return Flaw(metric.at("where"), message + hint, evidence, about=about)
    message = _(
        "“{metric}” selects none of the {count:record|records} of {source}: its condition “{where}” "
        "holds for none of them. Correct it.",
        metric=metric.title,
        count=records,
        source=rows.source,
        where=excerpt(metric.where or "", 80),
    )
    return Flaw(metric.at("where"), message, evidence, about=about)


def _values(rows: Rows, column: str) -> dict[str, int] | None:
    """The texts of a column with how often each occurs, the most common first."""
    with suppress(Unavailable):
        found = rows.column(column)
        if found.type().is_string():
            counted = (
                found.name("text").as_table().group_by("text").aggregate(n=lambda t: t.count())
            )
            known = counted.filter(counted.text.notnull())
            first = known.order_by(known.n.desc(), known.text).limit(_VALUES)
            told: list[dict[str, Any]] = first.to_pyarrow().to_pylist()
            return {row["text"]: row["n"] for row in told}
    return None


def _listed(says: Mapping[str, int]) -> str:
    named = [_("“{text}” {count:time|times}", text=excerpt(t), count=n) for t, n in says.items()]
    return listed(named, _SHOWN) or "–"


def newest(goals: GoalSet, data: Dataset, source: Source, as_of: date) -> datetime:
    """The newest moment up to ``as_of`` at which a record of the source says that it happened.

    Raises Unavailable where no column of the source tells one.
    """
    rows = Rows.of(data, source.name)
    asked: dict[str, ir.Scalar] = {}
    lately = []
    for number, (when, past) in enumerate(_happened(rows, happenings(goals, source))):
        asked[f"newest{number}"] = when.max(where=(when < after(as_of)) & past)
        lately.append((when >= moment(as_of - _LATELY)) & (when < after(as_of)))
    for among in (lately, ()):  # most sources are fresh, and few of their rows need be read
        found = [each for each in rows.tell(asked, among).values() if each is not None]
        if found:
            break
    else:
        message = _(
            "Nothing in {source} tells when its records happened; name a time: that does.",
            source=source.name,
        )
        raise Unavailable(message)
    latest: datetime = max(found)
    return latest


def _happened(
    rows: Rows, found: Iterable[Happening]
) -> Iterator[tuple[ir.TimestampValue, ir.BooleanValue]]:
    """The moments of each time column, and the rows in which they are past."""
    for happening in found:
        with suppress(ColumnMissing):  # M004 tells of it
            yield rows.moment(happening.time), rows.any_holds(happening.wheres)
