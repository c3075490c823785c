"""Great Expectations judges files, PostgreSQL and Spark alike, and never twice the same file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from secrets import token_hex

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpilint.analysis.records.quality import Quality, QualityResult
from kpilint.data import validation
from kpilint.data.dataset import Dataset
from kpilint.data.library import library
from kpilint.data.quality import suite_json, verdicts
from kpilint.data.suite import Asked, Verdict
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.goalfile import read

from .conftest import Workspace
from .servers import fill_postgres

Open = Callable[..., Dataset]
DAY = date(2026, 10, 1)
CSV = """deal_id,stage,amount,created_at,closed_at
D1,won,100,2026-01-05 10:00,2026-01-05
D2,won,-5,2026-01-06 10:00,2026-01-04
D2,lost,,2026-01-07 10:00,
007,WON,1万,2026-12-08 10:00,2026-12-09
"""
METRICS = """  sum: {source: t, agg: sum, column: amount, time: created_at}
  end: {source: t, agg: count, time: closed_at}"""


def judged(opened: Open, item: str, csv: str = CSV, keys: str = "key: deal_id") -> Verdict:
    data = opened(csv, f"path: t.csv, {keys}, expect: [{{{item}}}]", METRICS)
    (verdict,) = verdicts(data, data.goals.sources["t"], DAY)
    return verdict


def test_a_record_whose_key_is_blank_is_named_by_its_number(opened: Open) -> None:
    verdict = judged(opened, "not_null: deal_id", csv=CSV.replace("007", ""))
    assert verdict.examples == ("record 4",)


@pytest.mark.parametrize(
    ("item", "checked", "failed", "examples"),
    [
        ("unique: deal_id", 4, 2, ("D2",)),
        ("unique: [deal_id, stage]", 4, 0, ()),
        ("not_null: amount", 4, 1, ("D2",)),
        ("between: {column: amount, min: 0, max: 10000}", 3, 1, ("D2",)),
        ("between: {column: closed_at, max: 2026-01-04}", 3, 2, ("D1", "007")),
        ("in_set: {column: stage, values: [won, lost]}", 4, 1, ("007",)),
        ("in_set: {column: deal_id, values: [D1, D2, 007]}", 4, 0, ()),
        ("in_set: {column: amount, values: [100, -5, 1万]}", 3, 0, ()),
        ("regex: {column: deal_id, pattern: '^D[0-9]+$'}", 4, 1, ("007",)),
        ("in_order: [created_at, closed_at]", 3, 1, ("D2",)),
        ("not_future: created_at", 4, 1, ("007",)),
        ("expect_column_value_lengths_to_equal: {column: deal_id, value: 2}", 4, 1, ("007",)),
    ],
)
def test_records_are_judged(
    opened: Open, item: str, checked: int, failed: int, examples: tuple[str, ...]
) -> None:
    verdict = judged(opened, item)
    assert (verdict.reason, verdict.passed) == ("", failed == 0)
    assert (verdict.checked, verdict.failed, verdict.examples) == (checked, failed, examples)


@pytest.mark.parametrize(
    ("item", "passed", "observed"),
    [
        ("expect_column_mean_to_be_between: {column: amount, min_value: 9999}", False, 3365.0),
        ("expect_table_row_count_to_equal: {value: 4}", True, 4),
        ("expect_table_column_count_to_equal: {value: 5}", True, 5),
        ("expect_column_to_exist: {column: stage}", True, None),
        ("expect_column_to_exist: {column: nowhere}", False, None),
    ],
)
def test_values_and_headings_are_judged(
    opened: Open, item: str, passed: bool, observed: object
) -> None:
    verdict = judged(opened, item)
    assert (verdict.reason, verdict.passed, verdict.observed) == ("", passed, observed)
    assert verdict.share is None


def test_mostly_lets_some_be_otherwise(opened: Open) -> None:
    assert judged(opened, "not_null: amount, mostly: 0.75").passed
    assert not judged(opened, "not_null: amount, mostly: 0.76").passed


def test_without_a_key_records_are_numbered(opened: Open) -> None:
    verdict = judged(opened, "not_null: amount", keys="grain: day")
    assert verdict.examples == ("record 3",)


@pytest.mark.parametrize(
    ("item", "csv", "reason"),
    [
        ("unique: amuont", CSV, "The source t has no column amuont. Did you mean amount?"),
        ("between: {column: deal_id, min: 2}", CSV, "deal_id holds no numbers."),
        ("unique: deal_id", CSV.splitlines()[0] + "\n", "There are no records to judge by."),
        (
            "expect_column_values_to_match_like_pattern: {column: stage, like_pattern: w%}",
            CSV,
            "Great Expectations does not judge expect_column_values_to_match_like_pattern on such",
        ),
        (
            "expect_column_pair_values_a_to_be_greater_than_b: {column_A: stage, column_B: amount}",
            CSV,
            "stage and amount cannot be compared: one is read as text, the other as number.",
        ),
        (
            "expect_column_pair_values_to_be_equal: {column_A: closed_at, column_B: amount}",
            CSV,
            "closed_at and amount cannot be compared: one is read as date, the other as number.",
        ),
        (
            "expect_column_pair_values_a_to_be_greater_than_b: {column_A: stage, column_B: deal_id}",
            CSV,
            "stage is read as text, which has no order.",
        ),
        (
            "expect_column_values_to_be_increasing: {column: stage}",
            CSV,
            "stage is read as text, which has no order.",
        ),
        (
            "expect_column_values_to_match_strftime_format: {column: closed_at, strftime_format: '%Y'}",
            CSV,
            "closed_at is read as date, and how it was written is not kept.",
        ),
        (
            "expect_column_quantile_values_to_be_between: {column: amount, quantile_ranges: {a: 1}}",
            CSV,
            "Great Expectations could not tell: KeyError: 'quantiles'.",
        ),
        ("regex: {column: stage, pattern: 'a{2000}'}", CSV, "Great Expectations could not tell: "),
    ],
)
def test_what_cannot_be_told_is_a_sentence(opened: Open, item: str, csv: str, reason: str) -> None:
    verdict = judged(opened, item, csv)
    assert verdict.passed is None
    assert verdict.reason.startswith(reason)
    assert "Traceback" not in verdict.reason
    assert len(verdict.reason) < 400


def test_what_cannot_be_told_spoils_nothing_else(opened: Open) -> None:
    odd = "{expect_column_quantile_values_to_be_between: {column: amount, quantile_ranges: {a: 1}}}"
    keys = f"path: t.csv, expect: [{{unique: deal_id}}, {odd}, {{not_null: nowhere}}]"
    data = opened(CSV, keys, METRICS)
    found = verdicts(data, data.goals.sources["t"], DAY)
    assert [verdict.passed for verdict in found] == [False, None, None]


def test_a_pattern_that_explodes_elsewhere_ends_here(opened: Open) -> None:
    csv = "deal_id\n" + "".join(f"{'a' * 5000}{n}\n" for n in range(200))
    verdict = judged(opened, "regex: {column: deal_id, pattern: '^(a+)+$'}", csv, "grain: day")
    assert (verdict.checked, verdict.failed) == (200, 200)


def test_only_the_named_columns_of_many_are_looked_at(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    on_pandas = validation._on_pandas

    def spy(frame, asked, key):  # type: ignore[no-untyped-def]
        seen.append(list(frame.columns))
        return on_pandas(frame, asked, key)

    monkeypatch.setattr(validation, "_on_pandas", spy)
    csv = ",".join(f"c{n}" for n in range(300)) + "\n" + ",".join("1" * 300) + "\n"
    assert judged(opened, "unique: c7", csv, "key: c9").passed
    assert seen == [["c7", "c9"]]


def test_an_unchanged_file_is_not_judged_twice(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged(opened, "unique: deal_id")

    def never(*_arguments: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(validation, "validated", never)
    assert judged(opened, "unique: deal_id") == first
    with pytest.raises(AssertionError, match="judged again"):
        judged(opened, "unique: deal_id", CSV + "D9,won,1,2026-01-01,2026-01-01\n")
    with pytest.raises(AssertionError, match="judged again"):
        judged(opened, "unique: stage")


def test_without_the_library_there_is_a_sentence(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    with pytest.raises(Unavailable, match=r"install kpilint\[quality\]"):
        judged(opened, "unique: deal_id")


def test_the_library_is_loaded_only_to_judge() -> None:
    code = (
        "import sys, kpilint.data.quality, kpilint.rules.expected, kpilint.analysis.records.quality;"
        "print('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture
def result(opened: Open) -> QualityResult:
    expect = "[{unique: deal_id}, {not_null: <b>}, {not_null: stage}, {not_null: amount}]"
    data = opened(CSV, f"path: t.csv, key: deal_id, expect: {expect}", METRICS)
    return Quality.of(data.goals, as_of=DAY)(data)


def test_a_result_shows_itself(result: QualityResult) -> None:
    assert result.text() == (
        "The records are as expected in 1 of 4 points. Not so: deal_id is unique. "
        "Points that could not be checked: 1."
    )
    table = result.table()
    assert list(table.columns) == [
        *("source", "expectation", "column", "checked", "failed", "share", "passed", "examples"),
    ]
    assert table["failed"].to_list()[0] == 2
    assert not result.passed
    assert list(result.figure().data[0].x) == [0.5, 0, 0.25]  # what all fulfil is not drawn
    assert "<b>" not in result._repr_html_()
    assert result.remarks() == [
        "Could not check in t that <b> is filled in: The source t has no column <b>. "
        "It has deal_id, stage, amount, created_at, closed_at."
    ]


def test_a_file_that_is_missing_leaves_the_other_sources(opened: Open) -> None:
    more = "expect: [{unique: deal_id}]}\n  gone: {path: gone.csv, expect: [{unique: a}]"
    data = opened(CSV, f"path: t.csv, {more}", METRICS)
    result = Quality.of(data.goals, as_of=DAY)(data)
    assert [source for source, _verdict in result.found] == ["t"]
    assert result.remarks()[-1].startswith("gone: ") and not result.passed


def test_a_source_that_is_not_there_is_told(opened: Open) -> None:
    goals = opened(CSV).goals
    with pytest.raises(Misuse, match=r"There is no source “tt”\. Did you mean t\?"):
        Quality.of(goals, "tt")
    with pytest.raises(Misuse, match="Nothing is expected of any source"):
        Quality.of(goals)


def test_a_written_suite_is_read_again(opened: Open) -> None:
    expect = (
        "[{in_set: {column: stage, values: [=cmd(), '<b>']}, severity: info, mostly: 0.5}, "
        "{between: {column: amount, min: 0}}, {not_future: created_at}, {not_null: nowhere}]"
    )
    data = opened(CSV, f"path: t.csv, expect: {expect}", METRICS)
    told = json.loads(suite_json(data, data.goals.sources["t"], DAY))
    suite = library().ExpectationSuite(**told)
    kept = [json.loads(json.dumps(e.configuration.to_json_dict())) for e in suite.expectations]
    assert [e["kwargs"] for e in kept] == [
        {"column": "stage", "value_set": ["=cmd()", "<b>"], "mostly": 0.5},
        {"column": "amount", "min_value": 0.0},
        {"column": "created_at", "max_value": "2026-10-01T23:59:59.999999"},
        {"column": "nowhere"},
    ]
    assert [e["severity"] for e in kept] == ["info", "critical", "critical", "critical"]


def test_a_written_suite_holds_the_raw_export_to_what_is_expected(
    opened: Open, tmp_path: Path
) -> None:
    export = "レコードID,取引ステージ,金額,作成日\nD1,受注済,100,2026-01-05\nD1,won,-5,2027-01-05\nD3,謎,1,2026-01-07\n"
    keys = (
        "path: t.csv, preset: hubspot/deals, values: {stage: {受注済: won}}, expect: "
        "[{in_set: {column: stage, values: [won]}}, {between: {column: amount, min: 0}}, "
        "{unique: deal_id}, {not_future: created_at}, {expect_column_to_exist: {column: 金額}}]"
    )
    data = opened(export, keys)
    written = json.loads(suite_json(data, data.goals.sources["t"], DAY))
    gx = library()
    frame = pd.read_csv(tmp_path / "t.csv", parse_dates=["作成日"])
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("theirs").add_dataframe_asset("export")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    results = batch.validate(gx.ExpectationSuite(**written)).results
    failed = {
        r.expectation_config.meta["kpilint"]["form"]: r.result["partial_unexpected_list"]
        for r in results
        if not r.success
    }
    assert not any(r.exception_info.get("raised_exception") for r in results)
    assert failed.pop("not_future")
    assert failed == {"in_set": ["謎"], "between": [-5], "unique": ["D1", "D1"]}


def test_what_is_looked_up_elsewhere_is_not_expected_of_the_export(workspace: Workspace) -> None:
    goals = workspace(
        "sources:\n  a: {path: a.csv, join: [{source: b, on: k, fields: [f]}], "
        "expect: [{not_null: [k, f]}]}\n  b: {path: b.csv}\n",
        {"a.csv": "k\n1\n", "b.csv": "k,f\n1,2\n"},
    )
    with Dataset.of(goals) as data:
        written = json.loads(suite_json(data, goals.sources["a"], DAY))
    assert [e["kwargs"] for e in written["expectations"]] == [{"column": "k"}]


def test_the_sample_company_raises_nothing() -> None:
    sample = Path(__file__).parents[2] / "data_samples" / "goals.yaml"
    with Dataset.of(read(sample)) as data:
        found = [v for s in data.goals.sources.values() for v in verdicts(data, s, DAY)]
    assert len(found) > 10
    assert [v for v in found if not v.passed] == []


@pytest.fixture(params=["postgres", "spark"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The records in a database of their own engine; the keys of the source that reads them."""
    moments = {name: [datetime(2026, 1, 5, 10), datetime(2026, 1, 6, 10), None] for name in "be"}
    table = pa.table({"id": ["D:1", "D2", "D2"], "n": [1.5, -2.0, None], **moments})
    if request.param == "spark":
        request.getfixturevalue("spark_session")
        (tmp_path / "warehouse").mkdir()
        pq.write_table(table, tmp_path / "warehouse" / "deals.parquet")
        return "url: 'spark://local[2]/warehouse', table: deals"
    pytest.importorskip("sqlalchemy", reason="This machine lacks SQLAlchemy.")
    server, schema = request.getfixturevalue("postgres_server"), f"quality_{token_hex(4)}"
    fill_postgres(server, {"deals": table}, schema)
    secret = server.removeprefix("postgresql://").partition("@")[0].split(":")[1]
    monkeypatch.setenv("SECRET", secret)
    return f"url: '{server.replace(secret, '${SECRET}')}', table: {schema}.deals"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Spark's sockets
@pytest.mark.parametrize("key", ["key: id, ", ""])
def test_a_database_judges_its_own_records(
    stored: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect = (
        "[{unique: id}, {between: {column: n, min: 0}}, {not_null: n}, {in_order: [b, e]}, "
        "{in_set: {column: id, values: ['D:1']}}, {regex: {column: id, pattern: '^D[0-9]'}}, "
        "{not_null: nowhere}, {expect_table_column_count_to_equal: {value: 4}}]"
    )
    text = f"sources:\n  t: {{{stored}, {key}expect: {expect}}}\n"
    monkeypatch.setattr(validation, "_on_pandas", _only_headings)
    with Dataset.of(read(tmp_path / "goals.yaml", source=text)) as data:
        found = verdicts(data, data.goals.sources["t"], DAY)
    assert [(v.checked, v.failed) for v in found[:6]] == [
        *((3, 2), (2, 1), (3, 1), (2, 0), (3, 2), (3, 1)),
    ]
    assert [v.passed for v in found[6:]] == [None, True]
    assert {v.examples for v in found[:2]} == ({("D2",)} if key else {()})


def _only_headings(frame: pd.DataFrame, asked: list[Asked], key: str | None) -> list[Verdict]:
    assert len(frame) == 0, "records came out of the database"
    return _ON_PANDAS(frame, asked, key)


_ON_PANDAS = validation._on_pandas
