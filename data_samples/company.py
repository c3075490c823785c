"""How the made-up company works: a day-by-day simulation with the truth of README.md in it.

Days are counted from a Monday, so that a day's week is ``day // 7``. The company runs for half a
year before its CRM opens: the pipeline is full on the first day of the exports.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from vocabulary import COMPANY_FORMS, COMPANY_STEMS, COMPANY_TRADES

Days = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST_DAY: Final = np.datetime64("2023-04-03")


def day(date: str) -> int:
    """The number of a date such as ``2026-05-01``."""
    return int((np.datetime64(date) - FIRST_DAY).astype(int))


OPENING: Final = day("2023-10-01")
AS_OF: Final = day("2026-10-31")
LONGEST: Final = 200  # days that anything can wait
NEVER: Final = AS_OF + 10 * LONGEST
CALENDAR: Final = FIRST_DAY + np.arange(AS_OF + LONGEST + 1)
MONTH: Final = CALENDAR.astype("datetime64[M]").astype(int) % 12 + 1
HOLIDAYS: Final = {
    2023: "0429 0503 0504 0505 0717 0811 0918 0923 1009 1103 1123",
    2024: "0101 0108 0212 0223 0320 0429 0503 0506 0715 0812 0916 0923 1014 1104",
    2025: "0101 0113 0211 0224 0320 0429 0505 0506 0721 0811 0915 0923 1013 1103 1124",
    2026: "0101 0112 0211 0223 0320 0429 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
}
CLOSURES: Final = "1229 1230 1231 0102 0103"  # the company's own
CLOSED: Final = np.array(
    [
        f"{year}-{date[:2]}-{date[2:]}"
        for year, dates in HOLIDAYS.items()
        for date in f"{dates} {CLOSURES}".split()
    ],
    dtype="datetime64[D]",
)
BUSINESS: Final = np.is_busday(CALENDAR, holidays=CLOSED)
LAST_WORKING_DAY: Final = int(np.flatnonzero(BUSINESS[: AS_OF + 1])[-1])

# share of leads, then the rates lead→MQL, MQL→SQL, SQL→opportunity, opportunity→won
CHANNELS: Final = {
    "展示会": (0.34, 0.48, 0.54, 0.60, 0.48),
    "ウェブ検索": (0.24, 0.50, 0.52, 0.62, 0.50),
    "Web広告": (0.18, 0.40, 0.46, 0.56, 0.46),
    "セミナー": (0.14, 0.52, 0.54, 0.62, 0.50),
    "紹介": (0.10, 0.60, 0.62, 0.68, 0.58),
}
STAGES: Final = ("lead", "mql", "sql", "opportunity", "won")
MEDIAN_WAITS: Final = (7, 11, 13, 34)
WAIT_SIGMA: Final = 0.6
LOST_WAIT: Final = 30
LEFT_LYING: Final = 0.08  # records that stop without ever being marked lost

# team, share of the deals, deal size against the company's
SALES: Final = {
    "佐藤 健一": ("営業1課", 0.11, 1.0),
    "髙田 美咲": ("営業1課", 0.10, 1.1),
    "渡邊 亮": ("営業1課", 0.10, 1.0),
    "石井 香織": ("営業1課", 0.10, 0.9),
    "藤原 大輔": ("営業1課", 0.09, 1.2),
    "中村 直樹": ("営業2課", 0.11, 1.1),
    "小川 陽子": ("営業2課", 0.10, 1.0),
    "山﨑 拓也": ("営業2課", 0.10, 1.0),
    "岡田 千尋": ("営業2課", 0.09, 0.9),
    "松本 翔太": ("営業2課", 0.10, 0.3),  # small customers only
}
INSIDE_SALES: Final = ("木村 彩", "清水 悠斗", "林 麻衣", "池田 純")
MEDIAN_AMOUNT: Final = 3_200_000
LEADS_A_DAY: Final = 9.4
LEAD_SEASON: Final = (0.95, 1.05, 1.1, 1.05, 0.9, 1.1, 1.0, 0.8, 1.05, 1.1, 1.05, 0.85)
WIN_SEASON: Final = (0.9, 1.0, 1.8, 0.9, 0.75, 1.0, 0.95, 0.7, 1.8, 0.95, 1.0, 1.1)

# ---- the truth that an analysis has to find ----
BOTTLENECK_CHANNEL, BOTTLENECK_FROM, BOTTLENECK_FACTOR = "展示会", day("2026-05-01"), 0.5
CALLS_LEAD_WEEKS: Final = 6
LATE_TEAM, LATE_FROM, LATE_SHARE = "営業2課", day("2026-09-01"), 0.85


def weekly_calls(rng: Generator) -> Days:
    """Calls a week: an AR(1) on the log, campaign weeks on top, fewer in weeks with holidays."""
    weeks = len(CALENDAR) // 7
    log = np.zeros(weeks)
    shocks = 0.25 * rng.standard_normal(weeks)
    for week in range(1, weeks):
        log[week] = 0.3 * log[week - 1] + shocks[week]
    campaign = 0.55 * (rng.random(weeks) < 1 / 9)
    open_days = BUSINESS[: weeks * 7].reshape(weeks, 7).sum(axis=1)
    calls: Days = np.rint(105 * np.exp(log + campaign) * open_days / 5).astype(int)
    return calls


def pick(rng: Generator, weights: Floats) -> Days:
    """One column drawn for each row of weights (rows, columns)."""
    ladder = weights.cumsum(axis=1)
    return np.asarray((ladder < rng.random((len(ladder), 1)) * ladder[:, -1:]).sum(axis=1))


def move(rng: Generator, start: Days, median: float, pull: Floats) -> Days:
    """The day each record moves on: a lognormal wait, drawn to the days that have more pull."""
    waits = np.arange(1, LONGEST)
    density = np.exp(-0.5 * (np.log(waits / median) / WAIT_SIGMA) ** 2) / waits
    start = np.minimum(start, AS_OF)  # what happens after the export is never seen
    return start + 1 + pick(rng, density * pull[start[:, None] + waits])


def accounts(rng: Generator) -> pd.DataFrame:
    """The companies of the market, one row each."""
    names = [
        (form.format(stem + trade), industry)
        for industry, trades in COMPANY_TRADES.items()
        for trade in trades
        for stem in COMPANY_STEMS
        for form in COMPANY_FORMS
    ]
    chosen = np.sort(rng.permutation(len(names))[:1200])
    table = pd.DataFrame([names[i] for i in chosen], columns=["company", "industry"])
    table["employees"] = np.rint(np.exp(5.0 + 1.1 * rng.standard_normal(len(table)))).astype(int)
    table["target"] = np.where(table["employees"] >= 300, "はい", "いいえ")
    return table


def deals(rng: Generator, calls: Days, market: pd.DataFrame) -> pd.DataFrame:
    """Every lead and what became of it; a day column holds ``NEVER`` where nothing happened."""
    trend = 1 + 0.05 * np.arange(AS_OF + 1) / 365
    season = np.array(LEAD_SEASON)[MONTH - 1]
    flow = LEADS_A_DAY * trend * (season * np.where(BUSINESS, 1.25, 0.45))[: AS_OF + 1]
    created = np.repeat(np.arange(AS_OF + 1), rng.poisson(flow))
    count = len(created)
    mix = np.array(list(CHANNELS.values()))
    channel = pick(rng, np.tile(mix[:, 0], (count, 1)))
    owner = pick(rng, np.tile([share for _, share, _ in SALES.values()], (count, 1)))
    account = rng.integers(len(market), size=count)
    size = np.array([size for _, _, size in SALES.values()])[owner]
    amount = MEDIAN_AMOUNT * size * np.exp(0.5 * rng.standard_normal(count))
    table = pd.DataFrame(
        {
            "company": market["company"].to_numpy()[account],
            "industry": market["industry"].to_numpy()[account],
            "channel": np.array(list(CHANNELS))[channel],
            "owner": np.array(list(SALES))[owner],
            "team": np.array([team for team, _, _ in SALES.values()])[owner],
            "amount": np.rint(amount / 10_000).astype(int) * 10_000,
            "lead": created,
        }
    )
    return run_funnel(rng, table, mix[channel, 1:], calls)


def run_funnel(rng: Generator, table: pd.DataFrame, rates: Floats, calls: Days) -> pd.DataFrame:
    """Add the days on which each record reached the later stages or was lost."""
    working = BUSINESS.astype(float)
    week = np.arange(len(CALENDAR)) // 7 - CALLS_LEAD_WEEKS
    followed_up = calls[np.clip(week, 0, len(calls) - 1)] / calls.mean()
    closing = working * np.array(WIN_SEASON)[MONTH - 1] * followed_up
    here = table["lead"].to_numpy()
    lost = np.full(len(table), NEVER)
    for step, stage in enumerate(STAGES[1:]):
        rate = rates[:, step].copy()
        if stage == "sql":
            weak = (table["channel"] == BOTTLENECK_CHANNEL).to_numpy() & (here >= BOTTLENECK_FROM)
            rate[weak] *= BOTTLENECK_FACTOR
        alive = here < NEVER
        passed = alive & (rng.random(len(table)) < rate)
        dropped = alive & ~passed & (rng.random(len(table)) >= LEFT_LYING)
        pull = closing if stage == "won" else working
        onward = move(rng, here, MEDIAN_WAITS[step], pull)
        lost[dropped] = move(rng, here, LOST_WAIT, working)[dropped]
        here = np.where(passed, onward, NEVER)
        table[stage] = here
    return table.assign(lost=lost)


def recorded(rng: Generator, table: pd.DataFrame) -> Days:
    """The day somebody typed in the latest event of each deal, up to the day of the export.

    Normally that day or the next two working days; from ``LATE_FROM`` the late team types most
    of what it closed on the last working day of the month.
    """
    days = table[[*STAGES, "lost"]].to_numpy()
    event = np.where(days <= AS_OF, days, -1).max(axis=1)
    closed = (days[:, -2:] <= AS_OF).any(axis=1)
    delay = pick(rng, np.tile([0.7, 0.2, 0.1], (len(table), 1)))
    typed = np.busday_offset(CALENDAR[event], delay, roll="forward", holidays=CLOSED)
    next_month = CALENDAR[event].astype("datetime64[M]") + 1
    month_end = np.busday_offset(next_month, -1, roll="forward", holidays=CLOSED)
    late = closed & (table["team"] == LATE_TEAM).to_numpy() & (event >= LATE_FROM)
    late &= rng.random(len(table)) < LATE_SHARE
    typed_on = (np.where(late, month_end, typed) - FIRST_DAY).astype(int)
    unattended = event == table["lead"].to_numpy()  # the web form enters a lead by itself
    typed_on = np.minimum(typed_on, LAST_WORKING_DAY)
    return np.asarray(np.where(unattended, event, typed_on))
