"""Findings in the forms that people and programs read: one function each, loaded when wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpilint.finding import Findings

FORMATS = ("text", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown")


def written(form: str, findings: Findings, sources: Mapping[str, str]) -> str:
    """The findings in one of ``FORMATS``; ``sources`` holds the text of each file by path."""
    writer: Callable[[Findings, Mapping[str, str]], str]
    writer = getattr(import_module(f"kpilint.output.{form}"), form)
    return writer(findings, sources)
