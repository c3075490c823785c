"""Great Expectations at work: on pandas for files, on its own engines for databases."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import ibis

from kpilint.data.connection import TIMEOUT, failed
from kpilint.data.dataset import Dataset
from kpilint.data.library import LONGEST, implemented, library, suite_of
from kpilint.data.suite import Asked, Verdict, fitted
from kpilint.data.url import Address
from kpilint.errors import KpilintError, Unavailable
from kpilint.goals.source import Source
from kpilint.goals.written import excerpt
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_EXAMPLES = 5
_DAY = " (day)"  # a column's days, where it is compared with a column that knows days only
_LOCAL = frozenset({"duckdb", "sqlite"})  # here their records are no further away than a file's


def _fitted(asked: Asked, schema: Mapping[str, Any]) -> Asked:
    """With values as the columns have them, or with the reason why it cannot be judged."""
    fit = asked if asked.reason else fitted(asked, schema)
    if fit.reason:
        return fit
    try:
        implemented(fit, 0)
    except Unavailable as problem:
        return replace(fit, reason=str(problem))
    return fit


def validated(data: Dataset, source: Source, asked: tuple[Asked, ...]) -> tuple[Verdict, ...]:
    """A verdict on each of ``asked``, in their order.

    Only the columns that they name are looked at: by pandas where the records are in files, by
    the database where they are there. Raises SourceProblem and Unavailable.
    """
    library()
    schema = data.table(source.name).schema()
    fit = [_fitted(a, schema) for a in asked]
    found = {n: Verdict(a.expectation, None, reason=a.reason) for n, a in enumerate(fit)}
    for judge, of_headings in ((_headings, True), (_records, False)):
        numbers = [n for n, a in enumerate(fit) if not a.reason]
        numbers = [n for n in numbers if fit[n].expectation.of_headings == of_headings]
        if numbers:
            judged = judge(data, source, [fit[n] for n in numbers])
            found |= zip(numbers, judged, strict=True)
    return tuple(found[n] for n in sorted(found))


def _headings(data: Dataset, source: Source, asked: list[Asked]) -> list[Verdict]:
    """Judge what is about the columns that there are."""
    import pandas as pd

    frame = pd.DataFrame(columns=list(data.columns(source.name)))
    return _on_pandas(frame, asked, None)


def _records(data: Dataset, source: Source, asked: list[Asked]) -> list[Verdict]:
    """Judge what is about records, where they are."""
    key = _key(data, source)
    question, asked = _question(data, source, asked, key)
    address = data.address(source.name)
    if address is None or (connection := data.connection(source)).engine in _LOCAL:
        return _on_pandas(question.to_pyarrow().to_pandas(), asked, key)
    try:
        if connection.engine == "postgres":
            return _on_postgres(question, asked, key, address)
        if connection.engine == "pyspark":
            return _on_spark(question, asked, key, connection.backend)
    except KpilintError:
        raise
    except Exception as problem:  # drivers share no class of errors
        raise failed(problem, address) from None
    message = _(
        "Expectations are checked on files, PostgreSQL and Spark, not on {engine}.",
        engine=connection.engine,
    )
    raise Unavailable(message)


def _key(data: Dataset, source: Source) -> str | None:
    """The exact name of the column that tells records apart, where there is one."""
    try:
        return data.resolve(source.name, source.key) if source.key else None
    except Unavailable:
        return None


def _question(
    data: Dataset, source: Source, asked: list[Asked], key: str | None
) -> tuple[ir.Table, list[Asked]]:
    """The columns that are named, in types that can be compared; days where only days are known."""
    table = data.table(source.name)
    names = dict.fromkeys([*(c for a in asked for c in a.columns), *([key] if key else [])])
    columns = {name: _comparable(table[name]) for name in names}
    ordered = dict.fromkeys(c for a in asked if a.expectation.form == "in_order" for c in a.columns)
    if ordered:
        moments = {name: columns[name] for name in ordered}
        told = {f"m{n}": (m != m.truncate("D")).any() for n, m in enumerate(moments.values())}
        found = table.aggregate(**told).to_pyarrow().to_pylist()[0]
        by_day = {name for n, name in enumerate(moments) if not found[f"m{n}"]}
        asked = [_in_days(a) if by_day & set(a.columns) else a for a in asked]
        columns |= {name + _DAY: moment.truncate("D") for name, moment in moments.items()}
    if not columns:  # only the records themselves are counted
        columns = {"": ibis.literal(0)}
    return table.select(**columns), asked


def _comparable(column: ir.Column) -> ir.Column:
    """Decimals as floating point, days as their first moment; others as they are."""
    if column.type().is_decimal():
        return column.cast("float64")
    return column.cast("timestamp") if column.type().is_date() else column


def _in_days(asked: Asked) -> Asked:
    if asked.expectation.form != "in_order":
        return asked
    names = ("column_A", "column_B")
    days = {name: f"{asked.arguments[name]}{_DAY}" for name in names}
    return replace(asked, arguments={**asked.arguments, **days})


def _on_pandas(frame: pd.DataFrame, asked: list[Asked], key: str | None) -> list[Verdict]:
    gx = library()

    def batch(context: Any) -> Any:
        asset = context.data_sources.add_pandas("files").add_dataframe_asset("records")
        return asset.add_batch_definition_whole_dataframe("all")

    def name(place: Any) -> str:
        row = int(place)
        blank = key is None or frame[key].isna().iloc[row]
        return _("record {number}", number=row + 1) if blank else str(frame[key].iloc[row])

    # Asking Great Expectations for keys costs it half a minute per million records.
    results = _results(gx, batch, asked, {"dataframe": frame}, {})
    return [_verdict(a, result, name) for a, result in zip(asked, results, strict=True)]


def _on_postgres(
    question: ir.Table, asked: list[Asked], key: str | None, address: Address
) -> list[Verdict]:
    gx = library()
    if find_spec("sqlalchemy") is None:
        message = _("Expectations on a database need SQLAlchemy; install kpilint[postgres].")
        raise Unavailable(message)
    # The driver is the one that the records are read with, and the session may change nothing.
    _scheme, _colon, rest = address.url.partition("://")
    mark = "&" if "?" in rest else "?"
    told = f"connect_timeout={TIMEOUT}&options=-c%20default_transaction_read_only%3Don"
    url = f"postgresql+psycopg://{rest}{mark}{told}"
    sql = str(ibis.to_sql(question, dialect="postgres")).replace(":", r"\:")  # no bound values

    sources = []

    def batch(context: Any) -> Any:
        sources.append(context.data_sources.add_postgres("database", connection_string=url))
        asset = sources[-1].add_query_asset("records", query=sql)
        return asset.add_batch_definition_whole_table("all")

    try:
        return _by_key(_results(gx, batch, asked, None, _keyed(key)), asked, key)
    finally:
        for source in sources:
            source.get_execution_engine().close()
            source.get_engine().dispose()


def _on_spark(
    question: ir.Table, asked: list[Asked], key: str | None, backend: Any
) -> list[Verdict]:
    gx = library()
    frame = backend._session.sql(str(ibis.to_sql(question, dialect="pyspark")))

    def batch(context: Any) -> Any:
        asset = context.data_sources.add_spark("database").add_dataframe_asset("records")
        return asset.add_batch_definition_whole_dataframe("all")

    return _by_key(_results(gx, batch, asked, {"dataframe": frame}, _keyed(key)), asked, key)


def _keyed(key: str | None) -> dict[str, Any]:
    return {"unexpected_index_column_names": [key]} if key is not None else {}


def _by_key(results: list[Any], asked: list[Asked], key: str | None) -> list[Verdict]:
    def name(place: Any) -> str:
        return str(place[key])

    return [_verdict(a, r, name if key else None) for a, r in zip(asked, results, strict=True)]


def _results(
    gx: Any,
    batch: Callable[[Any], Any],
    asked: list[Asked],
    parameters: Mapping[str, Any] | None,
    also: Mapping[str, Any],
) -> list[Any]:
    """Run the suite in a context that is made for it and forgotten; results or errors in order."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    form = {"result_format": "SUMMARY", "partial_unexpected_count": _EXAMPLES, **also}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as of brackets in a pattern
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        suite = context.suites.add(suite_of("expected", asked))
        definition = gx.ValidationDefinition(name="run", data=batch(context), suite=suite)
        run = context.validation_definitions.add(definition)
        try:
            found = run.run(batch_parameters=parameters, result_format=form)
        except Exception as problem:  # one that it cannot even begin with spoils all of them
            if len(asked) == 1:
                return [problem]
            single = (_results(gx, batch, [a], parameters, also) for a in asked)
            return [result for results in single for result in results]
    return sorted(found.results, key=lambda r: r.expectation_config.meta["kpilint"]["number"])


def _verdict(asked: Asked, result: Any, name: Callable[[Any], str] | None) -> Verdict:
    reason = _reason(result)
    if reason.startswith("No provider found"):  # its engine for frames lacks some
        message = _(
            "Great Expectations does not judge {expectation} on such a source. An expectation of "
            "another name may say the same, as expect_column_values_to_match_regex.",
            expectation=asked.expectation.form,
        )
        return Verdict(asked.expectation, None, reason=message)
    if reason:
        message = _("Great Expectations could not tell: {reason}.", reason=reason)
        return Verdict(asked.expectation, None, reason=message)
    told = result.result
    count = told.get("element_count")
    if count == 0:
        return Verdict(asked.expectation, None, reason=_("There are no records to judge by."))
    places = told.get("partial_unexpected_index_list") or []
    examples = dict.fromkeys(name(place) for place in places) if name is not None else {}
    observed = told.get("observed_value")
    return Verdict(
        asked.expectation,
        bool(result.success),
        checked=None if count is None else count - (told.get("missing_count") or 0),
        failed=None if count is None else told["unexpected_count"],
        examples=tuple(examples),
        observed=observed if isinstance(observed, (int, float, str)) else None,
    )


def _reason(result: Any) -> str:
    """What was raised, on one line; of a program's trace the last one."""
    if isinstance(result, Exception):
        return excerpt(f"{type(result).__name__}: {result}", LONGEST)
    told: Mapping[str, Any] = result.exception_info
    raised = [told] if "raised_exception" in told else list(told.values())
    messages = [str(r["exception_message"]) for r in raised if r["raised_exception"]]
    lines = [line for message in messages[:1] for line in message.splitlines() if line.strip()]
    if not lines:
        return ""
    said = lines[-1] if lines[0].startswith("Traceback") else lines[0]
    return excerpt(said.strip(), LONGEST).rstrip(".")
