"""P: the boundary cases of exposure, volume without quality, and activity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged


@pytest.mark.parametrize(
    ("goal", "count"),
    [
        ("{label: PV数, metric: page_views}", 1),
        ("{label: いいね数}", 1),
        ("{label: Instagram followers}", 1),
        ("{label: アプリのダウンロード数}", 1),
        ("{label: メルマガ登録者数}", 1),
        ("{label: 訪問数, metric: page_views, role: info}", 0),
        ("{label: PV数, metric: opportunities}", 0),  # it stands on a funnel
        ("{label: PV数, metric: request_rate}", 0),
        ("{label: PVあたり資料請求}", 0),
        ("{label: ダウンロード単価}", 0),
        ("{label: PV数, parent: rate}", 0),  # it serves a conversion
        ("{label: PV数, parent: revenue}", 1),
        ("{label: IMPLEMENTATION数}", 0),
        ("{label: 商談数}", 0),
    ],
)
def test_vanity(goal: str, count: int, tmp_path: Path) -> None:
    text = f"""goals:
  - {{id: revenue, role: kgi}}
  - {{id: rate, metric: request_rate}}
  - {{id: k, {goal[1:]}
"""
    assert len(found("GoalSet", text, tmp_path, "P002")) == count


def test_a_hypothesis_saves_a_vanity_metric(tmp_path: Path) -> None:
    text = """goals: [{id: k, label: PV数, metric: page_views}]
hypotheses: [{id: h, leading: page_views, lagging: won_revenue, lag: 4w..8w}]"""
    assert len(found("GoalSet", text, tmp_path, "P002")) == 0


RATE = "  won_rate: {numerator: won_count, denominator: opportunities}"


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ("{id: r, owner: B, metric: won_rate}", 1),
        ("{id: r, owner: A, metric: won_rate}", 0),  # the owner holds a later rate
        ("{id: r, owner: A, metric: request_rate}", 1),  # the rate of its own stage
        ("{id: r, owner: B, metric: won_revenue, combine: {product: [k, q]}}", 0),
    ],
)
def test_quantity_is_paired_with_quality(other: str, count: int, tmp_path: Path) -> None:
    text = f"""goals:
  - {{id: k, owner: A, metric: opportunities}}
  - {{id: q, owner: B, metric: won_rate}}
  - {other}
"""
    base = merged("GoalSet", text)
    base = base.replace("\ngoals:", f"\n{RATE}\ngoals:")
    assert len(linted(base, tmp_path, "P003", data=False)) == count


@pytest.mark.parametrize(
    ("goal", "count"),
    [
        ("metric: opportunities\npaired_with: east", 0),
        ("metric: opportunities\nrole: info", 0),
        ("metric: won_count", 0),  # the last stage is the quality
        ("metric: page_views", 0),  # on no funnel
        ("metric: won_revenue", 0),
        ("metric: opportunities", 1),
    ],
)
def test_only_volumes_before_the_last_stage(goal: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", goal, tmp_path, "P003")) == count


@pytest.mark.parametrize(
    ("goal", "count"),
    [
        ("{label: 新規アポ数}", 1),  # a volume by its name, on no funnel
        ("{label: 新規アポ数, role: info}", 0),
        ("{label: 新規アポ数, paired_with: r}", 0),
        ("{label: 新規アポ数, owner: B}", 0),  # who also answers for a rate
        ("{label: 新規アポ数, metric: won_count}", 0),  # the funnel says otherwise
        ("{label: 新規アポ数, metric: request_rate}", 0),
        ("{label: パイプライン金額}", 1),
        ("{label: パイプライン充足率}", 0),
        ("{label: 受注数}", 0),
    ],
)
def test_volumes_by_their_name(goal: str, count: int, tmp_path: Path) -> None:
    text = f"""goals:
  - {{id: r, owner: B, metric: request_rate}}
  - {{id: k, {goal[1:]}
"""
    assert len(found("GoalSet", text, tmp_path, "P003")) == count


@pytest.mark.parametrize(
    ("goal", "metric", "count"),
    [
        ("label: 架電数", "", 1),
        ("label: 架電数\nrole: kgi", "", 1),
        ("label: 架電数\nrole: info", "", 0),
        ("label: 架電数", "nature: lagging", 0),
        ("label: 対話の数", "nature: activity", 1),  # its nature settles it
        ("label: 対話の数", "definition: 一日の架電数", 1),  # the label does not tell
        ("label: 架電後の商談化率", "", 0),
        ("label: 架電数", "stage: sales.opportunity", 0),  # the funnel knows better
    ],
)
def test_activity(goal: str, metric: str, count: int, tmp_path: Path) -> None:
    text = merged("Goal", f"{goal}\nmetric: talks")
    talks = f"  talks: {{source: deals, agg: count, time: created_at, {metric}}}"
    text = text.replace("\ngoals:", f"\n{talks}\ngoals:")
    assert len(linted(text, tmp_path, "P005", data=False)) == count


def typed_in(values: list[int], more: str = "") -> str:
    """A metric with a value for each month from January 2025 on."""
    months = (f"{2025 + n // 12}-{n % 12 + 1:02}: {value}" for n, value in enumerate(values))
    return f"  typed: {{over: last, unit: points, manual: {{{', '.join(months)}}}, {more}}}"


@pytest.mark.parametrize(
    ("values", "more", "count"),
    [
        ([*range(12)], "", 1),
        ([*range(11)], "", 0),  # too short to tell
        ([*range(11), 9], "", 0),  # it can fall
        ([7] * 12, "", 0),  # it does not rise
        ([*range(12)], "nature: lagging", 0),  # a result may well rise for a year
        ([*range(12)], "better: lower", 0),
        ([*range(12)], "label: 契約社数", 0),
    ],
)
def test_a_number_that_can_only_rise(
    values: list[int], more: str, count: int, tmp_path: Path
) -> None:
    text = merged("Goal", "label: 通し番号\nmetric: typed")
    text = text.replace("\ngoals:", f"\n{typed_in(values, more)}\ngoals:")
    text = text if "label: 契約" not in more else text.replace("    label: 通し番号\n", "")
    result = linted(text, tmp_path, "P002", data=False)
    assert len(result) == count
    assert result.unchecked == ()


def test_a_level_that_can_only_rise_in_the_data(tmp_path: Path) -> None:
    text = merged("Goal", "label: 通し番号\nmetric: level")
    level = "  level: {source: deals, agg: max, column: rank, time: created_at, unit: points}"
    text = text.replace("\ngoals:", f"\n{level}\ngoals:")
    text = text.replace("data/deals.csv", "data/levels.csv")
    rows = [f"D{n},2025-{n + 1:02}-15,{n}" for n in range(12)]
    (tmp_path / "data").mkdir()
    sheet = tmp_path / "data" / "levels.csv"
    sheet.write_text("deal_id,created_at,rank\n" + "\n".join([*rows, "D13,2026-01-31,12"]) + "\n")
    assert len(linted(text, tmp_path, "P002")) == 1
    assert len(linted(text, tmp_path, "P002", data=False)) == 0
