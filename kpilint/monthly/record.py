"""What a run enters in the ledger, and what it reads there of the run before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from kpilint import baseline, settings
from kpilint.analysis.targets import target_in
from kpilint.data.ledger import Entry, Json, Ledger, period_of, subject_of
from kpilint.errors import Misuse, Unavailable
from kpilint.finding import Finding, Findings
from kpilint.goals.goal import Change, Goal, Monthly
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import part_of, unit_of
from kpilint.linter import Config, lint
from kpilint.monthly import manifest
from kpilint.monthly.manifest import Order, Place
from kpilint.output.json import plain
from kpilint.output.status_json import status_json
from kpilint.place import seen_from

if TYPE_CHECKING:
    from kpilint.analysis.leads.hypothesis import HypothesesResult
    from kpilint.analysis.records.quality import QualityResult
    from kpilint.analysis.tracking.status import StatusResult
    from kpilint.data.dataset import Dataset

_MEASURED = ("source", "agg", "column", "where", "time", "numerator", "denominator", "cohort")
_DEFINED = ("label", "definition", *_MEASURED, "formula", "better", "over")


@dataclass(frozen=True, slots=True)
class Found:
    """What a run finds beside its notebooks; no ``quality`` where nothing is expected of the data."""

    status: StatusResult
    findings: Findings
    hypotheses: HypothesesResult
    quality: QualityResult | None = None


def found(order: Order, data: Dataset) -> Found:
    """The state of every goal, the findings and the verdicts, as of the order's day."""
    from kpilint.analysis.leads.hypothesis import Hypotheses
    from kpilint.analysis.tracking.status import Status

    goals, day = order.goals, order.as_of
    config = settings.of(goals, Config()).config
    return Found(
        Status.of(goals, as_of=day)(data),
        lint(goals, data, as_of=day, config=config, language=order.language),
        Hypotheses.of(goals, as_of=day)(data),
    )


def quality(order: Order, data: Dataset) -> QualityResult | None:
    """How the records stand against what is expected; quick once a notebook has looked."""
    from kpilint.analysis.records.quality import Quality

    try:
        return Quality.of(order.goals, as_of=order.as_of)(data)
    except Misuse:  # nothing is expected of any source
        return None


def planned(order: Order, data: Dataset) -> Iterator[Entry]:
    """The goals as they are, with their targets: what can be recorded before anything is computed."""
    for goal in order.goals:
        subject, period = subject_of(goal), period_of(goal)
        yield Entry("goal", subject, period, _goal(order.goals, goal))
        yield Entry("target", subject, period, _target(order, data, goal))


def judged(order: Order, ledger: Ledger, facts: Found) -> Iterator[Entry]:
    """What was found and judged, and which findings of this run's earlier turn are solved."""
    findings = list(_findings(order.goals, facts.findings))
    yield from (_actual(goal, body) for goal, body in paired(order.goals, facts.status))
    yield from findings
    yield from _solved(ledger, order.run, {entry.subject for entry in findings})
    for claim in facts.hypotheses.claims:
        evidence = claim.evidence._asdict() if claim.evidence else {}
        body = {**evidence, "grain": claim.grain, "verdict": claim.verdict}
        yield Entry("hypothesis", claim.hypothesis.id, "", _json(body))
    if facts.quality is not None:
        yield from _quality(facts.quality)
    for goal in order.goals:
        for review in goal.reviews:
            month = review.month.text if review.month else None
            told = {"goal": goal.id, "month": month, "why": review.why, "next": review.next}
            told |= {"who": review.who, "due": _iso(review.due)}
            yield Entry("review", subject_of(goal), period_of(goal), told)


def end(ledger: Ledger, run: str) -> Place:
    """The place in the ledger of the last that a run has seen; how it ended comes after it.

    It stays where it is when the run is repeated and finds the same.
    """
    seen = [r for r in ledger.records(run=run) if r.entry.kind not in ("run", "notice")]
    return Place(seen[-1].number, seen[-1].hash) if seen else Place()


def published(order: Order, ledger: Ledger, facts: Mapping[str, Any]) -> None:
    """Enter that the run's page is out, by its manifest."""
    used = {f"{each['kind']} {each['name']}": each["sha256"] for each in facts["inputs"]}
    told = {"page": f"{order.run}/index.html", "versions": facts["versions"], "inputs": used}
    _ended(order, ledger, {"state": "published", "problem": None, **told})


def failed(order: Order, ledger: Ledger, problem: str) -> None:
    """Enter that the run has failed, and the sentence that tells why."""
    told = {"page": None, "versions": manifest.versions(), "inputs": {}}
    _ended(order, ledger, {"state": "failed", "problem": problem, **told})


def _ended(order: Order, ledger: Ledger, body: Mapping[str, object]) -> None:
    ledger.append([Entry("run", order.run, "", _json(body))], as_of=order.as_of, run=order.run)


def paired(goals: GoalSet, status: StatusResult) -> Iterator[tuple[Goal, Mapping[str, Json]]]:
    """Each goal that has a status with the status as JSON; both come in the order of the file."""
    rest = iter(goals)
    for found, body in zip(status.goals, json.loads(status_json(status))["goals"], strict=True):
        yield next(g for g in rest if g.id == found.goal and g.period == found.period), body


def _actual(goal: Goal, body: Mapping[str, Json]) -> Entry:
    return Entry("actual", subject_of(goal), period_of(goal), body)


def _goal(goals: GoalSet, goal: Goal) -> Mapping[str, Json]:
    metric = goals.metric_of(goal)
    told = _about(goal) | {"definition": _definition(metric) if metric else None}
    if goal.targets is not None:
        unit = _unit(goals, goal)
        told["people"] = {n: _split(each, unit) for n, each in goal.targets.people.items()}
        told["teams"] = {n: _split(each, unit) for n, each in goal.targets.teams.items()}
        told["months"] = _split(goal.targets.months, unit)
    return _json(told)


def _about(goal: Goal) -> dict[str, object]:
    names = ("id", "label", "role", "metric", "department", "owner")
    return {name: getattr(goal, name) for name in names}


def _definition(metric: Metric) -> dict[str, object]:
    """How the metric is measured, so that a changed definition shows."""
    told = {name: getattr(metric, name) for name in _DEFINED if getattr(metric, name)}
    if metric.stock is not None:
        told["stock"] = {"from": metric.stock.from_, "to": metric.stock.to}
    return told


def _split(part: Quantity | Monthly, unit: str | None) -> object:
    if isinstance(part, Quantity):
        return _number(part, unit)
    return {month.text: _number(quantity, unit) for month, quantity in part.items()}


def _number(quantity: Quantity | None, unit: str | None) -> float | None:
    try:
        return None if quantity is None else part_of(quantity, unit)
    except ValueError:  # a unit that does not fit: E008 tells of it
        return None


def _target(order: Order, data: Dataset, goal: Goal) -> Mapping[str, Json]:
    unit = _unit(order.goals, goal)
    try:
        target = target_in(order.goals, data, goal, order.as_of)
    except Unavailable:  # relative to a past that the data does not tell, as its status says
        target = None
    told = _about(goal) | {
        "target": target,
        "unit": unit,
        "written": goal.target.text if goal.target else None,
        "changes": [_change(change, unit) for change in goal.changes],
        "action": goal.action,
        "parent": goal.parent,
    }
    return _json(told)


def _change(change: Change, unit: str | None) -> dict[str, object]:
    return {
        "on": _iso(change.on),
        "from": _number(change.from_, unit),
        "to": _number(change.to, unit),
        "who": change.who,
        "reason": change.reason,
    }


def _unit(goals: GoalSet, goal: Goal) -> str | None:
    metric = goals.metric_of(goal)
    try:
        return unit_of(goals, metric) if metric else None
    except ValueError:
        return None


def _findings(goals: GoalSet, findings: Findings) -> Iterator[Entry]:
    """The open findings, each named as a baseline would, so that it is known again."""
    seen: Counter[baseline.Key] = Counter()
    for finding in findings.open:
        key = baseline.key(finding, goals.folder)
        seen[key] += 1
        name = "|".join((*key, str(seen[key])) if seen[key] > 1 else key)
        yield Entry("finding", name, "", _finding(goals, finding))


def _finding(goals: GoalSet, finding: Finding) -> Mapping[str, Json]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "goal": finding.goal,
        "path": seen_from(goals.folder, finding.span.path),
        "line": finding.span.line,
    }


def _solved(ledger: Ledger, run: str, found: set[str]) -> Iterator[Entry]:
    """Findings of an earlier turn of the same run that are found no longer."""
    latest = {record.entry.subject: record.entry for record in ledger.records("finding", run=run)}
    for subject, entry in latest.items():
        if subject not in found:
            yield Entry("finding", subject, "", {**entry.body, "solved": True})


def _quality(result: QualityResult) -> Iterator[Entry]:
    from kpilint.analysis.records.requirement import requirement

    states = {True: "passed", False: "failed", None: "unchecked"}
    for source, verdict in result.found:
        told = {
            "requirement": requirement(verdict.expectation),
            "state": states[verdict.passed],
            "share": verdict.share,
            "failed": verdict.failed,
            "checked": verdict.checked,
        }
        yield Entry("quality", source, "", _json(told))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _json(value: Mapping[str, object]) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", plain(value))
