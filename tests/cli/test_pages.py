"""``kpilint explain``, ``rules`` and ``schema``: what is generated from the code itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from kpilint.cli import COMMANDS, kpilint
from kpilint.rule import Rule
from kpilint.rules import ALL

EXAMPLE = Path(__file__).parents[1] / "goals" / "example.yaml"


def output(*args: str) -> str:
    result = CliRunner().invoke(kpilint, list(args), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("word", ["A001", "a001", "target-outside-history"])
def test_explain(word: str) -> None:
    page = output("explain", word, "--lang", "en")
    assert page.startswith("A001 target-outside-history (error)\n")
    for part in ("Bad:", "Good:", "level = 0.975", "When to ignore:", "Source:"):
        assert part in page


def test_explain_as_json_and_markdown() -> None:
    told = json.loads(output("explain", "A001", "--lang", "ja", "--format", "json"))
    assert (told["code"], told["severity"], told["options"]["level"]["default"]) == (
        "A001", "error", 0.975,
    )  # fmt: skip
    assert told["title"] in output("explain", "A001", "--lang", "ja")
    page = output("explain", "A001", "--lang", "en", "--format", "markdown")
    assert page.startswith("# A001 target-outside-history\n") and "```yaml\n" in page


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_every_rule_can_be_explained(rule: Rule) -> None:
    for language in ("ja", "en"):
        assert f"{rule.code} {rule.name}" in output("explain", rule.code, "--lang", language)


def test_rules() -> None:
    lines = output("rules", "--lang", "en").splitlines()
    assert [line[:4] for line in lines] == [rule.code for rule in ALL]


@pytest.mark.parametrize("word", ["P011", "p011", "dropped-goal"])
def test_a_rule_goes_by_code_and_name(word: str) -> None:
    assert output("explain", word, "--lang", "en").startswith("P011 dropped-goal ")


def test_rules_as_json() -> None:
    for language in ("ja", "en"):
        listed = json.loads(output("rules", "--format", "json", "--lang", language))
        assert [(r["code"], r["severity"]) for r in listed] == [
            (rule.code, str(rule.severity)) for rule in ALL
        ]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(output("schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: on and yes are words, dates are text."""

    yaml_implicit_resolvers = {  # noqa: RUF012, the loader's own form
        letter: [(tag, r) for tag, r in known if not tag.endswith((":bool", ":timestamp"))]
        for letter, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def loaded(text: str) -> object:
    return yaml.load(text, Loader=Yaml12)


def test_the_schema_takes_the_example(validator: jsonschema.Draft202012Validator) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [error.message for error in validator.iter_errors(loaded(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "gaols: []",
        "goals: [{label: x}]",
        "goals: [{id: a, role: kpl}]",
        "metrics: {m: {agg: total}}",
        "goals: [{id: a, combine: {sum: [b], ratio: [b, c]}}]",
        "lint: {select: [vague-lable]}",
        "lint: {ignore: [{rule: A9}]}",
        "lint: {options: {P001: {per_ownr: 4}}}",
        "lint: {options: {P001: {per_owner: four}}}",
    ],
)
def test_the_schema_refuses(text: str, validator: jsonschema.Draft202012Validator) -> None:
    assert list(validator.iter_errors(loaded(text)))


@pytest.mark.parametrize(
    "text",
    [
        "goals: [{id: a, combine: {sum: [b, c]}, share: {of: b, percent: 30%}}]",
        "lint: {select: [ALL, S, P00, A005, vague-label], ignore: [S001, {rule: A001}]}",
        "lint: {options: {P001: {per_owner: 4}, too-many-kpis: {total: 9}}}",
    ],
)
def test_the_schema_takes(text: str, validator: jsonschema.Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(loaded(text))] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    assert "Options:" in output(command, "--help")


def test_the_schema_is_its_one_form() -> None:
    assert output("schema", "--format", "json") == output("schema")


def test_version() -> None:
    assert output("--version").startswith("kpilint ")
