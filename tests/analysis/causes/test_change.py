"""Change: what moved revenue between two periods, and periods that cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.causes.change import Change, ChangeResult
from kpilint.errors import Misuse
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.funnels.worlds import GOALS, Row, deals, even, write

PERIODS = {"before": "2025-01..2025-03", "after": "2025-04..2025-06"}
APRIL = date(2025, 4, 1)


def changed(folder: Path, rows: list[Row], goals: str = GOALS, **asked: str) -> ChangeResult:
    write(folder, rows)
    read = kl.read(folder / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data:
        return Change.of(read, "sales", **asked)(data)


def falling(day: date, who: Mapping[str, str], stage: int) -> float:
    return even(day, who, stage) * (0.5 if day >= APRIL and stage == 1 else 1)


def parts(result: ChangeResult) -> dict[str, float]:
    return {p.factor + str(p.stage or ""): p.value for p in result.parts}


def test_a_rate_that_fell(tmp_path: Path) -> None:
    result = changed(tmp_path, deals(falling), **PERIODS)
    found = parts(result)
    assert list(found) == ["volume", "mix", "rate1", "rate2", "price"]
    assert min(found, key=lambda name: found[name]) == "rate1"
    totals = result.totals()
    assert sum(found.values()) == pytest.approx(totals["after"] - totals["before"])
    assert result.table()["shapley"].sum() == pytest.approx(sum(found.values()))
    with speaking("en"):
        assert "It comes from the rate Leads→SQL" in result.text()
        assert "most of all by the rate Leads→SQL" in result.figure().layout.title.text


def test_what_recurs_each_year_is_said(tmp_path: Path) -> None:
    """Every spring half as many move on; the year before the records also tell of it."""

    def spring(day: date, who: Mapping[str, str], stage: int) -> float:
        return even(day, who, stage) * (0.5 if 4 <= day.month <= 6 and stage == 1 else 1)

    with speaking("en"):
        result = changed(tmp_path, deals(spring), **PERIODS)
        assert result.recurring == pytest.approx(-0.5, abs=0.2)
        assert "it may be the season" in result.text()
        once = changed(tmp_path, deals(falling), **PERIODS)
        assert once.recurring is None
        assert "season" not in once.text()


def test_volume_price_and_mix(tmp_path: Path) -> None:
    early = [row for row in deals() if row[1] < APRIL]  # type: ignore[operator]
    late = [row for row in deals(a_day=9, amount=1_500_000) if row[1] >= APRIL]  # type: ignore[operator]
    late = [(f"x{row[0]}", *row[1:]) for row in late]
    result = changed(tmp_path, early + late, **PERIODS)
    assert parts(result)["volume"] > 0 < parts(result)["price"]
    for part in result.parts:
        assert part.low <= part.value <= part.high or part.factor == "mix"


def test_a_shift_of_the_mix_is_no_rate(tmp_path: Path) -> None:
    def rate(_day: date, who: Mapping[str, str], stage: int) -> float:
        return (0.8 if who["channel"] == "web" else 0.2) if stage == 1 else 0.4

    rows = deals(rate, a_day=12)
    kept = [
        row
        for n, row in enumerate(rows)
        if row[6] != "ads" and (n % 4 or (row[6] == "web") == (row[1] < APRIL))  # type: ignore[operator]
    ]
    shifted = [
        row
        for n, row in enumerate(kept)
        if (row[6] == "fair") == (row[1] >= APRIL) or n % 3 == 0  # type: ignore[operator]
    ]
    found = parts(changed(tmp_path, shifted, **PERIODS))
    assert abs(found["rate1"]) < 0.25 * abs(found["mix"])


def test_the_last_old_quarter_is_taken(tmp_path: Path) -> None:
    result = changed(tmp_path, deals(), as_of="2025-10-15")
    assert result.change.after is not None
    assert result.change.after.end == date(2025, 6, 30)  # wins take 25 days
    assert result.change.before is not None
    assert result.change.before.start == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"before": "2025-01..2025-03", "after": "2025-04"}, "different months"),
        ({"before": "2025-04", "after": "2025-05"}, "different months"),
        ({"before": "2025-01..2025-06", "after": "2025-07..2025-09"}, "differ in length"),
        ({"before": "2025-07..2025-09", "after": "2025-10..2025-12"}, "too young"),
        ({"before": "2021-01..2021-03", "after": "2025-01..2025-03"}, "No record came in Jan"),
        ({"before": "2025-01..2025-03", "after": "2025-04..2025-06"}, "within chance"),
    ],
)
def test_what_cannot_be_compared_is_not(tmp_path: Path, asked: dict[str, str], says: str) -> None:
    with speaking("en"):
        assert says in changed(tmp_path, deals(), **asked).text()


def test_no_tripling_where_outcomes_begin_late(tmp_path: Path) -> None:
    """The CRM came in April: deals from before are there, their outcomes are not."""
    rows: list[Row] = [
        row if row[3] >= APRIL else (*row[:3], "", "open", *row[5:])  # type: ignore[operator]
        for row in deals(start=date(2024, 7, 1))
    ]
    with speaking("en"):
        assert "outcomes are recorded only from" in changed(tmp_path, rows, **PERIODS).text()


def test_wins_where_there_is_no_money(tmp_path: Path) -> None:
    goals = GOALS.replace("    amount: amount\n", "")
    result = changed(tmp_path, deals(falling), goals, **PERIODS)
    assert not result.priced
    assert "price" not in parts(result)
    with speaking("en"):
        assert " wins" in result.text()


FEW: list[Row] = [
    ("1", "2025-01-01", "2025-01-05", "2025-02-01", "won", "-5", "web", "big", "A"),
    ("2", "2025-04-02", "", "", "open", "", "", "", ""),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", [{}, PERIODS], ids=["last", "given"])
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param(FEW[:1], id="one record"),
        pytest.param(FEW, id="two records"),
        pytest.param([(*row[:4], "lost", *row[5:]) for row in deals(a_day=2)], id="all lost"),
        pytest.param([(*r[:2], "", "", "", *r[5:]) for r in deals(a_day=2)], id="all open"),
        pytest.param(deals(a_day=2, amount=-1e6), id="negative amounts"),
        pytest.param(deals(channels=tuple(f"c{n}" for n in range(500))), id="500 segments"),
    ],
)
def test_always_an_answer(
    tmp_path: Path, rows: list[Row], asked: dict[str, str], language: str
) -> None:
    with speaking(language):
        result = changed(tmp_path, rows, **asked)
        shown = result._repr_html_() + result.figure().to_json()
        assert result.text()
    for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
        assert sign not in shown


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"before": "2025-01", "after": "2025-01..2025-03"}, "share days"),
        ({"before": "soon"}, "soon"),
    ],
)
def test_misuse(tmp_path: Path, asked: dict[str, str], says: str) -> None:
    with speaking("en"), pytest.raises(Misuse, match=says):
        changed(tmp_path, [], **asked)
