"""What changed from one run to another: goals, targets, states, findings and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kpilint.data.ledger import Kind, Ledger, Record
from kpilint.errors import Misuse
from kpilint.goals.slip import near
from kpilint.i18n import _, listed

Body = Mapping[str, Any]
Key = tuple[str, str]  # subject and period
_SHOWN = 12  # runs that a message lists, the last ones


class Moved(NamedTuple):
    """What two runs recorded otherwise of the same goal: the goal, and the value in each."""

    goal: Body
    before: Any
    after: Any
    change: Body  # on, who and reason of the goals file; empty where it says nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """What the run ``after`` recorded otherwise than the run ``before``."""

    before: str
    after: str
    added: tuple[Body, ...]  # goals
    gone: tuple[Body, ...]
    renewed: tuple[Moved, ...]  # goals that go on in another period: the two periods
    targets: tuple[Moved, ...]
    states: tuple[Moved, ...]
    defined: tuple[Moved, ...]  # goals whose metric is measured in another way
    found: tuple[Body, ...]  # findings
    solved: tuple[Body, ...]
    verdicts: tuple[tuple[str, str | None, str | None], ...]  # hypothesis, before, after

    def __bool__(self) -> bool:
        parts = (self.added, self.gone, self.renewed, self.targets, self.states)
        return any((*parts, self.defined, self.found, self.solved, self.verdicts))


def difference(ledger: Ledger, before: str, after: str) -> Difference:
    """Compare two runs by name, such as 2026-09 and 2026-10. Raises Misuse for an unknown one."""
    was, now = (_Run(ledger, name) for name in (before, after))
    old, new = was.latest("goal"), now.latest("goal")
    periods, later = _by_subject(old), _by_subject(new)
    findings, since = was.findings(), now.findings()
    return Difference(
        before=before,
        after=after,
        added=tuple(new[k] for k in new if k[0] not in periods),
        gone=tuple(old[k] for k in old if k[0] not in later),
        renewed=tuple(
            Moved(new[subject, period], periods[subject][-1], period, {})
            for subject, period in new
            if subject in periods and period not in periods[subject]
        ),
        targets=tuple(_moved(was.latest("target"), now.latest("target"), "target", new)),
        states=tuple(_moved(was.latest("actual"), now.latest("actual"), "status", new)),
        defined=tuple(_moved(old, new, "definition", new)),
        found=tuple(since[k] for k in since if k not in findings),
        solved=tuple(findings[k] for k in findings if k not in since),
        verdicts=tuple(_verdicts(was.latest("hypothesis"), now.latest("hypothesis"))),
    )


class _Run:
    """What one run recorded; of what was recorded again, the last."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self.records: dict[str, list[Record]] = {}
        for record in ledger.records(run=name):
            self.records.setdefault(record.entry.kind, []).append(record)
        if not self.records:
            known = ledger.runs()
            runs = listed(known[-_SHOWN:]) or "–"
            message = _("The ledger has no run {run}; it has {runs}.", run=name, runs=runs)
            raise Misuse(message + near(name, known))

    def latest(self, kind: Kind) -> dict[Key, Body]:
        told = self.records.get(kind, ())
        return {(r.entry.subject, r.entry.period): r.entry.body for r in told}

    def findings(self) -> dict[Key, Body]:
        return {key: body for key, body in self.latest("finding").items() if not body.get("solved")}


def _by_subject(goals: Mapping[Key, Body]) -> dict[str, list[str]]:
    periods: dict[str, list[str]] = {}
    for subject, period in sorted(goals):
        periods.setdefault(subject, []).append(period)
    return periods


def _moved(
    was: Mapping[Key, Body], now: Mapping[Key, Body], name: str, goals: Mapping[Key, Body]
) -> Iterator[Moved]:
    """Goals in both runs of which a value differs."""
    for key in [key for key in now if key in was]:
        before, after = was[key].get(name), now[key].get(name)
        if before != after:
            known = was[key].get("changes") or ()
            fresh = [each for each in now[key].get("changes") or () if each not in known]
            about = {**goals.get(key, {}), **now[key], "period": key[1]}
            yield Moved(about, before, after, fresh[-1] if fresh else {})


def _verdicts(
    was: Mapping[Key, Body], now: Mapping[Key, Body]
) -> Iterator[tuple[str, str | None, str | None]]:
    for key in dict.fromkeys([*was, *now]):
        before, after = (run.get(key, {}).get("verdict") for run in (was, now))
        if before != after:
            yield key[0], before, after
