"""What made a gap, in words, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.tree import wording as told
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.tree.miss import Miss


def verdict(result: Miss) -> str:
    """The gap, the factors and the next step."""
    tree, gap = result.tree, result.gap
    return told.spoken(
        [told.stands_so(tree, gap), *told.reasons(tree, gap), *told.next_step(tree, gap)]
    )


def names(result: Miss) -> list[str]:
    """What each row of the table is called."""
    over = result.whole.over or not result.whole.adds
    ends = {
        "expected": _("Target") if over else _("Expected by now"),
        "rest": _("Not explained"),
        "actual": _("Actual"),
    }
    goals = result.tree.tree.goals.by_id
    rows = list(result.table()["goal"])
    inner = [goals[n].title if n in goals and n in result.gap.factors else ends[n] for n in rows]
    return [ends["expected"], *inner[1:-1], ends["actual"]]


def amounts(result: Miss) -> list[str]:
    """The rows' values; what is added or taken has a sign."""
    first, *steps, last = result.table()["value"]
    unit = result.whole.unit
    signed = [told.signed(step, unit) for step in steps]
    return [told.amount(first, unit), *signed, told.amount(last, unit)]


def readable(result: Miss) -> pd.DataFrame:
    """One row a factor."""
    return pd.DataFrame({_("Factor"): names(result), _("Amount"): amounts(result)})


def headline(result: Miss) -> str:
    """The finding, as the picture's title."""
    return told.headline(result.tree)


def scope(result: Miss) -> str:
    """The whole and the day."""
    day = result.tree.tree.as_of
    return _(
        "{goal}: from what was expected to what came, as of {day}",
        goal=result.tree.tree.goals.by_id[result.gap.whole].title,
        day=Period(day, day, "day").label(language()),
    )
