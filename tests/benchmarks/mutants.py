"""Files as nobody meant to write them: goals files with faults put in, and plain noise.

A case is known by a seed and its number alone, so that what one run found can be had again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import yaml

ROOT = Path(__file__).parents[2]
FORMATS = ("text", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown")
DATA = "deals.csv"
DEALS = "deal_id,stage,amount,created_at,closed_at\n" + "".join(
    f"D{n},{'won' if n % 3 else 'lost'},{n * 1000},2026-{n % 9 + 1:02}-03,2026-{n % 9 + 1:02}-20\n"
    for n in range(60)
)
WITH_DATA = """version: 1
language: en
fiscal_year_start: 4
sources:
  deals:
    path: deals.csv
    key: deal_id
    columns: {amount: amount}
    values: {stage: {won: won}}
    expect: [{unique: deal_id}, {not_null: [stage]}, {between: {column: amount, min: 0}}]
funnels:
  sales:
    source: deals
    record: deal_id
    stages: [{name: lead, entered: created_at}, {name: won, entered: closed_at, where: stage = 'won'}]
metrics:
  won: {label: Orders, source: deals, agg: sum, column: amount, where: stage = 'won', time: closed_at, unit: JPY}
  deals: {label: Deals, source: deals, agg: count, time: created_at, stage: sales.lead}
  rate: {label: Win rate, numerator: won, denominator: deals}
goals:
  - {id: orders, label: Orders, role: kgi, metric: won, owner: Sales, period: 2026-10, target: 9万円}
  - {id: deals, label: Deals, role: kpi, metric: deals, owner: Sales, period: 2026-10, target: 8件, parent: orders}
"""
TABLE = """目標,指標,担当,期限,目標値(千円),4月,5月,6月,合計,備考
受注金額,受注金額,営業部,2026年度,"36,000","12,000","12,000","12,000","36,000",
受注率,受注率,営業部,2026年度上期,0.3,30%,30%,30%,,四半期ごと
架電数,架電数,IS課,2026-10,400件,,,,,行動指標
"""
SCALARS: Sequence[Any] = (
    *("", " ", "~", "null", "true", "no", "0", "-1", "1e400", "-.inf", ".nan", "0x1F", "1_000"),
    *("9" * 400, "▲5%", "３０％", "¥42,000,000", "200〜300件", "≤ 2時間", "前年比115%", "2倍", "30%円"),
    *("2026-13-45", "0000-00-00", "9999-12", "2026-W54", "FY99999", "26年度下期", "2026-10..2026-01"),
    *("1" * 30 + "d", "4w..", "..", "99999999999y", "Asia/Nowhere", "../../x", "${HOME}", "${", "*.csv"),
    *("stage = 'won", "((((((((((", "a / 0", "; drop table deals", "1 = 1 or", "count(*) over ()"),
    *("a * b * c", "a - - a", "(" * 300, "x" * 5000, "売上" * 500, "\ud7ff", "\u202e", "🎯" * 9, "\x85"),
    *("{month}", "{0}", "%s", "a.b.c", "sales.", ".won", "[", "<<", "ALL", "E001", "P999", "error"),
)  # fmt: skip
SNIPPETS = (
    *("\t", "\n", "\r", "\n\n", ": ", "- ", "  ", "#", "'", '"', "|", ">", "[", "]", "{", "}", ","),
    *("&a ", "*a", "<<: *a\n", "<<: 3\n", "? ", "---\n", "...\n", "%YAML 9.9\n", "!!python/object:x "),
    *("!!binary ", "\ufeff", "\x00", "\x07", "\u2028", "\ud7ff", "　", "：", "，", "９", "万円", "%"),
    *("# kpilint: ignore\n", "# kpilint: ignore A001 until=2026-99-99 -- x\n", "include: [goals.yaml]\n"),
)  # fmt: skip


class Mutant(NamedTuple):
    """One case: a file of that name, and how ``kpilint`` is called on it."""

    kind: str
    name: str
    content: bytes
    options: tuple[str, ...]


def mutant(seed: int, number: int) -> Mutant:
    """The case of that number; the same for ever."""
    rng = Random(f"{seed}/{number}")
    kind = _kind(rng)
    name, content = _KINDS[kind][1](rng)
    options = ["--as-of", "2026-10-31", "--format", rng.choice(FORMATS)]
    options += ["--lang", rng.choice(("ja", "en"))] if rng.random() < 0.5 else []
    options += ["--diff"] if rng.random() < 0.02 and name.endswith("yaml") else []
    options += ["--no-cache"] if kind == "with data" else ["--offline"]
    return Mutant(kind, name, content, tuple(options))


def looks_at_data(seed: int, number: int) -> bool:
    """Whether the case of that number needs the libraries that read data."""
    return _kind(Random(f"{seed}/{number}")) == "with data"


def _kind(rng: Random) -> str:
    return rng.choices(list(_KINDS), [weight for weight, _make in _KINDS.values()])[0]


@cache
def _seeds() -> tuple[str, ...]:
    """Well-made goals files of all sorts: the language's example and the templates."""
    paths = [*sorted((ROOT / "templates" / "goals").rglob("*.yaml"))]
    paths += [ROOT / "tests" / "goals" / "example.yaml", ROOT / "tests" / "rules" / "base.yaml"]
    return (*(path.read_text(encoding="utf-8") for path in paths), WITH_DATA)


@cache
def _tree(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CBaseLoader)


@cache
def _pool() -> tuple[Any, ...]:
    """Every value of every seed, to be put where it does not belong."""
    return tuple(value for text in _seeds() for _holder, _key, value in _places(_tree(text)))


def _places(tree: Any) -> list[tuple[Any, Any, Any]]:
    """All values of a tree, each with what holds it and under which key."""
    found = []
    waiting, seen = [tree], set[int]()  # aliases may lead back to where they stand
    while waiting:
        holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        items = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, value in items:
            found.append((holder, key, value))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _altered(rng: Random, text: str, pool: Sequence[Any]) -> str:
    """A goals file with one to six of its values or keys made into others."""
    tree = deepcopy(_tree(text))
    for _ in range(rng.randint(1, 6)):
        places = _places(tree)
        if not places:
            break
        _alter(rng, *rng.choice(places), pool)
    flow = rng.choice((None, False, True))
    return str(
        yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow)
    )


def _alter(rng: Random, holder: Any, key: Any, value: Any, pool: Sequence[Any]) -> None:
    """One fault: a value replaced, moved, wrapped or gone, a key misspelt, an entry twice."""
    match rng.randrange(8):
        case 0:
            del holder[key]
        case 1:
            holder[key] = rng.choice(SCALARS)
        case 2:
            holder[key] = deepcopy(rng.choice(pool))
        case 3:
            holder[key] = rng.choice(([], {}, [value, value], {"x": value}, [[value]], None))
        case 4:
            holder[key] = _misspelt(rng, value) if isinstance(value, str) else str(value)[:99]
        case 5:
            _alias(rng, holder, key)
        case _ if isinstance(holder, dict):
            name = rng.choice((_misspelt(rng, str(key)), "<<"))
            holder[name] = holder.pop(key) if rng.random() < 0.5 else deepcopy(rng.choice(pool))
        case _:
            holder.insert(rng.randrange(len(holder) + 1), rng.choice((value, rng.choice(SCALARS))))


def _alias(rng: Random, holder: Any, key: Any) -> None:
    """Put one node in two places, now and then inside of itself."""
    twin = rng.choice(_places(holder))[2]
    holder[key] = twin
    if rng.random() < 0.1 and isinstance(twin, dict):
        twin["loop"] = holder
    elif rng.random() < 0.1 and isinstance(twin, list):
        twin.append(holder)


def _misspelt(rng: Random, word: str) -> str:
    place = rng.randrange(len(word) + 1)
    rest = rng.choice((word[place:], word[place + 1 :], word[place : place + 1] + word[place:]))
    return word[:place] + rng.choice(("", "", "x", "ー", ".", " ")) + rest


def _scratched(rng: Random, text: str) -> str:
    """A text with pieces cut, doubled, moved and put in, as a slip of the hand leaves it."""
    for _ in range(1 + int(rng.expovariate(0.8))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + int(rng.expovariate(1 / 12)))
        lines = text.splitlines(keepends=True) or [""]
        line = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + rng.choice(SNIPPETS) + text[start:]
            case 2:
                text = text[:start] + str(rng.choice(SCALARS)) + text[end:]
            case 3:
                lines.insert(rng.randrange(len(lines) + 1), lines[line])
                text = "".join(lines)
            case 4:
                lines[line] = " " * rng.randrange(9) + lines[line].lstrip(" ")
                text = "".join(lines)
            case 5:
                text = text[:start] + text[start:end] * rng.randint(2, 30) + text[end:]
    return text if rng.random() < 0.9 else text[: rng.randrange(len(text) + 1)]


def _encoded(rng: Random, text: str) -> bytes:
    encoding = rng.choices(
        ("utf-8", "utf-8-sig", "utf-16", "cp932", "utf-16-le"), (90, 4, 2, 3, 1)
    )[0]
    return text.encode(encoding, errors="replace")


def _of_tree(rng: Random) -> tuple[str, bytes]:
    return "goals.yaml", _encoded(rng, _altered(rng, rng.choice(_seeds()), _pool()))


def _of_text(rng: Random) -> tuple[str, bytes]:
    return "goals.yaml", _encoded(rng, _scratched(rng, rng.choice(_seeds())))


def _of_both(rng: Random) -> tuple[str, bytes]:
    text = _altered(rng, rng.choice(_seeds()), _pool())
    return "goals.yaml", _encoded(rng, _scratched(rng, text))


def _flipped(rng: Random, content: bytes) -> bytes:
    """Bytes of a file, a few of them others."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 30)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _of_bytes(rng: Random) -> tuple[str, bytes]:
    return "goals.yaml", _flipped(rng, rng.choice(_seeds()).encode())


def _noise(rng: Random) -> tuple[str, bytes]:
    return rng.choice(("goals.yaml", "goals.csv")), rng.randbytes(int(rng.expovariate(1 / 400)))


def _soup(rng: Random) -> tuple[str, bytes]:
    """Words and signs of the language in any order."""
    words = [*_tree(WITH_DATA), *SNIPPETS, *map(str, SCALARS[:60]), "id", "target: "]
    return "goals.yaml", "".join(rng.choices(words, k=rng.randint(1, 80))).encode()


def _of_table(rng: Random) -> tuple[str, bytes]:
    return "goals.csv", _encoded(rng, _scratched(rng, TABLE))


def _of_workbook(rng: Random) -> tuple[str, bytes]:
    """A workbook with odd cells, or one whose bytes were damaged."""
    content = _workbook(_scratched(rng, TABLE) if rng.random() < 0.7 else TABLE)
    return "goals.xlsx", _flipped(rng, content) if rng.random() < 0.5 else content


def _workbook(table: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book, file = Workbook(), io.BytesIO()
    sheet = book.create_sheet("goals", 0)
    for line in ILLEGAL_CHARACTERS_RE.sub("?", table).splitlines():
        sheet.append([cell[:32_000] for cell in line.split(",")])
    book.save(file)
    return _timeless(file)


def _timeless(book: io.BytesIO) -> bytes:
    """The same workbook whenever it is made: its parts without the hour of their writing."""
    file = io.BytesIO()
    with ZipFile(book) as parts, ZipFile(file, "w", ZIP_DEFLATED) as fixed:
        for name in parts.namelist():
            content = re.sub(
                rb"20\d\d-\d\d-\d\dT[\d:]+Z", b"2026-10-31T00:00:00Z", parts.read(name)
            )
            fixed.writestr(ZipInfo(name), content)
    return file.getvalue()


def _with_data(rng: Random) -> tuple[str, bytes]:
    """A goals file whose data is looked at; the values are its own, lest a far one is called."""
    pool = [value for _holder, _key, value in _places(_tree(WITH_DATA))]
    text = _altered(rng, WITH_DATA, pool)
    return "goals.yaml", _encoded(rng, text)


_KINDS: Mapping[str, tuple[float, Callable[[Random], tuple[str, bytes]]]] = {
    "values altered": (40, _of_tree),
    "text scratched": (25, _of_text),
    "altered and scratched": (12, _of_both),
    "bytes flipped": (6, _of_bytes),
    "random bytes": (6, _noise),
    "words in any order": (6, _soup),
    "table": (4, _of_table),
    "workbook": (1, _of_workbook),
    "with data": (2, _with_data),
}
