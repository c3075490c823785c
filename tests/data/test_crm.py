"""Columns by any of their names: presets, stage columns, `columns:`, did-you-mean, `values:`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from kpilint.data.crm import presets, recognised
from kpilint.data.dataset import Dataset
from kpilint.data.headings import Headings, unique
from kpilint.errors import ColumnMissing, SourceProblem

from .conftest import rows

Open = Callable[..., Dataset]

CANONICAL = {
    "hubspot/deals": [
        ("hs_object_id,dealname,dealstage,pipeline,amount,closedate,createdate,hubspot_owner_id",
         "deal_id name stage pipeline amount created_at closed_at owner"),
        ("Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Deal owner",
         "deal_id name stage pipeline amount created_at closed_at owner"),
        ("レコードID,取引名,取引ステージ,パイプライン,金額,クローズ日,作成日,取引担当者",
         "deal_id name stage pipeline amount created_at closed_at owner"),
    ],
    "hubspot/contacts": [
        ("hs_object_id,createdate,lifecyclestage,hs_lifecyclestage_marketingqualifiedlead_date",
         "contact_id created_at lifecycle_stage mql_at"),
        ("レコードID,作成日,ライフサイクルステージ,MQL（マーケティングクオリファイドリード）になった日付",
         "contact_id created_at lifecycle_stage mql_at"),
    ],
    "hubspot/tickets": [
        ("チケットID,作成日,クローズ日,チケット担当者", "ticket_id created_at closed_at owner"),
    ],
    "salesforce/opportunity": [
        ("Id,Name,StageName,Amount,CloseDate,Probability,ExpectedRevenue,OwnerId,LeadSource,Account.Name",
         "deal_id name stage amount closed_at owner probability expected_revenue source account"),
        ("Opportunity Name,Stage,Amount Currency,Amount,Close Date,Probability (%),"
         "Opportunity Owner",
         "name stage amount currency closed_at owner probability"),
        ("商談名,フェーズ,金額,完了予定日,確度 (%),期待収益,商談所有者,リードソース,取引先名",
         "name stage amount closed_at owner probability expected_revenue source account"),
    ],
    "salesforce/opportunity_history": [
        ("OpportunityId,StageName,Amount,CloseDate,Probability,ForecastCategory,CreatedDate,CreatedById,"
         "PrevAmount,PrevCloseDate",
         "deal_id stage entered_at amount closed_at probability owner previous_amount "
         "previous_closed_at ForecastCategory"),
    ],
    "salesforce/lead": [
        ("Id,CreatedDate,Status,OwnerId,LeadSource,Company",
         "contact_id created_at lifecycle_stage owner source company"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "headings", "names"),
    [(preset, *case) for preset, cases in CANONICAL.items() for case in cases],
)
def test_presets(opened: Open, preset: str, headings: str, names: str) -> None:
    data = opened(headings + "\n", f"path: t.csv, preset: {preset}")
    assert list(data.columns("t")) == names.split()


@pytest.mark.parametrize(
    ("preset", "headings"), [(p, case[0]) for p, cases in CANONICAL.items() for case in cases]
)
def test_an_export_tells_its_preset(preset: str, headings: str) -> None:
    assert recognised(headings.split(",")) in (preset, None)


@pytest.mark.parametrize(
    ("headings", "preset"),
    [
        ("Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,CreatedDate", None),
        ("Id,Subject,Status,OwnerId,CreatedDate,ActivityDate", None),
        ("Id,CaseNumber,Subject,Status,Origin,OwnerId,CreatedDate,ClosedDate", None),
        ("Id,AccountId,FirstName,LastName,Email,Title,OwnerId,LeadSource,CreatedDate", None),
        ("Id,Name,Type,Status,StartDate,EndDate,BudgetedCost,OwnerId,CreatedDate", None),
        ("Id,Name,Type,Industry,AnnualRevenue,OwnerId,CreatedDate", None),
        ("Id,FirstName,LastName,Company,Status,Email,Title,LeadSource,OwnerId,CreatedDate",
         "salesforce/lead"),
        ("Id,Company,Status,OwnerId,CreatedDate", "salesforce/lead"),
        ("Id,IsDeleted,AccountId,Name,StageName,Amount,Type,LeadSource,IsClosed,IsWon,OwnerId,CreatedDate",
         "salesforce/opportunity"),
        ("Id,OpportunityId,StageName,Amount,ExpectedRevenue,CloseDate,Probability,CreatedDate,IsDeleted",
         "salesforce/opportunity_history"),
        ("name,industry,phone,website,type,createdate,hubspot_owner_id,hs_object_id,annualrevenue",
         "hubspot/companies"),
    ],
)  # fmt: skip
def test_records_are_not_taken_for_others(headings: str, preset: str | None) -> None:
    assert recognised(headings.split(",")) == preset


def test_every_preset_has_a_key_column() -> None:
    assert "hubspot/companies" in presets()
    assert len(presets()) == 7


def test_naming_presets_reads_no_data_library() -> None:
    code = (
        "import sys; from kpilint.data.crm import presets; import kpilint.data.dataset; presets();"
        "print([m for m in ('ibis', 'pandas', 'duckdb', 'sqlglot') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_kinds_come_with_the_preset(opened: Open) -> None:
    data = opened(
        "金額,作成日,レコードID,取引名,「MQL (営業)」に入った日付\n"
        '"1,000",2026/1/5,007,x,2026-02-01\n',
        "path: t.csv, preset: hubspot/deals",
    )
    types = {name: str(kind) for name, kind in data.table("t").schema().items()}
    assert types == {
        "deal_id": "string", "name": "string", "amount": "float64",
        "created_at": "timestamp(6)", "entered_MQL": "timestamp(6)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("hs_v2_date_entered_appointmentscheduled", "entered_appointmentscheduled"),
        ("hs_v2_date_exited_12345", "exited_12345"),
        ('"Date entered ""Closed Won (Sales Pipeline)"""', "entered_won"),
        ('"Date exited ""Demo (A) (Sales)"""', "exited_Demo (A)"),
        ("「受注 (営業パイプライン)」に入った日付", "entered_won"),
        ("「商談（営業パイプライン）」を開始した日付", "entered_商談"),
        ("「商談」を終了した日付", "exited_商談"),
        ("「商談 (営業)」を出た日付", "exited_商談"),
    ],
)
def test_stage_columns(opened: Open, heading: str, name: str) -> None:
    keys = "path: t.csv, preset: hubspot/deals, values: {stage: {受注: won, closed won: won}}"
    assert opened(f"{heading},x\n", keys).columns("t")[0] == name


def test_stages_of_one_name_in_two_pipelines_stay_apart(opened: Open) -> None:
    data = opened(
        "「受注 (新規)」に入った日付,「受注 (更新)」に入った日付\n",
        "path: t.csv, preset: hubspot/deals",
    )
    assert data.columns("t") == ("entered_受注 (新規)", "entered_受注 (更新)")
    with pytest.raises(ColumnMissing, match="Did you mean entered_受注"):
        data.resolve("t", "entered_受注")


def test_columns_win_over_the_preset(opened: Open) -> None:
    keys = "path: t.csv, preset: hubspot/deals, columns: {amount: 見込み, owner: 担当}"
    data = opened("金額,見込み,担当\n1,2,x\n", keys)
    assert data.columns("t") == ("amount", "owner", "金額")
    assert rows(data) == [{"amount": 2.0, "owner": "x", "金額": "1"}]


@pytest.mark.parametrize("written", ["amount", "AMOUNT", "金額", " 金額 ", "Ａｍｏｕｎｔ"])
def test_a_column_is_found_by_any_of_its_names(opened: Open, written: str) -> None:
    data = opened("金額,x\n", "path: t.csv, preset: hubspot/deals")
    assert data.resolve("t", written) == "amount"


@pytest.mark.parametrize(
    ("column", "near"),
    [
        ("amonut", "amount"),
        ("Closing Dat", "Closing Date"),
        ("クローズ日付", "クローズ日"),
        ("zzz", None),
    ],
)
def test_missing_columns(opened: Open, column: str, near: str | None) -> None:
    data = opened("金額,Closing Date,クローズ日\n", "path: t.csv, preset: hubspot/deals")
    with pytest.raises(ColumnMissing) as problem:
        data.resolve("t", column)
    assert problem.value.near == near
    assert problem.value.column == column
    assert (f"Did you mean {near}?" if near else "It has amount, closed_at, ") in str(problem.value)


def test_a_declared_heading_that_is_not_there(opened: Open) -> None:
    data = opened("担当者,x\n", "path: t.csv, columns: {owner: 取引担当者}")
    with pytest.raises(ColumnMissing, match=r"no column 取引担当者\. Did you mean 担当者\?"):
        data.resolve("t", "owner")


def test_a_message_stays_short_whatever_the_headings(opened: Open) -> None:
    data = opened(",".join(f"{n}{'x' * 5_000}" for n in range(300)) + "\n")
    with pytest.raises(ColumnMissing) as problem:
        data.resolve("t", "y" * 5_000)
    assert len(str(problem.value)) < 1_200


def test_values_are_told_by_any_spelling(opened: Open) -> None:
    keys = "path: t.csv, columns: {stage: ステージ}, values: {stage: {契約済: won, ｌｏｓｔ: lost}}"
    data = opened("ステージ,x\n契約済,1\n 契約済 ,2\nＬＯＳＴ,3\n交渉,4\n,5\n", keys)
    assert [r["stage"] for r in rows(data)] == ["won", "won", "lost", "交渉", None]


def test_an_unknown_preset_lists_those_that_are(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="there are hubspot/deals"):
        opened("a\n", "path: t.csv, preset: siebel").columns("t")


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        (["a", "A", "ａ"], ("a", "A_1", "ａ_2")),
        (["x", "x_1", "x"], ("x", "x_1", "x_2")),
        (["", " ", "b "], ("column_1", "column_2", "b")),
    ],
)
def test_unique(headings: list[str], names: tuple[str, ...]) -> None:
    assert unique(headings) == names


def test_a_heading_gives_way_to_a_canonical_name() -> None:
    headings = Headings.of("t", ["amount", "見込み"], {"amount": "見込み"}, {})
    assert dict(headings.columns) == {"amount": "見込み", "amount_1": "amount"}
