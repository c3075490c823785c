"""Words in the cells of a goals table that stand for words of the goals language."""

from __future__ import annotations

import re

from kpilint.goals.table.grid import folded

_ROLES = {
    "kgi": "kgi 重要目標達成指標 最終目標 ゴール指標",
    "kpi": "kpi 重要業績評価指標 中間目標 サブkpi kpi(先行) kpi(遅行)",
    "info": "行動指標 行動 行動目標 行動kpi kai 活動指標 参考 参考指標 モニタリング info activity",
}
_DEPARTMENTS = {
    "marketing": "マーケティング マーケ mktg mkt marketing",
    "inside_sales": "インサイドセールス is insidesales 内勤営業",
    "field_sales": "フィールドセールス fs fieldsales 外勤営業",
    "customer_success": "カスタマーサクセス cs customersuccess",
}
_REVIEWS = {
    "daily": "毎日 日次 daily",
    "weekly": "毎週 週次 weekly",
    "monthly": "毎月 月次 monthly",
    "quarterly": "四半期 四半期ごと 四半期毎 quarterly",
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words.split()}


ROLES, DEPARTMENTS, REVIEWS = map(_by_word, (_ROLES, _DEPARTMENTS, _REVIEWS))
_UNIT_OF_PEOPLE = re.compile(r"(?:部門|部|課|室|グループ|チーム|team|dept)$")


def role(text: str) -> str:
    """kgi, kpi or info for a word of the column 区分; another word as it is."""
    return ROLES.get(folded(text), text)


def titled_role(title: str) -> str | None:
    """The role that a title gives to the whole table below it: ■KGI, 【行動指標】, KPI一覧."""
    words = folded(title).strip("■□●○◆◇▼▽▶・*【】[]<>《》「」# ")
    return ROLES.get(words) or ROLES.get(re.sub(r"(?:の?一覧|目標|表|list)$", "", words))


def department(text: str) -> str:
    """The department's name in the goals language, where it is one of the four known ones."""
    return DEPARTMENTS.get(_UNIT_OF_PEOPLE.sub("", folded(text)), text)


def review(text: str) -> str:
    """How often a goal is looked at, in the language's word where there is one."""
    return REVIEWS.get(folded(text), text)
