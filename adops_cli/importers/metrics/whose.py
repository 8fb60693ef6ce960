"""What is said when nothing but `--platform` shows, or could show, whose campaigns a file speaks of. Writes nothing."""

from collections.abc import Sequence

from adops_cli import values
from adops_cli.data.journal import earlier_meanings
from adops_cli.exports.cells import platform_names
from adops_cli.exports.columns.header import fingerprint
from adops_cli.exports.export import Export, ReadOptions
from adops_cli.importers.metrics.match import Match
from adops_cli.storage.models import Campaign

UNKNOWN = "generic"
"""The platform of campaigns whose platform nobody has named."""


_UNKNOWN = (
    "nothing in the file shows its platform, so its campaigns are stored as {}; name it with --platform NAME, such as "
    "tiktok-ads, or with --map 'HEADER=platform' if a column has it"
)


_NAMED_SO = (
    "that is how the rows name their platform, which is none that adops knows; if it is another name of one, undo this "
    "import and rename it in the file"
)


def notices(export: Export, options: ReadOptions, matches: Sequence[Match]) -> list[str]:
    """What the user should know of the platform, before anything of the file is written."""
    if options.platform is not None:
        return _of_given(platform_names.platform(options.platform), matches)
    said = _first_of(sorted({one.platform for one in matches}), matches, _NAMED_SO)
    unknown = [one for one in matches if one.platform == UNKNOWN]
    if not unknown:
        return said
    said.append(_UNKNOWN.format(UNKNOWN))
    stored = {one.id: one.name for one in unknown if one.stored is not None and one.account is None}
    other = earlier_meanings.of_other_layout(UNKNOWN, fingerprint(export.header), list(stored))
    if other is not None:
        id, file = other
        said.append(
            f"{stored[id]!r} is also a campaign of {file}, which has other columns; if that file is of another "
            "platform, undo this import and name the platform of each with --platform"
        )
    return said


def _of_given(platform: str, matches: Sequence[Match]) -> list[str]:
    return _first_of([platform], matches, "if --platform is misspelled, undo this import")


def _first_of(platforms: Sequence[str], matches: Sequence[Match], advice: str) -> list[str]:
    """A name that is no known platform's, and that nobody has used before, may be a slip."""
    new = {one.platform for one in matches if one.stored is None}
    return [
        f"these are the first campaigns on {platform}; {advice}"
        for platform in platforms
        if platform in new
        and platform not in values.PLATFORMS
        and platform != UNKNOWN
        and not Campaign.select().where(Campaign.platform == platform).exists()
    ]
