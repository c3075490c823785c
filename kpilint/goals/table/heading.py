"""What a heading of a goals table says: a part of a goal, a stretch of time, target or actual."""

from __future__ import annotations

import re
from typing import NamedTuple

from kpilint.goals.dates import YEAR, calendar_year
from kpilint.goals.table.grid import folded

_RESPONSIBLE = (
    "責任部署 責任部門 主管部署 主管部門 担当部署 担当部門 responsibledepartment ownerteam"
)
RESPONSIBLE = frozenset(_RESPONSIBLE.split())  # departments that own the goal
_ROLES = {
    "label": """
        目標 目標名 目標名称 目標項目 目標内容 kpi kpi名 kpi項目 kgi/kpi kgi・kpi 項目 項目名 名称
        ゴール goal goals goalname objective objectives kpiname name""",
    "metric": "指標 指標名 評価指標 測定指標 管理指標 成果指標 metric metrics indicator measure",
    "owner": """
        担当 担当者 担当者名 責任者 オーナー 主担当 氏名
        owner assignee responsible personincharge pic""",
    "deadline": "期限 期日 締切 締め切り 達成期限 完了予定日 deadline due duedate",
    "period": "期間 時期 対象期間 達成時期 評価期間 period term timeframe",
    "target": """
        数値目標 定量目標 達成基準 達成水準 目標水準
        目標値 ターゲット 目標数値 目標数 目標金額 目標額 計画値 年間目標 年間目標値 通期目標
        年度目標 期間目標 target targets targetvalue annualtarget""",
    "role": "区分 種別 分類 種類 kgi/kpi区分 role type category",
    "department": f"部署 部署名 部門 部門名 所属 チーム {_RESPONSIBLE} department dept team division",
    "parent": """
        上位目標 上位kpi 上位kgi 親 親目標 親kpi 紐づくkgi 上位no 上位no. 上位番号 上位id 親no 親no. 親番号
        親id parent parentgoal parentno parentno. parentid""",
    "action": """
        アクション アクションプラン 次のアクション ネクストアクション 施策 打ち手 対策 実行策 行動計画 nextaction
        nextactions nextstep nextsteps
        action actions actionplan initiative initiatives""",
    "review": "レビュー レビュー頻度 確認頻度 モニタリング頻度 review reviewcycle",
    "rationale": "根拠 算出根拠 設定根拠 目標根拠 rationale",
    "unit": "単位 unit units",
    "id": "id 目標id kpiid goalid",
    "number": "no no. # 番号 項番 通番 連番",
    "note": "備考 メモ コメント 補足 注記 note notes remark remarks comment comments",
}
ROLES = {word: role for role, words in _ROLES.items() for word in words.split()}
_KINDS = {
    "target": "目標 目標値 計画 計画値 予算 ターゲット target plan budget",
    "actual": "実績 実績値 結果 actual actuals result",
    "other": """
        達成率 進捗率 進捗 達成状況 達成度 差異 差額 差 乖離 見込 見込み 着地見込 着地見込み 着地
        前年 前年実績 前年比 前年同期比 前年同月 昨対 昨対比 昨年 昨年実績 累計 累積 構成比
        attainment achievement progress variance diff forecast lastyear yoy ytd cumulative""",
}
KINDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}

_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FULL = "january february march april may june july august september october november december"
MONTHS = {name: n for n, name in enumerate(_NAMES, 1)}
MONTHS |= {name: n for n, name in enumerate(_FULL.split(), 1)} | {"sept": 9}
_WORD = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(
    r"(?:(?P<when>(?:20[0-9]{2}|[0-9]{2}|r[0-9]{1,2}|令和[0-9元]{1,2})(?:年度?|[/.-]))|)"
    r"(?P<month>1[0-2]|0?[1-9])月(?:度|分)?"
    r"|'?(?P<year>20[0-9]{2}|[0-9]{2}|(?:r|令和)[0-9]{1,2})[/.-](?P<number>1[0-2]|0?[1-9])(?![0-9/.-])"
    rf"|(?P<name>{_WORD})(?![a-z])[.,'’/-]*(?P<after>20[0-9]{{2}}|[0-9]{{2}})?"
)
_LONGER = re.compile(
    r"(?:q(?P<q1>[1-4])|(?P<q2>[1-4])q|第?(?P<q3>[1-4一二三四])四半期"
    r"|(?P<first>上半?期|前半?期|h1|1h)|(?P<second>下半?期|後半?期|h2|2h)"
    r"|(?P<whole>年間|年計|通期|通年|年度計|総?合計|総計|計|annual|fullyear|total|fy(?![0-9]))"
    r")(?:合計|小計|累計|計|total)?"
)
_KANJI = str.maketrans("一二三四", "1234")
_FISCAL = re.compile(
    rf"(?P<fy>fy\s?)?{YEAR}(?P<mark>年度|年(?P<closing>[0-9]{{1,2}})月期|年)?"
    r"(?![0-9]{1,2}月(?:[0-9]{1,2}日|現在|時点|作成|更新|改[訂定]|版))",  # when the sheet was made
    re.I,
)
_TOTAL = re.compile(
    r"(?:総|小|合|総合)?計|(?:grand|sub)?-?total|sum"
    r"|.{0,10}(?:部|課|室|チーム|全社|会社|拠点|支店|営業所|部門|g|グループ)(?:合|小)?計"
)


_SAID_YEAR = r"(?:(?:20[0-9]{2}|(?:令和|r)[0-9元]{1,2})[年/.]|(?<![0-9])[0-9]{2}年)"
_SAID_MONTH = r"(?:1[0-2]|0?[1-9])(?![0-9])月?度?"
_TO = "(?:[〜~-]|から)"
_RANGE = re.compile(rf"(?P<first>{_SAID_YEAR}){_SAID_MONTH}{_TO}(?:{_SAID_YEAR})?{_SAID_MONTH}")
_BARE_YEAR = re.compile(r"(?<![0-9])(?:20)?[0-9]{2}(?=[上下]半?期|[1-4]q|q[1-4])")  # 26下期


class Stretch(NamedTuple):
    """A stretch of time in a heading: its kind, which of its kind, and the year if one is said."""

    kind: str  # month, quarter, half or whole
    number: int
    year: int | None = None


class Year(NamedTuple):
    """A year that is named: a fiscal year, a calendar year, or one that closes in a month."""

    number: int
    kind: str  # fiscal, calendar or closing
    closing: int = 0


class Said(NamedTuple):
    """All that one heading cell says."""

    role: str | None = None
    kind: str | None = None
    stretch: Stretch | None = None
    year: Year | None = None

    @property
    def silent(self) -> bool:
        """Whether it says nothing that a goals table knows."""
        return self == Said()


def heading(text: str) -> Said:
    """What a heading says, in Japanese or English, whatever its width, case and brackets."""
    words = folded(text)
    if words in ROLES or words in KINDS:
        return Said(ROLES.get(words), KINDS.get(words))
    year = year_of(words)
    for pattern, read in ((_MONTH, _month), (_LONGER, _longer)):
        for found in pattern.finditer(words):
            before, after = words[: found.start()], words[found.end() :]
            rest = _rest(before, after)
            if rest is not None:
                return Said(None, rest or None, read(found), year)
    only = _FISCAL.fullmatch(words)
    for word, kind in KINDS.items():
        if year and only is None and words.endswith(word) and _whole_year(words, word):
            return Said(None, kind, Stretch("whole", 1), year)
    return Said(year=year if only else None)


def _rest(before: str, after: str) -> str | None:
    """Target or actual in what stands around a stretch; None where it says something else."""
    rest = _FISCAL.sub("", before).strip("の_-/ ()") + after.strip("の_-/ ()")
    return KINDS.get(rest) if rest else ""


def _whole_year(words: str, kind: str) -> bool:
    return _FISCAL.fullmatch(words.removesuffix(kind).rstrip("の")) is not None


def _month(found: re.Match[str]) -> Stretch:
    if found["name"]:
        return Stretch("month", MONTHS[found["name"]], _short(found["after"]))
    if found["number"]:
        return Stretch(
            "month",
            int(found["number"]),
            _short(found["year"]) if found["year"].isdecimal() else _spelled(found["year"] + "年"),
        )
    when = found["when"] or ""
    told = None if not when or when.endswith("年度") else _spelled(when)
    return Stretch("month", int(found["month"]), told)


def _spelled(when: str) -> int | None:
    found = re.match(YEAR, when if when.endswith("年") else when[:-1] + "年")
    return calendar_year(found) if found else None


def _short(digits: str | None) -> int | None:
    return None if not digits else int(digits) + (2000 if len(digits) == 2 else 0)


def _longer(found: re.Match[str]) -> Stretch:
    quarter = found["q1"] or found["q2"] or found["q3"]
    if quarter:
        return Stretch("quarter", int(quarter.translate(_KANJI)))
    if found["whole"]:
        return Stretch("whole", 1)
    return Stretch("half", 1 if found["first"] else 2)


def told(text: str) -> tuple[Year | None, Stretch | None, str]:
    """The year that a title speaks of, the part of it, and the words that say so.

    ``2026年度上期 営業目標`` is fiscal 2026, the first half, "2026年度上期". Months from one to
    another are no part of a year: only their words are told.
    """
    words = spelled(text)
    if months := _RANGE.search(words):
        return year_of(months["first"][:-1] + "年"), None, months[0].replace("度", "")
    year = year_of(words)
    for found in _FISCAL.finditer(words):
        if year is not None and _year(found) == year:
            part = _LONGER.match(words, found.end()) or re.match(
                r"(?P<month>1[0-2]|[1-9])月", words[found.end() :]
            )
            if part is None or part.groupdict().get("whole"):
                return year, Stretch("whole", 1), found[0]
            if "month" in part.groupdict():
                if re.match(_TO, words[found.end() + part.end() :]):
                    return year, None, ""  # months of a fiscal year, or without an end
                return year, Stretch("month", int(part["month"])), found[0] + part[0]
            return year, _longer(part), found[0] + part[0]
    return None, None, ""


def spelled(text: str) -> str:
    """The words of a title, with a bare year before a part of it as the year it is: 26年度下期."""
    return _BARE_YEAR.sub(r"\g<0>年度", folded(text))


def year_of(text: str) -> Year | None:
    """The year that a title, sheet or file name speaks of: 2026年度, FY26, 2026年3月期, 2026年.

    None where it names none, and where it names two.
    """
    years = {year for found in _FISCAL.finditer(text) if (year := _year(found)) is not None}
    return years.pop() if len(years) == 1 else None


def _year(found: re.Match[str]) -> Year | None:
    if not found["fy"] and not found["mark"]:
        return None
    try:
        number = calendar_year(found)
    except ValueError:
        return None
    if found["closing"]:
        month = int(found["closing"])
        return Year(number, "closing", month) if 1 <= month <= 12 else None
    return Year(number, "calendar" if found["mark"] == "年" and not found["fy"] else "fiscal")


def is_total(text: str) -> bool:
    """Whether a row so called sums others: 合計, 小計, 営業部計, Total."""
    return _TOTAL.fullmatch(folded(text)) is not None
