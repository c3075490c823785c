"""``kpilint plan``: from a goal back to the leads, month by month."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilint.cli import options
from kpilint.i18n import _, speaking
from kpilint.output.visible import visible

if TYPE_CHECKING:
    from kpilint.analysis.planning.plan import PlanResult
    from kpilint.data.dataset import Dataset


@click.command(help=_("Plan back from the goal GOAL_ID of GOALS to the leads that it takes."))
@click.argument("goals", type=click.Path(path_type=Path))
@click.argument("goal_id")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    help=_("How to print it; yaml can be written back as targets."),
)
@click.option(
    "--after",
    default="",
    help=_("The step of after_won by whose end the goal counts, such as delivery."),
)
@click.option("--people", is_flag=True, help=_("Split the goal over people by their past shares."))
@options.as_of
@options.lang
@options.quiet
def plan(
    goals: Path,
    goal_id: str,
    form: str,
    after: str,
    people: bool,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> None:
    """Print what must come to each stage by when."""
    from kpilint.analysis.planning.plan import Plan  # brings in the data door
    from kpilint.data.dataset import Dataset

    found = options.opened(goals, language=lang)
    with speaking(lang or found.language), Dataset.of(found) as data:
        result = Plan.of(found, goal_id, as_of=as_of or date.today(), after=after)(data)
        shares = _shares(data, result) if people else {}
        match form:
            case "json":
                click.echo(json.dumps(_plain(result, shares), ensure_ascii=False, indent=2))
            case "yaml":
                click.echo(_yaml(result, shares), nl=False)
            case _:
                click.echo(_text(result, shares, quiet))


def _shares(data: Dataset, result: PlanResult) -> dict[str, float]:
    from kpilint.analysis.planning.capacity import capacity

    return capacity(data, result.plan.aim.metric, result.seen.until)


def _yaml(result: PlanResult, shares: dict[str, float]) -> str:
    from kpilint.analysis.planning.writing import to_yaml
    from kpilint.errors import Unavailable

    if not result.feasible:  # there are no numbers to write
        raise Unavailable(result.text())
    return to_yaml(result, shares)


def _text(result: PlanResult, shares: dict[str, float], quiet: bool) -> str:
    from kpilint.goals.display import show
    from kpilint.i18n import language

    aim, table = result.plan.aim, result.readable()
    parts = [visible(result.text()), "\n".join(_rows(table.columns, *table.to_numpy()))]
    if shares:
        head = (_("Person"), _("Target"))
        each = [
            (name, show(_part(aim.target, share, aim.money), aim.unit or "count", language()))
            for name, share in shares.items()
        ]
        parts.append("\n".join(_rows(head, *each)))
    if not quiet:
        parts.append("\n".join(map(visible, result.remarks())))
    return "\n\n".join(parts)


def _rows(*rows: Iterable[object]) -> list[str]:
    """Names to the left and numbers to the right."""
    from kpilint.output.columns import aligned

    return aligned(([visible(str(cell)) for cell in row] for row in rows), left={0})


def _part(target: float, share: float, money: bool) -> float:
    return float(f"{target * share:.3g}") if money else round(target * share)


def _plain(result: PlanResult, shares: dict[str, float]) -> dict[str, object]:
    """The plan as JSON; numbers that are not known are null."""
    aim = result.plan.aim
    rows = json.loads(result.table().to_json(orient="records", double_precision=4))
    due = zip(result.stages, result.deadlines, strict=True)
    return {
        "version": 1,
        "as_of": result.plan.as_of.isoformat(),
        "goal": aim.goal.id,
        "unit": aim.unit,
        "target": aim.target,
        "actual": result.done,
        "expected_open": result.course.expected,
        "missing": result.course.missing,
        "leads": result.leads,
        "feasible": result.feasible,
        "beyond_history": [
            {"stage": result.stages[each.stage], "needed": each.needed, "best": each.best}
            for each in result.beyond
        ],
        "due": {stage: last.isoformat() if last else None for stage, last in due},
        "by_department": result.by_department(),
        "people": shares,
        "rows": rows,
    }
