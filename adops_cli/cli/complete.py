"""What shell completion suggests as values of options and arguments.

Never writes, never raises and hardly waits: if there is no database, or it cannot be read, there are no suggestions.
"""

import contextlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import typer

from adops_cli import settings

Word = str | tuple[str, str]
"""A suggestion, which can have a description. bash shows only the suggestion; zsh, fish and PowerShell show both."""
Completer = Callable[[typer.Context, str], Sequence[Word]]

_PATIENCE = 0.25
"""Seconds to wait for a lock, and for a server with all that it is asked, before giving up."""
_SAFE = re.compile(r"[\w.:/@+,=-]+")
"""What a shell takes as one word; the completion scripts evaluate what they are given."""
_UNSAFE = re.compile(r"[^\w .,/+&|()#@%=-]+")
"""What a description must not have. zsh evaluates it twice, and Typer reads brackets and colons in it as markup."""


def ids(table: str) -> Completer:
    """Ids of a table, with the name of each row that has one."""
    return _from_database(lambda suggest, _ctx, prefix: map(_described, suggest.ids(table, prefix)))


def _described(row: tuple[str, str | None]) -> Word:
    id, name = row
    described = " ".join(_UNSAFE.sub(" ", (name or "").replace("[", "(").replace("]", ")")).split())
    return (id, described) if described else id


def words(table: str, name: str) -> Completer:
    """The distinct values of a field."""
    return _from_database(lambda suggest, _ctx, prefix: suggest.words(table, name, prefix))


def _value(word: Word) -> str:
    return word if isinstance(word, str) else word[0]


def values_of(enum: str, table: str | None = None, name: str = "") -> Completer:
    """The members of an enum in `choices`, and any other values that a field holds."""
    known = _from_database(lambda _suggest, _ctx, _prefix: _members(enum), connected=False)
    if table is None:
        return known
    stored = words(table, name)

    def complete(ctx: typer.Context, incomplete: str) -> Sequence[Word]:
        return sorted({*map(str, known(ctx, incomplete)), *map(str, stored(ctx, incomplete))})

    return complete


def sort_fields(ctx: typer.Context, incomplete: str) -> Sequence[Word]:
    """The fields of the group's table."""
    return _from_database(lambda suggest, here, _prefix: suggest.sortable(_group(here)), connected=False)(
        ctx, incomplete
    )


def platforms(ctx: typer.Context, incomplete: str) -> Sequence[Word]:
    """The platforms whose export files adops reads."""
    return _from_database(lambda _suggest, _ctx, _prefix: _readers(), connected=False)(ctx, incomplete)


def _readers() -> Iterable[str]:
    from adops_cli.exports.platforms import PLATFORMS  # noqa: PLC0415 - few completions need it

    return [platform.name for platform in PLATFORMS]


def _members(enum: str) -> Iterable[str]:
    from adops_cli.storage import choices  # noqa: PLC0415 - keeps Peewee out of --help

    return [str(member) for member in getattr(choices, enum)]


def _group(ctx: typer.Context) -> str:
    return str(ctx.parent.info_name) if ctx.parent else ""


def _from_database(ask: Callable[[Any, typer.Context, str], Iterable[Word]], *, connected: bool = True) -> Completer:
    def complete(ctx: typer.Context, incomplete: str) -> Sequence[Word]:
        try:
            from adops_cli import database  # noqa: PLC0415 - keeps Peewee out of --help
            from adops_cli.data import suggest  # noqa: PLC0415 - as above

            if not connected:
                return list(ask(suggest, ctx, incomplete))
            flag = ctx.find_root().params.get("database_url")
            url = settings.load({"database_url": flag}).database

            def answer() -> Sequence[Word]:
                with database.bound(url, busy_timeout=_PATIENCE):
                    return [word for word in ask(suggest, ctx, incomplete) if _SAFE.fullmatch(_value(word))]

            return _in_time(answer) if settings.is_server(url) else answer()
        except Exception:  # noqa: BLE001 - an error message would garble the line that somebody is typing
            return []

    return complete


def _in_time(answer: Callable[[], Sequence[Word]]) -> Sequence[Word]:
    """What a server answers; nothing if it is slow. It may also be one that never answers, whatever it is asked."""
    from adops_cli.storage.engines.postgres_errors import driver  # noqa: PLC0415 - few databases are on a server

    driver()  # takes time to load, which is not the server's
    found: list[Word] = []

    def work() -> None:
        with contextlib.suppress(Exception):
            found.extend(answer())

    thread = threading.Thread(target=work, daemon=True)  # so that the process can end before it
    thread.start()
    thread.join(_PATIENCE)
    return list(found)
