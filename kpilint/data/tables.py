"""The ledger's tables, in which the database lets nobody change a row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import event as when

from kpilint.data.chain import Row

VERSION = 1  # of the tables

TABLES = MetaData()
ROWS = Table(
    "kpilint_ledger",
    TABLES,
    Column("book", String(255), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("run", String(64), nullable=False),
    Column("account", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("period", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("kpilint_ledger_of", "book", "kind", "period", "subject"),
    Index("kpilint_ledger_in", "book", "run", "kind"),
)
BOOKS = Table(
    "kpilint_ledger_books",
    TABLES,
    Column("book", String(255), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
FIELDS = tuple(ROWS.c[name] for name in Row._fields)
_REFUSAL = "the ledger is only ever added to"
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER kpilint_ledger_{way.lower()} BEFORE {way} ON kpilint_ledger "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for way in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION kpilint_ledger_refuse() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER kpilint_ledger_kept BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON kpilint_ledger EXECUTE FUNCTION kpilint_ledger_refuse()",
    ],
}


@when.listens_for(ROWS, "after_create")
def _guard(_table: Table, connection: Connection, **_how: object) -> None:
    """Where the database can, nobody changes a row by mistake; the chain shows who did on purpose."""
    for statement in _GUARDS.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)
