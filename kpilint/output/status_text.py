"""The status for a person at a terminal: a line and a bar a goal, then its people and teams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from click import style

from kpilint.analysis.tracking import states, wording
from kpilint.i18n import _
from kpilint.output.columns import aligned, cut
from kpilint.output.visible import visible

if TYPE_CHECKING:
    from kpilint.analysis.tracking.attainment import Part
    from kpilint.analysis.tracking.status import GoalStatus, StatusResult

_BAR = 20  # cells of a whole target
_COLOURS: dict[states.State, str] = {
    "met": "green",
    "on_track": "green",
    "at_risk": "yellow",
    "off_track": "red",
    "missed": "red",
    "not_started": "bright_black",
    "no_data": "bright_black",
}
Row = tuple[str, ...]


def status_text(status: StatusResult, *, quiet: bool = False) -> str:
    """Verdict, goals, parts and remarks in the language that speaks; ``quiet`` leaves out the last.

    Styled with ANSI codes; the command line strips them where they are not wanted.
    """
    blocks = [style(visible(status.text()), bold=True)]
    if status.goals:
        blocks.append("\n".join(_goals(status)))
    blocks += ["\n".join(_parts(goal)) for goal in status.goals if goal.by]
    if not quiet and status.remarks():
        blocks.append("\n".join(f"  {visible(remark)}" for remark in status.remarks()))
    return "\n\n".join(blocks)


def bar(share: float | None, expected: float | None = None) -> str:
    """A bar of a share of the target, ``|`` where it should be by now; dots where it is unknown."""
    if share is None:
        return "·" * _BAR
    full = min(max(round(share * _BAR), 0), _BAR)
    cells = list("█" * full + "░" * (_BAR - full))
    if expected is not None and 0 < expected < 1:
        cells[min(round(expected * _BAR), _BAR - 1)] = "|"
    return "".join(cells)


def _goals(status: StatusResult) -> Iterator[str]:
    goals = status.goals
    head = (
        _("Goal"),
        _("State"),
        _("Attainment"),
        "",
        _("Actual"),
        _("Target"),
        _("Expected by now"),
        _("Forecast (80% range)"),
        _("Probability"),
    )
    table = [head, *(_row(goal) for goal in goals)]
    lines = aligned(table, left={0, 1, 3})
    yield style(lines[0], dim=True)
    for goal, line in zip(goals, lines[1:], strict=True):
        word = states.word(goal.status)
        yield line.replace(word, style(word, fg=_COLOURS[goal.status], bold=True), 1)


def _row(goal: GoalStatus) -> Row:
    by_now = None
    if goal.expected_by_now is not None and goal.target is not None and goal.target > 0:
        by_now = goal.expected_by_now / goal.target
    return (
        cut(goal.label),
        states.word(goal.status),
        wording.attained(goal),
        bar(goal.attainment, by_now),
        wording.amount(goal.actual, goal.unit),
        wording.targeted(goal),
        wording.amount(goal.expected_by_now, goal.unit),
        wording.forecast(goal),
        wording.chance(goal),
    )


def _parts(goal: GoalStatus) -> Iterator[str]:
    """The people, teams and months of a goal; totals in bold."""
    yield style(visible(goal.label), bold=True)
    rows = [_part(goal, part) for part in goal.by]
    for part, line in zip(goal.by, aligned(rows, left={0, 1, 3}), strict=True):
        yield "  " + (line if part.leaf else style(line, bold=True))


def _part(goal: GoalStatus, part: Part) -> Row:
    period = part.period
    when = _("Total") if period is None else f"{period.start:%Y-%m}"
    if period is not None and period.kind != "month":
        when = period.text
    return (
        cut(part.team or part.owner or _("All")),
        visible(when),
        wording.percent(part.attainment),
        bar(part.attainment),
        wording.amount(part.actual, goal.unit),
        wording.amount(part.target, goal.unit),
    )
