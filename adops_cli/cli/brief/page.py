"""The brief as a page: which parts it has, in which order, and what is said where something is not known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adops_cli import __version__, render
from adops_cli.cli import caveats, closed, openness
from adops_cli.cli.brief import standing
from adops_cli.cli.brief.currency import part_of
from adops_cli.cli.brief.shared import Hand
from adops_cli.render import page
from adops_cli.render.page import written
from adops_cli.render.page.blocks import Block, Page, Part, Words
from adops_cli.render.page.written import Written

if TYPE_CHECKING:
    from adops_cli.data.acting.comparison import Compared
    from adops_cli.data.brief import Brief

MOST_CAMPAIGNS = 500
"""Rows of the tables of all campaigns. A page must be sent by mail."""


def written_by(locale: str | None) -> Written:
    """What writes numbers and days."""
    return written.by(locale)


def parts(brief: "Brief", title: str | None, how: Written) -> Iterator[str]:
    """The text of the file."""
    return page.html(_page(brief, title, how), how)


def _page(brief: "Brief", title: str | None, how: Written) -> Page:
    hand = Hand(how, openness.late_keys(brief.proof.openness), brief.span, list(_incomplete(brief, how)))
    return Page(title or _title(brief), list(_facts(brief, how)), list(_parts(brief, hand)))


def _title(brief: "Brief") -> str:
    return brief.project or brief.project_id or "All campaigns"


def _facts(brief: "Brief", how: Written) -> Iterator[str]:
    yield f"{_seen(brief.now, how)}."
    yield f"Compared with {_seen(brief.before, how)}."
    if brief.project_id is not None and brief.project is not None:
        yield f"Project {brief.project} ({brief.project_id})."
    if brief.platform is not None:
        yield f"Platform {brief.platform}."


def _seen(side: "Compared", how: Written) -> str:
    """`1 to 31 October`, and how many of these days have figures, if not all."""
    days = f"{how.day(side.first)} to {how.day(side.last)}"
    return days if side.days == side.length else f"{days} ({side.days} of {side.length} days have figures)"


def _incomplete(brief: "Brief", how: Written) -> Iterator[str]:
    for side in (brief.now, brief.before):
        if 0 < side.days < side.length:
            yield f"Incomplete: {_seen(side, how)}, which the changes do not allow for."
    if brief.now.length != brief.before.length:
        yield f"The windows have different lengths: {brief.now.length} and {brief.before.length} days."


def _parts(brief: "Brief", hand: Hand) -> Iterator[Part]:
    if not brief.currencies:
        yield Part("figures", "Figures", list(_nothing(brief, hand)))
    alone = len(brief.currencies) == 1
    most = MOST_CAMPAIGNS
    for place, one in enumerate(brief.currencies, start=1):
        id = "figures" if alone else f"figures-{place}"
        yield part_of(one, hand, id, alone=alone, most=most)
        most = max(0, most - len(one.campaigns))
    if notes := list(_notes(brief)):
        yield Part("notes", "To be kept in mind", [Words(words, is_note=True) for words in notes])
    yield Part("pacing", "Pacing", list(standing.pacing(brief.pacing, hand)))
    yield Part("open", "What can still change", list(_open(brief, hand)))
    yield Part("alerts", "Alerts", list(standing.alerts(brief.alerts, hand)))
    yield Part("proof", "What stands behind it", list(standing.proven(brief.proof, hand, __version__)))


def _nothing(brief: "Brief", hand: Hand) -> Iterator[Block]:
    words = f"No campaign has figures from {hand.day(brief.now.first)} to {hand.day(brief.now.last)}"
    if brief.held is None:
        yield Words(f"{words}: the book has none at all.")
    else:
        yield Words(f"{words}. The book has days from {hand.day(brief.held[0])} to {hand.day(brief.held[1])}.")


def _notes(brief: "Brief") -> Iterator[str]:
    yield from caveats.of_report(brief)
    if len(brief.currencies) > 1:
        yield "Amounts in different currencies are never added together."
    if brief.unread:
        yield f"{render.counted(len(brief.unread), 'row')} of the book cannot be read, and left out of all figures."


def _open(brief: "Brief", hand: Hand) -> Iterator[Block]:
    marks = brief.proof.openness
    figures = " and ".join(sorted(marks.figures))
    if marks.until is not None:
        yield Words(f"Until {hand.day(marks.until)}, late {figures} can still change the figures that have a ~.")
    if marks.stale:
        yield Words(f"Some days are open until they are imported again: they were too young for their {figures}.")
    if marks.until is None and not marks.stale:
        yield Words("No day of the window is open: no late figure is expected to change it.")
    told = list(closed.sentences(brief.proof.closes))
    yield from map(Words, told or ["No period of the window is closed."])
    if brief.unread:
        yield standing.unread(brief.unread)
