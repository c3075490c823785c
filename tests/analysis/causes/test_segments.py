"""Segments: what has fallen is named with its worth, and what explains nothing too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pytest
from scipy.stats import binomtest

import kpilint as kl
from kpilint.analysis.causes.segments import Segments, SegmentsResult
from kpilint.analysis.causes.stake import stake
from kpilint.analysis.causes.strata import population
from kpilint.analysis.funnels.dimensions import BLANK, MOST_VALUES, OTHERS
from kpilint.analysis.scan import scan
from kpilint.errors import ColumnMissing, Misuse
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.funnels.worlds import GOALS, Row, deals, even, write
from tests.benchmarks.funnel_rates import DIMENSIONS, PLANTED, Drift, World
from tests.benchmarks.people_rates import told

ROOT = Path(__file__).parents[3]
FALL = date(2025, 6, 1)


def scanned(folder: Path, rows: list[Row], goals: str = GOALS, **asked: str) -> SegmentsResult:
    write(folder, rows)
    read = kl.read(folder / "goals.yaml", source=goals)
    assert read.faults == ()
    with kl.Dataset.of(read) as data:
        return Segments.of(read, "sales", **asked)(data)


def fairs_fall(day: date, who: Mapping[str, str], stage: int) -> float:
    fallen = day >= FALL and who["channel"] == "fair" and stage == 1
    return 0.15 if fallen else even(day, who, stage)


def two_causes(day: date, who: Mapping[str, str], stage: int) -> float:
    fallen = day >= FALL and who["size"] == "small" and stage == 2
    return 0.1 if fallen else fairs_fall(day, who, stage)


def named(result: SegmentsResult) -> list[tuple[str, dict[str, str]]]:
    return [(row["stage"], row["segment"]) for row in result.table().to_dict("records")]


def test_the_cause_and_nothing_else(tmp_path: Path) -> None:
    result = scanned(tmp_path, deals(fairs_fall))
    assert named(result) == [("sql", {"channel": "fair"})]
    assert result.idle == ("size",)
    (row,) = result.table().to_dict("records")
    assert row["before"] == pytest.approx(0.5, abs=0.1)
    assert row["low"] < 0.15 < row["high"]
    with speaking("en"):
        assert "lead→sql".lower() not in result.text()
        assert "Channel “fair”" in result.text()
        assert "¥" in result.text()
        assert "size: these explain nothing" in " ".join(result.remarks())


def test_what_it_is_worth(tmp_path: Path) -> None:
    """Those missing would have been won four times in ten, at a million each."""
    (row,) = scanned(tmp_path, deals(fairs_fall)).table().to_dict("records")
    truth = (0.5 - 0.15) * row["entered"] * 0.4 * 1e6
    assert row["value_low"] < truth < row["value_high"]
    assert row["value"] == pytest.approx(row["missing"] * 0.4e6, rel=0.15)


def test_two_causes_in_two_stages(tmp_path: Path) -> None:
    found = named(scanned(tmp_path, deals(two_causes, a_day=8)))
    assert found == [("sql", {"channel": "fair"}), ("won", {"size": "small"})]


def test_nothing_has_fallen(tmp_path: Path) -> None:
    result = scanned(tmp_path, deals())
    assert result.leaks == ()
    with speaking("en"):
        assert "would have been named" in result.text()


def test_by_is_asked_for(tmp_path: Path) -> None:
    result = scanned(tmp_path, deals(fairs_fall), by="owner")
    assert [each.name for each in result.dimensions] == ["owner"]
    assert {name for _stage, segment in named(result) for name in segment} <= {"owner"}


@pytest.mark.parametrize("drift", ["none", "cells", "channels", "stages", "walk"])
@pytest.mark.parametrize("records", [20_000, 3_000])
def test_a_year_as_reference_raises_no_false_alarms(records: int, drift: Drift) -> None:
    world, rng, worlds = World(records, 7, drift), np.random.default_rng(41), 100
    alarms = sum(
        bool(scan(*world.counts(rng), DIMENSIONS, pooled=4).causes) for _world in range(worlds)
    )
    assert binomtest(alarms, worlds).proportion_ci(0.99).low <= 0.05


def test_a_lasting_fall_everywhere_is_named_as_such() -> None:
    """The hardest: little of the past tells how much the whole funnel moves by itself."""
    world, worlds = World(past=11, causes=PLANTED["everywhere"]), 300
    rng = np.random.default_rng(43)
    found = sum(told(world, rng, 2) == set(world.causes) for _world in range(worlds))
    assert found / worlds >= 0.92  # 0.94 of 1,500 worlds, and 0.91 by half-years one after another


def test_quarters_before_outcomes_were_recorded_are_left_out(tmp_path: Path) -> None:
    """The CRM came in April 2024: deals from before are there, their outcomes are not."""
    begun = date(2024, 4, 1)
    rows = [
        row if row[3] >= begun else (*row[:3], "", "open", *row[5:])  # type: ignore[operator]
        for row in deals(fairs_fall)
    ]
    result = scanned(tmp_path, rows)
    assert result.since is not None and abs((result.since - begun).days) < 31
    assert all(span.start >= begun for look in result.looks for span in look.past)
    assert named(result) == [("sql", {"channel": "fair"})]
    with speaking("en"):
        assert "Outcomes are recorded only from" in result.remarks()[0]


# Dimensions


def test_blank_is_a_segment(tmp_path: Path) -> None:
    rows = [(*row[:6], "" if row[6] == "fair" else row[6], *row[7:]) for row in deals(fairs_fall)]
    result = scanned(tmp_path, rows)
    assert named(result) == [("sql", {"channel": BLANK})]
    with speaking("en"):
        assert "(blank)" in result.text()


def test_rare_values_are_taken_together(tmp_path: Path) -> None:
    channels = tuple(f"channel {n}" for n in range(500))
    result = scanned(tmp_path, deals(channels=channels), by="channel")
    (dimension,) = result.dimensions
    assert len(dimension.values) == MOST_VALUES
    assert (dimension.values[-1], dimension.pooled) == (OTHERS, 451)
    with speaking("en"):
        assert "451 rare values of Channel are taken together as “others”" in result.remarks()[0]


# Bad input

FEW = [
    ("1", "2025-01-01", "2025-01-05", "2025-02-01", "won", "-5", "web", "big", "A"),
    ("2", "2025-04-02", "", "", "open", "", "", "", ""),
]
LOST: list[Row] = [(*row[:4], "lost", *row[5:]) for row in deals(a_day=2)]
OPEN: list[Row] = [(*row[:2], "", "", "open", *row[5:]) for row in deals(a_day=2)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param(FEW[1:], id="one record"),
        pytest.param(FEW, id="two records"),
        pytest.param(LOST, id="all lost"),
        pytest.param(OPEN, id="all open"),
        pytest.param(deals(fairs_fall, amount=-1e6), id="negative amounts"),
        pytest.param([*deals(a_day=2), (*FEW[0][:6], "lonely", *FEW[0][7:])], id="one of a kind"),
    ],
)
def test_always_an_answer(tmp_path: Path, rows: list[Row], language: str) -> None:
    with speaking(language):
        result = scanned(tmp_path, rows)
        shown = result._repr_html_() + result.figure().to_json()
        assert result.text()
    for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
        assert sign not in shown


def test_without_dimensions_the_whole_is_compared(tmp_path: Path) -> None:
    goals = GOALS.replace("    by: [channel, size]\n", "")
    result = scanned(tmp_path, deals(fairs_fall), goals)
    assert result.dimensions == ()
    with speaking("en"):
        assert "names no columns under by:" in " ".join(result.remarks())


def test_the_stake_is_in_wins_where_amounts_are_not_known(tmp_path: Path) -> None:
    write(tmp_path, deals(fairs_fall))
    read = kl.read(tmp_path / "goals.yaml", source=GOALS.replace("    amount: amount\n", ""))
    with kl.Dataset.of(read) as data:
        people = population(data, read.funnels["sales"], ("channel",), None)
        worth = stake(people, (("channel", "web"),), 1, 100, 0.1)
    assert (worth.value, worth.low, worth.high) == (None, None, None)
    assert worth.wins == pytest.approx(40, abs=4)


@pytest.mark.parametrize(
    ("asked", "error"), [({"by": "channnel"}, ColumnMissing), ({"as_of": "soon"}, Misuse)]
)
def test_misuse(tmp_path: Path, asked: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        scanned(tmp_path, deals(a_day=1), **asked)


@pytest.mark.parametrize("dialect", ["postgres", "databricks", "snowflake"])
def test_other_engines_can_compile_it(tmp_path: Path, dialect: str) -> None:
    write(tmp_path, deals(a_day=1))
    read = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with kl.Dataset.of(read) as data:
        people = population(data, read.funnels["sales"], ("channel", "size"), None)
        assert "by_1" in ibis.to_sql(people.records, dialect=dialect)


# The sample company


@pytest.fixture(scope="module")
def data() -> Iterator[kl.Dataset]:
    with kl.Dataset.of(kl.read(ROOT / "data_samples" / "goals.yaml")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-10-31", [("sql", {"channel": "展示会"})]), ("2026-03-31", []), ("2025-10-31", [])],
)
def test_the_planted_truth(
    data: kl.Dataset, day: str, found: list[tuple[str, dict[str, str]]]
) -> None:
    assert named(Segments.of(data.goals, as_of=day)(data)) == found


def test_a_dimension_that_names_people_takes_part_only_when_asked(tmp_path: Path) -> None:
    """A segment is told of by name, and people are not named unasked."""
    (tmp_path / "goals.yaml").write_text(
        "version: 1\nlanguage: en\n"
        "sources: {deals: {path: deals.csv, key: id}}\n"
        "metrics: {won: {source: deals, agg: count, time: won, person: rep, unit: count}}\n"
        "funnels:\n  sales:\n    source: deals\n    record: id\n"
        "    stages: [{name: lead, entered: made}, {name: won, entered: won}]\n"
        "    by: [rep, channel, owner]\n",
        encoding="utf-8",
    )
    goals = kl.read(tmp_path / "goals.yaml")
    usual, asked = kl.Segments.of(goals), kl.Segments.of(goals, by=["rep"])
    assert (usual.by, usual.personal) == (("channel",), ("rep", "owner"))
    assert (asked.by, asked.personal) == (("rep",), ())
    assert kl.Change.of(goals).by == "channel"
