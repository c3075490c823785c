"""The baseline: findings that a team already knows of, by rule and subject."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kpilint.errors import FileProblem
from kpilint.finding import Finding, Findings
from kpilint.i18n import _
from kpilint.place import seen_from

Key = tuple[str, str, str]
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each rule on each subject are known.

    ``files`` are the goals files that it was written for; they, and subjects that are files, are
    seen from ``folder``, where the baseline stands, so that it holds from any working folder.
    """

    counts: Mapping[Key, int]
    files: frozenset[str]
    folder: Path


def key(finding: Finding, folder: Path) -> Key:
    """Rule, kind and id of the subject: what stays when lines move and messages are reworded."""
    kind, name = finding.subject.kind, finding.subject.id
    return finding.code, kind, seen_from(folder, name) if kind == "file" else name


def of(findings: Findings, files: Iterable[str], folder: Path) -> Baseline:
    """The baseline that knows every open finding of these goals files."""
    counts = Counter(key(f, folder) for f in findings.open)
    return Baseline(counts, frozenset(seen_from(folder, f) for f in files), folder)


def apply(findings: Findings, baseline: Baseline) -> Findings:
    """The same with known findings marked; of a key found more often, the first are known."""
    left = Counter(baseline.counts)
    marked = []
    for finding in findings:
        name = key(finding, baseline.folder)
        known = finding.excused is None and left[name] > 0
        left[name] -= known
        marked.append(replace(finding, known=True) if known else finding)
    return replace(findings, findings=tuple(marked))


def gone(findings: Findings, baseline: Baseline, files: Iterable[str]) -> int:
    """How many entries are found no longer, or less often.

    Only rules that ran and could decide are counted, and none unless all files of the baseline
    were looked at.
    """
    if not baseline.files <= {seen_from(baseline.folder, f) for f in files}:
        return 0
    decided = findings.rules - {u.code for u in findings.unchecked}
    found = Counter(key(f, baseline.folder) for f in findings)
    return sum(found[k] < count for k, count in baseline.counts.items() if k[0] in decided)


def written(baseline: Baseline) -> str:
    """The baseline as JSON, one line an entry, sorted, so that changes read well in review."""
    entries = [
        {"rule": rule, "kind": kind, "id": name, "count": count}
        for (rule, kind, name), count in sorted(baseline.counts.items())
    ]
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    files = json.dumps(sorted(baseline.files), ensure_ascii=False)
    known = f"[\n{lines}\n ]" if entries else "[]"
    return f'{{\n "version": {_VERSION},\n "files": {files},\n "known": {known}\n}}\n'


def read(path: Path) -> Baseline:
    """The baseline in a file; FileProblem where there is none or it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        counts = {_key(entry): _count(entry) for entry in _list(content, "known")}
        files = frozenset(_text(name) for name in _list(content, "files"))
    except FileNotFoundError:
        raise FileProblem(
            _("{path}: there is no such baseline. Write it with --write-baseline.", path=path)
        ) from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileProblem(_("{path} cannot be read: {reason}.", path=path, reason=reason)) from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise FileProblem(
            _(
                "{path} is not a baseline that kpilint can read. Remove it, or name another file, "
                "and write it anew with --write-baseline.",
                path=path,
            )
        ) from None
    return Baseline(counts, files, path.parent)


def _list(content: Any, name: str) -> list[Any]:
    listed = content[name]
    if content["version"] != _VERSION or not isinstance(listed, list):
        raise ValueError(name)
    return listed


def _key(entry: Any) -> Key:
    return _text(entry["rule"]), _text(entry["kind"]), _text(entry["id"])


def _count(entry: Any) -> int:
    count = entry["count"]
    if type(count) is not int or count < 1:
        raise ValueError(count)
    return count


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
