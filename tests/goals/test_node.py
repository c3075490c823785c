"""Entries: declared keys, their places, faults, and the schema made from them."""

from __future__ import annotations

import pytest
import yaml
from yaml import MappingNode

from kpilint.goals.mapping import pairs
from kpilint.goals.node import Entry, Fault, Reading, given, read_entry, schema_of, shown
from kpilint.goals.readers import amount, entry, integer, list_of, one_of, text
from kpilint.goals.slip import near


class Leaf(Entry):
    name: str = given(text, required=True, default="")


class Tree(Entry):
    kind: str | None = given(one_of("oak", "elm"))
    age: int | None = given(integer)
    price: object = given(amount)
    from_: str | None = given(text, name="from")
    leaves: tuple[Leaf, ...] = given(list_of(entry(Leaf, short="name")), default=())


def read(source: str) -> tuple[Tree, list[Fault]]:
    faults: list[Fault] = []
    return read_entry(Tree, mapping(source), Reading("f.yaml", faults)), faults


def mapping(source: str) -> MappingNode:
    node = yaml.compose(source, Loader=yaml.CBaseLoader)
    assert isinstance(node, MappingNode)
    return node


def test_declared_keys_are_read() -> None:
    tree, faults = read("{kind: oak, age: 3, from: wood, leaves: [a, {name: b}]}")
    assert faults == []
    assert (tree.kind, tree.age, tree.from_) == ("oak", 3, "wood")
    assert [leaf.name for leaf in tree.leaves] == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "code", "column", "says"),
    [
        ("{kidn: oak}", "E002", 2, "Did you mean kind?"),
        ("{kind: aok}", "E003", 8, "Did you mean oak?"),
        ("{age: 3.5}", "E003", 7, "whole number"),
        ("{age: [3]}", "E003", 7, "found a list"),
        ("{leaves: [{}]}", "E003", 11, "name is missing"),
        ("{leaves: {name: a, nmae: b}}", "E002", 20, "Did you mean name?"),
        ("{? {a: b} : c}", "E001", 4, "plain word"),
    ],
)
def test_faults(source: str, code: str, column: int, says: str) -> None:
    _tree, faults = read(source)
    assert [(f.code, f.span.line, f.span.column) for f in faults] == [(code, 1, column)]
    assert says in faults[0].message


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (("kind",), (8, 11)),
        (("leaves",), (13, 19)),
        (("leaves", 0), (23, 24)),
        (("leaves", 1), (27, 31)),
        (("leaves", 1, "name"), (33, 34)),
        (("leaves", 7), (13, 19)),
        (("price",), (2, 6)),
        ((), (2, 6)),
    ],
)
def test_places(path: tuple[str | int, ...], columns: tuple[int, int]) -> None:
    tree, _faults = read("{kind: oak, leaves: [ a, {name: b}]}")
    span = tree.at(*path)
    assert (span.path, span.line, span.column, span.end_column) == ("f.yaml", 1, *columns)


def test_the_place_of_a_key() -> None:
    tree, _faults = read("kind: oak\nleaves:\n  - {name: b}\n")
    assert (tree.key_at("leaves").line, tree.key_at("leaves").column) == (2, 1)
    assert tree.key_at("age") == tree.at()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{a: 3,900}", {"a": "3,900"}),
        ("{a: 1,000,000,b: 2}", {"a": "1,000,000", "b": "2"}),
        ("{a: 1,000, b: 2,000円}", {"a": "1,000", "b": "2,000円"}),
        ("{a: 3,9000}", {"a": "3", "9000": ""}),
        ("{a: 3, 900}", {"a": "3", "900": ""}),
        ("{a: 3,900: x}", {"a": "3", "900": "x"}),
        ("{a: '3',900}", {"a": "3", "900": ""}),
        ("{a: x,900}", {"a": "x", "900": ""}),
        ("{a: 3,900: ''}", {"a": "3", "900": ""}),
    ],
)
def test_thousands(source: str, expected: dict[str, str]) -> None:
    node = mapping(source)
    for _again in range(2):
        assert {k.value: v.value for k, v in pairs(node)} == expected


def test_merges_do_not_override() -> None:
    node = mapping("{<<: [{a: 1, b: 1}, {b: 2, c: 2}], a: 0}")
    assert {k.value: v.value for k, v in pairs(node)} == {"a": "0", "b": "1", "c": "2"}


def test_what_was_read_is_shown_short_and_harmless() -> None:
    ((node, _value),) = mapping('"\\e[31m' + "x" * 70 + '": 1').value
    assert len(shown(node)) == 60
    assert shown(node).isprintable()


def test_near() -> None:
    assert near("taget", ["target", "period"]) == " Did you mean target?"
    assert near("xyz", ["target", "period"]) == ""


def test_the_schema_tells_the_same() -> None:
    schema = schema_of(Tree)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"] == {"enum": ["oak", "elm"]}
    assert "from" in schema["properties"]
    assert schema_of(Leaf)["required"] == ["name"]
