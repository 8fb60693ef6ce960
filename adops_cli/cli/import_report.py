"""What `adops metrics import` says of each file: the object of the contract, and a short report for people."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import render
from adops_cli.errors import ExitCode
from adops_cli.measures import FIGURES
from adops_cli.render import Column, Format, Kind

if TYPE_CHECKING:
    from adops_cli.importers.exports.export import Figures
    from adops_cli.importers.imported import Imported

COLUMNS = (
    Column("file", "File", weight=10),
    Column("platform", "Platform", weight=9),
    Column("grain", "Grain", weight=1),
    Column("currency", "Cur.", weight=8),
    Column("rowsRead", "Read", Kind.COUNT, weight=8),
    Column("rowsKept", "Kept", Kind.COUNT, weight=8),
    Column("merged", "Merged", Kind.COUNT, weight=2),
    Column("skipped", "Skipped", Kind.JSON, weight=2),
    Column("rejected", "Rejected", Kind.JSON, weight=2),
    *(Column(name, name.capitalize(), Kind.COUNT, weight=9) for name in ("inserted", "updated")),
    *(Column(name, name.capitalize(), Kind.COUNT, weight=9) for name in ("unchanged", "removed")),
    Column("dateFrom", "First day", weight=5),
    Column("dateTo", "Last day", weight=5),
    Column("totals", "Totals", Kind.JSON, weight=3),
    Column("fileTotals", "File's totals", Kind.JSON, weight=1),
    Column("reconciled", "Reconciled", Kind.FLAG, weight=4),
    Column("refusedBecause", "Refused because", weight=6),
    Column("notices", "Notices", Kind.JSON, weight=0),
    Column("batchId", "Batch", weight=7),
)
"""The contract of the JSON: these keys, in this order."""
SUMMARY = tuple(
    Column(name, name.capitalize()) for name in ("file", "export", "days", "rows", "stored", "totals", "check", "batch")
)
CHANGES = (Column("moved", "Restated", weight=10), Column("campaign", "Campaign", weight=9))
REJECTED = (
    Column("line", "Line", Kind.COUNT, weight=10),
    Column("column", "Column", weight=9),
    Column("why", "Why rejected", weight=10),
)
EXPLAINED = (
    Column("header", "Column", weight=10),
    Column("fate", "Became", weight=10),
    Column("samples", "Cells", weight=8),
)
MOST_LISTED = 20


def worst(done: Sequence["Imported"]) -> ExitCode:
    """The exit code of several files."""
    if any(one.error for one in done):
        return ExitCode.BAD_REQUEST
    return ExitCode.FINDINGS if any(one.rejected or one.reconciled is False for one in done) else ExitCode.DONE


def tell(done: Sequence["Imported"], format: Format, *, csv_safe: bool) -> None:
    """Write what became of the files to stdout."""
    if format is Format.JSON:
        render.json_document([_object(one) for one in done])
    elif render.is_table(format):
        for one in done:
            if one.error is None:
                summary = _summary(one)
                render.record(summary, [column for column in SUMMARY if summary[column.key]], Format.TABLE)
    else:
        render.rows(map(_object, done), COLUMNS, format, csv_safe=csv_safe)


def _object(one: "Imported") -> dict[str, Any]:
    """What the contract of the JSON says of a file."""
    rejected = [{"line": row.line, "column": row.column, "why": str(row.why)} for row in one.rejected]
    special = {
        "skipped": dict(one.skipped),
        "rejected": rejected,
        "totals": _figures(one.totals),
        "fileTotals": _figures(one.file_totals),
        "notices": list(one.notices),
    }
    return {column.key: special.get(column.key) if column.key in special else column.of(one) for column in COLUMNS}


def _figures(found: "Figures | None") -> dict[str, Any] | None:
    return None if found is None else {name: getattr(found, name) for name in FIGURES}


def _summary(one: "Imported") -> dict[str, str | None]:
    skipped = sum(one.skipped.values())
    reasons = f" ({', '.join(f'{count:,} {why}' for why, count in one.skipped.items())})" if skipped else ""
    return {
        "file": one.file,
        "export": ", ".join(filter(None, (one.platform, "daily", one.currency))),
        "days": f"{one.date_from} to {one.date_to}" if one.date_from else None,
        "rows": f"{one.rows_read:,} read: {one.rows_kept:,} kept, {one.merged:,} merged, {skipped:,} skipped{reasons}, "
        f"{len(one.rejected):,} rejected",
        "stored": f"{one.inserted:,} inserted, {one.updated:,} updated, {one.unchanged:,} unchanged, "
        f"{one.removed:,} removed",
        "totals": _told(one.totals),
        "check": _check(one),
        "batch": one.batch_id,
    }


def _told(figures: "Figures | None") -> str | None:
    known = ((name, value) for name, value in (_figures(figures) or {}).items() if value is not None)
    return ", ".join(f"{name} {shown(value)}" for name, value in known) or None


def shown(value: Any) -> str:
    """A number with thousands separators and the decimals that it has."""
    if value is None:
        return "—"
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check(one: "Imported") -> str | None:
    """What the file's own total row says."""
    if one.reconciled is None or one.file_totals is None or one.totals is None:
        return None
    if one.reconciled:
        return "the file's own total agrees"
    of_rows, of_file = _figures(one.totals) or {}, _figures(one.file_totals) or {}
    other = [name for name in FIGURES if None not in (of_rows[name], of_file[name]) and of_rows[name] != of_file[name]]
    return "the file's own total differs: " + ", ".join(f"{name} {shown(of_file[name])}" for name in other)


def tell_besides(one: "Imported", rejects: Path | None, *, explain: bool, table: bool, dry_run: bool) -> None:
    """What the table of a file has no room for, and what no format prints: on stderr where stdout is for programs."""
    if one.error is not None:
        where = "" if str(one.error).startswith(f"{one.file} ") else f"{one.file}: "
        render.notice(f"Error: {where}{one.error}")
        return
    if explain:
        _rows_or_notices(_explained(one), EXPLAINED, table=table)
    if one.changes:
        _rows_or_notices(_moved(one), CHANGES, table=table)
        if one.moved > len(one.changes):
            render.notice(f"{one.moved:,} figures were restated; --show-changes N shows more of them.")
    if table:
        for words in one.notices:
            render.notice(f"Note: {words}")
    if one.rejected:
        if table:
            render.rows(_rejected(one), REJECTED, Format.TABLE)
        kept = rejects and not dry_run
        what = f"kept in {rejects}; mend them there and import it" if kept else "--rejects FILE keeps them to be mended"
        render.notice(f"{len(one.rejected):,} of {one.rows_read:,} rows rejected; {what}.")


def _rows_or_notices(rows: Iterator[dict[str, Any]], columns: Sequence[Column], *, table: bool) -> None:
    if table:
        render.rows(rows, columns, Format.TABLE)
        return
    for row in rows:
        render.notice("  ".join(str(row[column.key]) for column in columns if row[column.key] is not None))


def _explained(one: "Imported") -> Iterator[dict[str, Any]]:
    for column in one.columns:
        yield {"header": column.header, "fate": column.fate, "samples": " | ".join(column.samples)}


def _moved(one: "Imported") -> Iterator[dict[str, Any]]:
    for moved in one.changes:
        words = f"{moved.figure} {moved.day}: {shown(moved.before)} -> {shown(moved.after)}"
        yield {"moved": words, "campaign": moved.campaign}


def _rejected(one: "Imported") -> Iterator[dict[str, Any]]:
    for row in one.rejected[:MOST_LISTED]:
        yield {"line": row.line, "column": row.column, "why": str(row.why)}
