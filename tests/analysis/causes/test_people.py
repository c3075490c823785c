"""People: who falls behind peers with the same mix is told, and nobody by name unasked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import kpilint as kl
from kpilint.analysis.causes.people import People, PeopleResult, shrink
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.funnels.worlds import GOALS, Row, deals, even, write


def compared(
    folder: Path, rows: list[Row], goals: str = GOALS, *, names: bool = False
) -> PeopleResult:
    write(folder, rows)
    read = kl.read(folder / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data:
        return People.of(read, "sales", names=names)(data)


def weak_at_closing(day: date, who: Mapping[str, str], stage: int) -> float:
    return 0.15 if (who["owner"], stage) == ("C", 2) else even(day, who, stage)


def stumbling(day: date, who: Mapping[str, str], stage: int) -> float:
    return 0.25 if (who["owner"], stage) == ("B", 1) else even(day, who, stage)


@pytest.mark.parametrize(
    ("rate", "stage", "number", "says"),
    [
        (weak_at_closing, "won", 3, "Person 3 is weak at closing"),
        (stumbling, "sql", 2, "Person 2 stumbles early"),
    ],
)
def test_who_falls_behind(tmp_path: Path, rate: object, stage: str, number: int, says: str) -> None:
    with speaking("en"):
        result = compared(tmp_path, deals(rate))  # type: ignore[arg-type]
        table = result.table()
        below = table[table["verdict"] == "below"]
        assert below[["person", "stage"]].to_numpy().tolist() == [[f"Person {number}", stage]]
        assert says in result.text()
    (row,) = below.to_dict("records")
    assert row["rate"] <= row["shrunk"] <= row["expected"]
    assert row["low"] <= row["shrunk"] <= row["high"] < row["expected"]


def test_a_harder_mix_is_no_weakness(tmp_path: Path) -> None:
    """All of C's deals come from the channel that fails everybody."""

    def rate(day: date, who: Mapping[str, str], stage: int) -> float:
        return 0.15 if (who["channel"], stage) == ("fair", 1) else even(day, who, stage)

    rows = [row for row in deals(rate) if row[8] != "C" or row[6] == "fair"]
    assert compared(tmp_path, rows).apart == ()


def test_nobody_is_told_apart_by_chance(tmp_path: Path) -> None:
    apart = [len(compared(tmp_path, deals(seed=n, a_day=3)).apart) for n in range(8)]
    assert sum(map(bool, apart)) <= 2


def test_names_only_on_request(tmp_path: Path) -> None:
    rows = [(*row[:8], f"Mr {row[8]}") for row in deals(weak_at_closing)]
    with speaking("en"):
        told = compared(tmp_path, rows)
        shown = told._repr_html_() + told.figure().to_json() + told.table().to_csv()
        assert "Mr " not in shown
        assert "Mr C is weak" in compared(tmp_path, rows, names=True).text()


def test_a_team_is_not_the_mix(tmp_path: Path) -> None:
    """A column that each person has but one value of would leave nobody to compare with."""
    rows = [(*row[:7], f"team {row[8]}", row[8]) for row in deals(weak_at_closing)]
    below = [each for each in compared(tmp_path, rows).apart if each.shrunk < each.expected]
    assert [(each.person, each.stage) for each in below] == [("C", 2)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param(deals(a_day=1)[:1], id="one record"),
        pytest.param(deals(a_day=1)[:40], id="few"),
        pytest.param([(*row[:8], "A") for row in deals(a_day=2)], id="one person"),
        pytest.param([(*row[:8], "") for row in deals(a_day=2)], id="nobody named"),
        pytest.param([(*row[:4], "lost", *row[5:]) for row in deals(a_day=2)], id="all lost"),
        pytest.param([(*r[:2], "", "", "", *r[5:]) for r in deals(a_day=2)], id="all open"),
        pytest.param([(*r[:8], f"P{n % 80}") for n, r in enumerate(deals())], id="eighty"),
    ],
)
def test_always_an_answer(tmp_path: Path, rows: list[Row], language: str) -> None:
    with speaking(language):
        result = compared(tmp_path, rows)
        shown = result._repr_html_() + result.figure().to_json()
        assert result.text()
    for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
        assert sign not in shown


def test_a_column_of_persons_is_needed(tmp_path: Path) -> None:
    result = compared(tmp_path, [], GOALS.replace("person: owner, ", ""))
    assert "write person: there" in result.text()
    assert result.table().empty and result.figure()


def test_shrinking_follows_the_spread_between_people() -> None:
    entered = np.array([50.0, 50, 50, 50])
    alike, low, high = shrink(np.array([20.0, 21, 19, 20]), entered, 0.4)
    assert np.ptp(alike) < 0.03  # of .04 as they stand: of four people little is known
    many, _low, _high = shrink(np.tile([20.0, 21, 19, 20], 5), np.full(20, 50.0), 0.4)
    assert np.ptp(many) < 0.01
    apart, _low, _high = shrink(np.array([5.0, 35, 10, 30]), entered, 0.4)
    assert (apart[0] < 0.2, apart[1] > 0.6) == (True, True)
    assert ((low < alike) & (alike < high)).all()
    none, low, high = shrink(np.zeros(2), np.zeros(2), 0.4)
    assert none == pytest.approx(0.4)
