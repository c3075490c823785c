"""``kpilint`` and ``python -m kpilint``: one sentence for whatever goes wrong."""

from __future__ import annotations

import gc
import os
import sys

gc.set_threshold(100_000)  # before the imports: what they make stays, so collecting it is waste

import click

from kpilint.cli import kpilint
from kpilint.errors import KpilintError
from kpilint.i18n import _


def main() -> None:
    """Run the command line; exit codes 0 clean, 1 findings, 2 misuse or failure."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console in cp932 lacks some signs
            stream.reconfigure(errors="replace")
    sys.exit(_run())


def _run() -> int:
    try:
        return int(kpilint.main(standalone_mode=False) or 0)
    except click.ClickException as problem:
        problem.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
    except KpilintError as problem:
        click.echo(f"kpilint: {problem}", err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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


if __name__ == "__main__":
    main()
