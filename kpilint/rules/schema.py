"""The JSON Schema of the goals file, with every rule and its options, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kpilint.goals.excuse import Ignore, Lint
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.node import schema_of
from kpilint.manual import meanings, titled
from kpilint.rule import Rule
from kpilint.rules import ALL

_KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
_PREFIX = {"type": "string", "pattern": "^[A-Z][0-9]{0,2}$"}
Schema = dict[str, Any]


def schema() -> str:
    """The schema as JSON, made from the declarations that read the file and from the rules."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "kpilint goals"}
    whole = schema_of(GoalSet)
    whole["properties"] |= {"lint": _lint()}
    return json.dumps(head | whole, ensure_ascii=False, indent=1) + "\n"


def _lint() -> Schema:
    codes = [rule.code for rule in ALL]
    names = [rule.name for rule in ALL]
    word = {"anyOf": [{"enum": ["ALL", *codes, *names]}, _PREFIX]}
    ignore = schema_of(Ignore)
    ignore["properties"] |= {"rule": {"enum": codes}}
    short = {"anyOf": [ignore, {"enum": codes}]}
    return schema_of(Lint) | {
        "properties": {
            "select": _one_or_more(word),
            "ignore": _one_or_more(short),
            "options": _options(),
        }
    }


def _one_or_more(item: Mapping[str, Any]) -> Schema:
    return {"anyOf": [{"type": "array", "items": item}, item]}


def _options() -> Schema:
    """Every rule that has options, under its code and under its name."""
    known = {word: _of_rule(rule) for rule in ALL for word in (rule.code, rule.name)}
    return {"type": "object", "properties": known, "additionalProperties": False}


def _of_rule(rule: Rule) -> Schema:
    means = meanings(rule)
    properties = {
        name: {
            "type": _KINDS[type(default)],
            "default": default,
            "description": means.get(name, ""),
        }
        for name, default in rule.options.items()
    }
    return {
        "type": "object",
        "description": titled(rule),
        "properties": properties,
        "additionalProperties": False,
    }
