"""Targets that lean on the past, resolved: growth on an earlier period, a share of a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kpilint.analysis.targets import carried, target_in
from kpilint.data.dataset import Dataset
from kpilint.errors import Unavailable
from kpilint.goals.goalfile import read
from kpilint.i18n import speaking
from tests.rules.series import write_deals

START = date(2026, 10, 1)
WINS = tuple(30 + n % 12 for n in range(36))  # 30 in October, then one more each month
GOALS = """
fiscal_year_start: 4
timezone: Asia/Tokyo
sources: {deals: {path: deals.csv}}
metrics:
  won: {source: deals, agg: count, where: stage = 'won', time: closed_at}
  none: {source: deals, agg: count, where: stage = 'x', time: closed_at}
  money: {source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
  price: {formula: money / won, unit: JPY}
  rate: {numerator: won, denominator: won, unit: ratio}
  cohort: {numerator: won, denominator: won, cohort: created_at, mature: 60d}
  ring: {formula: ring + 1}
  typed: {manual: {2026-07: 2, 2026-08: 3, 2026-09: 4}, unit: count}
  last: {manual: {2026-09: 4}, over: last, unit: points}
  loss: {formula: 0 - won, unit: count}
  open: {source: deals, agg: count, stock: {from: created_at, to: paid_at}}
goals:
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("targets")
    write_deals(path / "deals.csv", WINS)
    return path


def opened(folder: Path, *goals: str) -> Dataset:
    text = GOALS + "".join(f"  - {{{goal}}}\n" for goal in goals)
    found = read(folder / "goals.yaml", source=text)
    assert found.faults == ()
    return Dataset.of(found)


def resolved(folder: Path, *goals: str, as_of: date = START) -> float | None:
    """The first goal's target."""
    with opened(folder, *goals) as data:
        return target_in(data.goals, data, data.goals.goals[0], as_of)


def refused(folder: Path, *goals: str, as_of: date = START) -> str:
    with pytest.raises(Unavailable) as problem:
        resolved(folder, *goals, as_of=as_of)
    return str(problem.value)


@pytest.mark.parametrize(
    ("goal", "target"),
    [
        ("metric: won, period: 2026-10, target: 40件", 40),
        ("metric: won, period: 2026-10, target: 前年比120%", 36),
        ("metric: won, period: 2026-10, target: 前期比+10%", 45.1),
        ("metric: won, period: 2026-10, target: +50%", 45),
        ("metric: won, period: 2026-10, target: 2倍", 60),
        ("metric: won, period: 2026-Q3, target: 前年比200%", 2 * (30 + 31 + 32)),
        ("metric: won, period: 2026-Q3, target: 前期比-50%", 0.5 * (39 + 40 + 41)),
        ("metric: price, period: 2026-10, target: +10%", 1_100_000),
        ("metric: rate, period: 2026-10, target: 3倍", 3),
        ("metric: rate, period: 2026-10, target: +10%", 1.1),
        ("metric: cohort, period: 2026-10, target: +10%", 1.1),
        ("metric: open, period: 2026-10, target: +100%", 2),
        ("metric: typed, period: 2026-Q3, target: 前期比200%", 18),
        ("metric: last, period: 2026-Q3, target: 前期比150%", 6),
        ("metric: won, period: 2026-10-01..2026-10-07, target: 前期比200%", 2 * 9),
        ("metric: price, period: 2026-10", None),
    ],
)
def test_growth(folder: Path, goal: str, target: float | None) -> None:
    found = resolved(folder, f"id: a, {goal}")
    assert found == (None if target is None else pytest.approx(target))


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("metric: won, period: 2027-Q3, target: 前期比+10%", "which is not over yet"),
        ("metric: won, period: 2023-10, target: +10%", "does not tell the whole"),
        ("metric: won, period: 2024-H1, target: +10%", "does not tell the whole"),
        ("metric: none, period: 2026-10, target: +10%", "whose value is 0"),
        ("metric: loss, period: 2026-10, target: +10%", "whose value is -30"),
        ("metric: cohort, period: 2026-10, target: 前期比+10%", "does not tell the whole"),
        ("metric: typed, period: 2026-H2, target: 前期比+10%", "does not tell the whole"),
        ("metric: last, period: 2026-09, target: 前期比+10%", "does not tell the whole"),
        ("metric: ring, period: 2026-10, target: +10%", "ring leads back to it"),
        ("metric: won, target: +10%", "no metric or period"),
    ],
)
def test_growth_that_the_past_does_not_tell(folder: Path, goal: str, said: str) -> None:
    assert said in refused(folder, f"id: a, {goal}")


def test_a_target_does_not_move_while_it_is_pursued(folder: Path) -> None:
    goal = "id: a, metric: won, period: 2026-07, target: 前期比+100%"
    days = (date(2026, 7, 1), date(2026, 7, 31), date(2026, 9, 30))
    assert [resolved(folder, goal, as_of=day) for day in days] == [76, 76, 76]
    assert "not over yet" in refused(folder, goal, as_of=date(2026, 6, 29))


def test_growth_needs_data(folder: Path) -> None:
    goals = opened(folder, "id: a, metric: won, period: 2026-10, target: +10%").goals
    with pytest.raises(Unavailable, match="--offline"):
        target_in(goals, None, goals.goals[0], START)


WHOLE = "id: b, metric: won, period: 2026-Q3, target: "
SHARE = "id: a, metric: won, period: 2026-Q3, share: "


@pytest.mark.parametrize(
    ("whole", "share", "target"),
    [
        ("200件", "{of: b, percent: 30, baseline: 100件}", 30),
        ("200件", "{of: b, percent: 30%, baseline: 100件, win_rate: 25%}", 120),
        ("前年比200%", "{of: b, percent: 50, baseline: 86件}", 50),
    ],
)
def test_a_share(folder: Path, whole: str, share: str, target: float) -> None:
    assert resolved(folder, SHARE + share, WHOLE + whole) == pytest.approx(target)


def test_without_a_baseline_the_past_tells_it(folder: Path) -> None:
    """Three years alike let expect a fourth; a target far above leaves a gap of what is more."""
    with opened(folder, SHARE + "{of: b, percent: 50}", WHOLE + "200件") as data:
        told = carried(data.goals, data, data.goals.goals[0], START)
    assert told.baseline == pytest.approx(30 + 31 + 32, rel=0.1)
    assert told.target == pytest.approx((200 - told.baseline) / 2)
    assert told.gap == 200 - told.baseline


@pytest.mark.parametrize(
    ("whole", "share", "said"),
    [
        ("200件", "{of: b, percent: 30, baseline: 200件}", "there is no gap"),
        ("10件", "{of: b, percent: 30}", "there is no gap"),
        ("200件", "{of: b, percent: 30, baseline: 100件, win_rate: 0%}", "a win rate above 0"),
        ("200件", "{of: b, percent: 30, baseline: +10%}", "is a number, not growth"),
        ("200件", "{of: b, percent: 30, baseline: 100円}", "does not fit"),
        ("200件", "{of: a, percent: 30, baseline: 1件}", "of another goal"),
        ("200件", "{of: c, percent: 30, baseline: 1件}", "of another goal"),
        ("~", "{of: b, percent: 30, baseline: 1件}", "is not known"),
    ],
)
def test_a_share_that_makes_no_target(folder: Path, whole: str, share: str, said: str) -> None:
    assert said in refused(folder, SHARE + share, WHOLE + whole)


def test_a_share_in_another_unit(folder: Path) -> None:
    share = "id: a, metric: won, period: 2026-Q3, share: {of: b, percent: 30, baseline: 1円}"
    whole = "id: b, metric: money, period: 2026-Q3, target: 2億円"
    assert "measured in another unit" in refused(folder, share, whole)


def test_too_short_a_past(folder: Path) -> None:
    share = "id: a, metric: won, period: 2024-04, share: {of: b, percent: 30}"
    whole = "id: b, metric: won, period: 2024-04, target: 100件"
    assert "write a baseline:" in refused(folder, share, whole)
