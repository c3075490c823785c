"""T and P: goals that nobody looks at before the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import linted, merged

QUARTER = "period: 2026-10..2026-12"


@pytest.mark.parametrize(
    ("goal", "codes"),
    [
        (f"{QUARTER}\nreview: monthly", []),
        (f"{QUARTER}\nreview: 毎週月曜", []),
        (f"{QUARTER}\nreview:", ["T004"]),
        (f"{QUARTER}\nreview: quarterly", ["T004"]),
        (f"{QUARTER}\nreview: 四半期ごと", ["T004"]),
        ("period: 2026-10..2027-03\nreview: quarterly", []),
        ("period: 2026-10..2027-03\nreview: 半期末", ["T004"]),
        ("period: 2026-04..2027-03\nreview: 年次", ["T004"]),
        (f"{QUARTER}\nreview:\ntargets: {{months: {{2026-10: 40件}}}}", []),
        (f"{QUARTER}\nreview:\ntargets: {{people: {{営業A: {{2026-10: 40件}}}}}}", []),
        (f"{QUARTER}\nreview:\ntargets: {{people: {{営業A: 40件}}}}", ["T004"]),
        (f"{QUARTER}\nreview:\nrole: info", []),
        ("period: 2026-10\nreview:", ["P008"]),
        ("period: 2026-10\nreview: weekly", []),
        ("period: 2026-W41\nreview:", ["P008"]),
        ("period: 2026-10-01..2026-11-01\nreview:", ["T004"]),
        ("period: 2026-10\nreview:\nrole: info", []),
        ("period:\nreview:", ["P008"]),
    ],
)
def test_a_goal_is_looked_at_in_time(goal: str, codes: list[str], tmp_path: Path) -> None:
    result = linted(merged("Goal", goal), tmp_path, "T004", "P008", data=False)
    assert [f.code for f in result] == codes
