"""What is expected of a source's records, and how they stand against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.records.requirement import percent, requirement
from kpilint.analysis.untold import Untold
from kpilint.data.quality import verdicts
from kpilint.data.suite import Verdict, expected
from kpilint.errors import KpilintError, Misuse, Unavailable
from kpilint.goals.dates import read_date
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.slip import near
from kpilint.goals.source import Source
from kpilint.i18n import _, listed
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

ROW = 60  # pixels an expectation in the picture
LETTERS = 58  # half-width letters in a line of its sentence on a phone


@dataclass(frozen=True, slots=True)
class Quality:
    """All that is expected of sources, by their ``expect:`` and by their presets.

    ``as_of`` is the day after which nothing can have happened yet; without it ``not_future``
    cannot be told. Calling it with a Dataset gives a QualityResult.
    """

    sources: tuple[Source, ...]
    as_of: date | None = None

    @classmethod
    def of(cls, goals: GoalSet, source: str = "", *, as_of: date | str | None = None) -> Self:
        """The quality of a source by name; without one of all that expect anything.

        Raises Misuse for a name or day that cannot be understood.
        """
        if source and source not in goals.sources:
            raise Misuse(_unknown(source, list(goals.sources)))
        chosen = [goals.sources[source]] if source else goals.sources.values()
        usable = tuple(spec for spec in chosen if expected(spec) or source)
        if not usable:
            message = _("Nothing is expected of any source; write expect: under one of them.")
            raise Misuse(message)
        try:
            day = read_date(as_of) if isinstance(as_of, str) and as_of else as_of or None
        except ValueError as problem:
            raise Misuse(str(problem)) from None
        return cls(usable, day if isinstance(day, date) else None)

    @classmethod
    def told(
        cls, goals: GoalSet, source: str, data: Dataset, *, as_of: date | str
    ) -> QualityResult | Untold:
        """The quality, or why it cannot be told, for pages that nobody watches being made."""
        try:
            return cls.of(goals, source, as_of=as_of)(data)
        except KpilintError as problem:
            return Untold(str(problem))

    def __call__(self, data: Dataset) -> QualityResult:
        """Hold the records of ``data`` against it; an unchanged file is not looked at twice.

        A source that cannot be read, or is not judged because Great Expectations is not
        installed, is told among the remarks.
        """
        found: list[tuple[str, Verdict]] = []
        unread: dict[str, str] = {}
        for source in self.sources:
            try:
                found += [(source.name, each) for each in verdicts(data, source, self.as_of)]
            except Unavailable as problem:
                unread[source.name] = str(problem)
        return QualityResult(self, tuple(found), unread)


def _unknown(name: str, names: list[str]) -> str:
    return _(
        "There is no source “{name}”.{near} There are: {names}.",
        name=name,
        near=near(name, names),
        names=listed(names) or "–",
    )


@dataclass(frozen=True, slots=True)
class QualityResult(Result):
    """A verdict an expectation, each with its source, in the order of the file.

    ``unread`` gives, by source, why its records could not be looked at.
    """

    quality: Quality
    found: tuple[tuple[str, Verdict], ...]
    unread: Mapping[str, str]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts alone."""
        return tuple(verdict for _source, verdict in self.found)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The verdicts that are not as expected."""
        return tuple(v for v in self.verdicts if v.passed is False)

    @property
    def passed(self) -> bool:
        """Whether every expectation was judged and fulfilled."""
        return not self.unread and all(verdict.passed for verdict in self.verdicts)

    def text(self) -> str:
        """How many expectations the records fulfil, and which weighs most that they do not."""
        source, count = listed(s.name for s in self.quality.sources), len(self.verdicts)
        if not count:
            return _("Nothing could be held against what is expected of {source}.", source=source)
        unknown = sum(v.passed is None for v in self.verdicts)
        told = _(
            "The records are as expected in {passed} of {count:point|points}.",
            passed=count - len(self.failed) - unknown,
            count=count,
        )
        if self.failed:
            worst = max(self.failed, key=lambda v: (v.expectation.severity, v.share or 0))
            told += " " + _("Not so: {requirement}.", requirement=requirement(worst.expectation))
        if unknown:
            told += " " + _("Points that could not be checked: {count}.", count=unknown)
        return told

    def table(self) -> pd.DataFrame:
        """One row an expectation.

        Columns: ``source expectation column checked failed share passed examples``.

        ``checked`` and ``failed`` count records and ``share`` is their ratio, missing where an
        expectation is about one value of all of them. ``passed`` is missing where that cannot
        be told. ``examples`` are keys of records that fail, or their numbers.
        """
        found = self.verdicts
        return pd.DataFrame(
            {
                "source": [source for source, _verdict in self.found],
                "expectation": [v.expectation.form for v in found],
                "column": [", ".join(v.expectation.columns) for v in found],
                "checked": pd.Series([v.checked for v in found], dtype="Int64"),
                "failed": pd.Series([v.failed for v in found], dtype="Int64"),
                "share": pd.Series([v.share for v in found], dtype="float64"),
                "passed": pd.Series([v.passed for v in found], dtype="boolean"),
                "examples": [", ".join(v.examples) for v in found],
            }
        )

    def readable(self) -> pd.DataFrame:
        """The table with its expectations as sentences, and numbers as a reader expects them."""
        words = {True: _("as expected"), False: _("not as expected"), None: _("could not check")}
        return pd.DataFrame(
            {
                _("Data source"): [source for source, _verdict in self.found],
                _("Expectation"): [requirement(v.expectation) for v in self.verdicts],
                _("Verdict"): [words[v.passed] for v in self.verdicts],
                _("Records"): [_count(v.checked) for v in self.verdicts],
                _("Not so"): [_count(v.failed) for v in self.verdicts],
                _("Share"): ["–" if v.share is None else percent(v.share) for v in self.verdicts],
                _("Examples"): [listed(v.examples) for v in self.verdicts],
            }
        )

    def remarks(self) -> list[str]:
        """Why some could not be checked, a sentence each."""
        unknown = [
            _(
                "Could not check in {source} that {requirement}: {reason}",
                source=source,
                requirement=requirement(verdict.expectation),
                reason=verdict.reason,
            )
            for source, verdict in self.found
            if verdict.reason
        ]
        return unknown + [f"{source}: {reason}" for source, reason in self.unread.items()]

    def figure(self) -> go.Figure:
        """Bars for the share of records that are not as expected; what fails stands out.

        What every record fulfils has no bar; the table holds it.
        """
        import plotly.graph_objects as go  # a second to import

        table, told = self.table(), self.readable()
        shares = table["share"].fillna(0)
        passed = [verdict.passed for verdict in self.verdicts]
        drawn = [n for n, fine in enumerate(passed) if not fine or shares[n] > 0]
        bad = {n: passed[n] is False for n in drawn}
        figure = go.Figure(
            go.Bar(
                orientation="h",
                x=[float(shares[n]) for n in drawn],
                y=list(range(len(drawn))),
                width=0.25,
                marker={"color": [drawing.ACCENT if bad[n] else drawing.GREY for n in drawn]},
                hoverinfo="skip",
            )
        )
        source, sentence, verdict = told.columns[:3]
        for place, n in enumerate(drawn):
            color = drawing.ACCENT if bad[n] else drawing.INK
            lines = drawing.wrapped(f"{told[source][n]} · {told[sentence][n]}", LETTERS)
            name = "<br>".join(map(drawing.words, lines))
            drawing.note(figure, 0, place - 0.15, name, color=color, yanchor="bottom", away=-2)
            label = str(told[verdict][n])
            if not pd.isna(table["share"][n]):
                share = percent(float(shares[n]))
                label = _("{share}, {verdict}", share=share, verdict=label)
            end = float(shares[n])
            drawing.note(figure, end, place, label, color=color, yanchor="middle", away=6)
        top = max(0.01, float(shares.max()) if len(shares) else 0)
        figure.update_xaxes(range=[0, top * 2], visible=False, fixedrange=True)
        figure.update_yaxes(range=[len(drawn) - 0.6, -0.7], visible=False, fixedrange=True)
        return drawing.dressed(
            figure,
            title=self.text().removesuffix("。").removesuffix("."),
            subtitle=_("Share of records that are not as expected; what all fulfil is not drawn"),
            source=listed(source.name for source in self.quality.sources),
            height=90 + ROW * len(drawn),
        )


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
