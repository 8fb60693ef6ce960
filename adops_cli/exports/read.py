"""The entry point: reads a whole export file into an `Export`, or refuses it with the reason.

Runs the steps in order and knows no details of them. Writes to nothing but the spool.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from adops_cli.errors import BadRequestError
from adops_cli.exports import advice, saved
from adops_cli.exports.cells.cell import Cells, is_blank
from adops_cli.exports.cells.dates import Days, UnsureError
from adops_cli.exports.columns.layout import MONEY, Layout
from adops_cli.exports.export import Export, ReadOptions, RefusedError
from adops_cli.exports.interpret import interpret
from adops_cli.exports.recognise import Recognised, candidates, mapping, recognise
from adops_cli.exports.rows import acceptable, money_unit, totals
from adops_cli.exports.rows.convert import Converter
from adops_cli.exports.rows.data_rows import DataRows, LineCells
from adops_cli.exports.rows.explain import explained, notices
from adops_cli.exports.rows.money_unit import InMillionthsError
from adops_cli.exports.rows.repeats import Coverage, settle
from adops_cli.exports.rows.spool import Spool
from adops_cli.exports.rows.survey import Survey, date_order, decimal_mark, sampled, survey
from adops_cli.exports.rows.tracked import Tracker
from adops_cli.exports.rows.twice import Twice
from adops_cli.exports.rows.uncounted import OtherTables
from adops_cli.exports.saved import SavedLayout
from adops_cli.exports.sources.encoding import known_codec
from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import Kind, Table
from adops_cli.measures import FIGURES

Progress = Callable[[int], None]


def read_export(
    path: str | Path,
    options: ReadOptions,
    *,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    layouts: Sequence[SavedLayout] = (),
) -> Export:
    """Read an export file.

    Args:
        path: the file; `-` is standard input.
        options: the caller's choices, which override what the file states.
        stdin: where to read `-` from.
        progress: called regularly with the number of rows read so far.
        layouts: how the caller reads files with certain headers, unless the options say otherwise.

    Raises:
        RefusedError: the file cannot be imported. It carries the reason, and what is known of the file.
        BadRequestError: an option is wrong for any file.
    """
    _check(options)
    with opened(path, stdin) as source:
        table, options, layout = saved.opened(source, options, layouts)
        try:
            export = _whole(table, options, progress)
        except BadRequestError as error:
            error.message += f" (read by the saved layout {layout.name!r})" if layout else ""
            raise
        if layout is not None:
            export.notices = [saved.told(layout), *export.notices]
        export.options, export.sha256 = options, source.sha256
        return export


def _whole(table: Table, options: ReadOptions, progress: Progress | None) -> Export:
    _check(options)
    file = recognise(table.rows(), options)
    try:
        return _read_again(table, file, options, progress)
    except InMillionthsError:
        export = _read_again(table, file, replace(options, money_unit="micro"), progress)
        export.notices = [*export.notices, money_unit.IN_MILLIONTHS]
        return export


def _read_again(table: Table, file: Recognised, options: ReadOptions, progress: Progress | None) -> Export:
    """Read the file, and again if it turns out to need a closer look."""
    whole = tracked = False
    while True:
        try:
            return _read(table, file, options, progress, whole=whole, tracked=tracked)
        except UnsureError:
            whole = True
        except _UntrackedError:
            tracked = True


class _UntrackedError(Exception):
    """Rows are summed by campaign and day, in a file whose columns do not show why."""


def _read(  # noqa: PLR0913 - the file, the choices, and how closely to look
    table: Table,
    file: Recognised,
    options: ReadOptions,
    progress: Progress | None,
    *,
    whole: bool = False,
    tracked: bool = False,
) -> Export:
    """Read the file.

    Args:
        table: the file's rows.
        file: what was recognised in it.
        options: the caller's choices.
        progress: called with the number of rows read so far.
        whole: survey all rows first, not only the first ones.
        tracked: remember what tells rows of one campaign and day apart, whatever the columns are.
    """
    data = DataRows(table, file)
    layout = _layout(data, file, options)
    seen = survey(
        data.chunks(layout.facts.watch, layout.day), layout, whole=whole, is_marked=table.kind is not Kind.RECORDS
    )
    tracker = Tracker(layout) if tracked or layout.splits.known else None
    spool = Spool(tracker.width if tracker else 0)
    try:
        converter = _converter(table, layout, seen, options, tracker)
        _fill(spool, converter, data.chunks(layout.facts.watch, layout.day), progress)
        export = _export(spool, converter, data, options, tracker)
        said = [*notices(converter, export, data, options), *export.notices]
        said += money_unit.notices(export, converter.whole_costs, layout, options)
    except RefusedError as refused:
        spool.close()
        if refused.platform is not None:  # the file is readable, at least as text
            refused.rows_read = seen.rows if seen.whole else data.count()
            refused.columns = explained(layout, seen)
        raise
    except BaseException:
        spool.close()
        raise
    if file.signed_by is not None:
        said.append(f"the header is one of {file.signed_by}; it was read as {export.platform}, as you said")
    export.means = {**export.means, **_halves(layout, seen, export)}
    export.notices = [*table.notices, *said]
    export.columns = explained(layout, seen)
    return export


def _halves(layout: Layout, seen: Survey, export: Export) -> dict[str, str]:
    """What sums mean of which only one column has cells."""
    found = {}
    for name in export.means:
        source = layout.figures[name]
        filled = [column for column in source.columns if not all(map(is_blank, seen.samples.get(column, ())))]
        words = [word for column, word in zip(source.columns, source.alone, strict=False) if column in filled]
        if len(words) == 1 and words[0]:
            found[name] = words[0]
    return found


def _check(options: ReadOptions) -> None:
    """Refuse options that are wrong for any file."""
    candidates(options)
    mapping(options)
    if options.encoding is not None:
        known_codec(options.encoding)
    for option, value, choices in (
        ("--clicks", options.clicks, ("link", "all", "outbound")),
        ("--level", options.level, ("campaign", "group")),
        ("--decimal-mark", options.decimal_mark, (".", ",")),
        ("--same-day", options.same_day, ("sum", "last")),
        ("--money-unit", options.money_unit, ("micro", "unit")),
        ("--date-order", options.date_order, ("dmy", "mdy", "ymd")),
    ):
        if value is not None and value not in choices:
            raise BadRequestError(f"{option} cannot be {value!r}", f"Use one of {' '.join(choices)}")


def _layout(data: DataRows, file: Recognised, options: ReadOptions) -> Layout:
    """What the columns mean. A file that cannot be imported is refused, with its rows counted."""
    try:
        layout = interpret(file, options)
        like = file.looks_like
        lacks = None if file.no_data else advice.lack(layout, is_guess=file.is_guess, like=like)
        if lacks is not None:
            rows = _first_rows(data)
            refused = advice.refusal(layout, lacks, rows, is_guess=file.is_guess, like=like)
            refused.columns = explained(layout, sampled(rows, layout))
            raise refused
    except RefusedError as refused:
        refused.rows_read = 0 if file.is_guess else data.count()
        if not (refused.rows_read or file.is_guess):
            # A report without rows can miss nothing.
            return Layout(file.platform, file.header, file.preamble, None)
        if not refused.columns:  # the header does not fit the options, or contradicts itself
            plain = replace(options, columns={}, conversions=None, clicks=None, currency=None)
            with contextlib.suppress(RefusedError):
                layout = interpret(file, plain)
                refused.columns = explained(layout, sampled(_first_rows(data), layout))
        raise
    return layout


def _first_rows(data: DataRows) -> list[Cells]:
    return [cells for chunk in islice(data.chunks(), 1) for _, cells in chunk]


def _converter(table: Table, layout: Layout, seen: Survey, options: ReadOptions, tracker: Tracker | None) -> Converter:
    mark = "." if table.kind is Kind.RECORDS else decimal_mark(seen, layout, options)
    days = Days(date_order(seen, layout, options), serials=table.kind is Kind.WORKBOOK, language=layout.language)
    return Converter(layout, mark, days, options, rows=seen.rows if seen.whole else None, tracker=tracker)


def _fill(spool: Spool, converter: Converter, chunks: Iterable[list[LineCells]], progress: Progress | None) -> None:
    twice = Twice(converter.layout, converter.mark)
    for rows in chunks:
        twice.check(rows)
        days = converter.convert(rows)
        if days:
            spool.add_many(days)
        if progress is not None:
            progress(converter.tally.read)
    converter.finish()


def _export(
    spool: Spool, converter: Converter, data: DataRows, options: ReadOptions, tracker: Tracker | None
) -> Export:
    """The result for the whole file, once every row is read."""
    layout, tally = converter.layout, converter.tally
    acceptable.require_rows(converter)
    _, pairs = spool.finish()
    campaigns = converter.campaigns.all()
    coverage = Coverage()
    if tally.accepted > pairs:
        if tracker is None:
            raise _UntrackedError
        acceptable.require_sums(spool, converter)
    if tracker is not None and (tally.accepted > pairs or layout.splits.fragments):
        coverage = settle(spool, layout, tracker, options, campaigns)
        if coverage.changed:
            tally.sums = spool.sums()
    currencies = sorted({campaign.currency for campaign in campaigns if campaign.currency})
    if not campaigns:
        currencies = [
            currency for currency in (layout.currency and layout.currency.code, options.currency) if currency
        ][:1]
    one = len(currencies) <= 1
    sums = totals.of(
        [None if not one and name in MONEY else value for name, value in zip(FIGURES, tally.sums, strict=True)]
    )
    file_totals = converter.file_totals
    said = file_totals.figures_of(sums)
    agrees = totals.reconciled(sums, said, layout, one_currency=one)
    if not data.has_stated_rows(tally.read, tally.skipped.get("total_row", 0)):
        agrees = False
    others = OtherTables(data, layout, converter.mark)
    is_whole = bool(agrees and file_totals.of_account)
    reported = frozenset(name for name, value in zip(FIGURES, tally.sums, strict=True) if value is not None)
    return Export(
        platform=layout.platform.name,
        currency=currencies[0] if len(currencies) == 1 else None,
        currencies=currencies,
        rows_read=tally.read,
        rows_kept=pairs,
        merged=tally.accepted - pairs,
        skipped=tally.skipped,
        rejected=tally.rejected,
        header=layout.header.cells,
        date_from=min(tally.days, default=None),
        date_to=max(tally.days, default=None),
        totals=sums,
        spend_by_currency={} if one else totals.spend_by_currency(spool.spend(), campaigns),
        file_totals=said,
        reconciled=agrees,
        campaigns=campaigns,
        partial=() if is_whole else coverage.fragments,
        parts=[layout.header.cells[column] for column in layout.splits.parts],
        left_out=[*layout.left_out, *coverage.left_out, *converter.left_out(), *others.left_out()],
        is_below_campaigns=layout.splits.below_campaigns,
        lacks_rows=totals.lacks_rows(sums, said),
        is_doubtful=coverage.doubtful,
        reported=reported,
        attributions=converter.campaigns.attributions(),
        attributes=converter.facts.all(),
        means={name: one.means for name, one in layout.figures.items() if one.means and name in reported},
        notices=[
            *converter.facts.notices(),
            *others.notices(),
            *coverage.notices,
            *(() if is_whole else coverage.lone),
        ],
        read_days=lambda order: spool.days(layout.not_additive, order),
        give_back=spool.close,
    )
