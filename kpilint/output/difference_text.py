"""What changed between two runs, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from click import style

from kpilint.analysis.records.difference import Body, Difference, Moved
from kpilint.data.ledger import days_of
from kpilint.i18n import _
from kpilint.output.columns import aligned, cut
from kpilint.output.history_text import DASH, amount, because, label, word
from kpilint.output.visible import visible

Rows = Iterable[tuple[str, ...]]


def difference_text(found: Difference) -> str:
    """A block for each kind of change; one sentence where there is none."""
    runs = {"before": visible(found.before), "after": visible(found.after)}
    if not found:
        return _("Nothing changed from {before} to {after}.", **runs)
    blocks = [style(_("From {before} to {after}", **runs), bold=True)]
    for heading, rows in _blocks(found):
        table = aligned(rows, left=range(9))
        if table:
            blocks.append("\n".join([style(heading, bold=True), *(f"  {line}" for line in table)]))
    return "\n\n".join(blocks)


def _blocks(found: Difference) -> Iterator[tuple[str, Rows]]:
    yield _("Goals added"), [("+", *_goal(goal)) for goal in found.added]
    yield _("Goals gone"), [("−", *_goal(goal)) for goal in found.gone]
    yield _("Goals in their next period"), map(_renewed, found.renewed)
    yield _("Targets changed"), map(_target, found.targets)
    yield _("States changed"), map(_state, found.states)
    yield _("Metrics of goals defined anew"), [_goal(moved.goal) for moved in found.defined]
    yield _("Findings new"), map(_finding, found.found)
    yield _("Findings solved"), map(_finding, found.solved)
    yield (
        _("Verdicts changed"),
        [(cut(n), _verdict(a), "→", _verdict(b)) for n, a, b in found.verdicts],
    )


def _goal(goal: Body) -> tuple[str, str]:
    named = goal.get("label") or goal.get("id") or goal.get("goal") or DASH
    return cut(str(named)), cut(str(goal.get("owner") or DASH), 16)


def _renewed(moved: Moved) -> tuple[str, ...]:
    before, after = (label(*days_of(period)) for period in (moved.before, moved.after))
    return (*_goal(moved.goal), before, "→", after)


def _target(moved: Moved) -> tuple[str, ...]:
    unit = moved.goal.get("unit")
    before, after = (amount(value, unit) for value in (moved.before, moved.after))
    period = label(*days_of(moved.goal["period"]))
    return (*_goal(moved.goal), period, before, "→", after, because(dict(moved.change)))


def _state(moved: Moved) -> tuple[str, ...]:
    return (*_goal(moved.goal), word(moved.before), "→", word(moved.after))


def _finding(finding: Mapping[str, Any]) -> tuple[str, ...]:
    place = f"{finding.get('path')}:{finding.get('line')}"
    return str(finding.get("code")), visible(str(finding.get("message"))), visible(place)


def _verdict(verdict: str | None) -> str:
    words = {
        "supported": _("supported"),
        "refuted": _("refuted"),
        "not detectable": _("not detectable"),
    }
    return words.get(verdict or "", DASH)
