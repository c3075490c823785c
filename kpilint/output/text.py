"""Findings for a person at a terminal: place, message, and the line itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from click import style

from kpilint.finding import Finding, Findings, Severity, Span, Unchecked
from kpilint.i18n import _, listed, speaking
from kpilint.output.visible import masked, visible

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_WIDTH = 96  # of a quoted line; longer ones are cut on both sides of the place
_NAMED = 5  # subjects that a line about unchecked rules names


def text(findings: Findings, sources: Mapping[str, str], *, quiet: bool = False) -> str:
    """All open findings with their lines, then what could not be checked, then the count.

    ``sources`` holds the text of each file by path. Styled with ANSI codes; the command line
    strips them where they are not wanted.
    """
    lines = {path: source.splitlines() for path, source in sources.items()}
    with speaking(findings.language):
        blocks = [_block(finding, lines) for finding in findings.open]
        if not quiet:
            blocks += ["\n".join(_unchecked(findings.unchecked))] if findings.unchecked else []
            blocks.append(findings.text())
    return "\n\n".join(blocks)


def _block(finding: Finding, lines: Mapping[str, list[str]]) -> str:
    span = finding.span
    colour = _COLOURS[finding.severity]
    place = style(_place(span), bold=True)
    level = style(f"{finding.severity.word} {finding.code}", fg=colour, bold=True)
    head = f"{place} {level} {finding.name} ({visible(finding.subject.id)})"
    parts = [head, f"  {visible(finding.message)}"]
    content = lines.get(span.path, [])
    if span.line <= len(content):
        parts += _quoted(masked(content[span.line - 1]), span, colour)
    parts += [f"  = {_place(r.span)} {visible(r.message)}" for r in finding.related]
    return "\n".join(parts)


def _place(span: Span) -> str:
    if span.cell:
        return f"{visible(span.path)}[{visible(span.cell)}]"
    return f"{visible(span.path)}:{span.line}:{span.column}"


def _quoted(line: str, span: Span, colour: str) -> Iterator[str]:
    """The line with carets below the place; wide characters take two columns."""
    from rich.cells import cell_len  # a file without findings needs no carets

    start = min(span.column - 1, len(line))
    stop = span.end_column - 1 if span.end_line == span.line else len(line)
    cut = max(0, min(start - _WIDTH // 3, len(line) - _WIDTH))
    stop = min(max(stop, start + 1), cut + _WIDTH)
    before = ("…" if cut else "") + visible(line[cut:start])
    after = visible(line[start : cut + _WIDTH]) + ("…" if cut + _WIDTH < len(line) else "")
    carets = "^" * max(cell_len(visible(line[start:stop])), 1)
    number = str(span.line)
    gutter = " " * len(number)
    yield f"  {gutter} |"
    yield f"  {number} | {before}{after}"
    yield f"  {gutter} | {' ' * cell_len(before)}{style(carets, fg=colour, bold=True)}"


def _unchecked(unchecked: tuple[Unchecked, ...]) -> Iterator[str]:
    """One line a rule and reason; a reason that several rules share stands once, above them."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for u in unchecked:
        rules = reasons.setdefault(u.reason, {})
        rules.setdefault(f"{u.code} {u.name}", []).append(u.subject.id)
    yield style(_("Could not check"), bold=True)
    for reason, rules in reasons.items():
        told = {rule: visible(listed(subjects, _NAMED)) for rule, subjects in rules.items()}
        if len(told) > 1:
            yield f"  {visible(reason)}"
            yield from (f"    {rule} ({named})" for rule, named in told.items())
        else:
            yield from (f"  {rule}: {visible(reason)} ({named})" for rule, named in told.items())
