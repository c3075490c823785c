"""What became of a goal since the run before this one, as the ledger knows it."""

from __future__ import annotations

from typing import get_args

from kpilint.analysis.tracking import states, wording
from kpilint.analysis.tracking.status import GoalStatus
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.i18n import _, language
from kpilint.monthly.month import Before, Facts, key_of

MINUS = "−"


def since(before: Before, goal: Goal, now: GoalStatus) -> tuple[str, str] | None:
    """The change of the actual value and of the attainment with its state; None at the first run.

    A goal that the run before did not know is new; one of the period before is set beside it. Of one
    whose period has begun since then there is nothing to compare.
    """
    if not before.run:
        return None
    then = before.actuals.get(key_of(goal))
    if then is not None and then.get("status") == "not_started" != now.status:
        return _("Begun"), ""
    if then is not None:
        return _moved(then, now), _states(then, now)
    earlier = _of_the_period_before(before, goal)
    if earlier is None:
        return _("New"), ""
    told = wording.percent(earlier.get("attainment"))
    return told, _("{state} in the period before", state=word(earlier))


def _of_the_period_before(before: Before, goal: Goal) -> Facts | None:
    """The same goal in another period, the latest first."""
    same = key_of(goal).rpartition("|")[0] + "|"
    earlier = sorted(key for key in before.actuals if key.startswith(same))
    return before.actuals[earlier[-1]] if earlier else None


def _moved(then: Facts, now: GoalStatus) -> str:
    """By how much the actual value has moved."""
    before = then.get("actual")
    if before is None or now.actual is None:
        return wording.DASH
    moved = now.actual - before
    if now.unit == "percent":
        points = show(abs(moved) * 100, None, language())
        return _signed(moved, _("{points:point|points}", points=points))
    size = float(f"{abs(moved):.3g}") if abs(moved) >= 1000 else abs(moved)
    return _signed(moved, wording.amount(size, now.unit))


def _signed(value: float, told: str) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{told}"


def _states(then: Facts, now: GoalStatus) -> str:
    """The attainment then and now, and the state if it is another."""
    before, after = word(then), states.word(now.status)
    shares = _(
        "attainment {before} → {after}",
        before=wording.percent(then.get("attainment")),
        after=wording.percent(now.attainment),
    )
    return shares if before == after else _("{shares}, was {state}", shares=shares, state=before)


def word(facts: Facts) -> str:
    """The state of a record; one that this version does not know has no data."""
    known: dict[str, states.State] = {state: state for state in get_args(states.State)}
    return states.word(known.get(str(facts.get("status")), "no_data"))
