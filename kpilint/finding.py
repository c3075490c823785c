"""A finding: what is wrong, where it stands, and the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from kpilint.i18n import _, listed, speaking
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

    @property
    def word(self) -> str:
        """The level in the language that speaks."""
        words = {
            Severity.ERROR: _("error"),
            Severity.WARNING: _("warning"),
            Severity.INFO: _("note"),
        }
        return words[self]


class Span(NamedTuple):
    """A stretch of a file: lines and columns count from 1, the end is exclusive.

    In a table lines are rows, and ``cell`` names the place as spreadsheets do: 予算!C7.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    cell: str | None = None

    @property
    def sheet(self) -> str | None:
        """The sheet that the cell stands on; None outside a workbook."""
        return (self.cell or "").rpartition("!")[0] or None


class Subject(NamedTuple):
    """What a finding is about: a goal, metric, source, funnel, excuse or the whole file."""

    kind: str
    id: str


class Related(NamedTuple):
    """A second place that explains a finding."""

    span: Span
    message: str


class Excused(NamedTuple):
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
    known: bool = False  # stands in the baseline

    @property
    def open(self) -> bool:
        """Whether neither an excuse nor a baseline sets it aside."""
        return self.excused is None and not self.known

    @property
    def goal(self) -> str | None:
        """The goal's id, or None for findings on metrics, sources, funnels or the file."""
        return self.subject.id if self.subject.kind == "goal" else None


class Unchecked(NamedTuple):
    """A rule that could not decide for this subject, and why; never the same as passed."""

    code: str
    name: str
    subject: Subject
    reason: str
    path: str = ""  # of the goals file


class Title(NamedTuple):
    """What readers call a subject, and who answers for it."""

    label: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Findings(Result):
    """All that linting one goals file brought to light, in the order of the file."""

    as_of: date
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    goals: int
    language: str
    rules: frozenset[str] = frozenset()  # the codes that ran
    titles: Mapping[Subject, Title] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that no excuse sets aside and no baseline knows."""
        return tuple(f for f in self.findings if f.open)

    def at_least(self, level: Severity) -> Findings:
        """The same without the findings below ``level``."""
        return replace(self, findings=tuple(f for f in self.findings if f.severity >= level))

    def summary(self) -> dict[str, int]:
        """Counts as the JSON output gives them: error, warning, info, excused, unchecked, goals.

        Where a baseline knows some of the findings, they are counted as known.
        """
        counts = Counter(str(f.severity) for f in self.open)
        levels = {str(s): counts[str(s)] for s in sorted(Severity, reverse=True)}
        known = sum(f.known for f in self.findings)
        others = {
            "excused": len(self.findings) - len(self.open) - known,
            "unchecked": len(self.unchecked),
            "goals": self.goals,
        }
        return levels | others | ({"known": known} if known else {})

    def text(self) -> str:
        """How many findings of which weight, in one sentence."""
        with speaking(self.language):
            if not self.findings and not self.unchecked:
                return _("No findings. Goals: {goals}.", goals=self.goals)
            counts = self.summary()
            told = _(
                "Goals: {goals}, errors: {error}, warnings: {warning}, notes: {info}, "
                "excused: {excused}, could not be checked: {unchecked}.",
                **counts,
            )
            if "known" not in counts:
                return told
            return told + "\n" + _("{known} more are known from the baseline.", **counts)

    def table(self) -> pd.DataFrame:
        """One row a finding: code, name, severity, subject, line, message, excused, known."""
        import pandas as pd

        columns = ["code", "name", "severity", "subject", "line", "message", "excused", "known"]
        rows = [
            (f.code, f.name, str(f.severity), f.subject.id, f.span.line, f.message, *_aside(f))
            for f in self.findings
        ]
        return pd.DataFrame(rows, columns=columns)

    def readable(self) -> pd.DataFrame:
        """What is not known already: severity, rule, subject, line, message and any excuse."""
        import pandas as pd

        with speaking(self.language):
            columns = [_("Severity"), _("Rule"), _("About"), _("Line"), _("Finding"), _("Excuse")]
            rows = [self._row(f) for f in self.findings if not f.known]
        shown = pd.DataFrame(rows, columns=columns)
        return shown if shown[columns[-1]].any() else shown[columns[:-1]]

    def _row(self, finding: Finding) -> tuple[str | int, ...]:
        title = self.titles.get(finding.subject)
        return (
            finding.severity.word,
            f"{finding.code} {finding.name}",
            title.label if title else finding.subject.id,
            finding.span.line,
            finding.message,
            _aside(finding)[0],
        )

    def colours(self) -> Mapping[str, str]:
        """Red for errors, amber for warnings, blue for notes; the word says the same."""
        colours = {Severity.ERROR: "#b00020", Severity.WARNING: "#8a5a00", Severity.INFO: "#00538a"}
        with speaking(self.language):
            return {level.word: colour for level, colour in colours.items()}

    def remarks(self) -> list[str]:
        """What could not be checked, a sentence a reason."""
        by_reason: dict[str, dict[str, None]] = {}
        for unchecked in self.unchecked:
            by_reason.setdefault(unchecked.reason, {})[unchecked.code] = None
        with speaking(self.language):
            return [
                _("Could not check {rules}: {reason}", rules=listed(codes), reason=reason)
                for reason, codes in by_reason.items()
            ]

    def figure(self) -> go.Figure:
        """Open findings by rule as horizontal bars."""
        import plotly.graph_objects as go

        table = self.table()
        left = table.loc[(table["excused"] == "") & ~table["known"].astype(bool), "code"]
        counts = left.value_counts().sort_index()
        with speaking(self.language):
            title = _("Findings by rule")
        bars = go.Bar(x=counts.to_numpy(), y=counts.index.to_numpy(), orientation="h")
        return go.Figure(bars, go.Layout(title=title, yaxis={"autorange": "reversed"}))


def _aside(finding: Finding) -> tuple[str, bool]:
    """Why it is excused, and whether a baseline knows it."""
    return finding.excused.reason if finding.excused else "", finding.known


def together(parts: Sequence[Findings]) -> Findings:
    """The findings of several files as one; the first file's language speaks for all."""
    return replace(
        parts[0],
        findings=tuple(f for part in parts for f in part.findings),
        unchecked=tuple(u for part in parts for u in part.unchecked),
        goals=sum(part.goals for part in parts),
        rules=frozenset(code for part in parts for code in part.rules),
        titles={subject: title for part in parts for subject, title in part.titles.items()},
    )
