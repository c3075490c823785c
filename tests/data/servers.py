"""The servers that tests talk to: PostgreSQL from Debian's packages, Spark on Java."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    import pyarrow as pa


def lacking(what: str) -> NoReturn:
    """Skip, saying why; but fail where everything is meant to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI lacks {what}.")
    pytest.skip(f"This machine lacks {what}.")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """A server of its own on a free port; its URL, whose user may do everything."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    on_path = shutil.which("pg_ctl")
    if not found and not on_path:
        lacking("PostgreSQL's binaries")
    control = Path(on_path) if on_path else found[-1]
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="kpilint-pg-", ignore_cleanup_errors=True) as name:
        folder, secret, port = Path(name), token_hex(8), free_port()
        (folder / "secret").write_text(secret)
        if user is not None:
            for path in (folder, folder / "secret"):
                shutil.chown(path, user)
        cluster = folder / "cluster"

        def run(*command: str) -> None:
            subprocess.run(command, user=user, check=True, cwd=folder, capture_output=True)

        initdb = str(control.with_name("initdb"))
        run(initdb, "-D", str(cluster), "-U", "chief", "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8", f"--pwfile={folder / 'secret'}", "--no-sync")  # fmt: skip
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        tuned = f"{settings} -c fsync=off -c shared_preload_libraries=pg_stat_statements"
        log = str(folder / "log")
        run(str(control), "-D", str(cluster), "-l", log, "-w", "-o", tuned, "start")
        try:
            yield f"postgresql://chief:{secret}@127.0.0.1:{port}/postgres"
        finally:
            run(str(control), "-D", str(cluster), "-m", "immediate", "stop")


def _unprivileged() -> str | None:
    """Who may run PostgreSQL in place of root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def fill_postgres(url: str, tables: dict[str, pa.Table], schema: str = "crm") -> None:
    """Write tables, whose columns have Arrow's types, into a new schema."""
    import ibis
    import psycopg

    parts = urlsplit(url)
    there = ibis.postgres.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database=parts.path[1:],
    )
    there.create_database(schema)
    for name, table in tables.items():
        typed = ibis.Schema.from_pyarrow(table.schema)
        there.create_table(name, schema=typed, database=schema)
    there.disconnect()
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for name, table in tables.items():
            with cursor.copy(f'COPY "{schema}"."{name}" FROM STDIN') as copy:
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                    copy.write_row(row)


@contextmanager
def spark() -> Iterator[None]:
    """A Spark of two cores in this process, which every ``spark://`` source then shares."""
    if shutil.which("java") is None:
        lacking("Java")
    pyspark = pytest.importorskip("pyspark.sql", reason="This machine lacks pyspark.")
    builder = pyspark.SparkSession.builder.master("local[2]")
    told = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": tempfile.gettempdir(),
    }
    session = builder.config(map=told).getOrCreate()
    yield
    session.stop()
