"""What files of reports say of themselves: their window, as of when, open days, closes, and the files behind them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from adops_cli import __version__
from adops_cli.cli import closed, openness
from adops_cli.errors import AdopsError
from adops_cli.render import Chart, Column, Document, Kind, Section, View
from adops_cli.values import written_instant

if TYPE_CHECKING:
    from adops_cli.data.proof import Proof

FACTS = (Column("name", "About"), Column("value", "", Kind.PROSE))
FILES = (
    Column("importedAt", "Imported (UTC)", Kind.INSTANT),
    Column("kind", "Kind"),
    Column("file", "File"),
    Column("platform", "Platform"),
    Column("account", "Account"),
    Column("dateFrom", "First day", Kind.DAY),
    Column("dateTo", "Last day", Kind.DAY),
    Column("sha256", "SHA-256", Kind.PROSE),
    Column("id", "Import"),
)

_HEARD: ContextVar["list[Proof] | None"] = ContextVar("heard", default=None)


def proven(
    ctx: typer.Context, view: View, asked: Mapping[str, Any], *, words: str = "", chart: Chart | None = None
) -> View:
    """The view, with what stands behind figures of these days and campaigns, and with what can be drawn of them."""
    title = words or view.document.title

    def of() -> "Proof":
        from adops_cli.data.proof import proof  # noqa: PLC0415 - keeps Peewee out of --help

        return proof(**asked, final_after=ctx.obj.final_after)

    def behind() -> Sequence[Section]:
        return sections(of(), title)

    if (heard := _HEARD.get()) is not None:
        heard.append(of())
    return replace(view, document=replace(view.document, title=title, behind=behind, chart=chart))


@contextmanager
def heard() -> Iterator[list["Proof"]]:
    """Collect what stands behind the figures of the commands that run within the block."""
    proofs = list["Proof"]()
    token = _HEARD.set(proofs)
    try:
        yield proofs
    finally:
        _HEARD.reset(token)


def unproven(title: str) -> Document:
    """What a listing says of itself if nothing proves it."""
    return Document(title, lambda: made({"Listing": title}))


def made(facts: Mapping[str, str]) -> Sequence[Section]:
    """What is said of rows that nothing proves: these facts, when and by what they were made, and of which database."""
    return [_about([*facts.items(), *_made(datetime.now(UTC), _book())])]


def noted(view: View, notes: Iterable[str]) -> View:
    """The view, with what is told of the figures in a terminal, too."""
    return replace(view, document=replace(view.document, notes=[*view.document.notes, *notes]))


def sections(proof: "Proof", words: str) -> Sequence[Section]:
    """The proof as small tables."""
    return [_about(_facts(proof, words)), Section("Files behind the figures", FILES, files(proof))]


def files(proof: "Proof") -> Sequence[Mapping[str, object]]:
    """The batches behind the figures, oldest first."""
    return [{column.key: column.of(batch) for column in FILES} | {"file": _last(batch.file)} for batch in proof.batches]


def book(proof: "Proof") -> str:
    """What the book is called."""
    return _called(proof.database)


def _facts(proof: "Proof", words: str) -> Iterator[tuple[str, str]]:
    yield "Report", words
    yield "Days", _window(proof)
    yield "Known", "now" if proof.as_of is None else f"as of {written_instant(proof.as_of)}"
    for one in openness.notices(proof.openness):
        yield "Open days", one.removeprefix("~ ")
    if not openness.notices(proof.openness):
        yield "Open days", "none: no late figure is expected to change"
    for one in closed.sentences(proof.closes):
        yield "Closed", one
    if proof.as_closed:
        yield "Figures", "official for closed periods, as they are now for all other days"
    yield from _made(proof.made, proof.database)


def _about(facts: Iterable[tuple[str, str]]) -> Section:
    return Section("About", FACTS, [{"name": name, "value": value} for name, value in facts])


def _made(at: datetime, book: str) -> Iterator[tuple[str, str]]:
    yield "Made", f"{written_instant(at)} by adops {__version__}"
    if book:
        yield "Book", _called(book)


def _book() -> str:
    """The name of the database; empty for a command that uses none."""
    from adops_cli.storage.handle import current  # noqa: PLC0415 - keeps Peewee out of --help

    with suppress(AdopsError):
        return current().name
    return ""


def _called(database: str) -> str:
    return _last(database.partition("?")[0])


def _last(path: str) -> str:
    """The end of a path: whoever gets the file need not know the folders of whoever has made it."""
    return re.split(r"[/\\]", path)[-1]


def _window(proof: "Proof") -> str:
    if proof.first and proof.last:
        return f"{proof.first} to {proof.last}"
    asked = (
        "all" if proof.first is proof.last is None else f"{proof.first or 'the first'} to {proof.last or 'the last'}"
    )
    return f"{asked}; the book has {proof.held[0]} to {proof.held[1]}" if proof.held else asked
