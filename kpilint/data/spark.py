"""Spark: its session, and its tables from the catalogue or from a folder of Parquet."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import ibis
from ibis.formats.pandas import PandasData
from ibis.formats.pyarrow import PyArrowData

from kpilint.data.url import Address

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_LOCAL = re.compile(r"local(?:\[[^\]/]*\])?")
# One process on one machine: nothing listens to the network, and few records need few pieces.
_ALONE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
}


def warehouse(address: Address, folder: Path) -> Path | None:
    """The folder that the URL names after the master; ``folder`` is where relative ones start."""
    named = address.place.partition("/")[2]
    return (folder / named).absolute() if named else None


def session(address: Address, folder: Path, timeout: float) -> tuple[Any, Callable[[], object]]:
    """The backend of ``spark://local[2]/warehouse`` or ``spark://host:7077``, and what ends it.

    A session that runs already, as in a notebook, is taken as it is and not ended. Raises OSError
    where no master answers within ``timeout`` seconds, and pyspark's errors.
    """
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return _by_arrow(ibis.pyspark.connect(running)), lambda: None
    master = address.place.partition("/")[0]
    told: dict[str, str | bool | int | float | None]
    told = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    if _LOCAL.fullmatch(master):
        # Spark would make a folder of that name wherever it runs; this one is there already.
        told |= _ALONE | {"spark.sql.warehouse.dir": gettempdir()}
    else:
        host, _colon, port = master.partition(":")
        _knock(host, int(port or 7077), timeout)
        master = f"spark://{master}"
    place = warehouse(address, folder)
    if place is not None:
        told["spark.sql.warehouse.dir"] = str(place)
    builder = SparkSession.builder.master(master).appName("kpilint")
    begun = builder.config(map=told | dict(address.options)).getOrCreate()
    backend = _by_arrow(ibis.pyspark.connect(begun))
    return backend, backend.disconnect


def _knock(host: str, port: int, timeout: float) -> None:
    """Raise OSError where nobody, or nobody who answers, is there; Spark would wait for a minute.

    A master hangs up on a message of an impossible length; a silent server lets us wait.
    """
    with socket.create_connection((host, port), timeout) as line:
        line.sendall(b"\xff" * 8)
        with suppress(ConnectionError):
            line.recv(1)


def _by_arrow(backend: Any) -> Any:
    """The backend without Ibis's way of fetching, through pandas, which loses whole numbers."""

    def arrow(question: ir.Expr, /, **how: Any) -> Any:
        return question.__pyarrow_result__(fetched(question, how))

    def pandas(question: ir.Expr, /, **how: Any) -> Any:
        frame = fetched(question, how).to_pandas()
        told = PandasData.convert_table(frame, question.as_table().schema())
        return question.__pandas_result__(told)

    def fetched(question: ir.Expr, how: dict[str, Any]) -> pa.Table:
        sql = backend.compile(question.as_table(), **how)
        table = backend._session.sql(sql).toArrow()
        return PyArrowData.convert_table(table, question.as_table().schema())

    backend.to_pyarrow, backend.execute = arrow, pandas
    return backend


def table(backend: Any, place: Path | None, name: str) -> ir.Table:
    """A table of the catalogue, else the Parquet under its name in the folder ``place``.

    Ibis takes Spark's two kinds of timestamps for one; here those that are instants have a zone.
    Raises pyspark's error where there is no such table.
    """
    from pyspark.sql.types import TimestampType

    spark = backend._session
    if place is not None and not spark.catalog.tableExists(name):
        stem = place / name.replace(".", "/")
        path = next((p for p in (stem, stem.with_name(f"{stem.name}.parquet")) if p.exists()), None)
        if path is not None:
            name = "kpilint_" + re.sub(r"\W", "_", name)
            spark.read.parquet(str(path)).createOrReplaceTempView(name)
    instants = [f.name for f in spark.table(name).schema if isinstance(f.dataType, TimestampType)]
    schema, _dot, last = name.rpartition(".")
    found: ir.Table = backend.table(last, database=schema or None)
    return found.mutate(**{c: found[c].cast("timestamp('UTC')") for c in instants})
