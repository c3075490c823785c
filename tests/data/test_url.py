"""Addresses of databases: what is expanded, what is refused, and what is never shown."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.data.url import Address, address_of
from kpilint.errors import SourceProblem, Unavailable
from kpilint.goals.goalfile import read
from kpilint.goals.source import Source


def source(url: str) -> Source:
    goals = read("goals.yaml", source=f"sources: {{crm: {{url: '{url}', table: t}}}}")
    assert goals.faults == ()
    return goals.sources["crm"]


def address(url: str) -> Address:
    found = address_of(source(url))
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ME", "chief")
    monkeypatch.setenv("SECRET", "hu/sh@:%+")
    monkeypatch.setenv("HOST", "db.example.com:5433")
    monkeypatch.setenv("WHOLE", "postgresql://me:hush@db/crm?sslmode=require")


@pytest.mark.parametrize(
    ("written", "url", "shown"),
    [
        ("duckdb:///a b.db", "duckdb:///a b.db", "duckdb:///a b.db"),
        ("spark://local[2]/wh", "spark://local[2]/wh", "spark://local[2]/wh"),
        ("postgresql://${ME}@h/crm", "postgresql://chief@h/crm", "postgresql://${ME}@h/crm"),
        (
            "PostgreSQL://${ME}:${SECRET}@${HOST}/crm?sslmode=require",
            "PostgreSQL://chief:hu%2Fsh%40%3A%25%2B@db.example.com:5433/crm?sslmode=require",
            "PostgreSQL://${ME}@${HOST}/crm",
        ),
        (
            "${WHOLE}",
            "postgresql://me:hush@db/crm?sslmode=require",
            "postgresql://db/crm",
        ),
        ("trino://h/c?token=${SECRET}", "trino://h/c?token=hu%2Fsh%40%3A%25%2B", "trino://h/c"),
    ],
)
def test_variables_are_expanded_and_not_shown(written: str, url: str, shown: str) -> None:
    found = address(written)
    assert (found.url, found.shown) == (url, shown)
    assert "sh" not in repr(found).replace("shown", "")
    assert found.scheme == found.scheme.lower()


def test_a_source_of_files_has_no_address() -> None:
    goals = read("goals.yaml", source="sources: {crm: {path: a.csv}}")
    assert address_of(goals.sources["crm"]) is None


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(Unavailable, match="crm needs the environment variable NOBODY_SET_IT"):
        address("postgresql://${ME}:${NOBODY_SET_IT}@h/crm")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hush@h/crm",
        "postgresql://${ME}:hush${SECRET}@h/crm",
        "postgresql://h/crm?password=hush",
        "snowflake://${ME}@h/db?private_key=hush",
        "databricks://h?access_token=hush",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SourceProblem, match="has a password or key written in it") as told:
        address(url)
    assert "hush" not in str(told.value)


@pytest.mark.parametrize("url", ["crm", "/data/crm.db", "postgresql:/h", "://h", "${ME}"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(SourceProblem, match="no address of a database"):
        address(url)


_LETTERS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1)


@given(user=_LETTERS, password=_LETTERS)
def test_any_letters_may_stand_in_a_password(user: str, password: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANYBODY", user)
        patch.setenv("ANYTHING", password)
        found = address("postgresql://${ANYBODY}:${ANYTHING}@h/crm")
    assert (found.user, found.password) == (user, password)
    assert urlsplit(found.url).hostname == "h"
    assert found.shown == "postgresql://${ANYBODY}@h/crm"


@pytest.mark.parametrize("secret", ["hu/sh@:%+", "hu%2Fsh%40%3A%25%2B"])
def test_a_drivers_complaint_is_cleared_of_secrets(secret: str) -> None:
    found = address("postgresql://${ME}:${SECRET}@h/crm")
    assert found.hide(f"cannot reach\n {secret} now") == "cannot reach *** now"
    assert found.hide(f"tried {found.url}") == "tried ***"
