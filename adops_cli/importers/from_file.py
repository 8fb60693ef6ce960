"""Loads records of one table from a JSON list or NDJSON, and writes them as the data API's `create_many` does.

Owns the reading (one record at a time if each has its own line) and the handling of invalid records. Values are read as
strictly as those of any new row; only `node`, for files of the Node system, is more lenient.
"""

import collections
import contextlib
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from adops_cli.data import campaigns, events, executions, metrics, projects, workflows
from adops_cli.data.access import batch
from adops_cli.data.access.batch import InputRow, WriteCounts
from adops_cli.errors import AdopsError, BadRequestError, reason
from adops_cli.importers import rejects
from adops_cli.importers.rejects import RejectedRecord
from adops_cli.legacy.json_files import RepeatedKeys, parse
from adops_cli.storage.handle import db
from adops_cli.values import shown

WRITERS = {
    "projects": projects.WRITER,
    "campaigns": campaigns.WRITER,
    "executions": executions.WRITER,
    "events": events.WRITER,
    "workflows": workflows.WRITER,
    "metrics": metrics.WRITER,
}
_REJECTED = {"_file", "_position", "_error", "record"}
_KEPT = 20


@dataclass
class Loaded(WriteCounts):
    """The result of a load."""

    first_rejected: list[RejectedRecord] = field(default_factory=list)
    """The first few rejected records, to be shown to people."""


def load(table: str, source: IO[bytes], name: str, *, rejects_file: Path | None = None) -> Loaded:
    """Write the records of a JSON list, of one JSON object, or of NDJSON, in one transaction.

    Args:
        table: their table. Existing workflows and metrics are updated; records of other tables must be new.
        source: read from its current position. If it can be read only once, it is first copied to the disk, so that no
            lock is held while another process is still writing it.
        name: its name for errors.
        rejects_file: where to save invalid records, as NDJSON; they can be fixed and loaded from there.

    Raises `BadRequestError` if the source is not JSON, or if the file for rejected records already exists; then nothing
    is written.
    """
    done = Loaded()
    with rereadable(source) as content, rejects.set_aside(rejects_file) as aside, db.atomic():
        db.serialise_imports()
        rejected = _rejected(table, batch.write(WRITERS[table], records(content, name), done), done)
        aside.write(rejects.lines(rejected))
        collections.deque(rejected, maxlen=0)  # reads on if no file is kept
        aside.keep()
    return done


def one_object(source: IO[bytes], name: str) -> Mapping[str, Any] | None:
    """The fields of the single object in the source. None if it holds a list, or one object per line.

    Leaves the source, which must be seekable, at its position. Raises `BadRequestError` if it is not JSON.
    """
    start = source.tell()
    content = source.read()
    source.seek(start)
    lines = content.removeprefix(BOM_UTF8).split(b"\n")
    written = [line.strip() for line in lines if line.strip()]
    if not written or written[0][:1] != b"{" or (len(written) > 1 and written[0].endswith(b"}")):
        return None
    given = next(_of_document(parse(content, name)))
    if given.error:
        raise given.error
    return batch.by_attribute(given.raw)


def _rejected(table: str, found: Iterator[tuple[InputRow, AdopsError]], done: Loaded) -> Iterator[RejectedRecord]:
    for given, error in found:
        id = given.raw.get("id") if isinstance(given.raw, Mapping) else None
        rejected = RejectedRecord(f"{table}.json", given.position, id, str(error), given.raw)
        if len(done.first_rejected) < _KEPT:
            done.first_rejected.append(rejected)
        yield rejected


@contextlib.contextmanager
def rereadable(source: IO[bytes]) -> Iterator[IO[bytes]]:
    """The source, or a copy of it on the disk if it can be read only once."""
    if source.seekable():
        yield source
        return
    with tempfile.TemporaryFile() as aside:
        try:
            copyfileobj(source, aside)
            aside.seek(0)
        except OSError as error:
            raise AdopsError(
                f"the input cannot be copied to a temporary file: {reason(error)}",
                "Set TMPDIR to a directory with more space",
            ) from error
        yield aside


def records(source: IO[bytes], name: str) -> Iterator[InputRow]:
    """The records of a JSON list, of one JSON object or of NDJSON, which must be seekable."""
    start = source.tell()
    first = next((line for line in source if line.strip()), b"").strip().removeprefix(BOM_UTF8)
    source.seek(start)
    if not first:
        return iter(())
    if first[:1] not in b"{[":
        raise BadRequestError(f"{name} is not JSON", "Give a list of objects, or one object per line")
    if first[:1] == b"{" and first.endswith(b"}"):
        return _of_lines(source)
    return _of_document(parse(source.read(), name))


def _of_lines(source: IO[bytes]) -> Iterator[InputRow]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            yield _given(number, parse(line.strip(), "the line", first_line=number))
        except BadRequestError as error:
            yield InputRow(number, line.decode("utf-8", "replace").strip(), error)


def _of_document(value: Any) -> Iterator[InputRow]:
    for position, raw in enumerate(value if isinstance(value, list) else [value], start=1):
        yield _given(position, raw)


def _given(position: int, raw: Any) -> InputRow:
    """The record, without the wrapping of a rejects file."""
    if isinstance(raw, dict) and raw.keys() == _REJECTED:
        raw = raw["record"]
    if isinstance(raw, RepeatedKeys):
        twice = [key for key, times in collections.Counter(key for key, _ in raw.pairs).items() if times > 1]
        return InputRow(position, dict(raw), BadRequestError(f"has a duplicate key: {', '.join(map(shown, twice))}"))
    return InputRow(position, raw)
