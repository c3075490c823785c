"""Alerts: what they may say, and whom they may name."""

from __future__ import annotations

import pytest

from kpilint.errors import Unavailable
from kpilint.goals.goalfile import read
from kpilint.goals.recipient import address, shown
from kpilint.i18n import speaking
from kpilint.linter import Config, lint

HEAD = """language: en
metrics: {m: {manual: {2026-10: 1}, over: sum, unit: JPY}}
goals: [{id: g, metric: m, period: 2026-10, target: 100円}]
alerts:
"""


@pytest.mark.parametrize(
    ("alert", "code", "says"),
    [
        ('{goal: g, when: "attainment >= 75%", to: "${A}"}', None, ""),
        ('{when: "status = off_track", to: ["${A}", "${B}"]}', None, ""),
        ('{on: error_finding, goal: g, to: "${A}"}', None, ""),
        ('{goal: g, when: "actual > 80円", to: "${A}"}', None, ""),
        ('{goal: g, when: "atainment >= 75%", to: "${A}"}', "E003", "Did you mean attainment?"),
        ('{goal: g, to: "${A}"}', "E003", "either when"),
        ('{goal: g, when: "days_left < 7", on: run_failed, to: "${A}"}', "E003", "either when"),
        ('{on: run_failed, goal: g, to: "${A}"}', "E003", "means nothing"),
        ('{on: run_faild, to: "${A}"}', "E003", "Did you mean run_failed?"),
        ('{when: "actual > 80円", to: "${A}"}', "E003", "about one goal"),
        ("{on: run_failed}", "E003", "to is missing"),
        ('{goal: gg, when: "days_left < 7", to: "${A}"}', "E005", "not defined"),
        ('{goal: g, when: "actual > 80件", to: "${A}"}', "E008", "80件"),
        ("{on: run_failed, to: https://hooks.example.com/abc}", "E010", "${SLACK_URL}"),
    ],
)
def test_what_an_alert_may_say(alert: str, code: str | None, says: str) -> None:
    goals = read("goals.yaml", source=f"{HEAD}  - {alert}\n")
    found = lint(goals, as_of="2026-10-31", config=Config(select=("E",)))
    assert [(f.code, f.span.line) for f in found] == ([(code, 5)] if code else [])
    assert all(says in f.message for f in found)


@pytest.mark.parametrize(
    ("to", "told", "sent"),
    [
        ("${A}", "A", "slack://t/o/k"),
        ("mailtos://me:${PW}@smtp.example.com?to=you@example.com",
         "mailtos://smtp.example.com?to=you@example.com",
         "mailtos://me:p%40ss%2F@smtp.example.com?to=you@example.com"),
        ("mailto://127.0.0.1:25", "mailto://127.0.0.1:25", "mailto://127.0.0.1:25"),
    ],
)  # fmt: skip
def test_an_address_takes_its_secrets_from_the_environment(to: str, told: str, sent: str) -> None:
    assert shown(to) == told
    assert address(to, {"A": " slack://t/o/k\n", "PW": "p@ss/"}) == sent


@pytest.mark.parametrize(
    ("to", "says"),
    [("${A}", "variable A is not set"), ("slack://opensesame/b/c", "${SLACK_URL}")],
)
def test_an_address_that_is_not_used(to: str, says: str) -> None:
    with speaking("en"), pytest.raises(Unavailable) as told:
        address(to, {"A": " "})
    assert says in str(told.value)
    assert "opensesame" not in str(told.value) + shown(to)
