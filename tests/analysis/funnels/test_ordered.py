"""Ordered funnels: arrays, SQL, ClickHouse and a plain loop agree, to the last tie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpilint as kl
from kpilint.analysis.funnels import ascending, chain
from kpilint.analysis.funnels import events as ordering
from kpilint.analysis.funnels.chain import SECOND, Arrays, Visits
from kpilint.analysis.funnels.events import Events, Packing
from kpilint.analysis.funnels.ordered import NEVER, chains, levels
from kpilint.i18n import LANGUAGES, speaking

STAGES = 4
Event = tuple[int, int, int]  # record, seconds, stage; stages from STAGES on are none
EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 20), st.integers(0, STAGES)), max_size=60
)
WITHIN = st.integers(0, 12)


def plain(events: Sequence[tuple[int, int]], within: int) -> int:
    """ClickHouse's loop: how many stages one record's events, (time, stage), reach in order."""
    starts: list[int | None] = [None] * STAGES
    for time, stage in sorted(events):
        if stage == 0:
            starts[0] = time
        elif stage < STAGES:
            start = starts[stage - 1]
            if start is not None and time <= start + within:
                starts[stage] = start
    return max((n + 1 for n in range(STAGES) if starts[n] is not None), default=0)


def plain_levels(events: Sequence[Event], within: int) -> dict[int, int]:
    return {
        record: plain([(time, stage) for one, time, stage in events if one == record], within)
        for record in sorted({event[0] for event in events})
    }


def columns(events: Sequence[Event]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    return list(np.array(events, np.int64).reshape(-1, 3).T)


# Arrays


@pytest.mark.parametrize(
    ("events", "within", "level"),
    [
        pytest.param([(0, 0), (30, 0), (45, 1), (75, 2)], 60, 3, id="starts at the later A"),
        pytest.param([(0, 0), (30, 1), (40, 0), (70, 2)], 60, 2, id="C late for the A before B"),
        pytest.param([(0, 0), (60, 1)], 60, 2, id="the window holds its end"),
        pytest.param([(0, 0), (61, 1)], 60, 1, id="and nothing beyond"),
        pytest.param([(0, 2), (0, 1), (0, 0)], 0, 3, id="ties in the stages' order"),
        pytest.param([(0, 1), (1, 0), (2, 2)], 60, 1, id="another order does not count"),
        pytest.param([(0, 0), (1, 1), (2, 0), (3, 1), (4, 2)], 60, 3, id="back and forth"),
        pytest.param([(0, 1), (0, 9)], 60, 0, id="never at the first stage"),
        pytest.param([(-90, 0), (-40, 1), (-30, 2)], 60, 3, id="before 1970"),
    ],
)
def test_level(events: list[tuple[int, int]], within: int, level: int) -> None:
    time, stage = np.array(events, np.int64).T
    found = levels(np.zeros_like(time), time, stage, stages=STAGES, within=within)
    assert found.tolist() == [level]
    assert plain(events, within) == level


def test_no_event() -> None:
    nothing = np.empty(0, np.int64)
    found = chains(nothing, nothing, nothing, stages=2, within=1)
    assert found.level.tolist() == []
    assert found.entered.shape == (2, 0)


@pytest.mark.parametrize(("stages", "within"), [(0, 1), (1, -1)])
def test_misuse(stages: int, within: int) -> None:
    one = np.zeros(1, np.int64)
    with pytest.raises(ValueError, match="at least one stage"):
        levels(one, one, one, stages=stages, within=within)


# Wide ranges do not fit into keys, and cannot be packed.
@given(
    EVENTS, WITHIN, st.sampled_from([1, 1_000, SECOND, 1 << 57]), st.sampled_from([1, -(1 << 60)])
)
def test_arrays_are_the_loop(events: list[Event], within: int, tick: int, far: int) -> None:
    record, time, stage = columns(events)
    within = min(within, 7)
    scaled = (time - 10) * min(tick, (1 << 62) // 20)
    found = chains(
        record * far, scaled, stage, stages=STAGES, within=within * min(tick, (1 << 62) // 20)
    )
    expected = plain_levels(events, within)
    if far < 0:
        expected = dict(reversed(expected.items()))
    assert found.level.tolist() == list(expected.values())


@given(EVENTS, WITHIN)
def test_the_chain_is_the_reported_one(events: list[Event], within: int) -> None:
    """It is in order and in time, starts as late and ends as early as a chain so long can."""
    record, time, stage = columns(events)
    found = chains(record, time, stage, stages=STAGES, within=within)
    for one, level, entered in zip(found.record, found.level, found.entered.T, strict=True):
        came = entered[:level].tolist()
        assert (entered[level:] == NEVER).all()
        assert came == sorted(came)
        mine = [(t, s) for r, t, s in events if r == one]
        assert all((t, n) in mine for n, t in enumerate(came))
        if level:
            assert came[-1] - came[0] <= within
            ends = {t for t, s in mine if s == level - 1}
            until = [
                t for t in sorted(ends) if plain([e for e in mine if e[0] <= t], within) == level
            ]
            assert came[-1] == until[0]
            later = [e for e in mine if came[0] < e[0] <= came[-1]]
            assert plain(later, within) < level


@given(EVENTS, WITHIN, st.integers(1, 5), st.booleans())
def test_pieces_change_nothing(events: list[Event], within: int, size: int, packed: bool) -> None:
    record, time, stage = columns(events)
    whole = levels(record, time, stage, stages=STAGES, within=within)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ascending, "PIECE", size)
        patch.setattr(ordering, "PIECE", size)
        if not packed:
            patch.setattr(ordering, "WORD", 3)
        assert (levels(record, time, stage, stages=STAGES, within=within) == whole).all()


@given(
    st.lists(
        st.tuples(st.integers(-9, 1 << 30), st.integers(-(1 << 50), 1 << 50), st.integers(0, 9)),
        min_size=1,
    ),
    st.integers(0, 1 << 51),
)
def test_keys_sort_as_events_do(events: list[Event], within: int) -> None:
    spans = [(min(column), max(column)) for column in zip(*events, strict=True)]
    packing = Packing.of(spans[0], spans[1], 10, within)
    keys = packing and packing.pack(Events(*columns(events)))
    if packing is None or keys is None:
        return
    back = []
    for part in packing.in_order([keys], len(keys)):
        whose = np.repeat(part.record, np.diff(part.bounds))
        back += zip(whose, part.time(np.arange(len(whose))), part.mark, strict=True)
    assert back == sorted(events)


@given(EVENTS.filter(bool), WITHIN, st.booleans())
def test_clocks_tell_who_is_near(events: list[Event], within: int, packed: bool) -> None:
    known = Events(*columns(events))
    with pytest.MonkeyPatch.context() as patch:
        if not packed:
            patch.setattr(ordering, "WORD", 3)
        for part in known.in_order(within):
            whose, places = np.repeat(part.record, np.diff(part.bounds)), np.arange(len(part.clock))
            time = part.time(places)
            for one, other in combinations(places, 2):
                near = whose[one] == whose[other] and time[other] - time[one] <= within
                assert (part.clock[other] - part.clock[one] <= part.window) == near


def test_the_unit_is_as_fine_as_fits() -> None:
    day = 86_400 * SECOND
    packings = [Packing.of((0, last), (0, 366 * day), 12, day) for last in (1, 1 << 20, 1 << 40)]
    assert [p and p.unit for p in packings] == [1, 1_000, day]
    assert Packing.of((0, 1 << 60), (0, 366 * day), 12, day) is None
    packing = Packing.of((0, 1 << 20), (0, 366 * day), 12, day)
    half = Events(*(np.array([n]) for n in (0, 500, 0)))
    assert packing is not None and packing.pack(half) is None


# Beside an engine


def visits(engine: Any, events: Sequence[Event], within: int, record: str = "int64") -> Visits:
    who, time, stage = columns(events)
    table = pa.table(
        {
            "record": pa.array(who).cast(record),
            "step": stage,
            "moment": pa.array(time * SECOND, pa.timestamp("us")),
            "lost": np.zeros_like(who),
        }
    )
    name = ibis.util.gen_name("events")
    engine.con.register(name, table)
    return Visits(engine.table(name), True, STAGES, within)


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def shown(records: Any) -> list[tuple[Any, ...]]:
    numbers = range(STAGES)
    own, counts = (f"own_{n}" for n in numbers), (f"visits_{n}" for n in numbers)
    names = ["record", *own, "lost", "rows", *counts]
    rows = records.to_pyarrow().to_pylist()
    return sorted(tuple(int(r[n]) if n == "record" else r[n] for n in names) for r in rows)


SLOW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SLOW
@given(events=EVENTS, within=WITHIN, record=st.sampled_from(["int64", "string", "uint64"]))
def test_sql_is_the_arrays(engine: Any, events: list[Event], within: int, record: str) -> None:
    asked = visits(engine, events, within, record)
    by_arrays = shown(Arrays(asked, engine, "arrays").records())
    assert by_arrays == shown(asked.in_sql())
    reached = {row[0]: sum(own is not None for own in row[1 : STAGES + 1]) for row in by_arrays}
    assert reached == plain_levels(events, within)


@SLOW
@given(events=EVENTS, within=WITHIN)
def test_parts_and_unpacked_events_are_the_same(
    engine: Any, events: list[Event], within: int
) -> None:
    asked = visits(engine, events, within)
    whole = shown(Arrays(asked, engine, "whole").records())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "AT_ONCE", 7)
        assert shown(Arrays(asked, engine, "parts").records()) == whole
        patch.setattr(chain, "AT_ONCE_UNPACKED", 7)
        patch.setattr(ordering, "WORD", 3)
        assert shown(Arrays(asked, engine, "unpacked").records()) == whole


def test_microseconds_that_do_not_fit(engine: Any) -> None:
    """A far record and a far time leave no room for microseconds, and these are needed."""
    far = 4_000_000_000
    asked = visits(engine, [(1, 0, 0), (1, 1, 1), (1 << 40, far, 0)], 1)
    early = asked.table.moment - ibis.interval(microseconds=1)
    step = asked.table.step
    table = asked.table.mutate(moment=ibis.ifelse(step == 0, early, asked.table.moment))
    (near, _far) = shown(Arrays(Visits(table, True, STAGES, 1), engine, "far").records())
    assert near[2] is None
    (near, _far) = shown(Arrays(Visits(table, True, STAGES, 2), engine, "far").records())
    assert near[2] == pd.Timestamp(1, unit="s")


@SLOW
@given(events=EVENTS.filter(bool), within=WITHIN)
def test_clickhouse_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], within: int
) -> None:
    chdb = pytest.importorskip("chdb")
    record, time, stage = columns(events)
    path = tmp_path_factory.mktemp("chdb") / "events.parquet"
    pq.write_table(pa.table({"r": record, "t": time.astype(np.uint64), "s": stage}), path)
    conditions = ", ".join(f"s = {n}" for n in range(STAGES))
    told = chdb.query(
        f"SELECT r, windowFunnel({within})(t, {conditions}) FROM file('{path}', Parquet) GROUP BY r"
    )
    lines = [line.split(",") for line in str(told).split()]
    theirs = {int(one): int(level) for one, level in lines}
    assert theirs == plain_levels(events, within)
    found = chains(record, time, stage, stages=STAGES, within=within)
    assert theirs == dict(zip(found.record.tolist(), found.level.tolist(), strict=True))


@pytest.mark.parametrize("dialect", ["postgres", "pyspark", "snowflake", "bigquery"])
def test_other_engines_can_compile_it(engine: Any, dialect: str) -> None:
    asked = visits(engine, [(1, 0, 0)], 1)
    assert "own_0" in ibis.to_sql(asked.in_sql(), dialect=dialect)


# Through a goals file

LONG = """
sources: {log: {path: log.csv}}
funnels:
  f:
    source: log
    record: id
    stage: step
    entered: at
    stages: [A, B, C]
    lost: {values: [gone]}
    within: WITHIN
"""
WIDE = """
sources: {log: {path: log.csv}}
funnels:
  f:
    source: log
    record: id
    stages: [{name: A, entered: a}, {name: B, entered: b}, {name: C, entered: c}]
    within: WITHIN
"""
Counted = Callable[[str, str, str], kl.FunnelResult]


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Counted]:
    opened: list[kl.Dataset] = []

    def count(goals: str, csv: str, within: str) -> kl.FunnelResult:
        (tmp_path / "log.csv").write_text(csv, encoding="utf-8")
        read = kl.read(tmp_path / "goals.yaml", source=goals.replace("WITHIN", within))
        assert read.faults == ()
        opened.append(kl.Dataset.of(read))
        return kl.Funnel.of(read, "f")(opened[-1])

    with speaking("en"):
        yield count
    for data in opened:
        data.close()


CASES = {
    "nothing": "",
    "one event": "1,A,2026-01-01\n",
    "nobody at the first stage": "1,B,2026-01-01\n2,gone,2026-01-02\n",
    "a stage nobody reached": "1,A,2026-01-01\n1,B,2026-01-02\n2,A,2026-01-01\n",
    "all lost": "1,A,2026-01-01\n1,gone,2026-01-02\n2,A,2026-01-01\n2,gone,2026-01-01\n",
    "all open": "1,A,2026-01-01\n2,A,2026-01-02\n",
    "the same row twice": "1,A,2026-01-01\n1,A,2026-01-01\n1,B,2026-01-02\n1,B,2026-01-02\n",
    "no times": "1,A,\n1,B,\n2,A,soon\n",
    "before 1970": "1,A,1969-12-30\n1,B,1969-12-31\n1,C,1970-01-02\n",
    "no record": ",A,2026-01-01\n,B,2026-01-02\n",
}
REACHED = {
    "nothing": [0, 0, 0],
    "one event": [1, 0, 0],
    "nobody at the first stage": [0, 0, 0],
    "a stage nobody reached": [2, 1, 0],
    "all lost": [2, 0, 0],
    "all open": [2, 0, 0],
    "the same row twice": [1, 1, 0],
    "no times": [0, 0, 0],
    "before 1970": [1, 1, 1],
    "no record": [0, 0, 0],
}


@pytest.mark.parametrize("case", CASES)
def test_always_an_answer(counted: Counted, case: str) -> None:
    result = counted(LONG, f"id,step,at\n{CASES[case]}", "30d")
    assert [step.reached for step in result.steps] == REACHED[case]
    for language in LANGUAGES:
        with speaking(language):
            page = result._repr_html_() + result.figure().to_json() + result.text()
        for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
            assert sign not in page


def test_within_nothing_counts_only_ties(counted: Counted) -> None:
    rows = "id,step,at\n1,A,2026-01-01\n1,B,2026-01-01\n2,A,2026-01-01\n2,B,2026-01-02\n"
    assert [step.reached for step in counted(LONG, rows, "0d").steps] == [2, 1, 0]


def test_waiting_is_along_the_chain(counted: Counted) -> None:
    rows = "id,step,at\n1,A,2026-01-01\n1,A,2026-06-01\n1,B,2026-06-03\n"
    assert counted(LONG, rows, "30d").table()["median_days"][1] == 2


@pytest.mark.parametrize(
    ("rows", "repeated", "strayed"),
    [
        ("1,A,2026-01-01\n1,B,2026-01-02\n1,A,2026-01-03\n1,B,2026-01-04\n", 2, 0),
        ("1,B,2026-01-01\n1,A,2026-01-02\n", 0, 1),
        ("1,A,2026-01-01\n1,C,2026-01-02\n", 0, 1),
        ("1,A,2026-01-01\n1,B,2026-03-02\n", 0, 1),
    ],
    ids=["returns", "order", "skip", "late"],
)
def test_oddities(counted: Counted, rows: str, repeated: int, strayed: int) -> None:
    result = counted(LONG, f"id,step,at\n{rows}", "30d")
    assert (result.oddities.repeated, result.oddities.strayed) == (repeated, strayed)
    assert [step.returned for step in result.steps] == [repeated // 2, repeated // 2, 0]
    # One that is still open; a return to the first stage also tells which entry counts.
    assert len(result.remarks()) == 2 * bool(repeated) + bool(strayed) + 1


def test_a_row_may_stand_for_two_stages(counted: Counted) -> None:
    """As in ClickHouse, where both conditions hold."""
    both = LONG.replace("[A, B, C]", "[{name: A, values: [x]}, {name: B, values: [x, y]}]")
    result = counted(both, "id,step,at\n1,x,2026-01-01\n2,y,2026-01-01\n", "1d")
    assert [step.reached for step in result.steps] == [1, 1]


def test_a_wide_funnel_in_order(counted: Counted) -> None:
    rows = "id,a,b,c\n1,2026-01-01,2026-01-05,2026-01-09\n2,2026-01-02,2026-01-01,\n1,,,\n"
    result = counted(WIDE, rows, "7d")
    assert [step.reached for step in result.steps] == [2, 1, 0]
    assert (result.oddities.copies, result.oddities.strayed) == (1, 2)
