"""E010: a password in the file is found, and nothing that is printed repeats it."""

from __future__ import annotations

import pytest

from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint
from kpilint.output.text import text
from kpilint.output.visible import masked


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://crm:opensesame@localhost/crm", True),
        ("postgresql://crm:${PW}x@localhost/crm", True),
        ("snowflake://a/b?password=opensesame", True),
        ("postgresql://crm:${PGPASSWORD}@localhost/crm", False),
        ("postgresql://${PGUSER}@localhost/crm", False),
        ("${DATABASE}", False),
        ("duckdb:///crm.db", False),
        ("snowflake://a/b?password=${PW}&warehouse=w", False),
    ],
)
def test_secret_in_file(url: str, found: bool) -> None:
    source = f"language: en\nsources:\n  deals: {{url: '{url}', table: deals}}\n"
    goals = read("goals.yaml", source=source)
    findings = lint(goals, as_of="2026-10-01", config=Config(select=("E010",)))
    assert [(f.code, f.span.line) for f in findings] == [("E010", 3)] * found
    assert "opensesame" not in text(findings, {"goals.yaml": source})


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("https://hooks.slack.com/services/T0/B0/opensesame", True),
        ("slack://opensesame/B0/T0", True),
        ("mailto://me:opensesame@smtp.example.com", True),
        ("mailto://smtp.example.com?to=a@example.com&pass=opensesame", True),
        ("mailtos://me:${PW}opensesame@smtp.example.com", True),
        ("mailto://smtp.example.com?from=me@example.com&to=you@example.com", False),
        ("mailtos://me:${MAIL_PASSWORD}@smtp.example.com", False),
        ("slack://${A}/${B}/${C}", False),
        ("${SLACK_URL}", False),
    ],
)
def test_an_alert_gives_nothing_away(to: str, found: bool) -> None:
    source = f"language: en\nalerts:\n  - {{on: run_failed, to: '{to}'}}\n"
    goals = read("goals.yaml", source=source)
    findings = lint(goals, as_of="2026-10-01", config=Config(select=("E010",)))
    assert [(f.code, f.span.line) for f in findings] == [("E010", 3)] * found
    assert "opensesame" not in text(findings, {"goals.yaml": source})


def test_the_ledger_gives_nothing_away() -> None:
    source = "language: en\nledger: postgresql://me:opensesame@localhost/crm\n"
    findings = lint(
        read("goals.yaml", source=source), as_of="2026-10-01", config=Config(select=("E010",))
    )
    assert [f.span.line for f in findings] == [2]
    assert "opensesame" not in text(findings, {"goals.yaml": source})


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("url: postgresql://crm:p%40ss@host/crm", "url: postgresql://crm:******@host/crm"),
        ("url: 'a://h/d?access_key=abc&x=1'", "url: 'a://h/d?access_key=***&x=1'"),
        ("url: postgresql://crm:${PW}@host/crm", "url: postgresql://crm:${PW}@host/crm"),
        ('to: ["slack://abc/d", x://yz]', 'to: ["slack://*****", x://**]'),
        ("  - discord://1/ab", "  - discord://****"),
        ("to: mailto://smtp.example.com?to=a@example.com", None),
        ("# 17:30 https://example.com/a?b=c mail@example.com", None),
    ],
)
def test_masked_lines_keep_their_columns(line: str, shown: str | None) -> None:
    assert masked(line) == (shown or line)
    assert len(masked(line)) == len(line)
