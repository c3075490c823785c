"""New workspaces: one from a template, and the sample company as one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from kpilint import atomic
from kpilint.errors import FileProblem, Misuse
from kpilint.goals import goalfile
from kpilint.goals.period import add_months, read_period
from kpilint.goals.slip import near
from kpilint.i18n import _, listed
from kpilint.monthly.assets import asset

LIBRARY = "metrics.yaml"
SAMPLE_DAY = date(2026, 10, 31)  # the day on which the sample company exported its data
_WRITTEN_FOR = date(2026, 10, 1)  # the quarter that templates plan, 2026-Q3, begins
_PERIOD = re.compile(r"\b(?P<year>20[0-9]{2})-(?:Q(?P<quarter>[1-4])|(?P<month>[01][0-9]))\b")
_KEPT_OUT = """# Client data and what is made of it stay out of Git.
/data/*
!/data/README.md
/reports/
/.kpilint/
"""


def templates(language: str) -> tuple[str, ...]:
    """The names of the templates, in alphabetical order."""
    return tuple(sorted(path.stem for path in _shelf(language).glob("*.yaml")))


def _shelf(language: str) -> Path:
    return asset("templates") / "goals" / language


def workspace(folder: Path, template: str, language: str, day: date) -> tuple[Path, ...]:
    """Lay out a workspace that plans the quarter after ``day``; returns the files it wrote.

    ``goals.yaml`` with its schema for editors, ``metrics.yaml`` with definitions to choose from,
    and ``data/README.md`` on the exports that belong there. Raises Misuse for a template that does
    not exist and FileProblem where the folder has a goals file; no file that is there is changed.
    """
    names = templates(language)
    if template not in names:
        message = _(
            "There is no template {name}; there are {names}.", name=template, names=listed(names)
        )
        raise Misuse(message + near(template, names))
    _untouched(folder)
    return tuple(_written(folder, _contents(template, language, day)))


def drafted(folder: Path, exports: Path, language: str) -> tuple[tuple[Path, ...], list[str]]:
    """Lay out a workspace over the ``exports`` that are there, which stay where they are.

    Returns the files it wrote and what was guessed, a sentence each. Raises FileProblem where
    the folder has a goals file, or there are no exports.
    """
    from kpilint.monthly.workspace.draft import goals_file
    from kpilint.monthly.workspace.exports import look
    from kpilint.rules.schema import schema

    goals = _untouched(folder)
    found, unread = look(exports, goals, language)
    text, guesses = goals_file(found, unread, language)
    contents = {
        "goals.yaml": text,
        "goals.schema.json": schema(),
        LIBRARY: _library(language),
        ".gitignore": _KEPT_OUT,
    }
    return tuple(_written(folder, contents)), guesses


def _untouched(folder: Path) -> Path:
    """The path of a goals file that is not there yet."""
    goals = folder / "goals.yaml"
    if goals.exists():
        raise FileProblem(_("{path} is there already; name another folder.", path=goals))
    return goals


def _contents(template: str, language: str, day: date) -> Mapping[str, str]:
    from kpilint.rules.schema import schema

    shelf = _shelf(language)
    text = (shelf / f"{template}.yaml").read_text(encoding="utf-8")
    return {
        "goals.yaml": _moved(text, day),
        "goals.schema.json": schema(),
        LIBRARY: _library(language),
        "data/README.md": _exports((shelf / "data.md").read_text(encoding="utf-8"), text),
        ".gitignore": _KEPT_OUT,
    }


def _library(language: str) -> str:
    """Definitions of metrics that companies ask for, to be copied from or included."""
    return (asset("templates") / "metrics" / f"{language}.yaml").read_text(encoding="utf-8")


def _written(folder: Path, contents: Mapping[str, str]) -> Iterator[Path]:
    for name, content in contents.items():
        path = folder / name
        if not path.exists():
            atomic.write(path, content)
            yield path


def _moved(text: str, day: date) -> str:
    """A template with its quarters and months moved to plan the quarter after ``day``."""
    months = (day.year - _WRITTEN_FOR.year) * 12 + day.month - _WRITTEN_FOR.month
    ahead = months - months % 3 + 3

    def later(found: re.Match[str]) -> str:
        start = add_months(read_period(found[0], 4).start, ahead)
        if found["month"]:
            return f"{start:%Y-%m}"
        year, past = divmod(start.year * 12 + start.month - 4, 12)
        return f"{year}-Q{past // 3 + 1}"

    return _PERIOD.sub(later, text)


def _exports(page: str, text: str) -> str:
    """The page on exports with the sections of those files that the goals read."""
    sources = goalfile.read("goals.yaml", source=text).sources.values()
    files = {Path(source.path).name for source in sources if source.path}
    head, *sections = page.rstrip().split("\n\n## ")
    wanted = [section for section in sections if section.partition("\n")[0] in files]
    return "\n\n## ".join([head, *wanted]) + "\n"


def sample(folder: Path) -> Path:
    """Lay out the sample company in ``folder`` and return its goals file.

    Files that are there already stay as they are: someone may have tried a change in them.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(asset("data_samples").iterdir()):
            target = folder / source.name
            if source.suffix in {".csv", ".yaml", ".md"} and not target.exists():
                shutil.copyfile(source, target)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = _("{path} cannot be written: {reason}.", path=folder, reason=reason)
        raise FileProblem(message) from None
    return folder / "goals.yaml"
