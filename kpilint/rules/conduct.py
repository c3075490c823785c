"""D: what targets do to the records, as faults of the process and never of a person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from kpilint.errors import Unavailable
from kpilint.finding import Subject
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.i18n import _, language
from kpilint.rule import DATA, HISTORY, INFO, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.analysis.conduct import Heaping, Jump
    from kpilint.data.dataset import Dataset
    from kpilint.goals.metric import Metric
    from kpilint.rules.entries import Entered

_READABLE = frozenset({"E005", "E007", "M003"})


@rule("D005", INFO, needs={HISTORY}, requires=_READABLE | {"E006", "E008"})
def target_heaping(goals: GoalSet, data: Dataset, as_of: date, *, level: float = 0.05) -> Flaws:
    """Values do not gather just over the lines that are drawn for them.

    Where many end a little above their target and few a little below it, records are moved
    between months, split, or made up: the line shapes the numbers. All values of a metric that have
    had a target of their own, of a person, a team or a month, are pooled; that takes 60 of them.

    Bad:
        sources:
          deals: {path: data/pushed.csv, key: deal_id, expect: [{unique: deal_id}]}
        goals:
          - id: wins
            metric: won_count
            period: 2025-10..2026-09
            targets:
              people: {営業A: &line {2025-10: 30件, 2025-11: 30件, 2025-12: 30件, 2026-01: 30件,
                2026-02: 30件, 2026-03: 30件, 2026-04: 30件, 2026-05: 30件, 2026-06: 30件, 2026-07: 30件},
                営業B: *line, 営業C: *line, 営業D: *line, 営業E: *line, 営業F: *line, 営業G: *line,
                営業H: *line}
    Good:
        sources:
          deals: {path: data/unpushed.csv, key: deal_id, expect: [{unique: deal_id}]}
        goals:
          - id: wins
            metric: won_count
            period: 2025-10..2026-09
            targets:
              people: {営業A: &line {2025-10: 30件, 2025-11: 30件, 2025-12: 30件, 2026-01: 30件,
                2026-02: 30件, 2026-03: 30件, 2026-04: 30件, 2026-05: 30件, 2026-06: 30件, 2026-07: 30件},
                営業B: *line, 営業C: *line, 営業D: *line, 営業E: *line, 営業F: *line, 営業G: *line,
                営業H: *line}

    Options:
        level: how rare it must be among values that nobody moves

    When to ignore: what is counted stops at the target by its nature, such as seats that are sold.

    Source: the binomial form of the test of McCrary (2008).
    """
    from kpilint.analysis.conduct import heaping
    from kpilint.rules.lines import lines_of

    for metric in goals.metrics.values():
        about = Subject("metric", metric.name)
        try:
            lines = lines_of(goals, data, metric, as_of)
            if lines is None:
                continue
            found = heaping(lines.values, lines.targets, lines.better)
        except (ValueError, Unavailable) as problem:
            yield Cannot(str(problem), about)
            continue
        if found.p_value < level:
            yield Flaw(lines.at, _heaped(metric, found), asdict(found), about=about)


def _heaped(metric: Metric, found: Heaping) -> str:
    return _(
        "Of {near} values of “{metric}” that lie close to their target, {past} lie just over "
        "it and {short} just below: by chance a third would lie just over. Ask what happens "
        "to records when a target is near, and measure by a second number too.",
        near=found.short + found.past + found.beyond,
        metric=metric.title,
        past=found.past,
        short=found.short,
    )


@rule("D006", INFO, needs={DATA}, requires=_READABLE)
def late_entry(
    source: Source, goals: GoalSet, data: Dataset, as_of: date, *, level: float = 0.01
) -> Flaws:
    """Records are entered when things happen, not long after or all at the month's end.

    What is entered late is missing from every figure until then, and cannot be acted on. The last
    complete month of each team is held against that team's own past: the share of records that
    were entered on the month's last working day, and the days from the event to its entry, which
    the column ``recorded_at`` tells. It takes 6 past months, and 30 records in the last.

    Bad:
        path: data/hurried.csv
    Good:
        path: data/prompt.csv

    Options:
        level: how rare it must be in the team's own past

    When to ignore: old records were loaded again, which gave all of them a new date.

    Source: Anscombe (1948) for shares, and Student's t for one new month.
    """
    from kpilint.analysis.conduct import entry_gap, last_day_share
    from kpilint.analysis.stats import sidak
    from kpilint.rules.entries import entries

    teams = entries(goals, data, source, as_of)
    alone = 1 - sidak(1 - level, max(len(teams), 1))
    for entered in teams:
        try:
            share = last_day_share(entered.on_last_day, entered.records)
            gap = entry_gap(entered.months, entered.days)
        except ValueError as problem:
            about = Subject("source", source.name)
            yield Cannot(_named(entered, str(problem)), about)
            continue
        if share.p_value < alone:
            yield Flaw(source.at(), _at_the_end(entered, share), _evidence(entered, share))
        elif gap.p_value < alone:
            yield Flaw(source.at(), _afterwards(entered, gap), _evidence(entered, gap))


def _named(entered: Entered, problem: str) -> str:
    return _("{team}: {problem}", team=entered.team, problem=problem) if entered.team else problem


def _at_the_end(entered: Entered, share: Jump) -> str:
    return _(
        "{now}% of the records of {month}{of} were entered on its last working day; {usual}% are "
        "usual there. Until then every figure lacked them: ask what keeps people from entering "
        "things as they happen.",
        now=f"{share.now * 100:.0f}",
        usual=f"{share.usual * 100:.0f}",
        month=entered.month.label(language()),
        of=_of(entered),
    )


def _afterwards(entered: Entered, gap: Jump) -> str:
    return _(
        "The records of {month}{of} were entered {now:day|days} after the event; {usual} are "
        "usual there. Until then every figure lacked them: ask what keeps people from entering "
        "things as they happen.",
        now=f"{gap.now:.1f}",
        usual=f"{gap.usual:.1f}",
        month=entered.month.label(language()),
        of=_of(entered),
    )


def _of(entered: Entered) -> str:
    return _(" of {team}", team=entered.team) if entered.team else ""


def _evidence(entered: Entered, jump: Jump) -> dict[str, object]:
    told = {
        "team": entered.team or None,
        "month": entered.month.text,
        "n": int(entered.records[-1]),
    }
    return {**told, "now": jump.now, "usual": jump.usual, "p_value": jump.p_value}
