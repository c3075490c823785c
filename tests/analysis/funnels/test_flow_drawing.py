"""The flow picture: all its words can be read, whatever the funnel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import kpilint as kl
from kpilint.analysis.drawing import breadth, wrapped
from kpilint.analysis.funnels.flow_drawing import LETTERS, LINE
from kpilint.i18n import LANGUAGES, speaking

ROOT = Path(__file__).parents[3]
LONG_NAME = "お客様の経営層への最終提案とお見積りのご提示(全社展開を含む)"


def goals_of(stages: int) -> str:
    """A funnel of so many stages with long names, a goal on each and plans for afterwards."""
    names = [f"{LONG_NAME}{n}" for n in range(stages)]
    told = "\n".join(f"      - {{name: '{name}', entered: s{n}}}" for n, name in enumerate(names))
    metrics = "\n".join(
        f"  m{n}: {{source: deals, agg: count, time: s{n}, stage: 'sales.{name}', unit: count}}"
        for n, name in enumerate(names)
    )
    goals = "\n".join(
        f"  - {{id: g{n}, label: '{LONG_NAME}', metric: m{n}, period: 2026-Q1, target: 1200件}}"
        for n in range(stages)
    )
    return f"""
version: 1
sources: {{deals: {{path: deals.csv, key: id}}}}
funnels:
  sales:
    source: deals
    record: id
    stages:
{told}
    lost: {{entered: lost}}
    after_won: {{delivery: 60d, payment: 30d}}
metrics:
{metrics}
goals:
{goals}
"""


def csv_of(stages: int) -> str:
    """Records that come further the higher their number; every seventh is lost, some skip."""
    lines = [",".join(["id", *(f"s{n}" for n in range(stages)), "lost"])]
    for record in range(400):
        reached = record % (stages + 1)
        days = [
            f"2026-0{1 + n // 3}-{1 + n % 3 * 9:02}" if n < reached else "" for n in range(stages)
        ]
        if reached > 2 and record % 5 == 0:
            days[1] = ""
        lines.append(",".join([str(record), *days, "2026-09-30" if record % 7 == 0 else ""]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def result(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[kl.FunnelResult]:
    (tmp_path / "deals.csv").write_text(csv_of(request.param), encoding="utf-8")
    read = kl.read(tmp_path / "goals.yaml", source=goals_of(request.param))
    assert read.faults == ()
    with kl.Dataset.of(read) as data:
        yield kl.Funnel.of(read, "sales")(data)


def texts(figure: Any) -> list[tuple[float, str]]:
    """The lines of the picture from above, each with its place."""
    return sorted((note.y, note.text) for note in figure.layout.annotations)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("result", [2, 3, 5, 8], indirect=True)
def test_no_text_meets_another_or_leaves_a_phone(result: kl.FunnelResult, language: str) -> None:
    with speaking(language):
        figure = result.figure()
    lines = texts(figure)
    assert len({note.x for note in figure.layout.annotations}) == 1  # one column
    assert all(below - above >= LINE for (above, _), (below, _) in pairwise(lines))
    assert lines[-1][0] + LINE <= figure.layout.height
    plain = [text.replace("<b>", "").replace("</b>", "") for _place, text in lines]
    assert [text for text in plain if breadth(text) > LETTERS + 4] == []


@pytest.mark.parametrize("result", [3], indirect=True)
def test_goals_losses_skips_and_what_follows_are_told(result: kl.FunnelResult) -> None:
    with speaking("en"):
        told = " ".join(text for _place, text in texts(result.figure()))
    assert told.count("◇") == 3
    assert "1,200" in told
    assert "skipped" in told
    assert "Then: delivery 60d → payment 30d" in told.replace("  ", " ")
    for step in result.steps[:-1]:
        assert f"lost: {step.lost}" in told


def test_the_bottleneck_is_marked_in_words_and_colour() -> None:
    goals = kl.read(ROOT / "data_samples" / "goals.yaml")
    with kl.Dataset.of(goals) as data, speaking("en"):
        figure = kl.Funnel.of(goals, as_of="2026-10-31")(data).figure()
    told = [text for _place, text in texts(figure)]
    assert "<b>▲ Bottleneck</b>" in told
    (bars,) = figure.data
    assert len(set(bars.marker.color)) == 2
    colors = [shape.fillcolor for shape in figure.layout.shapes]
    assert colors.count(bars.marker.color[2]) == 1


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("moved on later", 10, ["moved on", "later"]),
        ("受注金額の目標", 8, ["受注金額", "の目標"]),
        ("目標は4,200万円", 12, ["目標は", "4,200万円"]),
        ("範囲(あり)です", 10, ["範囲(あり)", "です"]),
    ],
)
def test_wrapping(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines
