"""What an audit says: its verdict, headline, table and remarks, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.i18n import _, listed

if TYPE_CHECKING:
    from kpilint.analysis.records.audit import AuditResult


def percent(share: float) -> str:
    """A share of all records, which has no uncertainty; never 0 % where something is missing."""
    return f"{share * 100:.0f}%" if share >= 0.1 or not share else f"{max(share * 100, 0.1):.1f}%"


def headline(result: AuditResult) -> str:
    """The figure's title, of the columns that it shows where one of them lacks something."""
    shown = [column for column in result.columns if column.by_month and column.missing]
    worst = max(shown, key=lambda column: column.share, default=result.worst)
    if worst is None:
        return _("Nothing that the goals need is blank")
    return _(
        "{column} is blank in {share} of the records that need it",
        column=worst.name,
        share=percent(worst.share),
    )


def verdict(result: AuditResult) -> str:
    """The weakest column, in which records, and the goals that it touches."""
    worst = result.worst
    if not result.columns:
        return _("No column that goals are computed from could be looked at.")
    if worst is None:
        return _(
            "Every one of the {count:column|columns} that goals are computed from is filled in "
            "every record that needs it.",
            count=len(result.columns),
        )
    found = _(
        "{column} of {source} is blank in {missing} of {records:record|records} behind "
        "“{metric}” ({share}).",
        column=worst.name,
        source=worst.source,
        missing=f"{worst.missing:,}",
        records=f"{worst.records:,}",
        metric=worst.metric,
        share=percent(worst.share),
    )
    if not worst.goals:
        return found + _(" No goal depends on it.")
    return found + _(" It touches: {goals}.", goals=listed(worst.goals))


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table's faults: where a value is blank or cannot be read."""
    faulty = table[(table["missing"] > 0) | (table["unreadable"] > 0)]
    return pd.DataFrame(
        {
            _("Data source"): faulty["source"],
            _("Column"): faulty["column"],
            _("Needed for"): faulty["metric"],
            _("Records"): [f"{n:,}" for n in faulty["records"]],
            _("Blank"): [f"{n:,}" for n in faulty["missing"]],
            _("Share"): [percent(share) for share in faulty["share"]],
            _("Unreadable"): [f"{n:,}" for n in faulty["unreadable"]],
            _("Goals"): faulty["goals"],
        }
    )


def people(shares: pd.DataFrame) -> pd.DataFrame:
    """Shares by person with nothing but what lacks, as percentages."""
    lacking = shares.loc[(shares > 0).any(axis="columns"), (shares > 0).any()]
    told = lacking.map(lambda share: "–" if pd.isna(share) else percent(share))
    return told.rename_axis(_("Person"))


def remarks(result: AuditResult) -> list[str]:
    """Keys that do not tell records apart, and what was not looked at."""
    said = [
        _(
            "{source}: of {records:record|records}, {repeated:repeats|repeat} the {key} of "
            "another and {blank:has|have} none.",
            source=key.source,
            records=f"{key.records:,}",
            repeated=f"{key.repeated:,}",
            key=key.name,
            blank=f"{key.blank:,}",
        )
        for key in result.keys
        if key.repeated or key.blank
    ]
    said += [
        _(
            "Left out of {source}: {columns}. A blank there says that a record has not "
            "come to that stage yet.",
            columns=listed(columns),
            source=source,
        )
        for source, columns in result.awaited.items()
        if columns
    ]
    said += [f"{source}: {reason}" for source, reason in result.unread.items()]
    return said
