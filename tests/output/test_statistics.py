"""How often each rule found something."""

from __future__ import annotations

import json
from dataclasses import replace

from rich.cells import cell_len

from kpilint.output.statistics import as_json, statistics
from tests.output.found import EXCUSED, finding, findings

FOUND = findings(
    finding("S002", known=True), finding("S001"), finding("S001", excused=EXCUSED), finding("S001")
)


def test_a_line_a_rule() -> None:
    assert statistics(FOUND).splitlines() == [
        "Rule  Name    Unresolved  Excused  Known",
        "S001  a-rule           2        1      0",
        "S002  a-rule           0        0      1",
    ]


def test_columns_stand_under_wide_headings() -> None:
    lines = statistics(replace(FOUND, language="ja")).splitlines()
    assert len({cell_len(line) for line in lines}) == 1


def test_the_same_for_programs() -> None:
    first, second = json.loads(as_json(FOUND))
    assert first == {"code": "S001", "name": "a-rule", "open": 2, "excused": 1, "known": 0}
    assert (second["code"], second["known"]) == ("S002", 1)
