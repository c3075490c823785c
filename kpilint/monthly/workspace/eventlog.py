"""An export with a row for each stage that a record enters: its columns and the stages' order."""

from __future__ import annotations

import re

import ibis

from kpilint.monthly.workspace.exports import Export

_STATUS = re.compile(r"(?i)stage|status|activity|step|ステージ|フェーズ|ステータス|状況|状態|工程")
_KINDS = 40  # a column with more values names no stages
_SHOWN = 10  # stages of a log: those that most records come to
_RARE = 0.05  # the share of records below which a step of a log is an exception
_MOVED = 1.2  # stages a record, from which its rows tell a way and not a state


def names_stages(export: Export, column: str) -> bool:
    """Whether a column says by its heading and its few values where a record stands."""
    known = column in export.columns and column not in (*export.times, *export.numbers)
    return known and bool(_STATUS.search(column)) and 2 <= export.kinds_of(column) <= _KINDS


def moves(export: Export, record: str, stage: str) -> bool:
    """Whether records stand at several stages; one row a record tells only the last."""
    table = export.data.table(export.name)
    pairs = table.select(record, stage).distinct().count().to_pyarrow().as_py()
    return bool(pairs > _MOVED * export.kinds_of(record))


def repeated(export: Export, stage: str | None) -> str | None:
    """The column whose values stand in some rows each: what goes through the stages."""
    for column in export.columns:
        if column not in (stage, *export.times, *export.numbers):
            kinds = export.kinds_of(column)
            if max(2, export.records / 20) < kinds < export.records / 1.5:  # a flag has two
                return column
    return None


def steps(export: Export, record: str, stage: str, moment: str) -> list[str]:
    """The stages that more than a few records come to, by how early in a record's life."""
    table = export.data.table(export.name)
    first = table.group_by(record=table[record], stage=table[stage]).aggregate(
        at=table[moment].min()
    )
    first = first.filter(first["stage"].notnull(), first["at"].notnull())
    place = ibis.row_number().over(ibis.window(group_by="record", order_by="at"))
    placed = first.mutate(place=place)
    by_stage = placed.group_by("stage").aggregate(n=placed.count(), place=placed["place"].mean())
    rows = by_stage.order_by(["place", "stage"]).to_pyarrow().to_pylist()
    least = _RARE * max((row["n"] for row in rows), default=0)
    often = sorted((row["n"] for row in rows), reverse=True)[:_SHOWN]
    return [str(r["stage"]) for r in rows if r["n"] >= max(least, often[-1])]
