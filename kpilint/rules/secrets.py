"""E: the file can be mailed and committed without giving anything away."""

from __future__ import annotations

from kpilint.goals.source import Source
from kpilint.i18n import _
from kpilint.rule import ERROR, Flaw, Flaws, rule


@rule("E010", ERROR)
def secret_in_file(source: Source) -> Flaws:
    """Passwords and keys stand in the environment, not in the file.

    A goals file is mailed, committed and shown on a screen, and a secret in it goes along. Name
    an environment variable in its place, and change the secret that others have seen.

    Bad:
        url: postgresql://crm:opensesame@localhost/crm
    Good:
        url: postgresql://crm:${PGPASSWORD}@localhost/crm

    When to ignore: never.
    """
    from kpilint.data.url import holds_secret  # files have none

    if source.url is None or not holds_secret(source.url):
        return
    message = _(
        "The url: of {source} has a password or key written in it. Put it into an environment "
        "variable, change it, and write {example} in its place.",
        source=source.name,
        example="${PGPASSWORD}",
    )
    yield Flaw(source.at("url"), message)
