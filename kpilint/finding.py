"""A finding: what is wrong, where it stands, and the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING

from kpilint.i18n import _, speaking
from kpilint.result import Result

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Severity(IntEnum):
    """How much a finding weighs; ordered, so that levels compare."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: lines and columns count from 1, the end is exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: a goal, metric, source, funnel, excuse or the whole file."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Excused:
    """Why a finding is set aside, and until when."""

    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in the goals or their data, with evidence that a reader can check."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    subject: Subject
    evidence: Mapping[str, object] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    excused: Excused | None = None

    @property
    def goal(self) -> str | None:
        """The goal's id, or None for findings on metrics, sources, funnels or the file."""
        return self.subject.id if self.subject.kind == "goal" else None


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not decide for this subject, and why; never the same as passed."""

    code: str
    name: str
    subject: Subject
    reason: str


@dataclass(frozen=True, slots=True)
class Findings(Result):
    """All that linting one goals file brought to light, in the order of the file."""

    as_of: date
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    goals: int
    language: str

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that no excuse sets aside."""
        return tuple(f for f in self.findings if f.excused is None)

    def at_least(self, level: Severity) -> Findings:
        """The same without the findings below ``level``."""
        return replace(self, findings=tuple(f for f in self.findings if f.severity >= level))

    def summary(self) -> dict[str, int]:
        """Counts as the JSON output gives them: error, warning, info, excused, unchecked, goals."""
        counts = Counter(str(f.severity) for f in self.open)
        levels = {str(s): counts[str(s)] for s in sorted(Severity, reverse=True)}
        excused = len(self.findings) - len(self.open)
        return levels | {
            "excused": excused,
            "unchecked": len(self.unchecked),
            "goals": self.goals,
        }

    def text(self) -> str:
        """How many findings of which weight, in one sentence."""
        with speaking(self.language):
            if not self.findings and not self.unchecked:
                return _("No findings in {goals} goals.", goals=self.goals)
            return _(
                "{goals} goals: {error} errors, {warning} warnings, {info} notes, "
                "{excused} excused, {unchecked} could not be checked.",
                **self.summary(),
            )

    def table(self) -> pd.DataFrame:
        """One row a finding: code, name, severity, subject, line, message, excused."""
        import pandas as pd

        columns = ["code", "name", "severity", "subject", "line", "message", "excused"]
        rows = [
            (f.code, f.name, str(f.severity), f.subject.id, f.span.line, f.message)
            + (f.excused.reason if f.excused else "",)
            for f in self.findings
        ]
        return pd.DataFrame(rows, columns=columns)

    def figure(self) -> go.Figure:
        """Open findings by rule as horizontal bars."""
        import plotly.graph_objects as go

        table = self.table()
        counts = table.loc[table["excused"] == "", "code"].value_counts().sort_index()
        with speaking(self.language):
            title = _("Findings by rule")
        bars = go.Bar(x=counts.to_numpy(), y=counts.index.to_numpy(), orientation="h")
        return go.Figure(bars, go.Layout(title=title, yaxis={"autorange": "reversed"}))


def together(parts: Sequence[Findings]) -> Findings:
    """The findings of several files as one; the first file's language speaks for all."""
    return replace(
        parts[0],
        findings=tuple(f for part in parts for f in part.findings),
        unchecked=tuple(u for part in parts for u in part.unchecked),
        goals=sum(part.goals for part in parts),
    )
