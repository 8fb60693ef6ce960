"""What an import has done beyond its counts, in a sentence each: for people, and for the notices in JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from adops_cli.data.journal.spans import days_of, spans_of
from adops_cli.exports.export import Export
from adops_cli.importers.metrics.compare import Compared
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.fields import plain

_MOST_NAMED = 20
_FEW = 2
"""How many days in a row are named one by one."""
_MOST_SPANS = 3
"""How many spans of days are named."""


def of_import(
    export: Export, how: StoreOptions, matches: Sequence[Match], others: Sequence[Known], done: Compared
) -> list[str]:
    """The sentences on one import. Gives the largest restatements of `done` the names of their campaigns."""
    names = {known.id: known.name for known in others} | {one.id: one.name for one in matches}
    done.largest = [replace(moved, campaign=names[moved.campaign]) for moved in done.largest]
    return [
        *_of_campaigns(matches),
        *_of_rejected(export),
        *(f"removed: {names[id]} {_days(gone)}" for id, gone in done.removed_days.items()),
        *_of_partial(export, done),
        *_of_lacking(export, how, done, names),
    ]


def _of_campaigns(matches: Sequence[Match]) -> Iterator[str]:
    renamed = [f"renamed: {one.stored.name} -> {one.name}" for one in matches if one.stored and "name" in one.changed]
    given = [
        f"{one.name} ({one.id}) had no external id; it is now {one.changed['externalId'][1]}"
        for one in matches
        if "externalId" in one.changed
    ]
    for told in (renamed, given):
        yield from told[:_MOST_NAMED]
        if len(told) > _MOST_NAMED:
            yield f"… and {len(told) - _MOST_NAMED:,} more like this"


def _of_rejected(export: Export) -> Iterator[str]:
    if export.rejected and export.sums_rows:
        yield (
            "rows of this file are summed by campaign and day, so fix rejected rows in the file itself and import it "
            "again; a row that is imported alone would replace the sums of its day"
        )


def _of_partial(export: Export, done: Compared) -> Iterator[str]:
    if export.partial:
        yield (
            f"the file is partial: its rows are by {' and '.join(map(repr, export.partial))}, and other rows of the "
            "same days can be missing; days that only such files have set are marked"
        )
    if done.kept:
        days = "1 stored day from a more complete file was" if done.kept == 1 else (
            f"{done.kept:,} stored days from more complete files were"
        )  # fmt: skip
        yield f"{days} kept; this file has spend {plain(done.kept_spend):,f} less"


def _of_lacking(export: Export, how: StoreOptions, done: Compared, names: Mapping[str, str]) -> Iterator[str]:
    """The days that the platform should have and the file does not."""
    is_of_rejects = how.mode is ImportMode.UPSERT and "_line" in export.header
    if not done.lacking or is_of_rejects:
        return
    count = sum(map(len, done.lacking.values()))
    days = [f"{names[id]} {_days(dates)}" for id, dates in done.lacking.items()]
    more = f"; … and {len(days) - _MOST_NAMED:,} more campaigns" if len(days) > _MOST_NAMED else ""
    kept = "it was kept" if count == 1 else "they were kept"
    advice = f"{kept}; --mode replace-range removes such days"
    if how.mode is ImportMode.REPLACE_RANGE:
        advice = f"{kept}, because {export.incomplete}; use --yes to remove such days"
    stored = "1 stored day" if count == 1 else f"{count:,} stored days"
    yield (
        f"the file lacks {stored} within its span, with spend {plain(done.lacking_spend):,f} "
        f"({'; '.join(days[:_MOST_NAMED])}{more}): {advice}"
    )


def _days(days: Iterable[str]) -> str:
    """Days as a text that a month of them does not make long."""
    spans = spans_of(sorted(days))
    if len(spans) > _MOST_SPANS:
        return f"{len(list(days_of(spans))):,} days from {spans[0][0]} to {spans[-1][1]}"
    return ", ".join(", ".join(_span(first, last)) for first, last in spans)


def _span(first: str, last: str) -> Sequence[str]:
    both = list(days_of([(first, last)]))
    return both if len(both) <= _FEW else [f"{first} to {last}"]
