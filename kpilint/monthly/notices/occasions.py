"""What there is to tell: goals that meet a condition, errors, failed runs, finished reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kpilint import baseline, settings
from kpilint.errors import FileProblem
from kpilint.finding import Finding, Severity
from kpilint.goals.period import Period, read_period
from kpilint.i18n import _
from kpilint.linter import Config, lint
from kpilint.monthly.notices.told import Event

if TYPE_CHECKING:
    from kpilint.analysis.tracking.status import GoalStatus, StatusResult
    from kpilint.data.dataset import Dataset
    from kpilint.finding import Findings
    from kpilint.goals.alert import Alert
    from kpilint.goals.condition import Condition
    from kpilint.goals.goalset import GoalSet

_FRESH = timedelta(days=31)  # a failure before that is no news
_RUN = re.compile(r"[0-9]{4}-(?:W?[0-9]{2})")  # 2026-10 or 2026-W41, as runs are named
_ABOUT_ALERTS = ("E001", "E002", "E003", "E005", "E008", "E010")


@dataclass(frozen=True, slots=True)
class Reached:
    """A goal that meets a condition; ``action`` is what its owner does then."""

    status: GoalStatus
    condition: Condition
    days_left: int | None
    action: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that failed, and the sentence it ended with."""

    run: str
    problem: str


@dataclass(frozen=True, slots=True)
class Report:
    """A finished page; ``run`` is its month or week, empty for a file from elsewhere."""

    run: str
    page: Path


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing to tell, apart from who is told."""

    event: Event
    about: Reached | Failed | Report | Finding


Values: TypeAlias = "Mapping[str, float | str | None]"


@dataclass
class Occasions:
    """What a goals file's alerts are about, as of a day; computed when an alert first asks.

    ``report`` is the page that is ready; without it, the newest month's and the newest week's
    beside the goals file. ``undecided`` gathers a sentence for each condition that could not be
    judged.
    """

    goals: GoalSet
    data: Dataset
    as_of: date
    language: str
    report: Path | None = None
    undecided: list[str] = field(default_factory=list)

    def of(self, alert: Alert) -> tuple[Occasion, ...]:
        """All that the alert is about, told before or not."""
        if alert.when is not None:
            return tuple(self._reached(alert, alert.when))
        if alert.on == "error_finding":
            return tuple(self._errors(alert))
        return tuple(self._failures() if alert.on == "run_failed" else self._reports())

    @cached_property
    def status(self) -> StatusResult:
        """Every goal as of the day."""
        from kpilint.analysis.tracking.status import Status  # the data door

        return Status.of(self.goals, as_of=self.as_of)(self.data)

    @cached_property
    def findings(self) -> Findings:
        """What ``check`` finds with this file's settings, baseline included."""
        told = settings.of(self.goals, Config())
        data = None if told.offline else self.data
        found = lint(self.goals, data, as_of=self.as_of, config=told.config, language=self.language)
        return baseline.apply(found, baseline.read(told.baseline)) if told.baseline else found

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error that nothing excuses."""
        return tuple(f for f in self.findings.open if f.severity is Severity.ERROR)

    def subject(self, finding: Finding) -> str:
        """What makes a finding the same from day to day: its rule and what it is about."""
        return "|".join(baseline.key(finding, self.goals.folder))

    def _errors(self, alert: Alert) -> Iterator[Occasion]:
        """One for each rule and thing it is about, however often it is found there."""
        met: set[str] = set()
        for finding in self.errors:
            subject = self.subject(finding)
            if alert.goal in (None, finding.goal) and subject not in met:
                met.add(subject)
                yield Occasion(Event("error_finding", subject, goal=finding.goal), finding)

    def _reached(self, alert: Alert, condition: Condition) -> Iterator[Occasion]:
        for each in self.status.goals:
            meant = each.goal == alert.goal if alert.goal else each.role != "info"
            if not meant or each.period is None:
                continue
            left = (each.period.end - self.as_of).days
            held = condition.holds(_values(each, left if left >= 0 else None), each.unit)
            if held is None and each.status == "no_data":
                self.undecided.append(
                    _(
                        "{goal}: whether {condition} holds cannot be told. {reason}",
                        goal=each.label,
                        condition=condition,
                        reason=" ".join(each.notes),
                    )
                )
            if held:
                period = f"{each.period.start}..{each.period.end}"
                event = Event("when", f"{each.goal}|{condition}", period, each.goal)
                action = self.goals.by_id[each.goal].action
                known = left if 0 <= left < each.period.days else None
                yield Occasion(event, Reached(each, condition, known, action))

    def _failures(self) -> Iterator[Occasion]:
        """The runs that nobody has run well since."""
        ledger = self.data.ledger
        runs = ledger.records("run") if ledger.begun else ()
        last = {record.entry.subject: record for record in runs if record.as_of <= self.as_of}
        for name, record in last.items():
            body = record.entry.body
            if body.get("state") == "failed" and self.as_of - record.as_of <= _FRESH:
                event = Event("run_failed", f"{name}|{record.number}")
                yield Occasion(event, Failed(name, str(body.get("problem") or "")))

    def _reports(self) -> Iterator[Occasion]:
        pages = _published(self.goals.folder / "reports")
        if self.report is not None:
            if not self.report.is_file():
                raise FileProblem(_("{path}: there is no such file.", path=self.report))
            folder = self.report.resolve().parent.name
            pages = [Report(folder if _RUN.fullmatch(folder) else "", self.report)]
        for each in pages:
            name = each.page.name
            subject = each.run if each.run and name == "index.html" else f"{each.run}/{name}"
            yield Occasion(Event("report_ready", subject), each)


def _values(status: GoalStatus, left: int | None) -> Values:
    """What a condition may ask of a goal; there is no day left once its period is over."""
    forecast = status.forecast
    return {
        "attainment": status.attainment,
        "original_attainment": status.original_attainment,
        "probability": forecast.probability if forecast else None,
        "days_left": left,
        "actual": status.actual,
        "target": status.target,
        "original_target": status.original_target,
        "expected_by_now": status.expected_by_now,
        "forecast": forecast.p50 if forecast else None,
        "status": status.status,
    }


def _published(folder: Path) -> list[Report]:
    """The newest month's page and the newest week's."""
    newest: dict[str, tuple[Period, Report]] = {}
    for page in folder.glob("*/index.html"):
        name = page.parent.name
        try:
            period = read_period(name) if _RUN.fullmatch(name) else None
        except ValueError:  # 2026-13
            continue
        if period is None:
            continue
        known = newest.get(period.kind)
        if known is None or known[0].end < period.end:
            newest[period.kind] = period, Report(name, page)
    return [report for _period, report in newest.values()]


def misread(goals: GoalSet, as_of: date, language: str) -> dict[Alert, tuple[Finding, ...]]:
    """The alerts that cannot be relied on, each with what ``check`` finds in it."""
    config = Config(select=_ABOUT_ALERTS)
    open_ = lint(goals, as_of=as_of, config=config, language=language).open if goals.alerts else ()
    found = {a: tuple(f for f in open_ if _inside(a, f)) for a in goals.alerts}
    return {alert: findings for alert, findings in found.items() if findings}


def _inside(alert: Alert, finding: Finding) -> bool:
    start, end = alert.node.start_mark, alert.node.end_mark
    place = finding.span.line, finding.span.column
    within = (start.line + 1, start.column + 1) <= place <= (end.line + 1, end.column + 1)
    return finding.span.path == alert.origin and within
