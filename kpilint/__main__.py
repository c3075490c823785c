"""``kpilint`` and ``python -m kpilint``: one sentence for whatever goes wrong."""

from __future__ import annotations

import gc
import gettext
import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise

gc.set_threshold(100_000)  # before the imports: what they make stays, so collecting it is waste

import click

from kpilint.errors import KpilintError
from kpilint.i18n import LANGUAGES, LOCALE_DIR, _, language, speak


def main() -> None:
    """Run the command line; exit codes 0 clean, 1 findings, 2 misuse or failure."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console in cp932 lacks some signs
            stream.reconfigure(errors="replace")
    # A scheduler that stops a run is a Ctrl-C: kernels end, and no client's data stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _speak_as_asked(sys.argv[1:])
    sys.exit(_run())


def _speak_as_asked(words: Sequence[str]) -> None:
    """Let ``--lang``, wherever it stands among ``words``, hold for help and for misuse too.

    Both come before a command has read its options. click looks up its own sentences by gettext,
    whose language is that of the environment.
    """
    told = [value for word, value in pairwise(words) if word == "--lang"]
    told += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    speak(next((name for name in told if name in LANGUAGES), ""))
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain("click", str(LOCALE_DIR))
    gettext.textdomain("click")


def _run() -> int:
    from kpilint.cli import kpilint  # its help is worded in the language that now speaks

    try:
        return int(kpilint.main(standalone_mode=False) or 0)
    except click.ClickException as problem:
        problem.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
    except KpilintError as problem:
        click.echo(f"kpilint: {problem}", err=True)
    except SystemExit:  # click's answer to a reader that has gone, as head does: not our 1
        pass
    except OSError as problem:
        _tell_refusal(problem)
    except Exception as problem:
        if os.environ.get("KPILINT_DEBUG"):
            raise
        kind = type(problem).__name__
        message = _(
            "kpilint itself failed ({problem}). Run it again with KPILINT_DEBUG=1 and send us "
            "what it prints.",
            problem=f"{kind}: {problem}".splitlines()[0][:200],
        )
        click.echo(f"kpilint: {message}", err=True)
    return 2


def _tell_refusal(problem: OSError) -> None:
    """Say what the system would not do: mostly a full disk, or an output that cannot be written."""
    if os.environ.get("KPILINT_DEBUG"):
        raise problem
    reason = problem.strerror or str(problem)
    named = f"{problem.filename}: {reason}" if problem.filename else reason
    told = _("The system refused to read or write: {reason}.", reason=named)
    click.echo(f"kpilint: {told}", err=True)


if __name__ == "__main__":
    main()
