"""What a change would do, in words, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.tree.wording import amount, signed
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.analysis.tree.what_if import Moved, Range, WhatIf


def verdict(result: WhatIf) -> str:
    """What the top would come to, with its interval, if all else stayed."""
    end, top = result.moved[0], result.moved[-1]
    return _(
        "If “{goal}” came to {new} in place of {old} and all else stayed, “{whole}” would come to "
        "{after} ({low} to {high}, 80%) in place of {before}: {adds} ({adds_low} to {adds_high}).",
        goal=end.branch.goal.title,
        new=amount(end.after.middle, end.unit),
        old=amount(end.before.middle, end.unit),
        whole=top.branch.goal.title,
        after=amount(top.after.middle, top.unit),
        low=amount(top.after.low, top.unit),
        high=amount(top.after.high, top.unit),
        before=amount(top.before.middle, top.unit),
        adds=signed(top.adds.middle, top.unit),
        adds_low=signed(top.adds.low, top.unit),
        adds_high=signed(top.adds.high, top.unit),
    )


def headline(result: WhatIf) -> str:
    """What the change adds, as the picture's title."""
    end, top = result.moved[0], result.moved[-1]
    return _(
        "{goal} at {new}: {adds} for {whole}",
        goal=end.branch.goal.title,
        new=amount(end.after.middle, end.unit),
        adds=signed(top.adds.middle, top.unit),
        whole=top.branch.goal.title,
    )


def shown(found: Range, unit: str | None) -> str:
    """The middle and the interval of a range."""
    return _(
        "{value} ({low} to {high})",
        value=amount(found.middle, unit),
        low=amount(found.low, unit),
        high=amount(found.high, unit),
    )


def readable(result: WhatIf) -> pd.DataFrame:
    """One row a goal from the changed one up."""
    return pd.DataFrame([_row(each) for each in result.moved])


def _row(each: Moved) -> dict[str, str]:
    return {
        _("Goal"): each.branch.goal.title,
        _("Target"): amount(each.target, each.unit),
        _("As expected (80% interval)"): shown(each.before, each.unit),
        _("With the change (80% interval)"): shown(each.after, each.unit),
    }


def remarks(result: WhatIf) -> list[str]:
    """What is assumed."""
    said = [
        _(
            "All else stays: the other parts come out as their own past lets expect, each "
            "independently of the others. Whether they really would is another question."
        ),
        _(
            "Deals that are open now are not looked at here; the forecast of kpilint status does that."
        ),
    ]
    if result.settled:
        said.append(
            _("Months that are over count as they are; the change is to come from those left.")
        )
    return said
