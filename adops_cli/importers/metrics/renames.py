"""Finds campaigns that look renamed: one is missing from the file, another has its days and figures. Changes nothing.

If an export has no ids, a rename on the platform changes the name in all its history, and spend would be counted twice.
Two campaigns count as one if at least half of the missing campaign's days within the file's span (only those with any
figure) have the same impressions, clicks and spend in the other campaign, and no third campaign competes. Not all days
have to agree, because some are restated. Campaigns of different platforms, accounts or currencies never count as one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adops_cli.data import daily_rows
from adops_cli.exports.export import Export
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match, may_be

_PROBES = 8
"""How many days of each campaign of the file are used to find candidates, before all their days are compared."""

_TELLING = 10
"""At most this many campaigns of the file can share a day's figures. Figures shared by more of them (such as one
impression) prove nothing."""

_Print = tuple[str, int | None, int | None, daily_rows.Number | None]
"""Day, impressions, clicks and spend. They identify a day, because they are rarely restated."""
_IMPRESSIONS = daily_rows.COLUMNS.index("impressions")
_CLICKS = daily_rows.COLUMNS.index("clicks")
_SPEND = daily_rows.COLUMNS.index("spend")


@dataclass(frozen=True)
class Renamed:
    """A stored campaign and the campaign of the file that it seems to be."""

    old: Known
    new: Match


def find(export: Export, matches: Sequence[Match], vanished: Sequence[Known]) -> list[Renamed]:
    """The campaigns that seem renamed. `vanished`: those with stored days in the file's span that the file lacks."""
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
    """A few days of each campaign, spread over the file."""
    found: dict[_Print, list[int]] = {}
    for number, prints in _by_campaign(export, news):
        for at in range(0, len(prints), max(1, len(prints) // _PROBES)):
            found.setdefault(prints[at], []).append(number)
    return found


def _by_campaign(export: Export, numbers: Iterable[int]) -> Iterable[tuple[int, list[_Print]]]:
    """The days with any figure of these campaigns of the file, one campaign at a time."""
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
    """The pairs that agree on at least half of the days, if neither campaign is in another such pair."""
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
