"""The Japanese catalogue: complete, in step with the code, and in the words of the field."""

from __future__ import annotations

import ast
import re
from collections.abc import Set
from gettext import GNUTranslations
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kpilint.i18n import _, speaking
from kpilint.manual import page_of
from kpilint.rules import ALL
from tests.catalogue import PO, ROOT, japanese, messages

ENGLISH = messages()
JAPANESE = japanese()
TITLES = frozenset(page_of(rule).title for rule in ALL)
PAIRS = {english: told for english, told in JAPANESE.items() if told}

# What the English says, and the one Japanese term for it.
TERMS = {
    r"metrics?(?!:)": "指標",
    r"targets?(?!:)": "目標",
    r"goals?": "目標",
    r"attainment": "達成率",
    r"forecasts?": "着地見込み",
    r"expected by now": "本日時点の目安",
    r"leading": "先行",
    r"lagging": "遅行",
    r"activity metrics?": "行動指標",
    r"funnels?": "ファネル",
    r"stages?(?! =)": "ステージ",
    r"conversions?": "移行率",
    r"win rates?": "受注率",
    r"lost": "失注",
    r"open deals?": "進行中の取引",
    r"stalled": "滞留",
    r"weighted pipeline": "加重金額",
    r"pipeline coverage": "パイプライン充足率",
    r"lead times?": "先行期間|リードタイム",
    r"bottlenecks?": "ボトルネック",
    r"at stake": "改善余地",
    r"(?:not|nor) detectable": "判別できません|判別不能",
    r"hypothes[ei]s": "仮説",
    r"refuted": "不支持",
    r"could not (?:be )?check(?:ed)?": "未判定",
    r"excuse[sd]?": "除外",
    r"findings?": "指摘",
    r"errors, +warnings": "エラー",
    r"warnings?": "警告",
    r"notes?": "参考",
    r"year on year": "前年同期比",
    r"quarter on quarter": "前期比",
    r"vanity": "虚栄の指標",
}

# What a Japanese sentence never says, and what it says instead.
VARIANTS = {
    r"メトリクス|メトリック": "指標",
    r"ゴール|ターゲット": "目標",
    r"実績値|アクチュアル|実測値": "実績",
    r"達成度|進捗率": "達成率",
    r"フォーキャスト|フォアキャスト|着地予測|着地予想|予測着地": "着地見込み",
    r"(?<!進捗)(?<!ス)ペース(?!ト)": "進捗ペース",
    r"リーディング|先行指数": "先行指標",
    r"ラギング|遅効|遅行指数": "遅行指標",
    r"アクティビティ|活動指標": "行動指標",
    r"コンバージョン|転換率|歩留|遷移率|CVR": "移行率",
    r"勝率|成約率|クローズ率": "受注率",
    r"失敗案件|ロスト": "失注",
    r"オープン(?:案件|商談|な)|未決着": "進行中の取引",
    r"停滞|塩漬け": "滞留",
    r"加重パイプライン|重み付きパイプライン": "加重金額",
    r"(?<!受注)確度": "受注確度",
    r"カバレッジ": "パイプライン充足率",
    r"(?<![ァ-ヴー])ラグ|タイムラグ": "先行期間",
    r"(?<!ボトル)ネック(?!レス)|隘路|律速": "ボトルネック",
    r"有意": "この件数では判別できません",
    r"棄却|採択|立証|反証": "支持、不支持",
    r"未チェック|チェック不能|判定不能|判定不可": "未判定",
    r"免除|言い訳|例外扱い|抑制": "除外",
    r"ファインディング|検出事項|発見事項": "指摘",
    r"ウォーニング|ワーニング": "警告",
    r"インフォ": "参考",
    r"対前年|対前期|前年対比": "前年同期比、前期比",
    r"バニティ|見せかけ": "虚栄の指標",
    r"リンター|リント": "点検",
    r"(?:フォルダ|パラメータ|メモリ)(?!ー)": "長音で終える",
    r"あなた": "(主語を置かない)",
    r"すること[がは](?:でき|可能)": "できます",
    r"下さい|出来(?:る|ない|ます|ません)": "ください、できます",
}

# Code, placeholders, metavariables such as GOALS, names of files and kinds of rooms.
LITERAL = r"``.*?``|{.*?}|\b[A-Z]{2,}\b|\b\w+\.(?:yaml|xlsx|csv|json)\b"
KANA_OR_KANJI = r"ぁ-んァ-ヴー一-龠々〜"


def _fields(text: str) -> Set[str]:
    """The names between braces, also between those that stand in others."""
    parts = list(Formatter().parse(text))
    within = [_fields(spec) for _text, _field, spec, _conversion in parts if spec]
    return {field for _text, field, _spec, _conversion in parts if field}.union(*within)


def _code(text: str) -> Set[str]:
    """What must be typed as it stands: ``code`` and --options."""
    return set(re.findall(r"``[^`]+``|--[a-z][a-z-]*", text))


def test_every_message_is_translated() -> None:
    assert {message: ENGLISH[message] for message in ENGLISH.keys() - PAIRS.keys()} == {}


def test_no_translation_is_obsolete() -> None:
    assert JAPANESE.keys() - ENGLISH.keys() == set()


def test_only_rule_pages_are_looked_up_by_variable() -> None:
    """Any other message must stand literally at its call, else no catalogue can know it."""
    by_variable = {
        path.relative_to(ROOT / "kpilint").as_posix()
        for path in (ROOT / "kpilint").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        if not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    }
    assert by_variable == {"manual.py", "cli/rules.py", "output/sarif.py"}


def test_kpilint_serves_what_the_catalogue_says() -> None:
    compiled = BytesIO()
    with PO.open("rb") as file:
        write_mo(compiled, read_po(file, locale="ja"))
    compiled.seek(0)
    fresh = GNUTranslations(compiled)
    assert {english: fresh.gettext(english) for english in PAIRS} == PAIRS
    with speaking("ja"):
        served = {english: _(english) for english in PAIRS}
    assert served == PAIRS, "the compiled catalogue is older than the .po: install kpilint anew"


def test_english_needs_no_catalogue() -> None:
    with speaking("en"):
        assert [message for message in ENGLISH if _(message) != message] == []


def test_placeholders_are_the_same() -> None:
    assert [e for e, told in PAIRS.items() if _fields(e) != _fields(told)] == []


def test_words_that_hang_on_a_number_know_both() -> None:
    """“1 goals” is said by no message; where a count is at least two the words may stand alone."""
    several = r"\{\w+\} (?:days|weeks|months|quarters|goals|records|rows|files|findings|points)\b"
    fixed = {"{high}", "{width}", "{least}", "{n0}", "{expected}", "{total}", "{n}", "{checked}"}
    loose = {e: re.findall(several, e) for e in PAIRS}
    assert {e for e, found in loose.items() if {f.split()[0] for f in found} - fixed} == set()


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 goal is"), ("+1", "+1 goal is"), (0, "0 goals are"), ("1.5", "1.5 goals are")],
)
def test_a_count_chooses_its_words(count: object, said: str) -> None:
    with speaking("en"):
        assert _("{count:goal is|goals are} here, {share:.0%}", count=count, share=0.5) == (
            f"{said} here, 50%"
        )


def test_no_value_is_taken_for_a_choice() -> None:
    with speaking("en"):
        told = _("{count:row of {file} is|rows of {file} are} blank", count=2, file="a|b {c:d|e}")
    assert told == "2 rows of a|b {c:d|e} are blank"


def test_code_stays_as_it_is_typed() -> None:
    assert [e for e, told in PAIRS.items() if not _code(e) <= _code(told)] == []


def test_each_translation_is_japanese() -> None:
    worded = {e: told for e, told in PAIRS.items() if re.search("[a-z]", re.sub(LITERAL, "", e))}
    assert [e for e, told in worded.items() if not re.search(f"[{KANA_OR_KANJI}]", told)] == []


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_translation(term: str) -> None:
    said = re.compile(rf"\b(?:{term})(?!\w)", re.IGNORECASE)
    spoken = {e: told for e, told in PAIRS.items() if said.search(re.sub(LITERAL, "", e))}
    assert {e: told for e, told in spoken.items() if not re.search(TERMS[term], told)} == {}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_never_replaces_its_term(variant: str) -> None:
    assert [told for told in PAIRS.values() if re.search(variant, told)] == [], VARIANTS[variant]


@pytest.mark.parametrize(
    ("variant", "good", "bad"),
    [
        (r"(?<!進捗)(?<!ス)ペース(?!ト)", "半角スペース、進捗ペース、ペースト", "今のペース"),
        (r"(?<![ァ-ヴー])ラグ|タイムラグ", "フラグ、プラグイン", "ラグは4週"),
        (r"(?<!ボトル)ネック(?!レス)|隘路|律速", "ボトルネック", "商談化がネック"),
        (r"(?<!受注)確度", "受注確度", "成約の確度"),
    ],
)
def test_a_variant_spares_the_words_that_hold_it(variant: str, good: str, bad: str) -> None:
    assert variant in VARIANTS
    assert re.search(variant, bad)
    assert not re.search(variant, good)


def test_order_in_time_is_never_called_a_cause() -> None:
    order = re.compile(r"\b(?:leads?|lags?|leading|lagging|follows?|together|hypothes[ei]s)\b")
    ordered = [told for english, told in PAIRS.items() if order.search(english)]
    assert ordered
    assert [told for told in ordered if re.search("原因|因果|引き起こ", told)] == []


def test_severities_are_named_as_the_field_does() -> None:
    named = [PAIRS[name] for name in ("error", "warning", "note")]
    assert named == ["エラー", "警告", "参考"]


def test_sentences_end_alike_and_titles_without_a_stop() -> None:
    told = {e: t for e, t in PAIRS.items() if e not in TITLES}
    sentences = {e: t for e, t in told.items() if e.endswith(".")}
    phrases = {e: t for e, t in told.items() if not e.endswith((".", "?", "!", ":"))}
    assert [t for t in sentences.values() if not t.endswith("。")] == []
    assert [t for t in phrases.values() if t.endswith("。")] == []
    assert [PAIRS[e] for e in TITLES if e in PAIRS and PAIRS[e].endswith("。")] == []


def test_punctuation_is_full_width() -> None:
    """Half-width signs stay inside code and numbers, as do the English quotation marks."""
    near = rf"[{KANA_OR_KANJI}」）][,.!?;:()]|[(][{KANA_OR_KANJI}「]|[“”‘’，．]|[。、] "
    assert [told for told in PAIRS.values() if re.search(near, told)] == []
