"""Which expressions pass, what they name, and why the others are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.expression import FUNCTIONS, check, names


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("stage = 'won'", ["stage"]),
        ("stage in ('won', 'lost')", ["stage"]),
        ("stage not in ('won')", ["stage"]),
        ("stage == 'it''s; -- won' and a <> b", ["stage", "a", "b"]),
        ("hours_between(created_at, first_response_at)", ["created_at", "first_response_at"]),
        ("取引ステージ = '受注' or not 失注", ["取引ステージ", "失注"]),
        ('"「MQL」に入った日付" is not null', ["「MQL」に入った日付"]),
        ('"a ""b""" = 1', ['a "b"']),
        ("closed_at >= date '2026-10-01'", ["closed_at"]),
        ("at < timestamp '2026-10-01 09:30:00'", ["at"]),
        ("date(closed_at) = created_on", ["closed_at", "created_on"]),
        ("amount between 1 and 2.5e6 and b", ["amount", "b"]),
        ("amount not between -1 and + 1", ["amount"]),
        ("name like '%社%' or name ilike 'a%'", ["name"]),
        ("case when a > 0 then b else null end + 1", ["a", "b"]),
        ("case a when 1 then 2 when 2 then 3 end", ["a"]),
        ("coalesce(a, b, 0) * (c - 1) / 100 % 7", ["a", "b", "c"]),
        ("LOWER(Name) || 'x' = nullif(a, '')", ["Name", "a"]),
        ("a = a and a is null", ["a"]),
        ("true", []),
        ("a\n  = 1", ["a"]),
    ],
)
def test_a_plain_expression_and_its_columns(text: str, columns: list[str]) -> None:
    assert names(text) == tuple(columns)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a in (select id from other)", "character 7: Sub-queries"),
        ("exists (select 1)", "Sub-queries"),
        ("from = 1", "Sub-queries"),
        ("a = 1 union select 2", "Sub-queries"),
        ("a; drop table x", "character 2: Only one"),
        ("a -- b", "Comments"),
        ("a /* b */", "Comments"),
        ("1--5", "Comments"),
        ("read_csv('/etc/passwd')", "read_csv.*allowed are abs"),
        ("getenv('HOME') = ''", "getenv"),
        ("sum(amount)", "agg:"),
        ("count(*)", "agg:"),
        ("cast(a as integer)", "cast"),
        ("current_date > a", "clock"),
        ("other.x = 1", "character 6: An expression sees"),
        ("*", "does not fit"),
        ("a::date", "character 2: This sign"),
        ("a[1]", "This sign"),
        ("$1 = a", "This sign"),
        ("@a", "This sign"),
        ("a = ?", "This sign"),
        ("a \\ b", "This sign"),
        ("㈱ = 1", "double quotes"),
        ("a = ", "a value is missing"),
        ("a and", "a value is missing"),
        ("(a", r"\) is missing"),
        ("a)", "character 2: This does not fit"),
        ("a b", "character 3: This does not fit"),
        ("a in ()", "does not fit"),
        ("a in (1,)", "does not fit"),
        ("a in 1", "does not fit"),
        ("a is 5", "does not fit"),
        ("a between 1", "and is missing"),
        ("case a end", "does not fit"),
        ("case when a then b", "end is missing"),
        ("and", "does not fit"),
        ("lower()", "does not fit"),
        ("lower(a, b)", "it takes: 1"),
        ("substr(a)", "it takes: 2–3"),
        ("'abc", "never closed"),
        ('"abc', "never closed"),
        ('"" = 1', "has a name"),
        ("a = date '2026-13-45'", "Not a date"),
        ("a = timestamp 'noon'", "Not a date"),
        ("1.2.3 = a", "This sign"),
        ("12abc", "This sign"),
        ("٣ = a", "This sign"),
        ("(" * 40 + "a" + ")" * 40, "32 deep"),
        ("(" * 4_000, "32 deep"),
        ("not " * 300 + "a", "200 operators"),
        ("a" + " + a" * 300, "200 operators"),
        ("a" * 20_000, "10000 characters"),
        ("a\x00", "�"),
        ("\ud800", "�"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as refusal:
        check(text)
    str(refusal.value).encode()


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_function_takes_some_number_of_arguments(function: str) -> None:
    def passes(count: int) -> bool:
        try:
            check(f"{function}({', '.join('abc'[:count])}) = 1")
        except ValueError:
            return False
        return True

    assert any(passes(count) for count in (1, 2, 3))


@given(st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True), st.text(max_size=20))
def test_quoting_makes_any_name_a_column_and_any_text_a_string(name: str, text: str) -> None:
    quoted, string = name.replace('"', '""'), text.replace("'", "''")
    assert names(f"\"{quoted}\" = '{string}'") == (name,)


WORDS = "a 'b' \"c\" 1 ( ) , and or not in is null case when then end = -"


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_any_text_passes_or_is_refused_with_a_sentence(text: str) -> None:
    try:
        check(text)
    except ValueError as refusal:
        assert str(refusal).encode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "受注金額(円)",
            "“受注金額” at character 1: .* heading with brackets goes in double quotes",
        ),
        ("受注金額（円）", "double quotes"),
        ("金額 受注", "“受注” at character 4: .* heading with spaces goes in double quotes"),
        ("amount tax", "check quotes"),
    ],
)
def test_a_heading_without_its_quotes_is_told_how_to_be_written(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check(text)
    check(f'"{text}"')
