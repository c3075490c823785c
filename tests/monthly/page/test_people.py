"""Names of people are recognised however they are spaced and spelt."""

from __future__ import annotations

import pytest

from kpilint.goals.goal import Goal
from kpilint.monthly.blocks import Chart, Table, Verdict
from kpilint.monthly.page.people import People
from kpilint.monthly.page.views import ALL, BOARD
from tests.monthly.made import month

PEOPLE = People.of(month().order)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("佐藤健一は12件", True),
        ("佐藤　健一", True),
        ("ANN LEE won", True),
        ("AnnLee", True),
        ("Joann Lee", False),
        ("佐藤商事", False),
        ("North", False),
        ("", False),
    ],
)
def test_names(text: str, named: bool) -> None:
    assert PEOPLE.named_in(text) is named
    assert PEOPLE.readers(text) == (BOARD if named else ALL)


@pytest.mark.parametrize(
    "block",
    [
        Verdict("佐藤 健一 leads."),
        Table(("a",), (("x",), ("佐藤 健一",))),
        Chart('{"data":[{"y":["佐藤 健一"]}]}'),
        Chart("{}", table=Table(("佐藤 健一",), (("1",),))),
    ],
)
def test_names_in_a_result(block: Verdict | Table | Chart) -> None:
    assert PEOPLE.in_block(block)


@pytest.mark.parametrize("asked", [{"names": "yes"}, {"people": "names"}])
def test_names_that_were_asked_for_may_be_read(asked: dict[str, str]) -> None:
    assert not People.of(month(parameters=asked).order).named_in("佐藤 健一")


@pytest.mark.parametrize(
    ("goal", "owner"),
    [
        ("revenue", "Sales"),
        ("orders", "Field sales"),  # a person
        ("calls", "Inside sales (no owner yet)"),
    ],
)
def test_who_answers_for_a_goal(goal: str, owner: str) -> None:
    found: Goal = month().order.goals.by_id[goal]
    assert PEOPLE.owner(found) == owner


@pytest.mark.parametrize(
    ("name", "recognised"),
    [
        ("鈴木 一郎", True),
        ("Bo Ek", True),
        ("North", False),  # a team
        ("Revenue", False),  # a metric
        ("7", False),
        ("A", False),
    ],
)
def test_whom_only_the_data_knows_is_recognised(name: str, recognised: bool) -> None:
    people = People.of(month().order, [name])
    assert people.named_in(f"{name}: 12") is recognised
    assert not PEOPLE.named_in(f"{name}: 12")
