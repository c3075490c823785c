"""How a tree's goals stand and why, as a manager can read it out, in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, isnan
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.tracking import states
from kpilint.analysis.tree.arithmetic import TOLERANCE
from kpilint.goals.display import show
from kpilint.goals.period import Period
from kpilint.goals.unit import CURRENCIES
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.tree.gap import Gap
    from kpilint.analysis.tree.shape import Branch
    from kpilint.analysis.tree.standing import Standing
    from kpilint.analysis.tree.tree import TreeResult

SMALL = 0.05  # of the gap; what explains less is not named
SIGNS: Mapping[str, str] = {"sum": "+", "product": "×", "ratio": "÷"}


def amount(value: float, unit: str | None) -> str:
    """A value as readers write it; money with three figures, counts whole."""
    if isfinite(value) and unit in CURRENCIES:
        value = float(f"{value:.3g}")
    elif isfinite(value) and unit == "count" and abs(value) >= 10:
        value = round(value)
    return show(value, unit, language())


def signed(value: float, unit: str | None) -> str:
    """A contribution with its sign."""
    return ("+" if value >= 0 else "−") + amount(abs(value), unit)


def verdict(result: TreeResult) -> str:
    """How the top stands; why the first whole that can be split is off; what is to be done."""
    top = result.shape[0]
    said = [_stands(result, top)]
    gap = result.gap
    if gap is None:
        if any(branch.parts for branch in result.shape):
            said.append(_("What made it so cannot be told: an actual of the parts is missing."))
        else:
            said.append(no_arithmetic())
        return spoken(said)
    if gap.whole != top.goal.id:
        said.append(stands_so(result, gap))
    return spoken([*said, *reasons(result, gap), *next_step(result, gap)])


def no_arithmetic() -> str:
    """That nothing says how the goals make each other up."""
    return _("No combine: says what makes it up, so a miss cannot be traced to its parts.")


def stands_so(result: TreeResult, gap: Gap) -> str:
    """How the whole that is split stands."""
    return _stands(result, next(b for b in result.shape if b.goal.id == gap.whole))


def spoken(sentences: Sequence[str]) -> str:
    """Sentences in a row, with a space between them where the language has one."""
    return "".join(sentences) if language() == "ja" else " ".join(sentences)


def _stands(result: TreeResult, branch: Branch) -> str:
    stands = result.standings[branch.goal.id]
    if stands.state == "not_started":
        return _("“{goal}” has not begun.", goal=branch.goal.title)
    if stands.state == "no_data":
        return _(
            "“{goal}” cannot be judged: {reason}", goal=branch.goal.title, reason=stands.reason
        )
    values = {
        "goal": branch.goal.title,
        "actual": amount(stands.actual, stands.unit),
        "due": amount(stands.expected, stands.unit),
        "apart": amount(abs(stands.short), stands.unit),
    }
    if stands.over or stands.expected == stands.target:
        if stands.short > 0:
            return _("“{goal}” is at {actual}, {apart} behind the target of {due}.", **values)
        if stands.short < 0:
            return _("“{goal}” is at {actual}, {apart} better than the target of {due}.", **values)
        return _("“{goal}” is at {actual}, just as the target has it.", **values)
    if stands.short > 0:
        return _("“{goal}” is at {actual}, {apart} behind the {due} expected by now.", **values)
    return _("“{goal}” is at {actual}; {due} is expected by now.", **values)


def reasons(result: TreeResult, gap: Gap) -> Iterator[str]:
    """The factors along with the gap, then those against it, then what no part explains."""
    whole = result.standings[gap.whole]
    if not gap.change:
        return
    told = {n: a for n, a in gap.factors.items() if abs(a) > SMALL * abs(gap.change)}
    along = sorted((n for n in told if told[n] * gap.change > 0), key=lambda n: -abs(told[n]))
    against = sorted((n for n in told if told[n] * gap.change < 0), key=lambda n: -abs(told[n]))
    if along:
        named = _(", ").join(_named(result, name, told[name], whole) for name in along[:3])
        yield _("It comes from {factors}.", factors=named)
    if against:
        first = _named(result, against[0], told[against[0]], whole)
        yield _("Against it worked {factor}.", factor=first)
    if abs(gap.rest) > SMALL * abs(gap.change):
        yield _("The parts do not explain {amount}.", amount=signed(gap.rest, whole.unit))


def _named(result: TreeResult, name: str, value: float, whole: Standing) -> str:
    title = result.tree.goals.by_id[name].title
    return _("{factor} ({amount})", factor=title, amount=signed(value, whole.unit))


def worst(result: TreeResult) -> str:
    """The id of the goal that costs the whole most; the whole's where none does, '' without a gap
    that hurts."""
    gap = result.gap
    if gap is None or result.standings[gap.whole].short <= 0:
        return ""
    costs = {n: a for n, a in gap.factors.items() if a * gap.change > SMALL * gap.change**2}
    return max(costs, key=lambda n: abs(costs[n])) if costs else gap.whole


def next_step(result: TreeResult, gap: Gap) -> Iterator[str]:
    """What the goals themselves say to do: that of the worst factor, else of the whole."""
    name = worst(result)
    if not name:
        return
    own, whole = (result.tree.goals.by_id[n] for n in (name, gap.whole))
    goal = own if own.action else whole
    if goal.action and goal.owner:
        yield _("Next: {action} ({owner}).", action=goal.action, owner=goal.owner)
    elif goal.action:
        yield _("Next: {action}.", action=goal.action)


def headline(result: TreeResult) -> str:
    """The finding as the picture's title."""
    gap, name = result.gap, worst(result)
    if gap is None or not name:
        top = result.shape[0]
        word = states.word(result.standings[top.goal.id].state)
        return _("{goal}: {state}", goal=top.goal.title, state=word)
    title, whole = (result.tree.goals.by_id[n].title for n in (name, gap.whole))
    if name == gap.whole:
        return _("{whole} is behind", whole=whole)
    return _("{whole} is behind, most of all by {factor}", whole=whole, factor=title)


def scope(result: TreeResult) -> str:
    """Day and number of goals, as the picture's subtitle."""
    day = result.tree.as_of
    return _(
        "{count:goal|goals} as of {day}; signs tell how the parts make up the whole",
        count=len(result.shape),
        day=Period(day, day, "day").label(language()),
    )


def aimed(target: float, unit: str | None) -> str:
    """A target, called so."""
    return _("target {target}", target=amount(target, unit))


def state(branch: Branch, stands: Standing) -> str:
    """The state's sign and word; goals that are tracked only are not judged."""
    judged = branch.goal.role != "info" or stands.state in ("not_started", "no_data")
    return states.word(stands.state) if judged else _("– tracked only")


def lines(branch: Branch, stands: Standing) -> list[str]:
    """What stands below a goal's name: actual and target, then its state and what is due."""
    of = {"actual": amount(stands.actual, stands.unit), "target": aimed(stands.target, stands.unit)}
    begun = isfinite(stands.actual) and stands.state != "not_started"
    told = _("{actual} of {target}", **of) if begun else of["target"]
    _sign, _space, word = state(branch, stands).partition(" ")
    due_is_news = isfinite(stands.expected) and stands.expected != stands.target
    if begun and due_is_news and branch.goal.role != "info":
        due = amount(stands.expected, stands.unit)
        word = _("{state} ({due} expected by now)", state=word, due=due)
    return [told, word]


def readable(result: TreeResult) -> pd.DataFrame:
    """One row a goal, as readers want it."""
    hows = {b.goal.id: b.how for b in result.shape}
    rows = []
    for branch in result.shape:
        stands = result.standings[branch.goal.id]
        sign = f"{SIGNS[hows[branch.above]]} " if branch.is_part else ""
        rows.append(
            {
                _("Goal"): "\u3000" * branch.depth + sign + branch.goal.title,
                _("Target"): amount(stands.target, stands.unit),
                _("Expected by now"): amount(stands.expected, stands.unit),
                _("Actual"): amount(stands.actual, stands.unit),
                _("State"): state(branch, stands),
            }
        )
    return pd.DataFrame(rows)


def remarks(result: TreeResult) -> list[str]:
    """Where parts do not make the whole, on paper and in the data, and what could not be had."""
    said: list[str] = []
    for branch in result.shape:
        stands = result.standings[branch.goal.id]
        if branch.parts:
            said += _unlike(result, branch, stands)
        if stands.reason:
            said.append(_("{goal}: {reason}", goal=branch.goal.title, reason=stands.reason))
    return said


def _unlike(result: TreeResult, branch: Branch, stands: Standing) -> Iterator[str]:
    for of, whole in (("target", stands.target), ("actual", stands.actual)):
        parts = result.made(branch, of=of)
        if isnan(parts) or isnan(whole):
            continue
        if abs(parts - whole) > TOLERANCE[branch.how] * abs(whole):
            values = {
                "goal": branch.goal.title,
                "made": amount(parts, stands.unit),
                "whole": amount(whole, stands.unit),
            }
            if of == "target":
                yield _("The targets of the parts of “{goal}” make {made}, not {whole}.", **values)
            else:
                yield _("The actuals of the parts of “{goal}” make {made}, not {whole}.", **values)
