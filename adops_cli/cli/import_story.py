"""What `adops metrics import` tells people: a block of text for each file or, for many files, a line."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from adops_cli import render
from adops_cli.measures import FIGURES
from adops_cli.render import Column, Format, Kind

if TYPE_CHECKING:
    from adops_cli.exports.export import Figures
    from adops_cli.importers.metrics.outcome import FileOutcome

BLOCK = tuple(
    Column(name, name.capitalize())
    for name in ("file", "export", "days", "rows", "stored", "moved", "totals", "check", "batch")
)
LINE = (
    Column("file", "File", weight=10),
    Column("export", "Export", weight=5),
    Column("days", "Days", weight=4),
    *(Column(name, name.capitalize(), Kind.COUNT, weight=7) for name in ("inserted", "updated", "unchanged")),
    Column("removed", "Removed", Kind.COUNT, weight=6),
    Column("spend", "Spend", weight=8),
    Column("result", "Result", weight=9),
    Column("batch", "Batch", weight=3),
)
CHANGES = (Column("moved", "Restated", weight=10), Column("campaign", "Campaign", weight=9))
REJECTED = (
    Column("line", "Line", Kind.COUNT, weight=10),
    Column("column", "Column", weight=9),
    Column("value", "Value", weight=9),
    Column("why", "Reason", weight=10),
)
MOST_LISTED = 20
_NAMED = 3
"""How many files are named in one sentence."""


def tell_block(one: "FileOutcome") -> None:
    """The text on one imported file, up to its notices."""
    block = _block(one)
    render.record(block, [column for column in BLOCK if block[column.key]], Format.TABLE)


def tell_changes(one: "FileOutcome") -> None:
    """The largest restatements of a file."""
    if one.changes:
        render.rows(changes(one), CHANGES, Format.TABLE)


def tell_rejected(one: "FileOutcome") -> None:
    """The first rejected rows of a file."""
    rejected = [
        {"line": row.line, "column": row.column, "value": row.shown_value, "why": str(row.why)}
        for row in one.rejected[:MOST_LISTED]
    ]
    columns = [column for column in REJECTED if column.key != "value" or any(row["value"] for row in rejected)]
    render.rows(rejected, columns, Format.TABLE)


def tell_lines(done: Sequence["FileOutcome"], *, dry_run: bool) -> None:
    """A line for each file, then each notice once with the files that it is about."""
    verb = "would be imported" if dry_run else "imported"
    names = _short(done)
    rows = (_line(one, verb) | {"file": name} for one, name in zip(done, names, strict=True))
    render.rows(rows, LINE, Format.TABLE)
    about: dict[str, list[str]] = {}
    for one, name in zip(done, names, strict=True):
        for words in () if one.error else [*one.notices, *filter(None, (moved(one), difference(one)))]:
            about.setdefault(words, []).append(name)
    for words, files in about.items():
        more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
        render.notice(f"{', '.join(files[:_NAMED])}{more}: {words}")


def _short(done: Sequence["FileOutcome"]) -> list[str]:
    """The files without their folders, if their names differ all the same."""
    names = [PurePath(one.file).name for one in done]
    return names if len(set(names)) == len(names) else [one.file for one in done]


def changes(one: "FileOutcome") -> Iterator[dict[str, Any]]:
    """The largest restatements as rows."""
    for moved in one.changes:
        words = f"{moved.figure} {moved.day}: {shown(moved.before)} -> {shown(moved.after)}"
        yield {"moved": words, "campaign": moved.campaign}


def difference(one: "FileOutcome") -> str | None:
    """How the file's own total differs from the sums of its rows."""
    return None if one.reconciled is not False else _check(one)


def moved(one: "FileOutcome") -> str | None:
    """By how much the spend of restated days moved."""
    amounts = {currency: amount for currency, amount in one.moved_spend.items() if amount}
    if not amounts:
        return None
    return f"{render.counted(one.updated or 0, 'day')} restated; spend of these days moved by {_amounts(amounts, '+')}"


def figures(found: "Figures | None") -> dict[str, Any] | None:
    """The five figures by name."""
    return None if found is None else {name: getattr(found, name) for name in FIGURES}


def shown(value: Any) -> str:
    """A number with thousands separators and only the decimals that it has."""
    return _written(value, "")


def _written(value: Any, sign: str) -> str:
    if value is None:
        return "—"
    text = f"{Decimal(str(value)):{sign},f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amounts(amounts: Mapping[str, Decimal], sign: str = "") -> str:
    return " and ".join(f"{_written(amount, sign)} {currency}".strip() for currency, amount in amounts.items())


def _block(one: "FileOutcome") -> dict[str, str | None]:
    skipped = sum(one.skipped.values())
    reasons = f" ({', '.join(f'{count:,} {why}' for why, count in one.skipped.items())})" if skipped else ""
    return {
        "file": one.file,
        "export": ", ".join(filter(None, (one.platform, "daily", one.currency))),
        "days": _days(one),
        "rows": f"{one.rows_read:,} read: {one.rows_kept:,} kept, {one.merged:,} merged, {skipped:,} skipped{reasons}, "
        f"{len(one.rejected):,} rejected",
        "stored": f"{one.inserted:,} inserted, {one.updated:,} updated, {one.unchanged:,} unchanged, "
        f"{one.removed:,} removed" + (f", {one.kept:,} left alone" if one.kept else ""),
        "moved": moved(one),
        "totals": _totals(one),
        "check": _check(one),
        "batch": one.batch_id,
    }


def _line(one: "FileOutcome", result: str) -> dict[str, Any]:
    if one.error:
        result = f"refused: {one.refused_because}" if one.refused_because else "refused"
    elif one.rejected:
        result = f"{render.counted(len(one.rejected), 'row')} rejected"
    elif one.kept:
        result = f"{render.counted(one.kept, 'day')} left alone"
    counts = {name: getattr(one, name) for name in ("inserted", "updated", "unchanged", "removed")}
    spend = None if one.totals is None else one.totals.spend
    amounts = one.spend_by_currency or ({} if spend is None else {one.currency or "": spend})
    return counts | {
        "export": one.platform,
        "days": _days(one),
        "spend": _amounts(amounts) or None,
        "result": result,
        "batch": one.batch_id,
    }


def _days(one: "FileOutcome") -> str | None:
    return f"{one.date_from} to {one.date_to}" if one.date_from else None


def _totals(one: "FileOutcome") -> str | None:
    known = [f"{name} {shown(value)}" for name, value in (figures(one.totals) or {}).items() if value is not None]
    if one.spend_by_currency:
        known.append(f"spend {_amounts(one.spend_by_currency)}")
    return ", ".join(known) or None


def _check(one: "FileOutcome") -> str | None:
    """How the file's own total row compares with the sums of its rows."""
    if one.reconciled is None or one.file_totals is None or one.totals is None:
        return None
    if one.reconciled:
        return "the file's own total matches"
    of_rows, of_file = figures(one.totals) or {}, figures(one.file_totals) or {}
    other = [name for name in FIGURES if None not in (of_rows[name], of_file[name]) and of_rows[name] != of_file[name]]
    other = other or [name for name in FIGURES if of_rows[name] is None and of_file[name]]
    said = ", ".join(f"{name} {shown(of_file[name])}" for name in other)
    return f"the file's own total differs: {said}; check whether the report was filtered or rows were left out"
