"""Only the faulty word changes; every other character, comment and break stays."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.goals.goalfile import read
from kpilint.goals.repair import repaired
from kpilint.linter import Config, lint
from tests.rules.pages import BASE, DAY

SELECT = Config(select=("E", "X", "S", "P", "T"))
KEYS = ("label", "role", "metric", "owner", "period", "target", "parent", "action", "review")


def mended(text: str, config: Config = SELECT) -> str:
    """The text after one round."""
    goals = read("goals.yaml", source=text)
    return repaired(lint(goals, as_of=DAY, config=config), goals.texts).texts.get(
        "goals.yaml", text
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    target: 125件\n", "    taget: 125件\n"),
        ("    target: 125件\n", "    'Target' :   125件   # 例\n"),
        ("    role: kpi\n", "    role: KPI\n"),
        ("    role: kpi\n", '    role: "kpii" # c\n'),
        ("    parent: revenue\n", "    parent: reveneu\n"),
        ("metric: opportunities, d", "metric: oportunities, d"),
        ("stage: sales.opportunity}", "stage: sales.opportunty}"),
        ("stage: sales.opportunity}", "stage: sale.opportunity}"),
        ("numerator: opportunities", "numerator: opportunites"),
    ],
)
def test_the_word_that_was_meant(old: str, new: str) -> None:
    assert old in BASE
    after = mended(BASE.replace(old, new, 1))
    assert (
        lint(read("goals.yaml", source=after), as_of=DAY, config=Config(select=("E",))).open == ()
    )
    kept = [line for line in BASE.replace(old, new, 1).splitlines() if line not in after]
    assert len(kept) == len(new.splitlines())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("target: 125件", "target: 125件件"),  # a value
        ("owner: 営業部\n", "owner: 営業部\n    onwer: 東日本営業部\n"),  # the key stands there
        ("metric: won_count\n", "metric: mql_count\n"),
        ("parent: wins}", "parent: win2}"),
        ("metric: won_count\n", "metric: &m won_cuont\n"),
        ("    review: weekly\n", "    reviw: weekly\n    revew: monthly\n"),  # which of the two?
        ("    target: 125件\n", "    target: 125件  # kpilint: ignore P0O4 -- x\n"),
    ],
)
def test_what_is_in_doubt_stays(old: str, new: str) -> None:
    assert old in BASE
    text = BASE.replace(old, new, 1)
    assert mended(text) == text


LINE = "    target: 125件"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (f"{LINE}   # kpilint: ignore S001 -- x\n", f"{LINE}\n"),
        (f"{LINE}  # note  # kpilint: ignore S001 -- x\n", f"{LINE}  # note\n"),
        (f"    # kpilint: ignore S001 -- x\n{LINE}\n", f"{LINE}\n"),
        (f"{LINE} # kpilint: ignore S001, S002\n", f"{LINE}\n"),
        (f"{LINE}件 # kpilint: ignore S001\n", f"{LINE}件 # kpilint: ignore S001\n"),
        (f"{LINE} # kpilint: ignore A001 -- x\n", f"{LINE} # kpilint: ignore A001 -- x\n"),
    ],
)
def test_unused_excuses(written: str, left: str) -> None:
    assert mended(BASE.replace(f"{LINE}\n", written)) == BASE.replace(f"{LINE}\n", left)


def test_of_an_excuse_for_two_rules_the_used_one_stays() -> None:
    excuse = "    label: 頑張る  # kpilint: ignore {} until=2026-12-31 -- x\n"
    text = BASE.replace("    label: 受注数\n", excuse.format("S001, S002"))
    assert mended(text) == BASE.replace("    label: 受注数\n", excuse.format("S001"))


def test_what_only_looks_like_an_excuse_stays() -> None:
    text = BASE.replace(
        "    action: 停滞商談を棚卸しする\n", "    action: 'x # kpilint: ignore S001 -- y'\n"
    )
    assert text != BASE
    assert mended(text) == text


def test_excuses_wait_for_a_file_that_can_be_read() -> None:
    text = BASE.replace(f"{LINE}\n", f"{LINE} # kpilint: ignore S001\n")
    assert mended(text + "goals: [\n") == text + "goals: [\n"
    assert mended(text, Config(select=("S", "X"))) == text


@settings(max_examples=60, deadline=None)
@given(
    key=st.sampled_from(KEYS),
    place=st.integers(0, 5),
    typed=st.sampled_from("abcxyz_"),
    newline=st.sampled_from(["\n", "\r\n"]),
    comment=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=8),
)
def test_nothing_else_changes(key: str, place: int, typed: str, newline: str, comment: str) -> None:
    wrong = key[:place] + typed + key[place:]
    right = BASE.replace("  - id: wins\n", f"  - id: wins  # {comment}\n").replace("\n", newline)
    head, goal, tail = right.partition("  - id: wins")
    text = head + goal + tail.replace(f"    {key}:", f"    {wrong}:", 1)
    after = mended(text)
    assert after in {text, right}
    assert yaml.compose(after, Loader=yaml.BaseLoader) is not None
    assert mended(after) == after
