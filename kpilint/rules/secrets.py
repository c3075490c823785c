"""E: the file can be mailed and committed without giving anything away."""

from __future__ import annotations

from kpilint.finding import Subject
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.recipient import gives_away, refusal
from kpilint.i18n import _
from kpilint.rule import ERROR, Flaw, Flaws, rule


@rule("E010", ERROR)
def secret_in_file(goals: GoalSet) -> Flaws:
    """Passwords and keys stand in the environment, not in the file.

    A goals file is mailed, committed and shown on a screen, and a secret in it goes along. Name
    an environment variable in its place, and change the secret that others have seen.

    The address of a webhook is such a secret too: whoever knows it can write to your channel.

    Bad:
        sources:
          deals: {url: "postgresql://crm:opensesame@localhost/crm", table: deals}
        alerts:
          - {on: run_failed, to: "https://hooks.slack.com/services/T0000/B0000/opensesame"}
    Good:
        sources:
          deals: {url: "postgresql://crm:${PGPASSWORD}@localhost/crm", table: deals}
        alerts:
          - {on: run_failed, to: "${SLACK_URL}"}

    When to ignore: never.
    """
    yield from _databases(goals)
    for alert in goals.alerts:
        for number, to in enumerate(alert.to):
            if gives_away(to):
                place = alert.at("to", number) if len(alert.to) > 1 else alert.at("to")
                yield Flaw(place, refusal(), about=Subject("file", goals.origin))


def _databases(goals: GoalSet) -> Flaws:
    """The addresses of sources and of the ledger."""
    if not goals.has("ledger") and not any(source.url for source in goals.sources.values()):
        return
    from kpilint.data.url import holds_secret  # files have none

    for source in goals.sources.values():
        if source.url is not None and holds_secret(source.url):
            message = _(
                "The url: of {source} has a password or key written in it. Put it into an "
                "environment variable, change it, and write {example} in its place.",
                source=source.name,
                example="${PGPASSWORD}",
            )
            yield Flaw(source.at("url"), message, about=Subject("source", source.name))
    if holds_secret(goals.ledger):
        message = _(
            "The address of the ledger has a password or key written in it. Put it into an "
            "environment variable, change it, and write {example} in its place.",
            example="${PGPASSWORD}",
        )
        yield Flaw(goals.at("ledger"), message, about=Subject("file", goals.origin))
