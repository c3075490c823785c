"""Great Expectations itself, imported only when a suite has to run, and suites as it takes them."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from kpilint.data.suite import Asked
from kpilint.errors import Unavailable
from kpilint.finding import Severity
from kpilint.goals.written import excerpt
from kpilint.i18n import _

LONGEST = 200  # letters of a reason
_SLOW = "rfc3987_syntax"  # a grammar, a quarter of the time to import, of which nothing is used
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}


def library() -> Any:
    """Great Expectations, told to stay silent and offline; Unavailable without it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it looks when it is imported
    try:
        with warnings.catch_warnings(), _without(_SLOW):
            warnings.simplefilter("ignore")  # of its own modules
            import great_expectations
    except ImportError:
        raise Unavailable(
            _("Expectations are checked by Great Expectations; install kpilint[quality].")
        ) from None
    return great_expectations


@contextmanager
def _without(module: str) -> Iterator[None]:
    """As if an optional module were not installed, unless it is there already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # so Python says that it is not there
    try:
        yield
    finally:
        del sys.modules[module]


def suite_of(name: str, asked: Iterable[Asked]) -> Any:
    """A suite of Great Expectations, each expectation with its number and form as metadata.

    Raises Unavailable, saying which and why, where it does not take an expectation.
    """
    gx = library()
    made = [implemented(a, number) for number, a in enumerate(asked)]
    return gx.ExpectationSuite(name=name, expectations=made)


def implemented(asked: Asked, number: int) -> Any:
    """One expectation; raises like `suite_of`."""
    from great_expectations.expectations.registry import get_expectation_impl

    told = asked.expectation
    kind: Callable[..., Any] = get_expectation_impl(told.name)
    given = {name: _plain(value) for name, value in asked.arguments.items()}
    if told.mostly < 1:
        given["mostly"] = told.mostly
    meta = {"kpilint": {"number": number, "form": told.form}}
    try:
        return kind(**given, severity=_SEVERITIES[told.severity], meta=meta)
    except ValueError as problem:
        reason = excerpt(" ".join(str(problem).splitlines()[1:]), LONGEST).rstrip(".")
        message = _(
            "Great Expectations does not take {expectation} so: {reason}.",
            expectation=told.form,
            reason=reason,
        )
        raise Unavailable(message) from None


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
