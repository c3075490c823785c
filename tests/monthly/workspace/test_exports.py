"""``kpilint init --from``: what is guessed from exports, and that the draft can be linted."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

import kpilint as kl
from kpilint.cli import kpilint
from kpilint.errors import FileProblem
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import speaking
from kpilint.monthly.workspace.scaffold import drafted

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "data_samples"
SHARED = ROOT.parent / "shared" / "data"
Rows = Iterable[Iterable[object]]
Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write an export and give its folder."""

    def written(name: str, rows: Rows, encoding: str = "utf-8") -> Path:
        path = tmp_path / "exports" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path.parent

    return written


def draft(tmp_path: Path, exports: Path, language: str = "en") -> tuple[GoalSet, list[str]]:
    with speaking(language):
        (path, *_others), guesses = drafted(tmp_path / "client", exports, language)
    goals = kl.read(path)
    assert not goals.faults
    return goals, guesses


def deals(months: Iterable[int] = range(1, 10)) -> Rows:
    """A HubSpot export: D1 is won, D2 lost, D3 open, and so on."""
    yield ["レコードID", "取引名", "取引ステージ", "金額", "作成日", "クローズ日", "取引担当者",
           "「提案 (営業)」に入った日付", "「リード (営業)」に入った日付"]  # fmt: skip
    for month in months:
        for n, stage in enumerate(("受注", "失注", "提案")):
            closed = f"2026-{month:02}-20" if n < 2 else ""
            day = f"2026-{month:02}"
            yield [f"D{month}{n}", "取引", stage, "1,200,000", f"{day}-01", closed, "佐藤",
                   f"{day}-09", f"{day}-02"]  # fmt: skip


def test_deals_of_a_crm(tmp_path: Path, put: Put) -> None:
    goals, guesses = draft(tmp_path, put("取引.csv", deals(), "cp932"))
    source, funnel = goals.sources["deals"], goals.funnels["sales"]
    assert source.preset == "hubspot/deals" and source.key == "deal_id"
    assert source.values["stage"] == {
        "受注": "won",
        "失注": "lost",
        "提案": "proposal",
        "リード": "lead",
    }
    assert [s.name for s in funnel.stages] == ["lead", "proposal", "won"]  # by date, not by column
    assert any("lead → proposal → won" in said for said in guesses)
    with kl.Dataset.of(goals) as data:
        table = kl.Funnel.of(goals, "sales")(data).table()
    assert list(table["reached"]) == [27, 27, 9]


def test_files_of_one_a_month_are_one_source(tmp_path: Path, put: Put) -> None:
    for month in (4, 5, 6):
        exports = put(f"deals_2026-{month:02}.csv", deals([month]))
    put("deals_summary.csv", [["a", "b"], ["x", 1]])
    goals, _ = draft(tmp_path, exports)
    assert [s.path for s in goals.sources.values()] == [
        "../exports/deals_*.csv",
        "../exports/deals_summary.csv",
    ]


def test_deals_of_no_known_crm(tmp_path: Path, put: Put) -> None:
    rows = [["no.", "status", "Closing Date", "opened", "Amount"]]
    rows += [
        [f"{n}", "Won" if n % 2 else "Lost", "2026-05-09", "2026-04-01", "$9"] for n in range(9)
    ]
    goals, _ = draft(tmp_path, put("pipeline.csv", rows))
    assert goals.sources["pipeline"].columns == {"stage": "status"}
    assert [s.entered for s in goals.funnels["sales"].stages] == ["opened", "Closing Date"]
    assert goals.metrics["won_revenue"].column == "Amount"


def test_a_log_of_stages(tmp_path: Path, put: Put) -> None:
    rows: list[list[object]] = [["case", "activity", "timestamp"]]
    for n in range(40):
        steps = (
            ["opened", "quoted", "signed", "lost"] if n % 4 else ["opened", "typo"][: 1 + (n == 0)]
        )
        rows += [[f"C{n}", step, f"2026-0{place + 1}-01 09:00"] for place, step in enumerate(steps)]
    goals, _ = draft(tmp_path, put("log.csv", rows))
    funnel = goals.funnels["log"]
    assert (funnel.record, funnel.stage, funnel.entered) == ("case", "activity", "timestamp")
    assert [s.name for s in funnel.stages] == ["opened", "quoted", "signed"]
    assert funnel.lost and funnel.lost.values == ("lost",)


def test_two_crms_do_not_share_names(tmp_path: Path, put: Put) -> None:
    put("hubspot.csv", deals())
    head = ["商談 ID", "商談名", "フェーズ", "金額", "完了予定日", "作成日", "商談所有者"]
    rows = [[f"S{n}", "商", "受注", "9", "2026-05-01", "2026-04-01", "鈴木"] for n in range(9)]
    goals, _ = draft(tmp_path, put("salesforce.csv", [head, *rows]))
    assert set(goals.funnels) == {"sales", "opportunity_sales"}
    rate = goals.metrics["opportunity_win_rate"]
    assert rate.numerator == "opportunity_won_count"
    assert goals.metrics["opportunity_won_count"].stage == "opportunity_sales.won"


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("1,200,000", "JPY", "taken to be in JPY"),
        ("￥1,200", "JPY", "in JPY, as the data says"),
        ("$22,700.00", "USD", "in USD, as the data says"),
    ],
)
def test_the_currency_of_the_amounts(
    tmp_path: Path, put: Put, amount: str, unit: str, said: str
) -> None:
    rows = [[amount if cell == "1,200,000" else cell for cell in row] for row in deals()]
    goals, guesses = draft(tmp_path, put("a.csv", rows))
    assert {goals.metrics[name].unit for name in ("won_revenue", "unit_price")} == {unit}
    assert any(said in guess for guess in guesses)


def test_amounts_in_several_currencies(tmp_path: Path, put: Put) -> None:
    head, *rows = deals()
    rows = [[*row, "USD" if n % 3 else "円"] for n, row in enumerate(rows)]
    goals, guesses = draft(tmp_path, put("a.csv", [[*head, "通貨"], *rows]))
    assert goals.metrics["won_revenue"].unit == "USD"
    assert any("several currencies, USD, JPY" in guess for guess in guesses)


def test_invoices_with_a_key_are_counted_and_summed(tmp_path: Path, put: Put) -> None:
    rows: list[list[object]] = [
        ["請求書番号", "取引先", "請求日", "請求金額", "数量", "税率", "担当者"]
    ]
    rows += [
        [f"INV-{n}", "甲社", f"2026/05/{n:02}", f"¥{n},000" if n > 1 else "N/A", n, "10%", "佐藤"]
        for n in range(1, 16)
    ]
    goals, guesses = draft(tmp_path, put("invoices.csv", rows))
    summed = {m.label: (m.column, m.unit) for m in goals.metrics.values() if m.agg == "sum"}
    assert summed == {"請求金額": ("請求金額", "JPY"), "数量": ("数量", None)}
    assert goals.metrics["invoices_count"].agg == "count"
    assert any("in JPY" in said for said in guesses)


def test_what_no_preset_is_for_is_not_taken_for_a_lead(tmp_path: Path, put: Put) -> None:
    head = ["Id", "WhoId", "Subject", "Status", "ActivityDate", "OwnerId", "CreatedDate"]
    rows = [[f"T{n}", "W", "Call", "Completed", "2026-05-01", "O", "2026-05-01"] for n in range(9)]
    goals, _ = draft(tmp_path, put("Task.csv", [head, *rows]))
    assert goals.sources["task"].preset is None and not goals.funnels
    assert [m.nature for m in goals.metrics.values()] == ["activity"]


def test_a_flag_is_no_record(tmp_path: Path, put: Put) -> None:
    rows = [[n, "TRUE" if n % 2 else "FALSE", f"2026-05-{n:02}"] for n in range(1, 16)]
    goals, _ = draft(tmp_path, put("a.csv", [["stage_id", "deleted", "synced"], *rows]))
    assert not goals.funnels


def test_hostile_headings_and_cells_stay_text(tmp_path: Path, put: Put) -> None:
    head = ["id", "day", '=cmd()|"x": {y', "a\nb# kpilint: ignore ALL -- x"]
    rows = [[f"{n}", "2026-05-01", n, "'; DROP TABLE x"] for n in range(9)]
    goals, _ = draft(tmp_path, put("a # kpilint: ignore ALL -- x.csv", [head, *rows]))
    assert not goals.excuses and len(goals.sources) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("deals.xlsx", b"PK\x03\x04 cut", "deals.xlsx"),
        ("zip.csv", b"PK\x03\x04 zip", "Excel/ZIP"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_passed_over(
    tmp_path: Path, put: Put, name: str, content: bytes, said: str
) -> None:
    exports = put("a.csv", deals())
    (exports / name).write_bytes(content)
    goals, guesses = draft(tmp_path, exports)
    assert list(goals.sources) == ["deals"]
    assert any(guess.startswith(f"{name}: ") and said in guess for guess in guesses)


def test_nothing_to_draft_from(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="holds no exports"):
        drafted(tmp_path / "client", tmp_path, "en")
    with pytest.raises(FileProblem, match="cannot be read"):
        drafted(tmp_path / "client", tmp_path / "nowhere", "en")
    assert not (tmp_path / "client").exists()


def test_a_goals_file_is_never_overwritten(tmp_path: Path, put: Put) -> None:
    exports = put("a.csv", deals())
    draft(tmp_path, exports)
    with pytest.raises(FileProblem, match="there already"):
        drafted(tmp_path / "client", exports, "en")


def test_the_sample_company_is_understood(tmp_path: Path) -> None:
    goals, _ = draft(tmp_path, SAMPLE, "ja")
    assert set(goals.funnels) == {"sales", "contacts"}
    with kl.Dataset.of(goals) as data:
        table = kl.Funnel.of(goals, "sales")(data).table().set_index("stage")["reached"]
        found = kl.lint(goals, data, as_of="2026-10-31")
    assert [table[s] for s in ("lead", "mql", "sql", "opportunity", "won")] == [
        11459,
        5511,
        2841,
        1765,
        882,
    ]
    # A draft has no goals yet, and definitions and units are for people to say.
    assert {f.code for f in found} <= {"R001", "S003", "S004", "D006", "D009"}
    assert not found.unchecked


def counted(file: Path, column: str, value: str, record: str) -> int:
    """How many records have ``value``, read without this software."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return len({row[record] for row in csv.DictReader(lines) if row[column] == value})


@pytest.mark.skipif(not SHARED.is_dir(), reason="the third-party data is not beside the checkout")
@pytest.mark.parametrize(
    ("file", "funnel", "stage", "counting"),
    [
        ("crm_opportunities/sales_pipeline.csv", "sales", "won", ("deal_stage", "Won", "opportunity_id")),
        ("event_logs/helpdesk.csv", "helpdesk", "Assign seriousness",
         ("activity", "Assign seriousness", "case")),
        ("crm_demo/potentials.csv", "sales", "won", ("Stage", "Closed Won", "LEADID")),
    ],
)  # fmt: skip
def test_third_party_exports(
    tmp_path: Path, file: str, funnel: str, stage: str, counting: tuple[str, str, str]
) -> None:
    goals, _ = draft(tmp_path, (SHARED / file).parent)
    with kl.Dataset.of(goals) as data:
        table = kl.Funnel.of(goals, funnel)(data).table().set_index("stage")
    assert table.loc[stage, "reached"] == counted(SHARED / file, *counting)


def test_the_command_says_what_it_guessed(tmp_path: Path, put: Put) -> None:
    exports = put("a.csv", deals())
    run = CliRunner()
    done = run.invoke(
        kpilint, ["init", str(tmp_path / "c"), "--from", str(exports), "--lang", "ja"]
    )
    assert done.exit_code == 0, done.output
    assert "hubspot/dealsと判断" in done.stderr
    assert done.stdout.split() == [
        str(tmp_path / "c" / name)
        for name in ("goals.yaml", "goals.schema.json", "metrics.yaml", ".gitignore")
    ]
    told = run.invoke(
        kpilint,
        ["init", str(tmp_path / "e"), "--from", str(exports), "--lang", "ja", "--format", "json"],
    )
    kept = json.loads(told.stdout)
    assert kept["written"][0] == str(tmp_path / "e" / "goals.yaml")
    assert any("hubspot/dealsと判断" in note for note in kept["notes"])
    assert told.stderr == ""
    both = ["init", str(tmp_path / "d"), "--from", str(exports), "--template", "sales"]
    assert run.invoke(kpilint, both).exception is not None
