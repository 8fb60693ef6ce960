"""Distributes the bound database over the nodes of a Citus cluster, or takes it back, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.data import database_copy
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.storage import distribution, foreign
from adops_cli.storage.engines import citus
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.handle import current
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.rollups import build, check

_Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Kept:
    """Where the rows of a table are now."""

    table: str
    kept: str
    rows: int


def plan(*, undo: bool = False) -> Sequence[str]:
    """The statements of `distribute` in their order, none of which is run. Raises the same errors."""
    engine = _engine(undo=undo)
    return [*distribution.BEFORE, *_steps(engine, undo=undo)]


def distribute(*, undo: bool = False) -> Sequence[Kept]:
    """Distribute the figures and what imports did to them by campaign, and have all other tables on every node.

    The rows and sums of every table are compared before the commit. With `undo`, all tables are plain ones on the
    coordinator again, also those of a restored dump on a server without Citus. Raises `BadRequestError` for a database
    that cannot be distributed, and `ConflictError` for one that is distributed already or, with `undo`, is not.
    """
    engine = _engine(undo=undo)
    with engine.migrating(create=False), engine.atomic():
        for statement in distribution.BEFORE:
            engine.execute_sql(statement)
        before = _figures(engine)
        for statement in list(_steps(engine, undo=undo)):
            engine.execute_sql(statement)
        if undo:
            check.restore_triggers()
        _require_alike(before, _figures(engine))
    engine.close()  # what a connection knows of the database is from its begin
    if undo:
        build.refresh()
    kept = ("here", "here") if undo else ("by campaign", "on every node")
    return [Kept(table, kept[table not in distribution.BY_CAMPAIGN], of["rows"]) for table, of in before.items()]


def _engine(*, undo: bool) -> Postgres:
    engine = current()
    engine.require_database()
    if not isinstance(engine, Postgres):
        raise BadRequestError(
            f"{engine.name} is a file, and only a PostgreSQL database with Citus can be distributed",
            "Copy it to a server with `adops db copy --to URL`",
        )
    engine.require_writable()
    engine.connection()
    (_require_distributed if undo else _require_undistributed)(engine)
    return engine


def _require_undistributed(engine: Postgres) -> None:
    if citus.version(engine) is None:
        raise BadRequestError(
            f"{engine.name} has no Citus, without which it cannot be distributed",
            "Where the server and its workers have it, run `CREATE EXTENSION citus` on each, and add the workers",
        )
    if distribution.is_in_catalog(engine):
        raise ConflictError(f"{engine.name} is distributed already, {engine.distributed}")
    if triggers := foreign.on_server(engine, distribution.NAMES):
        raise ConflictError(f"Citus takes no triggers, and {engine.name} has {foreign.what(triggers)}", "Drop them")


def _require_distributed(engine: Postgres) -> None:
    if engine.distributed != citus.BY_CAMPAIGN:
        how = f"distributed {engine.distributed}" if engine.distributed else "not distributed"
        raise ConflictError(
            f"{engine.name} is {how}, and only what `adops db distribute` has done can be taken back",
            "Copy it with `adops db copy`" if engine.distributed else None,
        )


def _steps(engine: Postgres, *, undo: bool) -> Sequence[str]:
    return list((distribution.steps_back if undo else distribution.steps)(engine))


def _figures(engine: Postgres) -> _Figures:
    return {model._meta.table_name: database_copy.figures(engine, model) for model in (*TABLES, *LEDGER)}


def _require_alike(before: _Figures, after: _Figures) -> None:
    for table, figures in before.items():
        if wrong := [
            f"{name} {was} and {after[table][name]}" for name, was in figures.items() if was != after[table][name]
        ]:
            raise AdopsError(f"{table} would differ: {', '.join(wrong)}", "Nothing was changed")
