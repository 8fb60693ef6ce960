"""The report of `adops metrics import` on each file: a JSON object for programs and a short text for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import render
from adops_cli.errors import ExitCode
from adops_cli.measures import FIGURES
from adops_cli.render import Column, Format, Kind

if TYPE_CHECKING:
    from adops_cli.exports.export import Figures
    from adops_cli.importers.metrics.outcome import FileOutcome

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
    Column("kept", "Left alone", Kind.COUNT, weight=2),
    Column("dateFrom", "First day", weight=5),
    Column("dateTo", "Last day", weight=5),
    Column("totals", "Totals", Kind.JSON, weight=3),
    Column("fileTotals", "File's totals", Kind.JSON, weight=1),
    Column("reconciled", "Reconciled", Kind.FLAG, weight=4),
    Column("refusedBecause", "Refused because", weight=6),
    Column("coverage", "Coverage", weight=4),
    Column("leftOut", "Left out", Kind.JSON, weight=2),
    Column("meaning", "Meaning", Kind.JSON, weight=1),
    Column("notices", "Notices", Kind.JSON, weight=0),
    Column("batchId", "Batch", weight=7),
)
"""The JSON contract: these keys, in this order."""
SUMMARY = tuple(
    Column(name, name.capitalize()) for name in ("file", "export", "days", "rows", "stored", "totals", "check", "batch")
)
CHANGES = (Column("moved", "Restated", weight=10), Column("campaign", "Campaign", weight=9))
REJECTED = (
    Column("line", "Line", Kind.COUNT, weight=10),
    Column("column", "Column", weight=9),
    Column("why", "Reason", weight=10),
)
EXPLAINED = (
    Column("header", "Column", weight=10),
    Column("fate", "Used as", weight=10),
    Column("samples", "Sample cells", weight=8),
)
MOST_LISTED = 20


def worst(done: Sequence["FileOutcome"]) -> ExitCode:
    """The exit code for all files together."""
    if any(one.error for one in done):
        return ExitCode.BAD_REQUEST
    return (
        ExitCode.FINDINGS
        if any(one.rejected or one.reconciled is False or one.kept or one.is_doubtful for one in done)
        else ExitCode.DONE
    )


@dataclass(frozen=True)
class ReportOptions:
    """How to report."""

    format: Format
    csv_safe: bool
    explain: bool
    dry_run: bool
    rejects: Path | None
    """The file that rejected rows were saved to."""


def tell(done: Sequence["FileOutcome"], how: ReportOptions) -> None:
    """Report on the files: as text for people, or as data on stdout with everything else on stderr."""
    table = render.is_table(how.format)
    if how.format is Format.JSON:
        render.json_document([_object(one) for one in done])
    elif not table:
        render.rows(map(_object, done), COLUMNS, how.format, csv_safe=how.csv_safe)
    for one in done:
        if one.error is not None:
            where = "" if str(one.error).startswith(f"{one.file} ") else f"{one.file}: "
            render.notice(f"Error: {where}{one.error}")
            _explain(one, how, table=table)
        elif table:
            if one is not done[0]:
                render.line("")
            _tell_people(one, how)
        else:
            _tell_besides(one, how)
    refused = [one.file for one in done if one.error is not None]
    if table and refused and len(done) > 1:  # their errors may have scrolled off the screen
        verb = "was" if len(refused) == 1 else "were"
        render.notice(f"{len(refused)} of {len(done)} files {verb} refused: {', '.join(refused)}")


def _object(one: "FileOutcome") -> dict[str, Any]:
    """A file's JSON object, as the contract has it."""
    rejected = [{"line": row.line, "column": row.column, "why": str(row.why)} for row in one.rejected]
    special = {
        "skipped": dict(one.skipped),
        "rejected": rejected,
        "totals": _figures(one.totals),
        "fileTotals": _figures(one.file_totals),
        "leftOut": [vars(left) for left in one.left_out],
        "meaning": _meaning(one),
        "notices": list(one.notices),
    }
    return {column.key: special.get(column.key) if column.key in special else column.of(one) for column in COLUMNS}


def _meaning(one: "FileOutcome") -> dict[str, str] | None:
    """The headers of the columns that each figure is read from."""
    found: dict[str, list[str]] = {}
    for column in one.columns:
        if column.meaning in FIGURES:
            found.setdefault(column.meaning, []).append(column.header)
    return {figure: " + ".join(found[figure]) for figure in FIGURES if figure in found} or None


def _figures(found: "Figures | None") -> dict[str, Any] | None:
    return None if found is None else {name: getattr(found, name) for name in FIGURES}


def _summary(one: "FileOutcome") -> dict[str, str | None]:
    skipped = sum(one.skipped.values())
    reasons = f" ({', '.join(f'{count:,} {why}' for why, count in one.skipped.items())})" if skipped else ""
    return {
        "file": one.file,
        "export": ", ".join(filter(None, (one.platform, "daily", one.currency))),
        "days": f"{one.date_from} to {one.date_to}" if one.date_from else None,
        "rows": f"{one.rows_read:,} read: {one.rows_kept:,} kept, {one.merged:,} merged, {skipped:,} skipped{reasons}, "
        f"{len(one.rejected):,} rejected",
        "stored": f"{one.inserted:,} inserted, {one.updated:,} updated, {one.unchanged:,} unchanged, "
        f"{one.removed:,} removed" + (f", {one.kept:,} left alone" if one.kept else ""),
        "totals": _told(one.totals),
        "check": _check(one),
        "batch": one.batch_id,
    }


def _told(figures: "Figures | None") -> str | None:
    known = ((name, value) for name, value in (_figures(figures) or {}).items() if value is not None)
    return ", ".join(f"{name} {shown(value)}" for name, value in known) or None


def shown(value: Any) -> str:
    """A number with thousands separators and only the decimals that it has."""
    if value is None:
        return "—"
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check(one: "FileOutcome") -> str | None:
    """How the file's own total row compares with the sums of its rows."""
    if one.reconciled is None or one.file_totals is None or one.totals is None:
        return None
    if one.reconciled:
        return "the file's own total matches"
    of_rows, of_file = _figures(one.totals) or {}, _figures(one.file_totals) or {}
    other = [name for name in FIGURES if None not in (of_rows[name], of_file[name]) and of_rows[name] != of_file[name]]
    other = other or [name for name in FIGURES if of_rows[name] is None and of_file[name]]
    said = ", ".join(f"{name} {shown(of_file[name])}" for name in other)
    return f"the file's own total differs: {said}; check whether the report was filtered or rows were left out"


def _tell_people(one: "FileOutcome", how: ReportOptions) -> None:
    summary = _summary(one)
    render.record(summary, [column for column in SUMMARY if summary[column.key]], Format.TABLE)
    _explain(one, how, table=True)
    if one.changes:
        render.rows(_moved(one), CHANGES, Format.TABLE)
    if hidden := _hidden_changes(one):
        render.notice(hidden)
    for words in one.notices:
        render.notice(f"Note: {words}")
    if rejects := _rejects(one, how):
        render.rows(_rejected(one), REJECTED, Format.TABLE)
        render.notice(rejects)


def _explain(one: "FileOutcome", how: ReportOptions, *, table: bool) -> None:
    """The columns of the file, also of one that is refused: a table for people, else lines on stderr."""
    if not how.explain or not one.columns:
        return
    if table:
        render.rows(_explained(one), EXPLAINED, Format.TABLE)
        return
    for row in _explained(one):
        render.notice(f"{one.file}: " + "  ".join(str(cell) for cell in row.values()))


def _tell_besides(one: "FileOutcome", how: ReportOptions) -> None:
    """Print to stderr what the data formats have no place for."""
    where = f"{one.file}: "
    _explain(one, how, table=False)
    for row in _moved(one):
        render.notice(where + "  ".join(str(cell) for cell in row.values()))
    difference = f"{_check(one)}." if one.reconciled is False else None
    for words in filter(None, (difference, _hidden_changes(one), _rejects(one, how))):
        render.notice(where + words)


def _hidden_changes(one: "FileOutcome") -> str | None:
    if not 0 < len(one.changes) < one.moved:
        return None
    return f"{one.moved:,} figures were restated; --show-changes N shows more of them."


def _rejects(one: "FileOutcome", how: ReportOptions) -> str | None:
    if not one.rejected:
        return None
    what = f"{len(one.rejected):,} of {one.rows_read:,} rows rejected"
    if how.rejects and not how.dry_run:
        return f"{what} and saved to {how.rejects}. Fix them there, then import that file."
    return f"{what}. Use --rejects FILE to save and fix them."


def _explained(one: "FileOutcome") -> Iterator[dict[str, Any]]:
    for column in one.columns:
        yield {"header": column.header, "fate": column.fate, "samples": " | ".join(column.samples)}


def _moved(one: "FileOutcome") -> Iterator[dict[str, Any]]:
    for moved in one.changes:
        words = f"{moved.figure} {moved.day}: {shown(moved.before)} -> {shown(moved.after)}"
        yield {"moved": words, "campaign": moved.campaign}


def _rejected(one: "FileOutcome") -> Iterator[dict[str, Any]]:
    for row in one.rejected[:MOST_LISTED]:
        yield {"line": row.line, "column": row.column, "why": str(row.why)}
