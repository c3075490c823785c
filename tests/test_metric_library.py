"""The metric library: clean on paper, alike in both languages, and right to the last yen."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.measure import value
from kpilint.goals.goalfile import GoalSet, read
from kpilint.i18n import LANGUAGES
from kpilint.linter import lint

ROOT = Path(__file__).parents[1]
SHELF = ROOT / "templates" / "metrics"
START, END = date(2026, 4, 1), date(2026, 6, 30)

EXPORTS = {
    "contacts": """レコードID,作成日,会社名,MQLになった日付,SQLになった日付,コンタクト担当者
1,2026-04-01,A社,2026-04-02,2026-04-09,佐藤
2,2026-04-02,A社,2026-04-03,,佐藤
3,2026-05-01,B社,2026-05-02,2026-05-20,髙田
4,2026-05-09,C社,,,髙田
5,2026-05-10,C社,2026-05-12,,髙田
6,2026-03-31,D社,,,髙田""",
    "deals": """レコードID,取引ステージ,金額,作成日,クローズ日,取引担当者,会社名,オリジナルソース,\
「SQL」に入った日付,「アポイント設定」に入った日付,「有効商談」に入った日付,予算,決裁者,課題,導入時期,競合
1,成約,3000000,2026-04-01,2026-05-01,佐藤,A社,広告,2026-04-01,2026-04-03,2026-04-10,有,部長,在庫,秋,X社
2,成約,1000000,2026-04-01,2026-06-01,佐藤,A社,紹介,2026-04-02,2026-04-05,2026-04-20,有,部長,在庫,秋,
3,成約,2000000,2026-04-01,2026-06-30,髙田,B社,広告,2026-04-03,,2026-05-20,有,,在庫,秋,X社
4,失注,9000000,2026-04-01,2026-06-30,髙田,C社,広告,2026-05-03,2026-05-20,2026-05-21,有,社長,人手,春,Y社
5,商談中,,2026-06-20,,髙田,D社,広告,2026-06-25,,,,,,,""",
    "ads": "日付,費用\n2026-04-30,400000\n2026-05-31,600000\n2026-07-31,900000",
    "costs": "計上日,費用\n2026-04-30,500000\n2026-06-30,1500000",
    "invoices": """請求書番号,支払期日,入金日,請求金額
1,2026-04-30,2026-04-28,3000000
2,2026-05-31,2026-06-05,1000000
3,2026-06-30,,1000000""",
    "contracts": """契約番号,会社名,更新日,更新結果,年間契約金額,年間粗利
1,A社,2026-04-30,更新,1000000,600000
2,B社,2026-05-31,更新,1000000,400000
3,C社,2026-05-31,更新,1000000,500000
4,D社,2026-06-30,解約,1000000,500000""",
    "tickets": """チケットID,ステータス,作成日,初回応答日時,クローズ日,チケット担当者
1,解決,2026-04-01 09:00,2026-04-01 10:00,2026-04-02 09:00,近藤
2,解決,2026-05-01 09:00,2026-05-01 12:00,2026-05-02 09:00,近藤
3,解決,2026-06-01 09:00,2026-06-01 11:00,2026-06-02 09:00,近藤""",
    "surveys": "回答番号,回答日,推奨度\n1,2026-04-01,10\n2,2026-04-02,9\n3,2026-04-03,8\n4,2026-04-04,6",
    "web_visits": """日付,会社名,ページ種別
2026-04-01,A社,キーページ
2026-04-01,B社,その他
2026-04-02,A社,その他
2026-05-01,C社,その他
2026-05-02,D社,キーページ""",
}
TRUTH = {
    "leads_by_person": 5,
    "leads_by_company": 3,
    "mql_to_sql": 2 / 4,
    "cpl": 1_000_000 / 5,
    "cac": 3_000_000 / 2,
    "roas": 5_000_000 / 1_000_000,
    "roi": (6_000_000 - 3_000_000) / 3_000_000,
    "cltv": 500_000 / (1 / 4),
    "appointment_rate": 3 / 4,  # the fifth came too late to count
    "bantc_capture": 2 / 4,
    "collection_rate": 3 / 5,
    "first_response_time": 2,
    "net_promoter_score": 1 / 4,
    "key_page_reach": 2 / 4,
}


def library(language: str) -> GoalSet:
    return read(SHELF / f"{language}.yaml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_raises_nothing_but_that_there_are_no_goals(language: str) -> None:
    assert [f.code for f in lint(library(language), as_of=date(2026, 7, 1))] == ["R001"]


def test_both_languages_define_the_same() -> None:
    shapes = [
        (
            [(s.name, s.preset, s.key, *s.columns) for s in goals.sources.values()],
            [
                (m.name, m.form, m.agg, m.column, m.time, m.formula, m.parts, m.unit, m.better)
                for m in goals.metrics.values()
            ],
        )
        for goals in map(library, LANGUAGES)
    ]
    assert shapes[0] == shapes[1]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> GoalSet:
    """The library beside the exports of a client whose numbers can be added up by hand."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "data").mkdir()
    for name, text in EXPORTS.items():
        (folder / "data" / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    path = folder / "goals.yaml"
    path.write_text((SHELF / "ja.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("name", TRUTH)
def test_a_metric_is_what_its_definition_says(client: GoalSet, name: str) -> None:
    with Dataset.of(client) as data:
        found = value(data, client, client.metrics[name], START, END)
    assert found == pytest.approx(TRUTH[name])


def test_the_sample_company() -> None:
    """Where the sample has the data; the count is told by its CSV itself."""
    path = ROOT / "data_samples" / "library.yaml"
    goals = read(path, source="include: [goals.yaml, ../templates/metrics/ja.yaml]\n")
    with (ROOT / "data_samples" / "contacts.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["作成日"].startswith("2026-05")]
    period = date(2026, 5, 1), date(2026, 5, 31)
    with Dataset.of(goals) as data:
        names = ("leads_by_person", "leads_by_company", "mql_to_sql", "first_response_time")
        people, companies, rate, hours = (
            value(data, goals, goals.metrics[name], *period) for name in names
        )
    assert people == len(rows)
    assert companies == len({row["会社名"] for row in rows if row["会社名"].strip()})
    assert rate is not None
    assert 0.2 < rate < 0.7
    assert hours is not None
    assert 0 < hours < 24
