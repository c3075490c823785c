"""The truth that the sample company's README tells, found by plain pandas in its raw files."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import holidays
import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.typing import NDArray

SAMPLES = Path(__file__).parents[2] / "data_samples"
README = (SAMPLES / "README.md").read_text("utf-8")
GOALS = (SAMPLES / "goals.yaml").read_text("utf-8")
Floats = NDArray[np.float64]
STAGES = ("リード", "MQL", "SQL", "商談", "受注")
ENCODINGS = {"deals.csv": "cp932"}
MIGRATION = "2023-10-01"
AS_OF = pd.Timestamp("2026-10-31 23:59")


def read(name: str) -> pd.DataFrame:
    """Every cell as text, so that nothing is lost on the way in."""
    encoding = ENCODINGS.get(name, "utf-8-sig")
    return pd.read_csv(SAMPLES / name, encoding=encoding, dtype=str, keep_default_na=False)


def yen(cell: str) -> float:
    """An amount as people type it; NaN where it is none."""
    plain = unicodedata.normalize("NFKC", cell).strip("¥円").replace(",", "")
    found = re.fullmatch(r"(\d+)(万?)", plain)
    return float(found[1]) * (10_000 if found[2] else 1) if found else np.nan


@pytest.fixture(scope="module")
def deals() -> pd.DataFrame:
    table = read("deals.csv")
    for stage in (*STAGES, "失注"):
        table[stage] = pd.to_datetime(table[f"「{stage} (営業パイプライン)」に入った日付"])
    for heading in ("作成日", "クローズ日", "記録日"):
        table[heading] = pd.to_datetime(table[heading])
    return table.assign(yen=table["金額"].map(yen))


@pytest.fixture(scope="module")
def won(deals: pd.DataFrame) -> pd.DataFrame:
    return deals[deals["取引ステージ"] == "受注"]


def figures(heading: str) -> dict[str, int]:
    """The whole numbers of one table of the README, by the first cell of their row."""
    table = README[README.index(heading) :].split("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| ([\d,]+) \|", table, flags=re.MULTILINE)
    return {name: int(figure.replace(",", "")) for name, figure in rows}


@pytest.mark.parametrize(("name", "rows"), figures("| ファイル |").items())
def test_rows(name: str, rows: int) -> None:
    assert len(read(name)) == rows


def test_counts_and_sums(deals: pd.DataFrame, won: pd.DataFrame) -> None:
    page_views = read("web_sessions.csv")["ページビュー数"].astype(int).sum()
    computed = [
        len(won),
        won["yen"].sum(),
        (deals["取引ステージ"] == "失注").sum(),
        (~deals["取引ステージ"].isin(["受注", "失注"])).sum(),
        deals["リード"].notna().sum(),
        deals["リード"].isna().sum(),
        page_views,
    ]
    assert computed == list(figures("| 数え方").values())


def test_stages_reached(deals: pd.DataFrame) -> None:
    here = deals[deals["リード"].notna()]
    reached = here[list(STAGES)].notna().iloc[:, ::-1].cummax(axis=1).sum()
    assert reached[list(STAGES)].tolist() == [11_459, 5_511, 2_841, 1_765, 882]


# ---- 1. the bottleneck ----


def moved_on(deals: pd.DataFrame) -> pd.DataFrame:
    """MQLs up to September 2026, and whether they went on; October's are too young to tell."""
    mqls = deals[deals["MQL"].notna() & (deals["MQL"] < "2026-10-01")]
    onward = mqls[["SQL", "商談", "受注"]].notna().any(axis=1)
    return mqls.assign(onward=onward, month=mqls["MQL"].dt.to_period("M"))


def z_score(before: pd.Series, after: pd.Series) -> float:
    """The pooled two-proportion test."""
    pooled = pd.concat([before, after]).mean()
    spread = pooled * (1 - pooled) * (1 / len(before) + 1 / len(after))
    return float((after.mean() - before.mean()) / np.sqrt(spread))


@pytest.mark.parametrize("channel", ["展示会", "ウェブ検索", "Web広告", "セミナー", "紹介"])
def test_only_trade_shows_fall(deals: pd.DataFrame, channel: str) -> None:
    mqls = moved_on(deals)
    mqls = mqls[mqls["チャネル"] == channel]
    late = mqls["month"] >= pd.Period("2026-05")
    before, after = mqls.loc[~late, "onward"], mqls.loc[late, "onward"]
    if channel == "展示会":
        assert 0.4 < after.mean() / before.mean() < 0.6
        assert z_score(before, after) < -5.5
    else:
        assert abs(z_score(before, after)) < 2.5


def test_the_fall_begins_in_may(deals: pd.DataFrame) -> None:
    mqls = moved_on(deals)
    shows = mqls[mqls["チャネル"] == "展示会"]
    starts = pd.period_range("2024-04", "2026-08", freq="M")
    scores = {
        str(start): z_score(
            shows.loc[shows["month"] < start, "onward"],
            shows.loc[shows["month"] >= start, "onward"],
        )
        for start in starts
    }
    assert min(scores, key=lambda start: scores[start]) == "2026-05"


@pytest.mark.parametrize("stage", ["リード", "SQL", "商談"])
def test_no_other_stage_of_trade_shows_falls(deals: pd.DataFrame, stage: str) -> None:
    later = list(STAGES[STAGES.index(stage) + 1 :])
    mature = deals[(deals["チャネル"] == "展示会") & (deals[stage] < "2026-07-01")]
    late = mature[stage] >= "2026-05-01"
    onward = mature[later].notna().any(axis=1)
    assert abs(z_score(onward[~late], onward[late])) < 2.5


# ---- 2. calls lead wins, 4. page views do not ----


def weekly(when: pd.Series, weights: pd.Series | None = None) -> Floats:
    """Totals of the 160 whole weeks from Monday 2 October 2023."""
    weeks = pd.period_range("2023-10-02", "2026-10-25", freq="W-SUN")
    ones = pd.Series(1.0, index=when.index) if weights is None else weights
    return ones.groupby(when.dt.to_period("W-SUN")).sum().reindex(weeks, fill_value=0).to_numpy()


def rest(y: Floats, design: Floats) -> Floats:
    """What least squares on the columns of a design leaves of a series."""
    return np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])


def whitened(series: Floats) -> Floats:
    """What trend, season and four weeks of its own past leave of a weekly series."""
    week = np.arange(len(series))
    angle = 2 * np.pi * week / 52.18
    level = rest(series, np.column_stack([np.ones_like(angle), week, np.sin(angle), np.cos(angle)]))
    past = [level[4 - lag : len(level) - lag] for lag in (1, 2, 3, 4)]
    return rest(level[4:], np.column_stack(past))


def lagged(x: Floats, y: Floats, longest: int = 12) -> dict[int, float]:
    """Correlation of x so many weeks earlier with y, both whitened."""
    table = pd.DataFrame({"x": whitened(x), "y": whitened(y)})
    lags = range(-longest, longest + 1)
    return {lag: float(table["x"].shift(lag).corr(table["y"])) for lag in lags}


def test_calls_lead_wins_by_six_weeks(won: pd.DataFrame) -> None:
    calls = weekly(pd.to_datetime(read("calls.csv")["架電日時"]))
    strengths = lagged(calls, weekly(won["クローズ日"]))
    six = strengths.pop(6)
    assert six > 0.45
    assert six > 2.5 * max(abs(r) for r in strengths.values())


def test_page_views_lead_nothing(won: pd.DataFrame) -> None:
    web = read("web_sessions.csv")
    views = weekly(pd.to_datetime(web["日付"]), web["ページビュー数"].astype(float))
    strengths = lagged(views, weekly(won["クローズ日"]))
    assert max(abs(r) for r in strengths.values()) < 0.25  # 5 % over 25 lags at n = 156


# ---- 3. targets out of reach ----


def personal_targets() -> dict[str, float]:
    goals = {goal["id"]: goal for goal in yaml.safe_load(GOALS)["goals"]}
    people = goals["revenue_team2_q3"]["targets"]["people"]
    return {name: sum(yen(cell) for cell in months.values()) for name, months in people.items()}


def test_one_person_is_asked_for_three_times_his_best(won: pd.DataFrame) -> None:
    quarters = won.groupby(["取引担当者", won["クローズ日"].dt.to_period("Q")])["yen"].sum()
    best = quarters.groupby("取引担当者").max()
    ratios = {name: target / best[name] for name, target in personal_targets().items()}
    assert ratios.pop("松本 翔太") == pytest.approx(3.0, abs=0.05)
    assert max(ratios.values()) < 1


def test_personal_targets_make_up_the_team_target() -> None:
    assert sum(personal_targets().values()) == 140_000_000


def test_leads_have_never_come_near_their_target(deals: pd.DataFrame) -> None:
    quarters = deals["リード"].dropna().dt.to_period("Q").value_counts()
    assert quarters.max() == 973
    assert quarters.max() * 1.8 < 1_800


# ---- 5. late entries ----


def test_one_team_types_its_deals_at_the_end_of_the_month(deals: pd.DataFrame) -> None:
    closed = deals[deals["クローズ日"].notna() & (deals["HubSpotチーム"] != "")]
    month = closed["クローズ日"].dt.to_period("M")
    month_end = month.dt.end_time.dt.normalize() + pd.offsets.BDay(1) - pd.offsets.BDay(1)
    cells = pd.DataFrame(
        {
            "last_day": closed["記録日"] == month_end,
            "gap": (closed["記録日"] - closed["クローズ日"].dt.normalize()).dt.days,
        }
    ).groupby([closed["HubSpotチーム"], month])
    share, gap = cells["last_day"].mean(), cells["gap"].median()
    team, since = share.index.get_level_values(0), share.index.get_level_values(1)
    late = (team == "営業2課") & (since >= pd.Period("2026-09"))
    assert late.sum() == 2
    assert share[late].min() > 0.75
    assert gap[late].min() >= 7
    assert share[~late].max() < 0.3
    assert gap[~late].max() <= 1


# ---- the faulty goals, as listed ----


def test_the_listed_faults_are_the_marked_lines() -> None:
    lines = GOALS.splitlines()
    marked = {
        (found[1], number + 1)
        for number, line in enumerate(lines, start=1)
        if (found := re.search(r"# 仕込み.*\(([A-Z]\d{3})\)$", line))
    }
    listed = re.findall(r"^\| (\w+) \| ([A-Z]\d{3}) \| (\d+) \|", README, flags=re.MULTILINE)
    assert {(rule, int(line)) for _, rule, line in listed} == marked
    for goal, _, line in listed:
        starts = [text for text in lines[: int(line)] if text.startswith("  - id: ")]
        assert starts[-1] == f"  - id: {goal}"


# ---- ordinary dirt ----


def test_the_dirt_is_as_described(deals: pd.DataFrame) -> None:
    here = deals[deals["リード"].notna()]
    later = here[["SQL", "商談", "受注"]].notna().any(axis=1)
    names = read("contacts.csv")["氏名"]
    counts = {
        "空欄": (deals["取引担当者"] == "").sum(),
        "MQLを飛ばした取引": (here["MQL"].isna() & later).sum(),
        "SQLを飛ばした取引": (here["SQL"].isna() & here["商談"].notna()).sum(),
        "取引名の前後の空白": (deals["取引名"] != deals["取引名"].str.strip()).sum(),
        "氏名の前後の空白": (names != names.str.strip()).sum(),
    }
    for what, count in counts.items():
        assert f"{what}{count}件" in README
    typed = deals.loc[~deals["金額"].str.fullmatch(r"\d*", flags=re.ASCII), "金額"]
    assert sorted(typed) == sorted(
        ["３２０００００", "４２０万円", "￥2,800,000", "350万", "１８０万", "要確認"]
    )
    assert deals.loc[deals["金額"] != "", "yen"].isna().sum() == 1


def test_the_deals_file_needs_cp932() -> None:
    content = (SAMPLES / "deals.csv").read_bytes()
    assert all(letter in content.decode("cp932") for letter in "㈱髙①")
    with pytest.raises(UnicodeDecodeError):
        content.decode("shift_jis")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_stages_are_entered_in_order(deals: pd.DataFrame) -> None:
    steps = deals[list(STAGES)].apply(lambda column: column.astype("int64").where(column.notna()))
    assert (steps.ffill(axis=1).diff(axis=1).fillna(1) >= 0).all(axis=None)
    assert (deals["失注"].isna() | deals["受注"].isna()).all()
    moved = deals.loc[deals["リード"].isna(), "作成日"].dt.date
    assert set(moved) == {date.fromisoformat(MIGRATION)}


def test_nothing_happens_after_the_export(deals: pd.DataFrame) -> None:
    assert deals[[*STAGES, "失注", "クローズ日", "記録日"]].max().max() <= AS_OF
    tickets = read("tickets.csv")
    for heading in ("作成日", "初回応答日時", "クローズ日"):
        assert pd.to_datetime(tickets[heading]).max() <= AS_OF


def test_calls_keep_to_japanese_business_days() -> None:
    called = set(pd.to_datetime(read("calls.csv")["架電日時"]).dt.date)
    days_off = holidays.country_holidays("JP", years=range(2023, 2027))
    assert not [day for day in called if day.weekday() >= 5 or day in days_off]
    weekdays = pd.bdate_range(MIGRATION, "2026-10-31").date
    idle = {day for day in weekdays if day not in days_off} - called
    assert {day.strftime("%m-%d") for day in idle} <= {"12-29", "12-30", "12-31", "01-02", "01-03"}
