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
    ("line", "shown"),
    [
        ("url: postgresql://crm:p%40ss@host/crm", "url: postgresql://crm:******@host/crm"),
        ("url: 'a://h/d?access_key=abc&x=1'", "url: 'a://h/d?access_key=***&x=1'"),
        ("url: postgresql://crm:${PW}@host/crm", "url: postgresql://crm:${PW}@host/crm"),
        ("# 17:30 https://example.com/a?b=c mail@example.com", None),
    ],
)
def test_masked_lines_keep_their_columns(line: str, shown: str | None) -> None:
    assert masked(line) == (shown or line)
    assert len(masked(line)) == len(line)
