"""The audit: what records lack of what goals need, counted where it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.records.audit import Audit, AuditResult
from kpilint.errors import Misuse
from kpilint.i18n import speaking

GOALS = """
language: en
sources: {deals: {path: deals.csv, key: id}}
metrics:
  won: {label: Won revenue, source: deals, agg: sum, column: amount, where: stage = 'won', time: closed, person: owner, unit: JPY}
  opened: {label: Opened, source: deals, agg: count, time: opened, unit: count}
  sized: {label: Sized, source: deals, agg: sum, column: size, time: opened, unit: count}
  rate: {label: Rate, numerator: won, denominator: opened}
goals:
  - {id: a, label: Revenue, metric: won}
  - {id: b, label: Our rate, metric: rate}
"""  # noqa: E501
HEAD = "id,stage,amount,opened,closed,owner,size\n"
ROWS = {
    "D1": "won,100,2026-08-01,2026-09-01,Sato,1",
    "D2": "won,,2026-08-01,2026-09-02,Sato,1",
    "D3": "won,oops,2026-08-01,2026-10-02,Abe,1",
    "D4": "won,100,2026-08-01,,Abe,1",
    "D5": "open,,2026-08-01,,,1",
    "D6": "open,,2026-08-01,,,1",
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def audit(folder: Path, rows: dict[str, str] = ROWS, **how: str) -> AuditResult:
    text = HEAD + "".join(f"{key},{row}\n" for key, row in rows.items())
    (folder / "deals.csv").write_text(text, encoding="utf-8")
    goals = kl.read(folder / "goals.yaml", source=GOALS)
    with kl.Dataset.of(goals) as data:
        return Audit.of(goals, as_of="2026-10-31", **how)(data)


def row(result: AuditResult, column: str) -> dict[str, object]:
    table = result.table().set_index("column")
    return {str(name): value for name, value in table.loc[column].items()}


def test_blanks_count_where_the_metric_needs_the_value(tmp_path: Path) -> None:
    amount = row(audit(tmp_path), "amount")
    # Of four that were won one has no date; open deals need no amount.
    assert (amount["records"], amount["missing"], amount["unreadable"]) == (3, 2, 1)
    assert amount["goals"] == "Revenue, Our rate"


def test_a_win_without_a_date_counts_in_no_period(tmp_path: Path) -> None:
    closed = row(audit(tmp_path), "closed")
    assert (closed["records"], closed["missing"]) == (4, 1)


def test_the_worst_column_is_told_first_with_its_goals(tmp_path: Path) -> None:
    result = audit(tmp_path)
    assert result.worst is not None and result.worst.name == "amount"
    assert result.text() == (
        "amount of deals is blank in 2 of 3 records behind “Won revenue” (67%). "
        "It touches: Revenue, Our rate."
    )


def test_by_month_and_by_person(tmp_path: Path) -> None:
    result = audit(tmp_path)
    assert result.by_month().loc["deals · amount"].dropna().tolist() == [0.5, 1.0]
    people = result.by_person()
    assert list(people.index) == ["Person 1", "Person 2"]
    assert list(result.by_person(names=True).index) == ["Abe", "Sato"]
    assert people["deals · amount"].tolist() == [1.0, 0.5]
    assert "deals · owner" not in people  # who enters nobody cannot be told by person


def test_a_reader_sees_only_who_leaves_blanks(tmp_path: Path) -> None:
    rows = {"D1": ROWS["D1"], "D3": ROWS["D3"]}
    assert audit(tmp_path, rows).people(names=True).to_dict() == {"deals · amount": {"Abe": "100%"}}


def test_records_of_nobody_stand_last(tmp_path: Path) -> None:
    rows = {**ROWS, "D7": "won,1,2026-08-01,2026-09-01,,1"}
    assert list(audit(tmp_path, rows).by_person().index) == ["Person 1", "Person 2", "Nobody"]


def test_keys_that_repeat_are_a_remark(tmp_path: Path) -> None:
    rows = {key: ROWS[key] for key in ROWS}
    text = HEAD + "".join(f"{key},{value}\n" for key, value in [*rows.items(), ("D1", rows["D1"])])
    (tmp_path / "deals.csv").write_text(text + ",won,1,2026-08-01,2026-09-01,Abe,1\n", "utf-8")
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with kl.Dataset.of(goals) as data:
        (remark,) = Audit.of(goals, as_of="2026-10-31")(data).remarks()
    assert remark == "deals: of 8 records, 1 repeats the id of another and 1 has none."


def test_nothing_lacks(tmp_path: Path) -> None:
    result = audit(tmp_path, {"D1": ROWS["D1"]})
    assert result.worst is None and "filled in every record" in result.text()
    assert result.readable().empty


def test_a_column_that_is_missing_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,stage,opened,size\nD1,won,2026-08-01,\n", "utf-8")
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with kl.Dataset.of(goals) as data:
        result = Audit.of(goals, as_of="2026-10-31")(data)
    assert [c.name for c in result.columns] == ["opened", "size"]
    assert any("Won revenue" in remark for remark in result.remarks())


def test_no_data_at_all(tmp_path: Path) -> None:
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with kl.Dataset.of(goals) as data:
        result = Audit.of(goals, as_of="2026-10-31")(data)
    assert not result.columns and "there is no such file" in result.remarks()[0]
    assert "could be looked at" in result.text()
    result.figure()


def test_an_empty_table(tmp_path: Path) -> None:
    result = audit(tmp_path, {})
    assert result.worst is None
    result.figure()


def test_the_figure_draws_the_table_and_escapes_names(tmp_path: Path) -> None:
    (heat,) = audit(tmp_path).figure().data
    assert [round(v) for v in heat.z[list(heat.y).index("deals · amount")] if v == v] == [50, 100]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"source": "deal"}, "Did you mean deals"),
        ({"months": "x"}, "x"),
        ({"as_of": "soon"}, "soon"),
    ],
)
def test_what_cannot_be_understood(tmp_path: Path, how: dict[str, str], said: str) -> None:
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with pytest.raises(Misuse, match=said):
        Audit.of(goals, **{"as_of": "2026-10-31", **how})


def test_a_stage_that_a_record_has_not_come_to_is_no_gap(tmp_path: Path) -> None:
    goals = """
language: en
sources: {deals: {path: deals.csv}}
funnels:
  sales:
    source: deals
    record: id
    stages: [{name: lead, entered: opened}, {name: sql, entered: sql}, {name: won, entered: closed, where: stage = 'won'}]
metrics:
  sized: {label: Big SQLs, source: deals, agg: count, where: size = 1, time: sql, unit: count}
  waits: {label: Wait, source: deals, agg: mean, column: "hours_between(opened, sql)", time: opened, unit: hours}
  won: {label: Won, source: deals, agg: count, where: stage = 'won', time: closed, unit: count}
"""  # noqa: E501
    rows = ("won,2026-08-01,2026-08-02,,1", "open,2026-08-01,,,1", "open,2026-08-01,,,1")
    text = "id,stage,opened,sql,closed,size\n" + "".join(f"{n},{r}\n" for n, r in enumerate(rows))
    (tmp_path / "deals.csv").write_text(text, encoding="utf-8")
    read = kl.read(tmp_path / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data:
        result = Audit.of(read, as_of="2026-10-31")(data)
    assert [(c.name, c.missing, c.records) for c in result.columns if c.missing] == [
        ("closed", 1, 1)
    ]
    assert result.remarks() == [
        "Left out of deals: sql. A blank there says that a record has not come to that stage yet."
    ]


def test_the_figure_is_titled_after_a_column_that_it_shows(tmp_path: Path) -> None:
    rows = {f"E{n}": "won,100,2026-08-01,,Abe,1" for n in range(20)}  # they lack what dates them
    result = audit(tmp_path, {**ROWS, **rows})
    assert result.worst is not None and result.worst.name == "closed"
    assert result.figure().layout.title.text.count("amount is blank in 67%") == 1
