"""Copies of the notebooks that know a client's goals file, to open and run by hand."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from kpilint import atomic
from kpilint.goals.document import legible
from kpilint.i18n import LANGUAGES
from kpilint.monthly.assets import asset


def copies(
    goals: Path, folder: Path, *, as_of: date, language: str = ""
) -> tuple[list[Path], list[Path]]:
    """Write each notebook into ``folder``, set to ``goals`` and seen from ``as_of``.

    The copies speak one language (ja or en, the goals file's unless given). Returns the notebooks
    that were written and those that were there, which are left alone: someone may have worked in
    them. Raises a KpilintError for goals that cannot be read and a folder that cannot be written.
    """
    own_language = legible(goals).language
    values = {
        "goals": _way(folder, goals),
        "month": f"{as_of:%Y-%m}",
        "as_of": as_of.isoformat(),
        "language": language or own_language,
    }
    written: list[Path] = []
    kept: list[Path] = []
    for source in sorted(asset("notebooks").glob("*.ipynb")):
        path = folder / source.name
        if path.exists():
            kept.append(path)
            continue
        notebook = tailored(json.loads(source.read_text(encoding="utf-8")), values)
        atomic.write(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
        written.append(path)
    return written, kept


def tailored(notebook: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The notebook (its JSON) with other values for its parameters, in ``values["language"]``."""
    others = {f"lang-{each}" for each in LANGUAGES if each != values["language"]}
    own = deepcopy(dict(notebook))
    own["cells"] = [cell for cell in own["cells"] if not others & _tags(cell)]
    for cell in own["cells"]:
        if "parameters" in _tags(cell):
            source = _filled("".join(cell["source"]), values)
            cell["source"] = source.splitlines(keepends=True)
    return own


def _tags(cell: Mapping[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _filled(source: str, values: Mapping[str, str]) -> str:
    """A parameters cell with other values; its types and comments stay."""
    lines = source.encode().split(b"\n")  # ast counts columns in bytes
    for statement in ast.parse(source).body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() as old):
                if name in values:
                    line = lines[old.lineno - 1]
                    new = json.dumps(values[name], ensure_ascii=False).encode()
                    lines[old.lineno - 1] = (
                        line[: old.col_offset] + new + line[old.end_col_offset :]
                    )
    return b"\n".join(lines).decode()


def _way(folder: Path, goals: Path) -> str:
    """The way from the folder to the goals file, so that both can move together."""
    try:
        return Path(os.path.relpath(goals, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return goals.resolve().as_posix()
