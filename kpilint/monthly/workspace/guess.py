"""What an export's records are, guessed from its columns: a source, its funnel, its metrics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from kpilint.goals import expression
from kpilint.i18n import _, listed
from kpilint.monthly.workspace.eventlog import moves, names_stages, repeated, steps
from kpilint.monthly.workspace.exports import Export, outcome

Content = dict[str, Any]

# What CRMs call stages, and the names that goals files are written with.
_STAGES = {
    "リード": "lead",
    "見込み客": "lead",
    "mql": "mql",
    "sql": "sql",
    "アポ": "appointment",
    "アポ獲得": "appointment",
    "初回訪問": "first_visit",
    "商談": "opportunity",
    "案件化": "opportunity",
    "有効商談": "opportunity",
    "提案": "proposal",
    "見積": "quote",
    "見積提示": "quote",
    "交渉": "negotiation",
    "最終交渉": "negotiation",
    "契約手続き": "contract",
    "内示": "verbal_agreement",
}
_ACTIVITY = re.compile(r"(?i)call|mail|meeting|visit|task|架電|電話|訪問|メール|活動")
_SUMS = 6
_HISTORY = "salesforce/opportunity_history"
_ORDER = (
    "label",
    "source",
    "agg",
    "column",
    "where",
    "time",
    "person",
    "stage",
    "unit",
    "better",
    "nature",
)


@dataclass(slots=True)
class Guess:
    """What a source, and the funnels and metrics over it, say in a goals file.

    ``said`` are the guesses, a sentence each.
    """

    source: Content
    said: list[str] = field(default_factory=list)
    funnels: dict[str, Content] = field(default_factory=dict)
    metrics: dict[str, Content] = field(default_factory=dict)


def guess(export: Export) -> Guess:
    """The source as far as its headings and records tell."""
    source: Content = {"path": export.path}
    if export.preset:
        source["preset"] = export.preset
    guessed = Guess(source)
    guessed.said.append(_nature(export))
    if export.key:
        source["key"] = export.key
        if not export.preset:
            source["expect"] = [{"unique": export.key}]
            guessed.said.append(
                _("“{column}” differs in every record: the key.", column=export.key)
            )
    else:
        guessed.said.append(_("No column tells its records apart; there is no key."))
    for shape in (_deals, _contacts, _tickets, _log, _counted):
        if shape(export, guessed):
            break
    return guessed


def _nature(export: Export) -> str:
    if export.preset:
        return _(
            "{count:record|records}; the headings are those of {preset}.",
            count=f"{export.records:,}",
            preset=export.preset,
        )
    return _(
        "{count:record|records}; no CRM's preset fits the headings.", count=f"{export.records:,}"
    )


def _metric(export: Export, label: str, **said: object) -> Content:
    """A flow metric over the source; what is None is left out."""
    usual: Content = {"agg": "count", "person": _person(export), "unit": "count"}
    entry = {"label": label, "source": export.name, **usual, **said}
    return {key: entry[key] for key in _ORDER if entry.get(key) is not None}


def _quoted(column: str) -> str:
    """A column as expressions name it: in quotation marks where it is no plain word."""
    try:
        plain = expression.names(column) == (column,)
    except ValueError:
        plain = False
    return column if plain else '"' + column.replace('"', '""') + '"'


def _person(export: Export) -> str | None:
    return "owner" if "owner" in export.columns else export.person


# Deals: records with an outcome


def _deals(export: Export, guessed: Guess) -> bool:
    """Records that are won or lost in the end: their funnel, and what was won."""
    if export.outcomes is None or not export.times or export.preset == _HISTORY:
        return False
    column, words = export.outcomes
    closed = "closed_at" if "closed_at" in export.columns else _in_order(export, export.times)[-1]
    names = _named(export, guessed, column, words)
    stages = _entered(export, names, closed)
    if export.key is None:
        guessed.said.append(_("Without a key there is no funnel; export the records' ID as well."))
    else:
        ways: Content = {"source": export.name, "record": export.key, "stages": stages}
        if "lost" in words.values():
            ways["lost"] = {"entered": closed, "where": "stage = 'lost'"}
        if export.amount:
            ways["amount"] = export.amount
        guessed.funnels["sales"] = ways | _grouped(export)
        guessed.said.append(
            _(
                "Stages in the order of their dates: {names}.",
                names=" → ".join(s["name"] for s in stages),
            )
        )
    _won(export, guessed, stages, closed, {name: spelled for spelled, name in names.items()})
    return True


def _named(export: Export, guessed: Guess, column: str, words: Mapping[str, str]) -> dict[str, str]:
    """The canonical name of each stage, written into the source's ``values``."""
    if column != "stage":
        guessed.source["columns"] = {"stage": column}
    prefix = "entered_"
    entered = [c.removeprefix(prefix) for c in export.columns if c.startswith(prefix)]
    spelled = [spelling.partition(" (")[0] for spelling in entered]
    known = {s: name for s in [*export.values(column), *spelled] if (name := _STAGES.get(_fold(s)))}
    names = {**known, **{s: o for s in spelled if (o := outcome(s))}, **words}
    changed = {spelling: name for spelling, name in names.items() if spelling != name}
    if changed:
        guessed.source["values"] = {"stage": changed}
    told = listed(f"{s} = {o}" for s, o in words.items())
    guessed.said.append(_("Outcomes in “{column}”: {words}.", column=column, words=told))
    return names


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _entered(export: Export, names: Mapping[str, str], closed: str) -> list[Content]:
    """The stages by their date columns, in the order in which records pass them; then the win."""
    columns: dict[str, str] = {}
    for column in export.columns:
        if column.startswith("entered_") and export.filled(column):
            spelling, pipeline, _rest = column.removeprefix("entered_").partition(" (")
            name = names.get(spelling, spelling)
            if name not in ("won", "lost"):
                columns[column] = name + pipeline + _rest
    if not columns:
        first = (
            "created_at" if "created_at" in export.columns else _in_order(export, export.times)[0]
        )
        columns = {first: "created"} if first != closed else {}
    ordered = _in_order(export, tuple(columns))
    stages: list[Content] = [
        {"name": columns[c], "entered": f"entered_{columns[c]}" if c.startswith("entered_") else c}
        for c in ordered
    ]
    return [*stages, {"name": "won", "entered": closed, "where": "stage = 'won'"}]


def _in_order(export: Export, columns: tuple[str, ...]) -> list[str]:
    """Date columns so that most records have each before those that follow."""
    if len(columns) < 2:
        return list(columns)
    table = export.data.table(export.name)
    earlier = {
        f"{i} {j}": (table[columns[i]] < table[columns[j]]).sum()
        for i, j in permutations(range(len(columns)), 2)
    }
    told = table.aggregate(**earlier).to_pyarrow().to_pylist()[0]
    count: Callable[[int, int], int] = lambda i, j: told[f"{i} {j}"] or 0  # noqa: E731
    others = range(len(columns))
    ahead = {i: sum(count(i, j) > count(j, i) for j in others if j != i) for i in others}
    return [columns[i] for i in sorted(others, key=lambda i: (-ahead[i], i))]


def _grouped(export: Export) -> Content:
    wanted = [c for c in ("source", "owner", "industry") if c in export.columns]
    return {"by": wanted} if wanted else {}


def _won(
    export: Export, guessed: Guess, stages: list[Content], closed: str, spelled: Mapping[str, str]
) -> None:
    """The metrics of a sale: each stage, what was won, for how much, and how often."""
    funnel = "sales" if guessed.funnels else None

    def placed(stage: Content) -> str | None:
        return f"{funnel}.{stage['name']}" if funnel else None

    for stage in stages[:-1]:
        name = spelled.get(stage["name"], stage["name"])
        label = _("New deals") if name == "created" else _("{stage} entered", stage=name)
        guessed.metrics[f"{stage['name']}_count"] = _metric(
            export, label, time=stage["entered"], stage=placed(stage), nature="leading"
        )
    won: Content = {"where": "stage = 'won'", "time": closed, "nature": "lagging"}
    guessed.metrics["won_count"] = _metric(export, _("Deals won"), stage=placed(stages[-1]), **won)
    if export.amount:
        unit, said = export.money
        guessed.said.append(said)
        money: Content = {"column": _quoted(export.amount), "unit": unit, **won}
        guessed.metrics["won_revenue"] = _metric(
            export, _("Won revenue"), agg="sum", stage=placed(stages[-1]), **money
        )
        guessed.metrics["unit_price"] = _metric(export, _("Average deal size"), agg="mean", **money)
    guessed.metrics["closed_count"] = _metric(
        export, _("Deals closed"), **(won | {"where": "stage in ('won', 'lost')"})
    )
    guessed.metrics["win_rate"] = {
        "label": _("Win rate, of closed deals"),
        "numerator": "won_count",
        "denominator": "closed_count",
        "unit": "percent",
        "nature": "lagging",
    }


# Logs: a row for each stage that a record enters


def _log(export: Export, guessed: Guess) -> bool:
    """Rows that say when a record came to a stage: a long funnel in the order of the stages."""
    moment = "entered_at" if "entered_at" in export.columns else next(iter(export.times), None)
    stage = next((c for c in ("stage", *export.columns) if names_stages(export, c)), None)
    record = "deal_id" if "deal_id" in export.columns else repeated(export, stage)
    history = export.preset == _HISTORY
    if moment is None or stage is None or record is None or (export.preset and not history):
        return False
    if not history and not moves(export, record, stage):
        return False
    guessed.source.pop("key", None)
    guessed.source.pop("expect", None)
    entered = steps(export, record, stage, moment)
    stages: list[Content] = [{"name": s} for s in entered if outcome(s) != "lost"]
    stages.sort(key=lambda s: outcome(s["name"]) == "won")
    lost = [s for s in entered if outcome(s) == "lost"]
    ways: Content = {"source": export.name, "record": record, "stage": stage, "entered": moment}
    guessed.funnels[export.name] = (
        ways | {"stages": stages} | ({"lost": {"values": lost}} if lost else {})
    )
    guessed.said[1:] = [
        _(
            "A row for each stage that “{record}” enters; stages in their usual order: {names}.",
            record=record,
            names=" → ".join(s["name"] for s in stages),
        )
    ]
    guessed.metrics[f"{export.name}_count"] = _metric(
        export,
        _("{record} in {source}", record=record, source=export.name),
        agg="count_distinct",
        column=_quoted(record),
        time=moment,
        nature="leading",
    )
    return True


# People, requests, and everything else


def _contacts(export: Export, guessed: Guess) -> bool:
    """Contacts and when they became MQL and SQL."""
    if export.key != "contact_id" or "created_at" not in export.columns:
        return False
    steps = {"contact": "created_at", "mql": "mql_at", "sql": "sql_at"}
    found = {name: c for name, c in steps.items() if c in export.columns and export.filled(c)}
    labels = {"contact": _("New contacts"), "mql": _("New MQLs"), "sql": _("New SQLs")}
    funnel = export.name if len(found) > 1 else None
    if funnel:
        stages: list[Content] = [{"name": n, "entered": c} for n, c in found.items()]
        ways: Content = {"source": export.name, "record": export.key, "stages": stages}
        guessed.funnels[funnel] = ways | _grouped(export)
    for name, column in found.items():
        place = f"{funnel}.{name}" if funnel else None
        guessed.metrics[f"new_{name}s"] = _metric(
            export, labels[name], time=column, stage=place, nature="leading"
        )
    return True


def _tickets(export: Export, guessed: Guess) -> bool:
    """Requests, and how long a customer waits for the first answer."""
    if export.preset != "hubspot/tickets" or "created_at" not in export.columns:
        return False
    usual: Content = {"time": "created_at"}
    guessed.metrics["tickets"] = _metric(export, _("Tickets"), nature="activity", **usual)
    if "first_response_at" in export.columns:
        guessed.metrics["first_response_hours"] = _metric(
            export,
            _("Hours to the first response, median"),
            agg="median",
            column="hours_between(created_at, first_response_at)",
            unit="hours",
            better="lower",
            nature="lagging",
            **usual,
        )
    return True


def _counted(export: Export, guessed: Guess) -> bool:
    """Any other records: how many there are in time, and the sums of their quantities."""
    if not export.times:
        guessed.said.append(_("It has no dates, so nothing is counted over time."))
        return True
    moment = _in_order(export, export.times)[0]
    nature = "activity" if _ACTIVITY.search(" ".join((export.name, *export.columns))) else "leading"
    if export.key:
        guessed.metrics[f"{export.name}_count"] = _metric(
            export, _("Records of {source}", source=export.name), time=moment, nature=nature
        )
    money = export.money if any(map(export.is_money, export.quantities)) else None
    if money:
        guessed.said.append(money[1])
    for column in export.quantities[:_SUMS]:
        name = re.sub(r"\W+", "_", _fold(column)).strip("_")
        unit = money[0] if money and export.is_money(column) else None
        guessed.metrics[f"{export.name}_{name}"] = _metric(
            export, column, agg="sum", column=_quoted(column), time=moment, unit=unit, nature=nature
        )
    return True
