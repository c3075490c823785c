"""The status of goals: attainment exact to the yen, states as the language page says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import kpilint as kl
from kpilint.analysis.tracking.attainment import attainment, reached
from kpilint.analysis.tracking.states import COLOURS, State, state, word
from kpilint.analysis.tracking.status import GoalStatus, Status, StatusResult
from kpilint.data import dataset
from kpilint.errors import Misuse
from kpilint.goals.metric import Better
from kpilint.i18n import LANGUAGES, speaking

MAN = 10_000
GOALS = """
version: 1
language: en
fiscal_year_start: 4
teams: {営業1課: [営業A, 営業B]}
sources: {deals: {path: deals.csv, key: id}}
metrics:
  revenue: {source: deals, agg: sum, column: amount, where: state = 'won', time: closed, person: owner, unit: JPY}
  wins: {source: deals, agg: count, where: state = 'won', time: closed, person: owner, unit: count}
  closed_deals: {source: deals, agg: count, time: closed, person: owner, unit: count}
  price: {source: deals, agg: mean, column: amount, where: state = 'won', time: closed, person: owner, unit: JPY}
  median_price: {source: deals, agg: median, column: amount, where: amount > 0, time: closed, person: owner, unit: JPY}
  win_rate: {numerator: wins, denominator: closed_deals, unit: percent}
  odd_rate: {numerator: closed_deals, denominator: wins, unit: percent}
  per_win: {formula: revenue / wins, unit: JPY}
  lost_deals: {source: deals, agg: count, where: state = 'lost', time: closed, unit: count, better: lower}
  nps: {manual: {2026-04: 41, 2026-05: 44}, over: last, unit: points}
goals:
"""
SEED = """
  - id: revenue_q1
    label: 受注金額
    role: kgi
    metric: revenue
    owner: 営業部
    period: 2026-Q1
    target: 3,200万円
    targets:
      people:
        営業A: {2026-04: 500万円, 2026-05: 500万円, 2026-06: 600万円}
        営業 Ｂ: {2026-04: 500万円, 2026-05: 500万円, 2026-06: 600万円}
      teams: {営業1課: 3,200万円}
      months: {2026-04: 1,000万円, 2026-05: 1,000万円, 2026-06: 1,200万円}
"""
WON = [  # 2026: month, day, owner, 万円
    (4, 10, "営業A", 520),
    (5, 12, "営業A", 250),
    (5, 29, "営業A", 250),
    (6, 3, "営業A", 630),
    (4, 20, "営業B", 400),
    (5, 20, "営業B", 500),
    (6, 30, "営業B", 600),
]
Row = tuple[str, date, str, float]


def exported(folder: Path, extra: list[Row] | None = None) -> None:
    rows: list[Row] = [("won", date(2026, m, d), who, man * MAN) for m, d, who, man in WON]
    rows += [("lost", date(2026, 4, 15), "営業A", 0.0), *(extra or [])]
    with (folder / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "state", "closed", "owner", "amount"))
        writer.writerows((f"D{n}", *row) for n, row in enumerate(rows))


def followed(
    folder: Path, goals: str, as_of: str = "2026-06-30", extra: list[Row] | None = None
) -> StatusResult:
    exported(folder, extra)
    read = kl.read(folder / "goals.yaml", source=GOALS + goals)
    with kl.Dataset.of(read) as data, speaking("en"):
        return Status.of(read, as_of=as_of)(data)


def one(folder: Path, goal: str, as_of: str = "2026-06-30") -> GoalStatus:
    (found,) = followed(folder, f"  - {{id: g, {goal}}}", as_of).goals
    return found


def test_the_seed_example_by_person_and_quarter(tmp_path: Path) -> None:
    (goal,) = followed(tmp_path, SEED).goals
    told = {
        (p.owner or p.team, p.period and p.period.start.month): (p.target, p.actual)
        for p in goal.by
    }
    assert told == {
        ("営業A", 4): (500 * MAN, 520 * MAN),
        ("営業A", 5): (500 * MAN, 500 * MAN),
        ("営業A", 6): (600 * MAN, 630 * MAN),
        ("営業A", None): (1600 * MAN, 1650 * MAN),
        ("営業 Ｂ", 4): (500 * MAN, 400 * MAN),
        ("営業 Ｂ", 5): (500 * MAN, 500 * MAN),
        ("営業 Ｂ", 6): (600 * MAN, 600 * MAN),
        ("営業 Ｂ", None): (1600 * MAN, 1500 * MAN),
        ("営業1課", None): (3200 * MAN, 3150 * MAN),
        (None, 4): (1000 * MAN, 920 * MAN),
        (None, 5): (1000 * MAN, 1000 * MAN),
        (None, 6): (1200 * MAN, 1230 * MAN),
    }
    assert (goal.actual, goal.target, goal.status) == (3150 * MAN, 3200 * MAN, "missed")
    assert goal.attainment == pytest.approx(3150 / 3200)
    assert goal.notes == ()


def test_as_of_knows_nothing_later(tmp_path: Path) -> None:
    (goal,) = followed(tmp_path, SEED, "2026-05-12").goals
    assert goal.actual == (520 + 250 + 400) * MAN
    june = next(p for p in goal.by if p.owner == "営業A" and p.period and p.period.start.month == 6)
    assert (june.actual, june.attainment) == (None, None)


@pytest.mark.parametrize(
    ("metric", "actual"),
    [
        ("revenue", 3150 * MAN),
        ("wins", 7),
        ("win_rate", 7 / 8),
        ("per_win", 450 * MAN),
        ("price", 450 * MAN),
        ("median_price", 500 * MAN),
        ("nps", 44),
        ("lost_deals", 1),
    ],
)
def test_any_metric(tmp_path: Path, metric: str, actual: float) -> None:
    assert one(tmp_path, f"metric: {metric}, period: 2026-Q1, target: 1").actual == actual


@pytest.mark.parametrize(
    ("metric", "own"),
    [("win_rate", 4 / 5), ("price", 1650 * MAN / 4), ("per_win", 1650 * MAN / 4)],
)
def test_rates_and_means_by_person(tmp_path: Path, metric: str, own: float) -> None:
    goal = f"metric: {metric}, period: 2026-Q1, target: 1, targets: {{people: {{営業A: 1}}}}"
    assert one(tmp_path, goal).by[0].actual == pytest.approx(own)


def test_a_metric_without_a_person_says_that_it_cannot_be_told(tmp_path: Path) -> None:
    goal = "metric: lost_deals, period: 2026-Q1, target: 1, targets: {people: {営業A: 1}}"
    found = one(tmp_path, goal)
    assert found.by == ()
    assert found.notes == ("lost_deals cannot be told by person.",)


def test_medians_and_distinct_counts_by_person_and_team(tmp_path: Path) -> None:
    """The team's median is of all its records, and a name's spellings are one person."""
    goals = GOALS.replace(
        "goals:\n",
        "  companies: {source: deals, agg: count_distinct, column: id, where: amount > 0, time: closed,"
        " person: owner}\ngoals:\n",
    )
    parts = (
        "period: 2026-Q1, target: 1, targets: {people: {営業A: 1, 営業Z: 1}, teams: {営業1課: 1}}"
    )
    goals += (
        f"  - {{id: m, metric: median_price, {parts}}}\n  - {{id: c, metric: companies, {parts}}}"
    )
    exported(tmp_path, [("won", date(2026, 6, 29), "営業　Ａ", 380.0 * MAN)])
    read = kl.read(tmp_path / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data, speaking("en"):
        median, companies = Status.of(read, as_of="2026-06-30")(data).goals
    told = {part.owner or part.team: part.actual for part in median.by}
    assert told == {"営業A": 380 * MAN, "営業Z": None, "営業1課": 450 * MAN}  # of 8: 400 and 500
    assert {part.owner or part.team: part.actual for part in companies.by} == {
        "営業A": 5,
        "営業Z": None,
        "営業1課": 8,
    }
    assert [note for note in median.notes if "営業" in note] == [
        "The data has no record of 営業Z; check the spelling."
    ]


@pytest.mark.parametrize(
    ("actual", "target", "better", "told"),
    [
        (50, 100, "higher", 0.5),
        (50, 100, "lower", 2.0),
        (0, 100, "higher", 0.0),
        (0, 100, "lower", None),
        (50, 0, "higher", None),
        (50, -10, "higher", None),
        (None, 10, "higher", None),
    ],
)
def test_attainment(actual: float, target: float, better: Better, told: float | None) -> None:
    assert attainment(actual, target, better) == told


def test_reaching_a_target_forgives_rounding_alone() -> None:
    assert reached(0.1 + 0.2, 0.3, "lower")
    assert not reached(0.3001, 0.3, "lower")


@pytest.mark.parametrize(
    ("chance", "actual", "expected", "better", "told"),
    [
        (0.5, 0, 100, "higher", "on_track"),
        (0.49, 200, 100, "higher", "at_risk"),
        (0.2, 200, 100, "higher", "at_risk"),
        (0.19, 200, 100, "higher", "off_track"),
        (None, 100, 100, "higher", "on_track"),
        (None, 90, 100, "higher", "at_risk"),
        (None, 89, 100, "higher", "off_track"),
        (None, 100, 90, "lower", "at_risk"),
        (None, 0, 100, "lower", "on_track"),
        (None, 0, 0, "higher", "on_track"),
        (None, 1, None, "higher", "no_data"),
        (None, 1, -5, "higher", "no_data"),
    ],
)
def test_the_state_by_probability_else_by_pace(
    chance: float | None, actual: float, expected: float | None, better: Better, told: State
) -> None:
    assert state(chance, actual, expected, better) == told


@pytest.mark.parametrize(
    ("goal", "as_of", "status", "note"),
    [
        ("metric: wins, period: 2026-Q2, target: 9", "2026-06-30", "not_started", "has not begun"),
        ("metric: wins, period: 2026-Q1, target: 7", "2026-06-30", "met", ""),
        ("metric: wins, period: 2026-Q1, target: 6", "2026-06-29", "met", "is a guess"),
        ("metric: wins, period: 2026-Q1, target: 8", "2026-06-30", "missed", ""),
        ("metric: wins, period: 2026-Q1, target: 8", "2026-06-24", "off_track", "is a guess"),
        ("metric: lost_deals, period: 2026-Q1, target: 0", "2026-06-29", "off_track", "share of zero"),
        ("metric: lost_deals, period: 2026-Q1, target: 2", "2026-06-29", "on_track", "is a guess"),
        ("metric: lost_deals, period: 2026-05, target: 2", "2026-05-31", "met", "value is 0"),
        ("metric: wins, period: 2026-Q1, target: 0", "2026-06-30", "met", "share of zero or less"),
        ("metric: wins, period: 2026-Q1, target: -3", "2026-06-30", "met", "share of zero or less"),
        ("metric: wins, period: 2026-Q1", "2026-06-30", "no_data", "no target as a number"),
        ("metric: wins, period: 2026-06, target: 前期比+50%", "2026-06-30", "missed", ""),
        ("metric: wins, period: 2026-04, target: 前期比+50%", "2026-04-30", "no_data", "held against"),
        ("metric: wins, period: FY2026, target: 7", "2026-12-31", "met", "end on 30 Jun 2026"),
        ("metric: wins, target: 3", "2026-06-30", "no_data", "no period"),
        ("period: 2026-Q1, target: 3", "2026-06-30", "no_data", "names no metric"),
        ("metric: wishes, period: 2026-Q1, target: 3", "2026-06-30", "no_data", "is not defined"),
        ("metric: price, period: 2025-Q1, target: 3", "2026-06-30", "no_data", "tells nothing"),
        ("metric: win_rate, period: 2025-Q1, target: 3%", "2026-06-30", "no_data", "divide by"),
        ("metric: odd_rate, period: 2026-Q1, target: 90%", "2026-06-30", "met", "numerator counts"),
    ],
)  # fmt: skip
def test_bad_input_is_a_state_or_a_sentence(
    tmp_path: Path, goal: str, as_of: str, status: str, note: str
) -> None:
    found = one(tmp_path, goal, as_of)
    assert found.status == status
    assert note in " ".join(found.notes)
    assert bool(note) == bool(found.notes)


def test_who_has_left_or_is_misspelt_is_told(tmp_path: Path) -> None:
    goals = SEED.replace("営業A: {2026-04", "営業Z: {2026-04")
    (goal,) = followed(tmp_path, goals).goals
    assert "The data has no record of 営業Z; check the spelling." in goal.notes
    assert "Of those who made the actual value, 1 had no target of their own." in goal.notes
    assert goal.actual == 3150 * MAN


def test_a_changed_target_keeps_what_was_original_and_what_held_then(tmp_path: Path) -> None:
    goal = (
        "metric: wins, period: 2026-Q1, target: 12, "
        "changes: [{on: 2026-05-01, from: 10, reason: x}, {on: 2026-06-01, from: 11, reason: y}]"
    )
    told = {
        day: (found.target, found.original_target)
        for day in ("2026-04-30", "2026-05-10", "2026-06-30")
        for found in [one(tmp_path, goal, day)]
    }
    assert told == {"2026-04-30": (10, 10), "2026-05-10": (11, 10), "2026-06-30": (12, 10)}


def test_goals_with_the_same_note_share_a_line(tmp_path: Path) -> None:
    goals = (
        "  - {id: a, metric: wins, period: 2026-Q1, target: 0}\n"
        "  - {id: b, metric: wins, period: 2026-Q1}\n"
        "  - {id: c, metric: wins, period: 2026-Q1}"
    )
    found = followed(tmp_path, goals)
    with speaking("en"):
        told = [line.split(":")[0] for line in found.remarks()]
    assert told == ["a", "b, c"]


def test_a_retired_goal_is_counted_and_not_followed(tmp_path: Path) -> None:
    goal = "  - {id: g, metric: wins, period: 2026-Q1, target: 1, retired: {on: 2026-05-01}}"
    found = followed(tmp_path, goal)
    assert (found.goals, found.retired) == ((), 1)
    assert found.text() == "There is no goal to track."
    assert len(followed(tmp_path, goal, "2026-04-30").goals) == 1


def history(months: int) -> list[Row]:
    """Wins on every weekday of the months before April 2026, some ten a month."""
    rng = np.random.default_rng(5)
    first = date(2026, 4, 1) - timedelta(days=round(months * 30.44))
    days = [first + timedelta(days=n) for n in range((date(2026, 4, 1) - first).days)]
    return [
        ("won", day, "営業A", MAN)
        for day in days
        if day.weekday() < 5
        for _ in range(rng.poisson(0.5))
    ]


@pytest.mark.parametrize(("months", "guess"), [(7, True), (36, False)])
def test_a_short_history_is_a_guess_without_a_probability(
    tmp_path: Path, months: int, guess: bool
) -> None:
    goal = "  - {id: g, metric: wins, period: 2026-04, target: 8}"
    (found,) = followed(tmp_path, goal, "2026-04-14", history(months)).goals
    forecast = found.forecast
    assert forecast is not None
    assert forecast.p10 < forecast.p50 < forecast.p90
    assert (forecast.guess, forecast.probability is None) == (guess, guess)
    assert any("guess" in note for note in found.notes) is guess


def test_a_period_that_is_over_has_no_forecast(tmp_path: Path) -> None:
    assert one(tmp_path, "metric: wins, period: 2026-Q1, target: 7").forecast is None


def test_rates_and_means_are_not_prorated(tmp_path: Path) -> None:
    found = one(tmp_path, "metric: win_rate, period: 2026-Q1, target: 80%", "2026-05-10")
    assert found.expected_by_now == 0.8


def test_each_source_is_scanned_as_often_for_one_goal_as_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibis.backends.duckdb import Backend

    def scans(goals: str) -> int:
        asked = 0
        execute = Backend.to_pyarrow

        def counting(self: Backend, *args: object, **named: object) -> object:
            nonlocal asked
            asked += 1
            return execute(self, *args, **named)

        with monkeypatch.context() as patched:
            patched.setattr(Backend, "to_pyarrow", counting)
            followed(tmp_path, goals)
        return asked

    many = "".join(SEED.replace("revenue_q1", f"revenue_{n}") for n in range(20))
    assert scans(SEED) == scans(many) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face(tmp_path: Path, language: str) -> None:
    goals = SEED + "  - {id: w, role: info, metric: wins, period: 2026-Q1, target: 9}"
    found = followed(tmp_path, goals)
    with speaking(language):
        assert "受注金額" in found.text()
        assert len(found.table()) == len(found.readable()) == 2
        assert len(found.figure().data) == 2
        assert COLOURS["missed"] in found._repr_html_()
        assert len({word(each) for each in COLOURS}) == len(COLOURS)


def test_no_such_day() -> None:
    with pytest.raises(Misuse):
        Status.of(kl.read("x.yaml", source="version: 1"), as_of="soon")


@pytest.fixture(scope="module")
def sample() -> StatusResult:
    folder = Path(__file__).parents[3] / "data_samples"
    read = kl.read(folder / "goals.yaml")
    with dataset.Dataset.of(read) as data:
        return Status.of(read, as_of="2026-10-31")(data)


@pytest.mark.parametrize(
    ("goal", "holds"),
    [
        ("revenue_q3", lambda g: g.forecast.by_deals and 1 < g.pace.coverage < 3),
        ("revenue_team2_q3", lambda g: not g.forecast.by_deals and g.pipeline is None),
        ("revenue_h2", lambda g: g.forecast.guess and g.forecast.probability is None),
        ("leads_q3", lambda g: g.status == "off_track" and g.forecast.probability < 0.01),
        ("first_response_h2", lambda g: g.attainment < 1 < g.actual / g.target),
    ],
)
def test_the_sample_company(
    sample: StatusResult, goal: str, holds: Callable[[GoalStatus], bool]
) -> None:
    assert holds(next(each for each in sample.goals if each.goal == goal))


def test_a_stale_export_is_no_miss(tmp_path: Path) -> None:
    """The quarter is over, but the export ends in its middle: nobody knows yet."""
    daily: list[Row] = [("lost", date(2026, 4, 1) + timedelta(n), "営業C", 0.0) for n in range(50)]
    short = "  - {id: g, metric: wins, period: 2026-Q1, target: 7}"
    late = [row for row in WON if row[0] < 5 or row[:2] == (5, 12)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(f"{__name__}.WON", late)
        (stale,) = followed(tmp_path, short, "2026-07-10", daily).goals
        (fresh,) = followed(tmp_path, short, "2026-05-20", daily).goals
    assert (stale.status, stale.actual) == ("off_track", 3)
    assert (stale.status, stale.expected_by_now) == (fresh.status, fresh.expected_by_now)
    assert any("end on 20 May 2026" in note for note in stale.notes)
    assert not any("end on" in note for note in fresh.notes)


def test_an_export_that_ends_on_the_last_business_day_tells_the_whole_period(
    tmp_path: Path,
) -> None:
    """Seen a month later: Saturday and Sunday lack records in every week, and so at the end."""
    first = date(2026, 2, 2)
    days = [first + timedelta(n) for n in range(89)]  # until Friday 1 May
    rows: list[Row] = [("lost", day, "営業C", 0.0) for day in days if day.weekday() < 5]
    goal = "  - {id: g, metric: closed_deals, period: 2026-04-04..2026-05-03, target: 100}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(f"{__name__}.WON", WON[:1])
        (found,) = followed(tmp_path, goal, "2026-06-03", rows).goals
    assert (found.status, found.expected_by_now, found.forecast) == ("missed", 100, None)
    assert not any("end on" in note for note in found.notes)


@pytest.mark.parametrize(
    ("over", "as_of", "state", "noted"),
    [
        ("last", "2026-06-20", "at_risk", False),  # June is not over, so nothing is amiss
        ("last", "2026-07-10", "missed", True),
        ("sum", "2026-07-10", "missed", True),  # the quarter is over, and June was not typed in
        ("sum", "2026-06-20", "on_track", False),
    ],
)
def test_values_typed_in_late(
    tmp_path: Path, over: str, as_of: str, state: str, noted: bool
) -> None:
    goals = GOALS.replace("over: last", f"over: {over}")
    target = 45 if over == "last" else 100
    read = kl.read(
        tmp_path / "goals.yaml",
        source=goals + f"  - {{id: g, metric: nps, period: 2026-Q1, target: {target}}}",
    )
    with kl.Dataset.of(read) as data, speaking("en"):
        (found,) = Status.of(read, as_of=as_of)(data).goals
    assert found.status == state
    assert any("typed in for nps end with 31 May 2026" in n for n in found.notes) == noted
    assert not any("Export" in note for note in found.notes)


def test_a_silence_is_no_stale_export_while_other_events_go_on(tmp_path: Path) -> None:
    rows: list[Row] = [("lost", date(2026, 4, 1) + timedelta(n), "営業C", 0.0) for n in range(91)]
    (goal,) = followed(
        tmp_path, "  - {id: g, metric: wins, period: 2026-Q1, target: 8}", "2026-06-30", rows
    ).goals
    assert goal.status == "missed"


def test_the_ledger_keeps_the_original_target(tmp_path: Path) -> None:
    """A target changed in the file, and not told under changes:, rewrites no attainment."""
    from kpilint.data.ledger import Entry, Ledger, period_of, subject_of

    goal = "  - {{id: g, metric: wins, period: 2026-Q1, target: {target}}}"
    first = kl.read(tmp_path / "goals.yaml", source=GOALS + goal.format(target=10))
    own = first.by_id["g"]
    entry = Entry("target", subject_of(own), period_of(own), {"id": "g", "target": 10.0})
    Ledger.of(first).append([entry], as_of=date(2026, 4, 1), run="2026-03")
    (before,) = followed(tmp_path, goal.format(target=10)).goals
    (after,) = followed(tmp_path, goal.format(target=14)).goals
    assert (before.attainment, before.original_attainment) == (0.7, 0.7)
    assert (after.target, after.original_target) == (14, 10)
    assert (after.attainment, after.original_attainment) == (0.5, 0.7)
    with speaking("en"):
        table = followed(tmp_path, goal.format(target=14)).readable()
    assert list(table["Attainment"]) == ["50% (of the original 70%)"]
    assert list(table["Target"]) == ["14 (originally 10)"]


def test_a_ledger_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("no database at all " * 100, encoding="utf-8")
    goals = "  - {id: g, metric: wins, period: 2026-Q1, target: 14}\nledger: sqlite:///ledger.db"
    found = followed(tmp_path, goals)
    assert found.goals[0].attainment == found.goals[0].original_attainment == 0.5
    assert len(found.problems) == 1
    with speaking("en"):
        assert any("original targets are those of the goals file" in r for r in found.remarks())


def test_growth_is_of_each_persons_own_past(tmp_path: Path) -> None:
    goal = (
        "metric: revenue, period: 2026-06, target: 1,200万円, "
        "targets: {people: {営業A: 前期比+20%, 営業B: 前期比+10%}}"
    )
    by = {part.owner: (part.target, part.actual) for part in one(tmp_path, goal).by}
    assert by["営業A"] == pytest.approx((600 * MAN, 630 * MAN))
    assert by["営業B"] == pytest.approx((550 * MAN, 600 * MAN))


@pytest.mark.parametrize(
    ("targets", "target"),
    [
        ("people: {営業A: 前期比+20%, 営業B: 前期比+10%}", 1150 * MAN),
        ("months: {2026-06: 前期比+10%}", 1100 * MAN),
        ("people: {営業A: 前期比+20%, 営業B: 前年比+10%}", None),  # a year ago there was nothing
        ("people: {営業A: 前期比+20%, 営業Z: 前期比+10%}", None),
    ],
)
def test_growth_of_all_parts_makes_the_whole(
    tmp_path: Path, targets: str, target: float | None
) -> None:
    found = one(tmp_path, f"metric: revenue, period: 2026-06, targets: {{{targets}}}")
    assert found.target == (None if target is None else pytest.approx(target))
    assert found.status == ("no_data" if target is None else "met")


def long_past(months: int) -> list[Row]:
    """Two deals a day but for weekends, of months up to May 2026; one of three is won."""
    first = date(2026, 6, 1) - timedelta(days=30 * months)
    days = (first + timedelta(n) for n in range(30 * months))
    rng = np.random.default_rng(5)
    return [
        (
            "won" if rng.random() < 1 / 3 else "lost",
            day,
            "営業A",
            float(rng.integers(80, 120)) * MAN,
        )
        for day in days
        if day.weekday() < 5
        for _deal in range(2)
    ]


@pytest.mark.parametrize("metric", ["per_win", "waiting"])
def test_formulas_and_stocks_have_a_forecast(tmp_path: Path, metric: str) -> None:
    path = tmp_path / "deals.csv"
    goals = GOALS.replace(
        "goals:\n",
        "  waiting: {source: deals, agg: count, stock: {from: closed, to: left}, unit: count}\n"
        f"goals:\n  - {{id: g, metric: {metric}, period: 2026-06, target: 10}}\n",
    )
    exported(tmp_path, long_past(14))
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*rows[0], "left"])
        for number, row in enumerate(rows[1:]):
            gone = date.fromisoformat(row[2]) + timedelta(days=5 + number * 7 % 20)
            writer.writerow([*row, gone if gone <= date(2026, 6, 10) else ""])
    read = kl.read(tmp_path / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data, speaking("en"):
        (goal,) = Status.of(read, as_of="2026-06-10")(data).goals
    assert goal.forecast is not None
    assert goal.forecast.p10 < goal.forecast.p50 < goal.forecast.p90
    assert not goal.forecast.guess
    assert goal.forecast.probability is not None


@pytest.mark.parametrize(
    ("metric", "period", "as_of", "told"),
    [
        ("median_price", "2026-06", "2026-06-15", True),
        ("owners", "2026-06", "2026-06-15", True),
        ("wins", "2026-W25", "2026-06-16", True),
        ("revenue", "2026-06-08..2026-06-21", "2026-06-15", True),
        ("revenue", "2026-W25", "2026-06-15", True),
        ("largest", "2026-06", "2026-06-15", False),
        ("median_price", "2026年", "2026-06-15", False),  # not one year before
    ],
)
def test_medians_distinct_counts_and_weeks_have_a_forecast(
    tmp_path: Path, metric: str, period: str, as_of: str, told: bool
) -> None:
    goals = GOALS.replace(
        "goals:\n",
        "  owners: {source: deals, agg: count_distinct, column: id, time: closed}\n"
        "  largest: {source: deals, agg: max, column: amount, time: closed, unit: JPY}\n"
        f"goals:\n  - {{id: g, metric: {metric}, period: {period}, target: 9}}\n",
    )
    exported(tmp_path, [*long_past(14), ("lost", date(2026, 6, 15), "営業A", 0.0)])
    read = kl.read(tmp_path / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data, speaking("en"):
        (goal,) = Status.of(read, as_of=as_of)(data).goals
    assert (goal.forecast is not None) == told
    assert any("no forecast" in note for note in goal.notes) != told
    if goal.forecast is not None and goal.actual is not None:
        assert goal.forecast.p10 <= goal.forecast.p50 <= goal.forecast.p90
        assert goal.forecast.probability is not None
        assert goal.forecast.p10 >= goal.actual or metric == "median_price"


def test_what_was_entered_later_was_not_known(tmp_path: Path) -> None:
    goals = GOALS.replace("key: id", "key: id, columns: {recorded_at: entered}")
    exported(tmp_path)
    path = tmp_path / "deals.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*rows[0], "entered"])
        writer.writerows(
            [*row, "2026-06-30" if row[2] == "2026-05-12" else row[2]] for row in rows[1:]
        )
    goal = "  - {id: g, metric: wins, period: 2026-Q1, target: 7}"
    read = kl.read(tmp_path / "goals.yaml", source=goals + goal)
    with kl.Dataset.of(read) as data:
        told = {
            day: Status.of(read, as_of=day)(data).goals[0].actual
            for day in ("2026-05-31", "2026-06-29", "2026-06-30")
        }
    assert told == {"2026-05-31": 4, "2026-06-29": 5, "2026-06-30": 7}
