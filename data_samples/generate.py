"""Writes the made-up company's exports beside this file: ``python data_samples/generate.py``."""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path
from typing import Final, Literal

import company
import numpy as np
import pandas as pd
from company import AS_OF, BUSINESS, CALENDAR, INSIDE_SALES, OPENING, STAGES, Days
from numpy.random import Generator
from vocabulary import GIVEN_NAMES, PRODUCTS, SURNAMES

SEED: Final = 20261042
MINUTES: Final = "%Y-%m-%d %H:%M"
PIPELINE: Final = "営業パイプライン"
STAGE_LABELS: Final = {
    "lead": "リード",
    "mql": "MQL",
    "sql": "SQL",
    "opportunity": "商談",
    "won": "受注",
    "lost": "失注",
}
# a deal's phase in Salesforce, and how sure it is there in percent
PHASES: Final = {"opportunity": ("提案", 50), "won": ("受注", 100), "lost": ("失注", 0)}
PLANNED: Final = 60  # days from an opportunity to the close date that is planned for it
LIFECYCLE: Final = ("リード", "MQL", "SQL", "商談", "顧客")
BECAME_MQL: Final = "MQL(マーケティングクオリファイドリード)になった日付"
BECAME_SQL: Final = "SQL(セールスクオリファイドリード)になった日付"
READERS: Final = 600
# what people type over an amount; nobody can read the last one
TYPED_AMOUNTS: Final = (
    "３２０００００",
    "４２０万円",
    "￥2,800,000",
    "350万",
    "１８０万",
    "要確認",
)


def stamps(rng: Generator, days: Days, first_hour: int = 9, last_hour: int = 18) -> pd.Series:
    """Days as text with a time of day; empty before the CRM opened and after the export."""
    minutes = rng.integers(first_hour * 60, last_hour * 60, size=len(days))
    shown = (days >= OPENING) & (days <= AS_OF)
    when = CALENDAR[np.where(shown, days, 0)].astype("datetime64[m]") + minutes
    text: pd.Series = pd.Series(when).dt.strftime(MINUTES).where(shown, "")
    return text


def blanked(rng: Generator, cells: pd.Series, share: float) -> pd.Series:
    """The same cells with this share of them left empty."""
    return cells.mask(rng.random(len(cells)) < share, "")


def visible(deals: pd.DataFrame) -> pd.DataFrame:
    """What the CRM holds: deals created since it opened, and older ones that moved after that."""
    days = deals[[*STAGES, "lost"]].to_numpy()
    alive = ((days >= OPENING) & (days <= AS_OF)).any(axis=1)
    shown = deals[alive].reset_index(drop=True)
    return shown.assign(migrated=shown["lead"] < OPENING)


def current_stage(deals: pd.DataFrame) -> pd.Series:
    """The name of the stage that each deal is in on the day of the export."""
    reached = (deals[list(STAGES)] <= AS_OF).sum(axis=1) - 1
    return reached.map(dict(enumerate(STAGES))).mask(deals["lost"] <= AS_OF, "lost")


def spaced(rng: Generator, names: pd.Series) -> pd.Series:
    """The same names, one in a hundred with a stray space before or after it."""
    stray = rng.random(len(names))
    return names.mask(stray < 0.005, " " + names).mask(stray > 0.995, names + "　")


def event_times(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """When each deal was created, reached each stage and was lost, as text."""
    times = {name: stamps(rng, deals[name].to_numpy()) for name in (*STAGES, "lost")}
    import_night = stamps(rng, np.full(len(deals), OPENING), 1, 5)
    return pd.DataFrame(times | {"created": times["lead"].mask(deals["migrated"], import_night)})


def skipping(rng: Generator, times: pd.DataFrame) -> pd.DataFrame:
    """The same times, where a few deals jump over the stage MQL or SQL."""
    no_mql = (times["sql"] != "") & (rng.random(len(times)) < 0.03)
    no_sql = (times["opportunity"] != "") & (rng.random(len(times)) < 0.02)
    return times.assign(mql=times["mql"].mask(no_mql, ""), sql=times["sql"].mask(no_sql, ""))


def typed_amounts(rng: Generator, deals: pd.DataFrame, stage: pd.Series) -> pd.Series:
    """Amounts from the opportunity on; a handful of won ones as people type them."""
    amounts = deals["amount"].astype(str).where(deals["opportunity"] <= AS_OF, "")
    won = rng.permutation(np.flatnonzero(stage == "won"))
    return amounts.mask(
        amounts.index.isin(won[: len(TYPED_AMOUNTS)]),
        pd.Series(TYPED_AMOUNTS, index=won[: len(TYPED_AMOUNTS)]),
    )


def deals_export(rng: Generator, deals: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """The deals as the CRM exports them."""
    stage = current_stage(deals)
    times = skipping(rng, times)
    product = pd.Series(np.array(PRODUCTS)[rng.integers(len(PRODUCTS), size=len(deals))])
    owner = blanked(rng, deals["owner"], 0.02)
    return pd.DataFrame(
        {
            "レコードID": 30_000_000 + 7 * np.arange(len(deals)),
            "取引名": spaced(rng, deals["company"] + " " + product),
            "取引ステージ": stage.map(STAGE_LABELS),
            "パイプライン": PIPELINE,
            "金額": typed_amounts(rng, deals, stage),
            "作成日": times["created"],
            "クローズ日": times["won"].where(stage == "won", times["lost"]),
            "取引担当者": owner,
            "HubSpotチーム": deals["team"].where(owner != "", ""),
            "会社名": deals["company"],
            "業種": deals["industry"],
            "チャネル": deals["channel"],
            "記録日": CALENDAR[company.recorded(rng, deals)].astype(str),
        }
        | {
            f"「{label} ({PIPELINE})」に入った日付": times[name]
            for name, label in STAGE_LABELS.items()
        }
    )


def salesforce_report(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """The same deals from the opportunity on, as a Salesforce report shows them."""
    shown = deals[deals["opportunity"] <= AS_OF].reset_index(drop=True)
    stage = current_stage(shown)
    closed = shown["won"].where(stage == "won", shown["lost"])
    until = closed.where(stage != "opportunity", shown["opportunity"] + PLANNED)
    changed = closed.where(stage != "opportunity", shown["opportunity"])
    sure = stage.map({name: percent for name, (_phase, percent) in PHASES.items()})
    product = np.array(PRODUCTS)[rng.integers(len(PRODUCTS), size=len(shown))]
    return pd.DataFrame(
        {
            "商談 ID": [f"006IR00{number:08}" for number in range(len(shown))],
            "商談名": shown["company"] + " " + product,
            "取引先名": shown["company"],
            "フェーズ": stage.map({name: phase for name, (phase, _percent) in PHASES.items()}),
            "確度 (%)": sure,
            "金額 通貨": "JPY",
            "金額": shown["amount"],
            "期待収益 通貨": "JPY",
            "期待収益": shown["amount"] * sure // 100,
            "完了予定日": slashed(until),
            "作成日": slashed(shown["opportunity"].clip(lower=OPENING)),
            "最終更新日": slashed(changed.clip(lower=OPENING)),
            "商談所有者": shown["owner"],
            "リードソース": shown["channel"],
        }
    )


def slashed(days: pd.Series) -> pd.Series:
    """Days as Salesforce writes them in Japan: 2026/10/01."""
    text: pd.Series = pd.Series(CALENDAR[days]).dt.strftime("%Y/%m/%d")
    return text


def contacts_export(rng: Generator, deals: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """One contact behind each deal that began in this CRM, and readers who never asked."""
    furthest = (deals[list(STAGES)] <= AS_OF).sum(axis=1) - 1
    asked = pd.DataFrame(
        {
            "会社名": deals["company"],
            "作成日": times["created"],
            "ライフサイクルステージ": furthest.map(dict(enumerate(LIFECYCLE))),
            BECAME_MQL: times["mql"],
            BECAME_SQL: times["sql"],
            "オリジナルソース": deals["channel"],
        }
    )[~deals["migrated"]]
    subscribed = stamps(rng, rng.integers(OPENING, AS_OF, size=READERS))
    readers = asked.iloc[rng.permutation(len(asked))[:READERS]].assign(
        ライフサイクルステージ="購読者", 作成日=subscribed.to_numpy()
    )
    readers[[BECAME_MQL, BECAME_SQL]] = ""
    table = pd.concat([asked, readers]).sort_values("作成日", kind="stable", ignore_index=True)
    count = len(table)
    family = pd.Series(np.array(list(SURNAMES))[rng.integers(len(SURNAMES), size=count)])
    given = np.array(GIVEN_NAMES)[rng.integers(len(GIVEN_NAMES), size=count)]
    mail = family.map(SURNAMES) + "." + pd.Series(range(1, count + 1)).astype(str) + "@example.jp"
    handler = pd.Series(np.array(INSIDE_SALES)[rng.integers(len(INSIDE_SALES), size=count)])
    table.insert(0, "レコードID", 10_000_000 + 3 * np.arange(count))
    table.insert(1, "氏名", spaced(rng, family + " " + given))
    table.insert(2, "メール", mail)
    return table.assign(コンタクト担当者=blanked(rng, handler, 0.06))


def calls_export(rng: Generator, weekly: Days) -> pd.DataFrame:
    """One row a call, on working days only."""
    days = np.arange(len(weekly) * 7)
    open_days = BUSINESS[days].reshape(-1, 7).astype(float)
    week = np.repeat(np.arange(len(weekly)), weekly)
    called = week * 7 + company.pick(rng, open_days[week])
    called = np.sort(called[(called >= OPENING) & (called <= AS_OF)])
    talked = rng.random(len(called)) < 0.35
    seconds = np.where(talked, np.exp(5.0 + 0.7 * rng.standard_normal(len(called))), 20)
    table = pd.DataFrame(
        {
            "架電日時": stamps(rng, called),
            "担当者": np.array(INSIDE_SALES)[rng.integers(len(INSIDE_SALES), size=len(called))],
            "結果": np.where(talked, "接続", "不在"),
            "通話秒数": np.rint(seconds).astype(int),
        }
    ).sort_values("架電日時", kind="stable", ignore_index=True)
    table.insert(0, "レコードID", 50_000_000 + np.arange(len(table)))
    return table


def web_export(rng: Generator) -> pd.DataFrame:
    """Sessions and page views by day and channel: they grow, and nothing follows from them."""
    days = np.arange(OPENING, AS_OF + 1)
    channels = {"ウェブ検索": 210, "Web広告": 120, "SNS": 60, "メール": 35, "直接": 90}
    level = 1.12 ** ((days - OPENING) / 365) * np.where(BUSINESS[days], 1.2, 0.5)
    noise = np.exp(0.18 * rng.standard_normal((len(days), len(channels))))
    sessions = np.rint(level[:, None] * noise * list(channels.values())).astype(int)
    views = np.rint(sessions * (2.6 + 0.3 * rng.standard_normal(sessions.shape))).astype(int)
    return pd.DataFrame(
        {
            "日付": np.repeat(CALENDAR[days].astype(str), len(channels)),
            "チャネル": np.tile(list(channels), len(days)),
            "セッション数": sessions.ravel(),
            "ページビュー数": np.maximum(views, sessions).ravel(),
        }
    )


def tickets_export(rng: Generator) -> pd.DataFrame:
    """Support tickets: answered a little faster every year, day and night."""
    days = np.arange(OPENING, AS_OF + 1)
    opened = np.repeat(days, rng.poisson(np.where(BUSINESS[days], 4.5, 0.6)))
    minute = np.timedelta64(1, "m")
    end = CALENDAR[AS_OF] + 1
    created = CALENDAR[opened] + rng.integers(480, 1200, size=len(opened)) * minute
    usual = 190 * 0.95 ** ((opened - OPENING) / 365)
    wait = usual * np.exp(0.7 * rng.standard_normal(len(opened)))
    answered = created + np.rint(wait).astype(int) * minute
    effort = 1_300 * np.exp(rng.standard_normal(len(opened)))
    solved = answered + np.rint(effort).astype(int) * minute
    stage = np.select([solved < end, answered < end], ["解決済み", "対応中"], "新規")
    table = pd.DataFrame({"ステータス": stage, "作成日": created}).sort_values("作成日")
    owners = np.array(("原田 葵", "村上 修平", "近藤 恵"))[rng.integers(3, size=len(table))]
    for heading, when in (("初回応答日時", answered), ("クローズ日", solved)):
        table[heading] = pd.Series(when).dt.strftime(MINUTES).where(when < end, "")
    table["作成日"] = table["作成日"].dt.strftime(MINUTES)
    table.insert(0, "チケットID", 70_000_000 + np.arange(len(table)))
    return table.assign(チケット担当者=owners)


def write(
    table: pd.DataFrame,
    path: Path,
    encoding: str = "utf-8-sig",
    end: str = "\n",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> None:
    """Write the whole file or leave the old one."""
    beside = path.with_suffix(".part")
    table.to_csv(beside, index=False, encoding=encoding, lineterminator=end, quoting=quoting)
    os.replace(beside, path)


def main(folder: Path, salesforce: bool = False) -> None:
    """Write all six exports into the folder, or the deals alone as a Salesforce report.

    Each export has its own stream of random numbers.
    """
    streams = [np.random.default_rng([SEED, number]) for number in range(10)]
    calls = company.weekly_calls(streams[0])
    market = company.accounts(streams[1])
    deals = visible(company.deals(streams[2], calls, market))
    if salesforce:
        report = salesforce_report(streams[9], deals)
        write(report, folder / "opportunities.csv", "cp932", "\r\n", csv.QUOTE_ALL)
        return
    times = event_times(streams[3], deals)
    market.columns = pd.Index(["会社名", "業種", "従業員数", "重点企業"])
    write(deals_export(streams[4], deals, times), folder / "deals.csv", encoding="cp932")
    write(contacts_export(streams[5], deals, times), folder / "contacts.csv")
    write(market, folder / "accounts.csv")
    write(calls_export(streams[6], calls), folder / "calls.csv")
    write(web_export(streams[7]), folder / "web_sessions.csv")
    write(tickets_export(streams[8]), folder / "tickets.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--salesforce", type=Path, metavar="DIR", help="write opportunities.csv")
    asked = parser.parse_args()
    main(asked.salesforce or asked.folder, salesforce=asked.salesforce is not None)
