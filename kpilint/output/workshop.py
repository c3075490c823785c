"""Findings as questions for a workshop, in a notebook: who is asked what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpilint.finding import Finding, Findings
from kpilint.goals.period import Period
from kpilint.i18n import _, speaking
from kpilint.output.questions import questions
from kpilint.result import Result

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_FILE_RULES = ("E", "X")  # about how the file is written: no questions for a client


@dataclass(frozen=True, slots=True)
class Workshop(Result):
    """The open findings about goals and data, each as the question that it raises."""

    findings: Findings

    def asked(self) -> tuple[Finding, ...]:
        """The findings that raise a question, the heaviest first."""
        raised = (f for f in self.findings.open if not f.code.startswith(_FILE_RULES))
        return tuple(sorted(raised, key=lambda finding: -finding.severity))

    def text(self) -> str:
        """How many questions there are to settle."""
        found = self.findings
        with speaking(found.language):
            day = Period(found.as_of, found.as_of, "day").label(found.language)
            if not self.asked():
                return _(
                    "{goals:goal was|goals were} read as of {day}; there is nothing to ask.",
                    goals=found.goals,
                    day=day,
                )
            return _(
                "{count:question|questions} came up on {goals:goal|goals} as of {day}.",
                count=len(self.asked()),
                goals=found.goals,
                day=day,
            )

    def table(self) -> pd.DataFrame:
        """One row a question: ``goal owner code question reason``, the heaviest first."""
        import pandas as pd

        columns = ["goal", "owner", "code", "question", "reason"]
        return pd.DataFrame(list(self._rows()), columns=columns)

    def readable(self) -> pd.DataFrame:
        """About whom, the question and its reason; three columns still read well on a phone."""
        import pandas as pd

        with speaking(self.findings.language):
            rows = [
                {_("About"): _named(about, owner), _("Question"): asks, _("Why it is asked"): why}
                for about, owner, _code, asks, why in self._rows()
            ]
        return pd.DataFrame(rows)

    def remarks(self) -> list[str]:
        """What could not be checked."""
        return self.findings.remarks()

    def figure(self) -> go.Figure:
        """The findings by rule."""
        return self.findings.figure()

    def _rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        with speaking(self.findings.language):
            asks = questions()
            for finding in self.asked():
                title = self.findings.titles.get(finding.subject)
                yield (
                    title.label if title else finding.subject.id,
                    (title.owner or _("not decided")) if title else "",
                    finding.code,
                    asks.get(finding.code) or _("Is this meant as it stands?"),
                    finding.message,
                )


def _named(about: str, owner: str) -> str:
    return _("{label} (owner: {owner})", label=about, owner=owner) if owner else about
