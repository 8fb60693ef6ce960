"""Whether a file's figures mean what the stored ones of its accounts mean. Writes nothing.

`Clicks (all)` must not restate link clicks: the platform has corrected nothing, and the two are different figures. What
a figure means is known by the words of `exports.columns.meanings`, which the ledger keeps with each import; an unknown
meaning differs from none. The attribution setting is part of a meaning, but changes with a campaign's own settings, so
that a change of it is told and not refused.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from adops_cli.data.journal import earlier_meanings
from adops_cli.data.journal.attributes import HAS
from adops_cli.exports.export import Export, ReadOptions, Refusal
from adops_cli.importers.metrics.match import ATTRIBUTION, Match
from adops_cli.storage.models import Import

_SHOWN = 5
"""How many campaigns are named in one sentence."""
_VERBS = {"spend": "is", "revenue": "is", "clicks": "are", "conversions": "are"}


def of_file(export: Export, matches: Sequence[Match], attributes: Sequence[str]) -> dict[str, Any] | None:
    """What the ledger keeps of the file's meanings, and of what it says besides figures; None if that is nothing."""
    settings = sorted(set(export.attributions.values()))
    further: dict[str, Any] = {ATTRIBUTION: settings} if settings else {}
    if attributes:
        further[HAS] = attributes
    if not export.means and not further:
        return None
    accounts = sorted({one.account or "" for one in matches})
    return earlier_meanings.as_kept(export.means, accounts, further)


def notices(export: Export, matches: Sequence[Match], options: ReadOptions, *, accept: bool) -> list[str]:
    """What the user should know of changed meanings.

    Raises `RefusedError` for one that no option of the user allows: `accept`, or the choice of that very figure.
    """
    accounts = {known.says("account") or "" for one in matches if (known := one.stored)}
    accounts |= {one.account or "" for one in matches}
    ids = [one.id for one in matches if one.stored]
    before = earlier_meanings.known(export.platform, accounts, ids, export.means)
    changed = {figure: (word, batch) for figure, word, batch in before if word != export.means[figure]}
    chosen = {"clicks": options.clicks, "conversions": options.conversions, "revenue": options.conversions}
    refused = {figure: was for figure, was in changed.items() if not (accept or chosen.get(figure))}
    if refused:
        raise export.refusal(
            Refusal.CHANGED_MEANING,
            "; ".join(_changed(figure, export.means[figure], *was) for figure, was in refused.items()),
            "Export the same columns as before. If the new meaning is to take the place of the old one, use "
            f"{_allowing(refused)}",
        )
    told = [_changed(figure, export.means[figure], *was) for figure, was in changed.items()]
    return [
        *(f"{words}; days that this file lacks keep the old meaning" for words in told),
        *_attribution(export, matches),
    ]


def _changed(figure: str, word: str, was: str, batch: Import) -> str:
    verb = _VERBS[figure]
    return f"{figure} {verb} {word!r} in this file, and {verb} {was!r} in {batch.file} (import {batch.id})"


def _allowing(figures: Any) -> str:
    """The options that allow the change."""
    further = [option for option in ("clicks", "conversions") if option in figures]
    return " or ".join(["--accept-new-meaning", *(f"--{option}" for option in further)])


def _attribution(export: Export, matches: Sequence[Match]) -> Iterator[str]:
    """A sentence on each change of the attribution setting, with its campaigns."""
    changed: dict[tuple[str, str], list[str]] = {}
    for one in matches:
        was, setting = one.stored and one.stored.says(ATTRIBUTION), export.attributions.get(one.of_file.number)
        if was and setting and was != setting:
            changed.setdefault((was, setting), []).append(one.name)
    for (was, setting), names in changed.items():
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        yield f"attribution setting changed: {was} -> {setting} ({', '.join(names[:_SHOWN])}{more})"
