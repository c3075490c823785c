"""What to do where it leaks: the actions that the goals themselves name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.funnels import wording
from kpilint.analysis.funnels.placed import Placed, at_stage
from kpilint.goals import display
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.funnels.funnel import FunnelResult

MOST = 3  # more is no priority


@dataclass(frozen=True, slots=True)
class NextSteps(Result):
    """The actions of the goals at the bottleneck, then of its department's other goals."""

    flow: FunnelResult

    @property
    def chosen(self) -> tuple[Placed, ...]:
        """At most three goals with an action."""
        worst = self.flow.worst
        if worst is None:
            return ()
        goals, stage = self.flow.funnel.goals, worst.stage
        department = self.flow.funnel.spec.stages[stage].department
        near = [g for g in goals if department and g.goal.department == department]
        ordered = dict.fromkeys(
            each.goal.action for each in (*at_stage(goals, stage), *near) if each.goal.action
        )
        first = {each.goal.action: each for each in reversed((*at_stage(goals, stage), *near))}
        return tuple(first[action] for action in list(ordered)[:MOST])

    def text(self) -> str:
        """The first action and who owns it, or why there is none."""
        worst = self.flow.worst
        if worst is None:
            return _(
                "As no stage stands out, nothing speaks for one action rather than another; more "
                "records or shorter waits help at every stage."
            )
        if not self.chosen:
            return _(
                "No goal at {step} or of its department says what to do when it moves; write "
                "action: there.",
                step=wording.arrow(self.flow, worst),
            )
        first = self.chosen[0].goal
        return _(
            "For {step} the goals name this: {action} ({owner}).",
            step=wording.arrow(self.flow, worst),
            action=first.action,
            owner=first.owner
            or (display.department(first.department) if first.department else _("no owner yet")),
        )

    def table(self) -> pd.DataFrame:
        """One row a goal: ``action goal target owner review``."""
        rows = [
            (g.goal.action, g.goal.title, g.target, g.goal.owner, g.goal.review)
            for g in self.chosen
        ]
        return pd.DataFrame(rows, columns=["action", "goal", "target", "owner", "review"])

    def figure(self) -> go.Figure:
        """The table, drawn: it is words."""
        import plotly.graph_objects as go  # a second to import

        table = self.readable()
        cells = [[drawing.words(str(cell)) for cell in table[name]] for name in table.columns]
        drawn = go.Table(header={"values": list(table.columns)}, cells={"values": cells})
        return drawing.dressed(
            go.Figure(drawn),
            title=_("What to do next"),
            subtitle=self.text(),
            source=self.flow.funnel.spec.name,
            height=120 + 40 * max(1, len(table)),
        )

    def readable(self) -> pd.DataFrame:
        """The table with its headings as a reader expects them."""
        rhythms = {
            "daily": _("daily"),
            "weekly": _("weekly"),
            "monthly": _("monthly"),
            "quarterly": _("quarterly"),
        }
        table = self.table()
        review = [rhythms.get(str(each), each) for each in table["review"]]
        shown = table.assign(review=review).fillna(wording.DASH).replace("", wording.DASH)
        headings = (_("Action"), _("Goal"), _("Target"), _("Owner"), _("Review"))
        return shown.set_axis(list(headings), axis=1)
