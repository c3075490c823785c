"""What the ledger holds of the run before, and what came of the actions agreed on then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kpilint.data.ledger import Kind, Ledger, Record, period_of, subject_of
from kpilint.goals.goal import Goal
from kpilint.goals.period import DAY, Period
from kpilint.monthly.manifest import Order
from kpilint.monthly.month import Before, Facts, Reviewed, key_of
from kpilint.monthly.record import paired

if TYPE_CHECKING:
    from kpilint.analysis.tracking.status import StatusResult


def before(order: Order, ledger: Ledger, status: StatusResult) -> Before:
    """The last published run before this one in the same rhythm, and last month's actions."""
    published = {
        record.run
        for record in ledger.records("run")
        if record.entry.body.get("state") == "published"
    }
    earlier = sorted(run for run in published if run < order.run and same_rhythm(run, order.run))
    if not earlier:
        return Before(reviews=tuple(_reviews(order, ledger, {}, status)))
    records = ledger.records(run=earlier[-1])
    actuals = _latest(records, "actual")
    verdicts = _latest(records, "hypothesis")
    return Before(
        run=earlier[-1],
        actuals=actuals,
        targets=_latest(records, "target"),
        hypotheses={key.rpartition("|")[0]: str(v.get("verdict")) for key, v in verdicts.items()},
        reviews=tuple(_reviews(order, ledger, actuals, status)),
    )


def same_rhythm(one: str, other: str) -> bool:
    """Whether both are months or both are weeks: 2026-10 and 2026-09, not 2026-W41."""
    return ("W" in one) == ("W" in other)


def _latest(records: tuple[Record, ...], kind: Kind) -> Mapping[str, Facts]:
    return {
        f"{record.entry.subject}|{record.entry.period}": record.entry.body
        for record in records
        if record.entry.kind == kind
    }


def _reviews(
    order: Order, ledger: Ledger, last: Mapping[str, Facts], status: StatusResult
) -> Iterator[Reviewed]:
    """The actions of the month before that in which the order's period begins.

    A goal then is what the run of that month saw, else what the run before this one did.
    """
    month = _month_before(order.period)
    now = {key_of(goal): body for goal, body in paired(order.goals, status)}
    for goal in order.goals:
        for review in goal.reviews:
            if review.month and (review.month.start, review.month.end) == (month.start, month.end):
                then = _seen(ledger, goal, f"{month.start:%Y-%m}") or last.get(key_of(goal))
                yield Reviewed(goal, review, then, now.get(key_of(goal)))


def _month_before(period: Period) -> Period:
    end = period.start.replace(day=1) - DAY
    return Period(end.replace(day=1), end, "month")


def _seen(ledger: Ledger, goal: Goal, run: str) -> Facts | None:
    found = ledger.records("actual", subject=subject_of(goal), period=period_of(goal), run=run)
    return found[-1].entry.body if found else None
