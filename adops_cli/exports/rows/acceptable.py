"""What the rows of a file must be together: not all of them rejected, and no day's sums too large to be exact."""

from adops_cli.exports.cells.cell import CellError
from adops_cli.exports.cells.figures import MICRO, kept
from adops_cli.exports.columns.layout import COUNTS
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.rows.convert import Converter
from adops_cli.exports.rows.spool import Spool
from adops_cli.measures import FIGURES
from adops_cli.values import EXACT, FRACTION_LIMIT


def require_rows(converter: Converter) -> None:
    """Refuse a file of which every row is rejected: nothing in it was understood."""
    tally = converter.tally
    if tally.rejected and not tally.accepted:
        raise RefusedError(
            Refusal.ALL_REJECTED,
            f"none of the rows can be read; the first is {tally.rejected[0].told}",
            "Fix them, or export the file again",
            platform=converter.layout.platform.name,
        )


def require_sums(spool: Spool, converter: Converter) -> None:
    """Refuse a file in which each row can be stored, but the sums of a day cannot."""
    tally = converter.tally
    counts = [value or 0 for name, value in zip(FIGURES, tally.sums, strict=True) if name in COUNTS]
    amounts = [value or 0 for name, value in zip(FIGURES, tally.sums, strict=True) if name not in COUNTS]
    if max(counts) <= EXACT and max(*amounts, *tally.turnover.values()) < FRACTION_LIMIT * MICRO:
        return
    for _, day, impressions, clicks, *sums, _ in spool.days():
        try:
            for amount in sums:
                kept(amount or 0)
            too_many = max(impressions or 0, clicks or 0) > EXACT
        except CellError:
            too_many = True
        if too_many:
            raise RefusedError(
                Refusal.TOO_MANY_ERRORS,
                f"the sums of a campaign on {day} are too large to be stored exactly",
                "Look for rows that are repeated in the file, or export campaigns instead of ad groups or ads",
                platform=converter.layout.platform.name,
            )
