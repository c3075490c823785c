"""Findings as a page for a client workshop: questions to ask, by goal and owner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kpilint.finding import Finding, Findings, Subject, Title, Unchecked
from kpilint.goals.period import Period
from kpilint.i18n import _, listed, speaking
from kpilint.output.questions import questions
from kpilint.output.visible import visible

_SIGNS = re.compile(r"[\\`*_{}\[\]<>#|~&!$]|:(?=//)|(?<=\bwww)\.")  # what Markdown gives a meaning
_FILE_RULES = ("E", "X")  # about how the file is written: no questions for a client
Groups = Mapping[Subject, list[Finding]]


def markdown(findings: Findings, sources: Mapping[str, str]) -> str:
    """The page; text of a client's file stands in it as plain text only."""
    with speaking(findings.language):
        blocks = [*_head(findings), *_body(findings), *_tail(findings)]
    return "\n\n".join(blocks)


def _head(findings: Findings) -> Iterator[str]:
    asked = _asked(findings)
    counts = {
        "goals": findings.goals,
        "day": Period(findings.as_of, findings.as_of, "day").label(findings.language),
        "count": len(asked),
    }
    yield f"# {_('Questions on the goals')}"
    if asked:
        yield _(
            "{goals:goal was|goals were} read as of {day}. {count:question came up; please "
            "settle it together, and write|questions came up; please settle them together, and "
            "write} below each goal what was decided.",
            **counts,
        )
    else:
        yield _("{goals:goal was|goals were} read as of {day}; there is nothing to ask.", **counts)
    if known := findings.summary().get("known"):
        yield _(
            "{known:point that is known from the baseline is|points that are known from the "
            "baseline are} left out.",
            known=known,
        )
    yield from _owners(findings, asked)


def _asked(findings: Findings) -> list[Finding]:
    return [f for f in findings.open if not f.code.startswith(_FILE_RULES)]


def _owners(findings: Findings, asked: Iterable[Finding]) -> Iterator[str]:
    """Whom to invite: how many questions each owner has, on which goals."""
    labels: dict[str, list[str]] = {}
    for finding in asked:
        title = findings.titles.get(finding.subject)
        if finding.subject.kind == "goal":
            owner = title.owner if title and title.owner else _("not decided")
            labels.setdefault(owner, []).append(title.label if title else finding.subject.id)
    if not labels:
        return
    rows = [
        f"| {_plain(owner)} | {len(named)} | {_plain(' / '.join(dict.fromkeys(named)))} |"
        for owner, named in labels.items()
    ]
    head = f"| {_('Owner')} | {_('Questions')} | {_('Goals')} |\n|---|---:|---|"
    yield "\n".join([head, *rows])


def _body(findings: Findings) -> Iterator[str]:
    groups: dict[Subject, list[Finding]] = {}
    for finding in _asked(findings):
        groups.setdefault(finding.subject, []).append(finding)
    goals = {s: group for s, group in groups.items() if s.kind == "goal"}
    whole = {s: group for s, group in groups.items() if s.kind in {"file", "owner"}}
    others = {s: group for s, group in groups.items() if s not in goals and s not in whole}
    yield from _section(_("The whole set of goals"), _merged(whole), findings.titles)
    for heading, part in ((_("Goal by goal"), goals), (_("Metrics and data"), others)):
        yield from _section(heading, part, findings.titles)


def _merged(groups: Groups) -> Groups:
    """What concerns all goals needs no heading of its own."""
    merged = [finding for group in groups.values() for finding in group]
    return {Subject("file", ""): merged} if merged else {}


def _section(heading: str, groups: Groups, titles: Mapping[Subject, Title]) -> Iterator[str]:
    if not groups:
        return
    asks = questions()
    yield f"## {heading}"
    for subject, group in groups.items():
        if subject.id:
            yield f"### {_heading(subject, titles.get(subject))}"
        yield "\n".join(line for code in _codes(group) for line in _question(code, group, asks))
        yield f"| {_('Decided')} | {_('Who')} | {_('By when')} |\n|---|---|---|\n| | | |"


def _heading(subject: Subject, title: Title | None) -> str:
    label = _plain(title.label if title else subject.id)
    if title and title.owner:
        return _("{label} (owner: {owner})", label=label, owner=_plain(title.owner))
    return label


def _codes(group: Iterable[Finding]) -> list[str]:
    """The rules of a group, the heaviest first."""
    return list(dict.fromkeys(f.code for f in sorted(group, key=lambda f: -f.severity)))


def _question(code: str, group: Iterable[Finding], asks: Mapping[str, str]) -> Iterator[str]:
    yield f"- [ ] **{asks.get(code) or _('Is this meant as it stands?')}**"
    for finding in group:
        if finding.code == code:
            yield f"  - {_stated(finding)}"


def _stated(finding: Finding) -> str:
    """The message, with how heavy it weighs, its rule and its place."""
    span = finding.span
    place = f"{span.path} {span.cell}" if span.cell else f"{span.path}:{span.line}"
    return _(
        "{told} ({level} {code}, {place})",
        told=_plain(finding.message),
        level=finding.severity.word,
        code=finding.code,
        place=_plain(place),
    )


def _tail(findings: Findings) -> Iterator[str]:
    """What is no question: faults of the file, excuses, and what nobody could check."""
    faults = [f for f in findings.open if f.code.startswith(_FILE_RULES)]
    if faults:
        yield f"## {_('To be put right in the file first')}"
        yield "\n".join(f"- {_stated(f)}" for f in faults)
    if excused := [*_excused(findings)]:
        yield f"## {_('Excused, with the reason')}"
        yield "\n".join(excused)
    if findings.unchecked:
        yield f"## {_('Could not check')}"
        yield "\n".join(_unchecked(findings.unchecked, findings.titles))


def _excused(findings: Findings) -> Iterator[str]:
    for finding in findings:
        if finding.excused:
            until = finding.excused.until
            reason = _plain(finding.excused.reason) or _("no reason given")
            term = _(" (until {day})", day=until.isoformat()) if until else ""
            yield f"- {_stated(finding)}\n  - {reason}{term}"


def _unchecked(unchecked: Iterable[Unchecked], titles: Mapping[Subject, Title]) -> Iterator[str]:
    """A line a reason, with what it concerns."""
    concerned: dict[str, dict[str, None]] = {}
    for left in unchecked:
        title = titles.get(left.subject)
        label = f" {title.label if title else left.subject.id}"
        named = left.code if left.subject.kind == "file" else left.code + label
        concerned.setdefault(left.reason, {})[named] = None
    for reason, about in concerned.items():
        named = _plain(listed(about))
        yield "- " + _("{reason} ({listed})", reason=_plain(reason), listed=named)


def _plain(text: str) -> str:
    """Text of a file with nothing in it that Markdown, HTML or a terminal would act on."""
    return _SIGNS.sub(r"\\\g<0>", visible(text).strip())
