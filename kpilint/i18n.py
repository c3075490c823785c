"""The two languages: which one speaks now, and how a sentence is looked up in it."""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("ja", "en")
LOCALE_DIR = Path(__file__).with_name("locale")
_WORDS = r"((?:[^{}|]|\{[^{}]*\})*)"  # which may hold places
_CHOICE = re.compile(rf"\{{(\w+):{_WORDS}\|{_WORDS}\}}")


def preferred() -> str:
    """The language of the user's machine: ``ja`` on a Japanese locale, else ``en``."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    name = next((os.environ[v] for v in variables if os.environ.get(v)), None)
    name = name or locale.getlocale()[0] or ""  # Windows sets none of the variables
    return "ja" if name.lower().startswith(("ja", "japanese")) else "en"


_LANGUAGE: ContextVar[str | None] = ContextVar("language", default=None)
_usual: list[str] = []  # the language of a process that has chosen one, such as a kernel


def language() -> str:
    """The language that speaks now."""
    return _LANGUAGE.get() or (_usual[-1] if _usual else preferred())


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Let ``ja`` or ``en`` speak inside the block; blocks nest and threads are apart."""
    token = _LANGUAGE.set(name)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def speak(name: str) -> None:
    """Let ``ja`` or ``en`` speak from now on, as in a notebook; an empty name changes nothing.

    Raises ValueError for another language.
    """
    if name and name not in LANGUAGES:
        raise ValueError(_("There is no language “{name}”; write ja or en.", name=name))
    _usual[:] = [name] if name else _usual  # not the context: a kernel gives each cell its own


@lru_cache
def _catalogue(name: str) -> gettext.NullTranslations:
    # English stands in the code itself, so only the other language has a catalogue to miss.
    return gettext.translation("kpilint", LOCALE_DIR, [name], fallback=name == "en")


def _(message: str, **values: object) -> str:
    """Translate ``message`` into the language that speaks, then fill its ``{name}`` places.

    English words that hang on a number stand in its place, ``{count:goal is|goals are}``. They are
    chosen before any place is filled, so that no value can be taken for a choice.
    """
    translated = _catalogue(language()).gettext(message)

    def chosen(choice: re.Match[str]) -> str:
        name, one, more = choice.groups()
        alone = str(values[name]).lstrip("+-−") == "1"
        return f"{{{name}}} {one if alone else more}"

    return _CHOICE.sub(chosen, translated).format(**values) if values else translated


def listed(items: Iterable[object], most: int | None = None) -> str:
    """Names one after the other, parted as the language that speaks parts them; the first ``most``.

    Where some are left out, a sign at the end says so.
    """
    names = [str(item) for item in items]
    shown = names[:most] + (["…"] if most is not None and len(names) > most else [])
    return ("、" if language() == "ja" else ", ").join(shown)
