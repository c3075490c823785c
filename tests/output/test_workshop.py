"""Findings as a notebook's table of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kpilint.goals.goalfile import read
from kpilint.linter import lint
from kpilint.output.workshop import Workshop

TEXT = """goals:
  - {id: a, label: 受注数, role: kgi, metric: nothing, period: 2026-Q3, target: 5件}
  - {id: b, label: 営業を強化する, owner: 営業部}
"""


def workshop(language: str, text: str = TEXT) -> Workshop:
    return Workshop(
        lint(read("goals.yaml", source=text), as_of=date(2026, 10, 1), language=language)
    )


def test_each_open_finding_but_those_on_the_file_is_a_question() -> None:
    table = workshop("en").table()
    assert {code[0] for code in table["code"]} & {"E", "X"} == set()
    row = table.set_index("code").loc["S002"]
    assert row["goal"] == "受注数"
    assert row["owner"] == "not decided"
    assert row["question"] == "Who answers for this goal?"
    assert "<table" in workshop("en")._repr_html_()


def test_the_heaviest_come_first() -> None:
    weights = [finding.severity for finding in workshop("en").asked()]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) > 1


def test_it_counts() -> None:
    found = workshop("en")
    assert found.text() == f"{len(found.table())} questions came up on 2 goals as of 1 Oct 2026."
    assert found.figure().data


def test_nothing_to_ask_is_said() -> None:
    nobody = replace(workshop("en").findings, findings=())
    assert Workshop(nobody).text().endswith("there is nothing to ask.")
    assert Workshop(nobody).table().empty
