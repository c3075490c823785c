"""The data as it was known at the end of a day, where an export says when its rows were entered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis

from kpilint.data.dataset import Dataset
from kpilint.data.roles import RECORDED

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.connection import Connection
    from kpilint.data.ledger import Ledger
    from kpilint.data.opened import Opened
    from kpilint.goals.source import Source

STAGE = "stage"


def as_known(data: Dataset, day: date) -> Dataset:
    """``data`` as it stood when ``day`` was over.

    It is the same where no source of the goals file names its entry dates, as ``recorded_at`` under
    ``columns:``. What a preset takes for them is the last change of a row, which any later note
    moves, so that it tells nothing of the past.
    """
    told = any(RECORDED in source.columns for source in data.goals.sources.values())
    return _Known(data, day) if told else data


class _Known(Dataset):
    """A view of ``data``, which stays the owner of all that is opened."""

    def __init__(self, data: Dataset, day: date) -> None:
        super().__init__(data.goals, data.cache)
        self._data, self._day = data, day
        self._tables: dict[str, ir.Table] = {}

    def table(self, source: str) -> ir.Table:
        """A source without what was entered later; raises like ``Dataset.table``."""
        if source not in self._tables:
            table, spec = self._data.table(source), self.goals.sources.get(source)
            if spec is not None and RECORDED in spec.columns:
                table = _before(table, self.resolve(source, RECORDED), self._day)
            self._tables[source] = table
        return self._tables[source]

    def opened(self, name: str) -> Opened:
        """The source as ``data`` opened it."""
        return self._data.opened(name)

    def connection(self, spec: Source) -> Connection:
        """The connection that ``data`` keeps."""
        return self._data.connection(spec)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of ``data``."""
        return self._data.ledger


def _before(table: ir.Table, recorded: str, day: date) -> ir.Table:
    """The rows without the event that was entered after ``day``: the last before its entry.

    Its moment becomes NULL, and the stage with it; what happened to the record earlier stays.
    """
    entered = table[recorded]
    if not entered.type().is_timestamp():
        return table
    moments = [n for n in table.columns if n != recorded and table[n].type().is_timestamp()]
    never = ibis.literal(datetime(1, 1, 1))
    after = ibis.literal(datetime.combine(day, time()) + timedelta(days=1))
    happened = {
        name: ibis.ifelse(table[name].date() <= entered.date(), table[name], never)
        for name in moments
    }
    last = reduce(ibis.greatest, happened.values(), never)
    late = (entered >= after).fill_null(False)
    changed = {
        name: ibis.ifelse(late & (happened[name] == last), ibis.null("timestamp"), table[name])
        for name in moments
    }
    if STAGE in table.columns and changed:
        gone = reduce(or_, (happened[name] == last for name in moments))
        changed[STAGE] = ibis.ifelse(late & gone, ibis.null("string"), table[STAGE])
    return table.mutate(**changed)
