"""What cannot be summed over people, such as a median: told person by person, as names are spelt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpilint.goals.written import plain_name

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.data.selection import Selection


@dataclass(frozen=True, slots=True)
class Spellings:
    """The people of a source, by plain name; each as the records spell the name."""

    column: str
    names: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, data: Dataset, source: str, person: str) -> Spellings:
        """All that the source names. Raises the data door's errors."""
        column = data.resolve(source, person)
        table = data.table(source)
        told = table.select(who=table[column].cast("string")).distinct().to_pyarrow()["who"]
        names: dict[str, tuple[str, ...]] = {}
        for name in told.to_pylist():
            plain = plain_name(str(name or ""))
            names[plain] = (*names.get(plain, ()), name)
        return cls(column, names)

    def each(self, chosen: Selection) -> dict[str, float]:
        """A selection's aggregate for each person by plain name, where there is one."""
        spelt = {raw: plain for plain, raws in self.names.items() for raw in raws if raw}
        if not spelt:
            return {}
        who = chosen.table[self.column].cast("string").substitute(spelt)
        value, n = chosen.among_all()
        told = chosen.table.group_by(who=who).aggregate(value=value, n=n).to_pyarrow().to_pylist()
        return {
            row["who"]: float(row["value"])
            for row in told
            if row["who"] and row["n"] and row["value"] is not None
        }

    def together(self, chosen: Selection, people: tuple[str, ...]) -> float | None:
        """The aggregate over the records of several people; None without any."""
        raws = [raw for name in people for raw in self.names.get(name, ()) if raw]
        if not raws:
            return None
        own = chosen.among(chosen.table[self.column].cast("string").isin(raws))
        value, n = own.among_all()
        (row,) = chosen.table.aggregate(value=value, n=n).to_pyarrow().to_pylist()
        return float(row["value"]) if row["n"] and row["value"] is not None else None
