"""What is said when nothing but `--platform` shows, or could show, whose campaigns a file speaks of. Writes nothing."""

import hashlib
import json
from collections.abc import Sequence

from adops_cli import values
from adops_cli.data.journal import earlier_meanings
from adops_cli.exports.cells import platform_names
from adops_cli.exports.export import Export, ReadOptions
from adops_cli.importers.metrics.match import Match
from adops_cli.storage.models import Campaign

UNKNOWN = "generic"
"""The platform of campaigns whose platform nobody has named."""


_UNKNOWN = (
    "nothing in the file shows its platform, so its campaigns are stored as {}; name it with --platform NAME, such as "
    "tiktok-ads, or with --map 'HEADER=platform' if a column has it"
)


def layout(export: Export) -> str:
    """A short mark of the file's columns, in any order."""
    return hashlib.sha256(json.dumps(sorted(export.header)).encode()).hexdigest()[:12]


def notices(export: Export, options: ReadOptions, matches: Sequence[Match]) -> list[str]:
    """What the user should know of the platform, before anything of the file is written."""
    if options.platform is not None:
        return _of_given(platform_names.platform(options.platform), matches)
    unknown = [one for one in matches if one.platform == UNKNOWN]
    if not unknown:
        return []
    said = [_UNKNOWN.format(UNKNOWN)]
    stored = {one.id: one.name for one in unknown if one.stored is not None and one.account is None}
    other = earlier_meanings.of_other_layout(UNKNOWN, layout(export), list(stored))
    if other is not None:
        id, file = other
        said.append(
            f"{stored[id]!r} is also a campaign of {file}, which has other columns; if that file is of another "
            "platform, undo this import and name the platform of each with --platform"
        )
    return said


def _of_given(platform: str, matches: Sequence[Match]) -> list[str]:
    """A name that nobody has used before may be a slip."""
    new = any(one.stored is None and one.platform == platform for one in matches)
    if not new or platform in values.PLATFORMS or platform == UNKNOWN:
        return []
    if Campaign.select().where(Campaign.platform == platform).exists():
        return []
    return [f"these are the first campaigns on {platform}; if --platform is misspelled, undo this import"]
