"""The funnel over small files, over third-party data and over the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

import kpilint as kl
from kpilint.analysis.funnels.flow import Oddities
from kpilint.analysis.funnels.passage import passages
from kpilint.errors import ColumnMissing, KpilintError, Misuse
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.funnels import worlds

ROOT = Path(__file__).parents[3]
THIRD_PARTY = ROOT.parent / "shared" / "data"
WIDE = """
sources: {deals: {path: deals.csv, key: id}}
funnels:
  sales:
    source: deals
    record: id
    stages:
      - {name: lead, entered: a}
      - {name: mql, entered: b}
      - {name: won, entered: c, where: state = 'won'}
    lost: {entered: c, where: state = 'lost'}
"""
LONG = """
sources: {log: {path: deals.csv}}
funnels:
  sales:
    source: log
    record: id
    stage: step
    entered: at
    stages: [A, {name: B, values: [B, b]}, C]
    lost: {values: [gone]}
"""
Counted = Callable[..., kl.FunnelResult]


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Counted]:
    """Write goals and one CSV, and count the funnel."""
    opened: list[kl.Dataset] = []

    def count(goals: str, csv: str, **window: str) -> kl.FunnelResult:
        (tmp_path / "deals.csv").write_text(csv, encoding="utf-8")
        read = kl.read(tmp_path / "goals.yaml", source=goals)
        assert read.faults == ()
        opened.append(kl.Dataset.of(read))
        return kl.Funnel.of(read, "sales", **window)(opened[-1])

    with speaking("en"):
        yield count
    for data in opened:
        data.close()


def steps(result: kl.FunnelResult) -> list[tuple[int, int | None, int]]:
    return [(step.reached, step.open, step.lost) for step in result.steps]


DEALS = """id,a,b,c,state
1,2026-01-01,2026-01-05,2026-02-01,won
2,2026-01-02,2026-01-04,2026-01-20,lost
3,2026-01-03,,2026-01-09,lost
4,2026-01-04,2026-01-10,,
5,2026-01-05,,,
"""


def test_wide(counted: Counted) -> None:
    result = counted(WIDE, DEALS)
    assert steps(result) == [(5, 1, 1), (3, 1, 1), (1, None, 0)]
    table = result.table()
    assert " ".join(table.columns) == "stage reached rate low high median_days open lost"
    # Nobody left MQL unseen before the last one moved on; of MQLs one was open at 21 days.
    assert table["rate"].tolist()[1:] == pytest.approx([3 / 5, 2 / 3])
    assert pd.isna(table["rate"][0])
    assert table["median_days"].tolist()[1:] == [4, 27]
    assert table["low"][1] == pytest.approx(0.2307, abs=1e-4)  # Wilson, 3 of 5
    assert table["high"][1] == pytest.approx(0.8824, abs=1e-4)
    assert result.bottleneck is None


@pytest.mark.parametrize(
    ("rows", "reached", "oddities"),
    [
        pytest.param(
            "1,2026-01-01,,2026-02-01,won", [1, 1, 1], Oddities(1, 0, 0, 0, 0, 0, 0), id="skip"
        ),
        pytest.param(
            "1,2026-01-01,2026-03-01,2026-02-01,won",
            [1, 1, 1],
            Oddities(0, 1, 0, 0, 0, 0, 0),
            id="wrong order",
        ),
        pytest.param(
            "1,2026-01-01,2026-01-01,2026-01-01,won",
            [1, 1, 1],
            Oddities(0, 0, 0, 0, 0, 0, 0),
            id="all on one day",
        ),
        pytest.param(
            "1,2026-01-02,,,\n1,2026-01-01,2026-01-03,,",
            [1, 1, 0],
            Oddities(0, 0, 0, 1, 0, 0, 0),
            id="the same record twice",
        ),
        pytest.param(
            "1,,2026-01-01,,\n2,2026-01-01,,,",
            [1, 0, 0],
            Oddities(0, 0, 0, 0, 1, 0, 0),
            id="no first date",
        ),
        pytest.param(
            ",2026-01-01,,,\n2,2026-01-01,,,",
            [1, 0, 0],
            Oddities(0, 0, 0, 0, 0, 1, 0),
            id="no record",
        ),
        pytest.param(
            "1,2026-01-01,soon,,",
            [1, 0, 0],
            Oddities(0, 0, 0, 0, 0, 0, 1),
            id="a date that is none",
        ),
        pytest.param(
            "1,2026-01-01,,2026-01-02,lost\n2,2026-01-01,,2026-01-02,lost",
            [2, 0, 0],
            Oddities(0, 0, 0, 0, 0, 0, 0),
            id="all lost",
        ),
    ],
)
def test_oddities(counted: Counted, rows: str, reached: list[int], oddities: Oddities) -> None:
    result = counted(WIDE, f"id,a,b,c,state\n{rows}\n")
    assert [step.reached for step in result.steps] == reached
    assert result.oddities == oddities


@pytest.mark.parametrize(
    ("window", "reached"),
    [
        ({"as_of": "2026-01-04"}, [4, 1, 0]),  # what came later is not known yet
        ({"as_of": "2026-01-31"}, [5, 3, 0]),
        ({"start": "2026-01-02", "end": "2026-01-04"}, [3, 2, 0]),
        ({"end": "2026-01", "months": "1"}, [5, 3, 1]),
        ({"start": "2026-02"}, [0, 0, 0]),
    ],
)
def test_window(counted: Counted, window: dict[str, str], reached: list[int]) -> None:
    assert [step.reached for step in counted(WIDE, DEALS, **window).steps] == reached


LOG = """id,step,at
1,A,2026-01-01 09:00
1,B,2026-01-02 09:00
1,A,2026-01-03 09:00
1,b,2026-01-04 09:00
1,C,2026-01-05 09:00
2,A,2026-01-01 09:00
2,elsewhere,2026-01-02 09:00
2,gone,2026-01-03 09:00
3,A,2026-01-01 09:00
3,C,2026-01-01 09:00
"""


def test_long(counted: Counted) -> None:
    result = counted(LONG, LOG)
    assert steps(result) == [(3, 0, 1), (2, 0, 0), (2, None, 0)]
    assert result.oddities == Oddities(1, 0, 2, 0, 0, 0, 0)
    assert result.table()["median_days"][1] == 1


CHAIN = """id,step,at
1,A,2026-01-01 13:00
1,A,2026-01-01 13:30
1,B,2026-01-01 13:45
1,C,2026-01-01 14:15
"""


@pytest.mark.parametrize(
    ("within", "rows", "reached"),
    [
        pytest.param("1h", CHAIN, [1, 1, 1], id="the chain starts at the later A"),
        pytest.param("0.5h", CHAIN, [1, 1, 0], id="C comes too late for every A"),
        pytest.param("0.2h", CHAIN, [1, 0, 0], id="B comes too late for every A"),
        pytest.param(
            "1d",
            "id,step,at\n1,B,2026-01-01\n1,A,2026-01-02\n1,C,2026-01-02\n",
            [1, 0, 0],
            id="order",
        ),
        pytest.param(
            "1d",
            "id,step,at\n1,C,2026-01-01\n1,B,2026-01-01\n1,A,2026-01-01\n",
            [1, 1, 1],
            id="ties",
        ),
    ],
)
def test_within_is_ordered(counted: Counted, within: str, rows: str, reached: list[int]) -> None:
    result = counted(f"{LONG}    within: {within}\n", rows)
    assert [step.reached for step in result.steps] == reached


def test_a_funnel_of_one_stage(counted: Counted) -> None:
    lines = [line for line in WIDE.splitlines() if "mql" not in line and "won" not in line]
    result = counted("\n".join(lines), DEALS)
    assert steps(result) == [(5, None, 2)]
    assert result.bottleneck is None
    assert "cannot be told" in result.text()


def test_within_of_a_wide_funnel(counted: Counted) -> None:
    result = counted(f"{WIDE}    within: 10d\n", DEALS)
    assert [step.reached for step in result.steps] == [5, 3, 0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "csv",
    [
        "id,a,b,c,state\n",
        "id,a,b,c,state\n1,,,,\n",
        "id,a,b,c,state\n1,2026-01-01,,,\n",
        "id,a,b,c,state\n1,2026-01-01,,2026-01-02,lost\n",
        "id,a,b,c,state\n1,2026-01-01,2026-01-02,,\n2,2026-01-01,,,\n",
        "id,a,b,c,state\n1,2026-03-01,2026-02-01,2026-01-01,won\n",
        "id,a,b,c,state\n" + "1,2026-01-01,2026-01-02,2026-01-03,won\n" * 3,
        DEALS,
    ],
    ids=["nothing", "no date", "one", "all lost", "all open", "backwards", "thrice", "a few"],
)
@pytest.mark.parametrize(
    "goals", [WIDE, f"{WIDE}    amount: hours_between(c, a)\n"], ids=["", "negative"]
)
def test_always_an_answer(counted: Counted, goals: str, csv: str, language: str) -> None:
    result = counted(goals, csv)
    faces = (result, result.against_past(), result.leak(), result.next_steps())
    with speaking(language):
        shown = "".join(each._repr_html_() + each.figure().to_json() for each in faces)
        assert "nan" not in result.text().lower()
    for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
        assert sign not in shown


def test_hostile_names_stay_text(counted: Counted) -> None:
    goals = WIDE.replace("name: mql", "name: '<script>alert(1)</script>'")
    result = counted(goals, DEALS)
    assert "<script" not in result._repr_html_()
    assert "<script" not in str(result.figure().to_dict())


@pytest.mark.parametrize(
    ("goals", "window", "error", "says"),
    [
        (WIDE.replace("sales:", "sale:"), {}, Misuse, "Did you mean sale?"),
        (WIDE.replace("entered: b", "entered: bb"), {}, ColumnMissing, "bb"),
        (WIDE.replace("record: id", "record: idd"), {}, ColumnMissing, "idd"),
        (WIDE.replace("entered: b", "department: x"), {}, KpilintError, "entered:"),
        (WIDE, {"as_of": "soon"}, Misuse, "soon"),
        (WIDE, {"end": "2026-01", "months": "some"}, Misuse, "some"),
    ],
)
def test_misuse(
    counted: Counted, goals: str, window: dict[str, str], error: type[KpilintError], says: str
) -> None:
    with pytest.raises(error, match=says.replace("?", r"\?")):
        counted(goals, DEALS, **window)


@pytest.mark.parametrize("dialect", ["postgres", "pyspark", "snowflake"])
@pytest.mark.parametrize("goals", [WIDE, LONG, f"{LONG}    within: 1d\n"])
def test_other_engines_can_compile_it(tmp_path: Path, goals: str, dialect: str) -> None:
    if dialect == "pyspark":
        assert ibis.pyspark  # its compiler asks for options that come with the backend
    (tmp_path / "deals.csv").write_text(DEALS if goals is WIDE else LOG, encoding="utf-8")
    read = kl.read(tmp_path / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data:
        found = passages(data, read.funnels["sales"], None)
        assert "own_0" in ibis.to_sql(found.records, dialect=dialect)


def test_a_drawing_of_the_table(counted: Counted) -> None:
    result = counted(WIDE, DEALS)
    (bars,) = result.figure().data
    assert list(bars.x) == result.table()["reached"].tolist()


# Third-party data


def third_party(name: str) -> Path:
    path = THIRD_PARTY / name
    if not path.exists():
        pytest.skip(f"the third-party data set {name} is not beside this checkout")
    return path


def test_helpdesk(counted: Counted) -> None:
    path = third_party("event_logs/helpdesk.csv")
    log = pd.read_csv(path)
    steps_ = ["Assign seriousness", "Take in charge ticket", "Resolve ticket", "Closed"]
    goals = f"""
sources: {{log: {{path: '{path.as_posix()}'}}}}
funnels:
  sales: {{source: log, record: case, stage: activity, entered: timestamp, stages: {steps_}}}
"""
    result = counted(goals, "")
    visited = log[log["activity"].isin(steps_)].groupby("case")["activity"].agg(set)
    visited = visited[[steps_[0] in seen for seen in visited]]
    furthest = visited.map(lambda seen: max(steps_.index(name) for name in seen))
    assert [step.reached for step in result.steps] == [
        int((furthest >= n).sum()) for n in range(len(steps_))
    ]
    assert result.table()["rate"].iloc[1:].between(0, 1).all()


def test_crm_opportunities(counted: Counted) -> None:
    path = third_party("crm_opportunities/sales_pipeline.csv")
    goals = f"""
sources: {{deals: {{path: '{path.as_posix()}'}}}}
funnels:
  sales:
    source: deals
    record: opportunity_id
    stages:
      - {{name: engaged, entered: engage_date}}
      - {{name: won, entered: close_date, where: deal_stage = 'Won'}}
    lost: {{entered: close_date, where: deal_stage = 'Lost'}}
"""
    result = counted(goals, "")
    engaged, won = result.steps
    assert won.reached / (won.reached + engaged.lost) == pytest.approx(0.6315, abs=5e-5)
    assert engaged.reached == won.reached + engaged.lost + (engaged.open or 0)
    assert engaged.reached + result.oddities.undated == 8_800


# The sample company


@pytest.fixture(scope="module")
def sample() -> Iterator[kl.FunnelResult]:
    goals = kl.read(ROOT / "data_samples" / "goals.yaml")
    with kl.Dataset.of(goals) as data:
        yield kl.Funnel.of(goals, "sales", as_of="2026-10-31")(data)


def test_the_sample_company_has_the_flow_of_its_readme(sample: kl.FunnelResult) -> None:
    assert [step.reached for step in sample.steps] == [11_459, 5_511, 2_841, 1_765, 882]
    assert sample.oddities.undated == 418


@pytest.mark.parametrize(("language", "says"), [("en", "MQL→SQL is the"), ("ja", "MQL→SQL")])
def test_its_bottleneck_is_found(sample: kl.FunnelResult, language: str, says: str) -> None:
    assert sample.bottleneck == "sql"
    with speaking(language):
        assert says in sample.text()


def test_its_bottleneck_is_put_in_yen(sample: kl.FunnelResult) -> None:
    lost = sample.shortfall
    assert lost is not None
    assert lost.money is not None
    assert 0 < lost.money.low < lost.money.value < lost.money.high
    assert lost.wins.value < lost.missing
    with speaking("en"):
        assert "value at stake of about ¥" in sample.leak().text()
        assert "overstates" in " ".join(sample.leak().remarks())


def test_its_goals_say_what_to_do_there(sample: kl.FunnelResult) -> None:
    steps = sample.next_steps().table()
    assert steps["action"][0] == "面談の打診を当日中に行う"
    assert set(steps["owner"]) == {"インサイドセールス課"}


def test_what_comes_through_in_the_end_is_more_than_so_far(sample: kl.FunnelResult) -> None:
    winning = sample.winning
    assert winning is not None
    assert winning.moved / winning.entered < winning.low < winning.rate < winning.high
    assert (sample.table()["rate"].iloc[1:] > sample.table()["low"].iloc[1:]).all()


def test_a_quarter_with_months_missing_is_compared_with_the_same_months(counted: Counted) -> None:
    """A rate that swings with the month of the quarter is no fall."""
    rows = [
        f"{year}{month:02}{n},{year}-{month:02}-{n % 27 + 1:02},"
        f"{f'{year}-{month:02}-{n % 27 + 2:02}' if n < (90 if month % 3 == 0 else 30) else ''},,"
        for year in (2024, 2025)
        for month in range(1, 13)
        for n in range(100)
        if (year, month) != (2025, 9) and (year, month) < (2025, 11)
    ]
    result = counted(WIDE, "\n".join(["id,a,b,c,state", *rows]), as_of="2025-10-31")
    (compared,) = result.compared
    assert compared.months == 2
    assert compared.fall is not None
    assert compared.fall.past == pytest.approx(0.3)
    assert result.bottleneck is None
    assert "only 2 of 3 months" in " ".join(result.remarks())


def test_it_was_not_there_the_year_before() -> None:
    goals = kl.read(ROOT / "data_samples" / "goals.yaml")
    with kl.Dataset.of(goals) as data:
        assert kl.Funnel.of(goals, "sales", as_of="2025-10-31")(data).bottleneck is None


def test_quarters_before_outcomes_were_recorded_are_no_past(tmp_path: Path) -> None:
    rows = [
        (key, a, b if b and b >= date(2024, 3, 25) else "", *closed, worth, *who)
        for key, a, b, c, state, worth, *who in worlds.deals(a_day=6)
        for closed in [(c, state) if c >= date(2024, 3, 25) else ("", "open")]
    ]
    worlds.write(tmp_path, rows)
    (tmp_path / "goals.yaml").write_text(worlds.GOALS)
    goals = kl.read(tmp_path / "goals.yaml")
    result = kl.Funnel.of(goals, as_of="2025-12-31")(kl.Dataset.of(goals))
    compared = {each.stage: each for each in result.compared}
    assert (
        compared[1].quarters == 5
    )  # April 2024 to June 2025; those that begin earlier are left out
    assert compared[1].fall is not None
    assert compared[1].fall.past == pytest.approx(0.5, abs=0.05)
    assert result.bottleneck is None


@pytest.fixture
def more_ads(tmp_path: Path) -> kl.GoalSet:
    """Ads become SQL half as often as others, always; in the last quarter more of them come."""

    def rate(_day: date, who: Mapping[str, str], stage: int) -> float:
        return 0.3 if stage == 1 and who["channel"] == "ads" else 0.6 if stage == 1 else 0.4

    rows = worlds.deals(rate, a_day=30)
    last = date(2025, 7, 1)
    kept = [
        row
        for n, row in enumerate(rows)
        if (row[6] == "ads") == (row[1] >= last) or n % 4 == 0  # type: ignore[operator]
    ]
    worlds.write(tmp_path, kept)
    (tmp_path / "goals.yaml").write_text(worlds.GOALS)
    return kl.read(tmp_path / "goals.yaml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_of_a_kind_that_seldom_moves_on_is_no_bottleneck(
    more_ads: kl.GoalSet, language: str
) -> None:
    result = kl.Funnel.of(more_ads, as_of="2025-10-31")(kl.Dataset.of(more_ads))
    first = result.compared[0]
    assert first.fall is not None
    assert first.plain is not None
    assert first.plain.p_value < 0.001 < 0.05 < first.fall.p_value
    assert result.bottleneck is None
    table = result.against_past().table()
    assert table["past"][0] > table["rate"][0] + 0.1
    assert table["alike"][0] == pytest.approx(table["rate"][0], abs=0.03)
    with speaking(language):
        said = [each for each in result.remarks() if "Channel" in each]
    assert len(said) == 1
    assert all(part in said[0] for part in ("ads", "11%", "66%"))


def test_a_fall_of_every_kind_is_one_though_the_mix_shifts(
    more_ads: kl.GoalSet, tmp_path: Path
) -> None:
    path = tmp_path / "deals.csv"
    lost = pd.read_csv(path, dtype=str, keep_default_na=False)
    slack = (lost["a"] >= "2025-07-01") & (lost["id"].astype(int) % 3 == 0)
    lost.loc[slack, "b"] = ""
    lost.loc[slack, "state"] = "lost"
    lost.to_csv(path, index=False)
    result = kl.Funnel.of(more_ads, as_of="2025-10-31")(kl.Dataset.of(more_ads))
    assert result.bottleneck == "sql"
    assert result.shortfall is not None
    first = result.compared[0]
    assert result.shortfall.missing == pytest.approx(first.passed / 2, rel=0.25)
    with speaking("en"):
        assert "mix of Channel, size" in " ".join(result.remarks())


def test_a_dimension_that_the_data_lacks_is_left_to_the_rules(tmp_path: Path) -> None:
    worlds.write(tmp_path, worlds.deals())
    text = worlds.GOALS.replace("by: [channel, size]", "by: [channel, region]")
    (tmp_path / "goals.yaml").write_text(text)
    goals = kl.read(tmp_path / "goals.yaml")
    result = kl.Funnel.of(goals)(kl.Dataset.of(goals))
    assert result.compared[0].kinds == ("channel",)
