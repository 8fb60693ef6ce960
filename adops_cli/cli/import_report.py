"""The report of `adops metrics import` on each file: data for programs, and for people the text of `import_story`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import render
from adops_cli.cli import import_story
from adops_cli.errors import ExitCode
from adops_cli.measures import FIGURES
from adops_cli.render import Column, Format, Kind, cells

if TYPE_CHECKING:
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
FLAT = (
    *(Column(name, name) for name in ("file", "platform", "grain", "currency")),
    *(Column(name, name, Kind.COUNT) for name in ("rowsRead", "rowsKept", "merged", "skipped", "rejected")),
    *(Column(name, name, Kind.COUNT) for name in ("inserted", "updated", "unchanged", "removed", "kept")),
    *(Column(name, name) for name in ("dateFrom", "dateTo")),
    *(Column(name, name, Kind.COUNT) for name in ("impressions", "clicks")),
    *(Column(name, name, Kind.MONEY) for name in ("conversions", "spend", "revenue")),
    Column("reconciled", "reconciled", Kind.FLAG),
    *(Column(name, name) for name in ("refusedBecause", "coverage", "batchId")),
)
"""The columns of CSV, TSV and Markdown: counts and sums, without anything nested."""
EXPLAINED = (
    Column("header", "Column", weight=10),
    Column("fate", "Used as", weight=10),
    Column("samples", "Sample cells", weight=8),
)
_MANY = 3
"""With more files than this, people get a line for each."""


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
    summary: bool
    """Whether people get a line for each file, however many there are."""
    in_full: bool
    """Whether they get a block for each file, unless `summary` says otherwise."""


def tell(done: Sequence["FileOutcome"], how: ReportOptions) -> None:
    """Report on the files: as text for people, or as data on stdout with everything else on stderr."""
    if render.is_table(how.format):
        _tell_people(done, how)
        return
    if how.format is Format.JSON:
        render.json_document([_object(one) for one in done])
    elif how.format is Format.NDJSON:
        render.rows(map(_object, done), COLUMNS, how.format)
    else:
        render.rows(map(_flat, done), FLAT, how.format, csv_safe=how.csv_safe)
    for one in done:
        _tell_besides(one, how)


def _tell_people(done: Sequence["FileOutcome"], how: ReportOptions) -> None:
    if how.summary or (len(done) > _MANY and not how.in_full):
        import_story.tell_lines(done, dry_run=how.dry_run)
        for one in done:
            if one.error is not None:
                _tell_refused(one, how)
            elif rejects := _rejects(one, how):
                render.notice(f"{one.file}: {rejects}")
    else:
        for one in done:
            if one is not done[0]:
                render.line("")
            _tell_in_full(one, how)
    refused = [one.file for one in done if one.error is not None]
    if refused and len(done) > 1:  # their errors may have scrolled off the screen
        verb = "was" if len(refused) == 1 else "were"
        render.notice(f"{len(refused)} of {len(done)} files {verb} refused: {', '.join(refused)}")


def _tell_in_full(one: "FileOutcome", how: ReportOptions) -> None:
    if one.error is not None:
        _tell_refused(one, how)
        return
    import_story.tell_block(one)
    _explain(one, how, table=True)
    import_story.tell_changes(one)
    if hidden := _hidden_changes(one):
        render.notice(hidden)
    for words in one.notices:
        render.notice(f"Note: {words}")
    if rejects := _rejects(one, how):
        import_story.tell_rejected(one)
        render.notice(rejects)


def refusal(one: "FileOutcome") -> str:
    """Why a file was refused."""
    where = "" if str(one.error).startswith(f"{one.file} ") else f"{one.file}: "
    return f"Error: {where}{one.error}"


def _tell_refused(one: "FileOutcome", how: ReportOptions) -> None:
    render.problem(refusal(one))
    _explain(one, how, table=render.is_table(how.format))


def document(one: "FileOutcome") -> str:
    """A file's JSON object as the text of a file."""
    return f"{cells.json_indented(_object(one))}\n"


def _object(one: "FileOutcome") -> dict[str, Any]:
    """A file's JSON object, as the contract has it."""
    rejected = [{"line": row.line, "column": row.column, "why": str(row.why)} for row in one.rejected]
    special = {
        "skipped": dict(one.skipped),
        "rejected": rejected,
        "totals": import_story.figures(one.totals),
        "fileTotals": import_story.figures(one.file_totals),
        "leftOut": [vars(left) for left in one.left_out],
        "meaning": _meaning(one),
        "notices": list(one.notices),
    }
    return _row(one, COLUMNS, special)


def _meaning(one: "FileOutcome") -> dict[str, str] | None:
    """The headers of the columns that each figure is read from."""
    found: dict[str, list[str]] = {}
    for column in one.columns:
        if column.meaning in FIGURES:
            found.setdefault(column.meaning, []).append(column.header)
    return {figure: " + ".join(found[figure]) for figure in FIGURES if figure in found} or None


def _flat(one: "FileOutcome") -> dict[str, Any]:
    """The same without anything nested: counts and sums."""
    figures = import_story.figures(one.totals) or dict.fromkeys(FIGURES)
    return _row(one, FLAT, {"skipped": sum(one.skipped.values()), "rejected": len(one.rejected)} | figures)


def _row(one: "FileOutcome", columns: Sequence[Column], special: Mapping[str, Any]) -> dict[str, Any]:
    return {column.key: special[column.key] if column.key in special else column.of(one) for column in columns}


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
    """Print to stderr what the data formats have no place for. A file with findings is told to the quiet, too."""
    if one.error is not None:
        _tell_refused(one, how)
        return
    where = f"{one.file}: "
    _explain(one, how, table=False)
    for row in import_story.changes(one):
        render.notice(where + "  ".join(str(cell) for cell in row.values()))
    nested = () if how.format in (Format.JSON, Format.NDJSON) else one.notices
    further = (import_story.difference(one), import_story.moved(one), _hidden_changes(one), _rejects(one, how))
    say = render.notice if worst([one]) is ExitCode.DONE else render.problem
    for words in (*nested, *filter(None, further)):
        say(where + words)


def _hidden_changes(one: "FileOutcome") -> str | None:
    if not 0 < len(one.changes) < one.moved:
        return None
    return f"{one.moved:,} figures were restated; --show-changes N shows more of them."


def _rejects(one: "FileOutcome", how: ReportOptions) -> str | None:
    if not one.rejected:
        return None
    what = f"{len(one.rejected):,} of {one.rows_read:,} rows rejected"
    saved = bool(how.rejects) and not how.dry_run
    if one.sums_rows:
        where = f" and saved to {how.rejects}" if saved else ""
        return f"{what}{where}. Fix them in the file itself and import it again."
    if saved:
        return f"{what} and saved to {how.rejects}. Fix them there, then import that file."
    return f"{what}. {'Fix them' if how.rejects else 'Use --rejects FILE to save and fix them'}."


def _explained(one: "FileOutcome") -> Iterator[dict[str, Any]]:
    for column in one.columns:
        yield {"header": column.header, "fate": column.fate, "samples": " | ".join(column.samples)}
