"""Campaigns that look renamed: one that the file no longer has, and one with its days and figures under a new name.

Where an export has no ids, a rename on the platform rewrites all its history, and the spend would be counted twice.
Two campaigns are taken for one when at least half of the days that the vanished one has inside the file's span, those
with any figure in them, have the same impressions, clicks and spend in the other one, and no third campaign competes.
Restated days are why it is not all of them. Campaigns of two platforms, accounts or currencies are never one. Finds and
changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adops_cli.data import daily_rows
from adops_cli.exports.export import Export
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match, may_be

_PROBES = 8
"""Days of each campaign of the file by which candidates are found, before all their days are compared."""

_TELLING = 10
"""Campaigns of the file that may share a day's figures; what more of them share (one impression) tells nothing."""

_Print = tuple[str, int | None, int | None, daily_rows.Number | None]
"""Day, impressions, clicks and spend: by these a day is known again, since they are hardly restated."""
_IMPRESSIONS = daily_rows.COLUMNS.index("impressions")
_CLICKS = daily_rows.COLUMNS.index("clicks")
_SPEND = daily_rows.COLUMNS.index("spend")


@dataclass(frozen=True)
class Renamed:
    """A stored campaign, and the one of the file that it seems to be."""

    old: Known
    new: Match


def find(export: Export, matches: Sequence[Match], vanished: Sequence[Known]) -> list[Renamed]:
    """The vanished campaigns (those with days in the file's span) that the file seems to hold under another name."""
    olds = {known.id: known for known in vanished if known.external_id is None}
    news = {one.of_file.number: one for one in matches if one.of_file.external_id is None and not one.of_file.own_id}
    if not olds or not news or export.date_from is None or export.date_to is None:
        return []
    stored = [*olds], export.date_from, export.date_to
    candidates = _candidates(stored, _probes(export, news))
    if not candidates:
        return []
    pairs = [(olds[old], news[new]) for old, new in _agreeing(export, stored, candidates)]
    return [Renamed(old, new) for old, new in pairs if may_be(new, old)]


_Stored = tuple[Sequence[str], str, str]


def _probes(export: Export, news: Mapping[int, Match]) -> dict[_Print, list[int]]:
    """Some days of each campaign, spread over the file."""
    found: dict[_Print, list[int]] = {}
    for number, prints in _by_campaign(export, news):
        for at in range(0, len(prints), max(1, len(prints) // _PROBES)):
            found.setdefault(prints[at], []).append(number)
    return found


def _by_campaign(export: Export, numbers: Iterable[int]) -> Iterable[tuple[int, list[_Print]]]:
    """The days of campaigns of the file that have any figure in them, one campaign at a time."""
    wanted, at, prints = set(numbers), -1, list[_Print]()
    for number, day, impressions, clicks, _, spend, _, _ in export.days():
        if number != at:
            if prints:
                yield at, prints
            at, prints = number, []
        if number in wanted and (impressions or clicks or spend):
            prints.append((day, impressions, clicks, daily_rows.number(spend)))
    if prints:
        yield at, prints


def _stored_prints(stored: _Stored) -> Iterable[tuple[str, _Print]]:
    for row in daily_rows.stored(*stored):
        if row[_IMPRESSIONS] or row[_CLICKS] or row[_SPEND]:
            yield row[1], (row[2], row[_IMPRESSIONS], row[_CLICKS], row[_SPEND])


def _candidates(stored: _Stored, probes: Mapping[_Print, Sequence[int]]) -> set[tuple[str, int]]:
    return {(old, new) for old, print_ in _stored_prints(stored) for new in _telling(probes, print_)}


def _telling(prints: Mapping[_Print, Sequence[int]], print_: _Print) -> Sequence[int]:
    having = prints.get(print_, ())
    return having if len(having) <= _TELLING else ()


def _agreeing(export: Export, stored: _Stored, candidates: set[tuple[str, int]]) -> list[tuple[str, int]]:
    """The pairs that agree on half of the days or more, of which each campaign is in one alone."""
    olds = sorted({old for old, _ in candidates})
    have: Counter[str] = Counter()
    news: dict[_Print, list[int]] = {}
    for new, prints in _by_campaign(export, {new for _, new in candidates}):
        for print_ in prints:
            news.setdefault(print_, []).append(new)
    same: Counter[tuple[str, int]] = Counter()
    for old, print_ in _stored_prints((olds, *stored[1:])):
        have[old] += 1
        same.update((old, new) for new in _telling(news, print_))
    pairs = [pair for pair, count in same.items() if count * 2 >= have[pair[0]]]
    times = Counter(part for pair in pairs for part in pair)
    return sorted(pair for pair in pairs if times[pair[0]] == times[pair[1]] == 1)
