"""D: records are what their source is expected to hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.rule import DATA, ERROR, Cannot, Flaw, Flaws, rule
from kpilint.rules.resting import touched, using

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("D001", ERROR, needs={DATA}, requires={"M003"})
def expectation_failed(source: Source, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """Records are what is expected of them.

    A deal that stands twice counts twice, and an amount of minus one is subtracted. What
    ``expect:`` and the preset say is checked at every run; a file that has not changed is not
    checked again. ``severity: warning`` makes an expectation weigh less, ``mostly: 0.95`` lets
    some records be otherwise.

    Bad:
        expect: [{in_set: {column: owner, values: [営業A, 営業B]}}]
    Good:
        expect: [{in_set: {column: owner, values: [営業A, 営業B, 営業C]}}]

    When to ignore: the records are right and the expectation is not; then correct it.

    Source: Great Expectations, which does the checking.
    """
    from kpilint.data.suite import expected

    if not expected(source):
        return
    from kpilint.analysis.records.requirement import failure, requirement
    from kpilint.data.quality import verdicts

    for verdict in verdicts(data, source, as_of):
        expectation = verdict.expectation
        if verdict.passed is None:
            yield Cannot(f"{requirement(expectation)}: {verdict.reason}")
        elif not verdict.passed:
            harmed = using(goals, data, source.name, expectation.columns)
            evidence = {
                "source": source.name,
                "expectation": expectation.name,
                "columns": list(expectation.columns),
                "checked": verdict.checked,
                "failed": verdict.failed,
                "share": verdict.share,
                "examples": list(verdict.examples),
                "goals": [goal.id for goal in harmed],
            }
            place = expectation.at or source.at("preset")
            message = failure(verdict) + touched(harmed)
            yield Flaw(place, message, evidence, severity=expectation.severity)
