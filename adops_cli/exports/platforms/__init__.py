"""The platforms that adops reads exports of: one declaration per module, listed here, and nothing else.

A new platform needs a module with a `PLATFORM`, an entry in the list below, a sample and its expected result. If names
alone do not show what its columns mean, the module also has a function `correct`.
"""

import difflib
from collections.abc import Callable, Mapping

from adops_cli.errors import NotFoundError
from adops_cli.exports.cells import platform_names
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import (
    amazon_ads,
    apple_ads,
    cm360,
    criteo,
    dv360,
    generic,
    google_ads,
    linkedin_ads,
    meta_ads,
    microsoft_ads,
    pinterest,
    reddit_ads,
    snapchat_ads,
    spotify_ads,
    taboola,
    tiktok_ads,
    ttd,
    x_ads,
    yandex_direct,
)

PLATFORMS: tuple[PlatformFormat, ...] = (
    google_ads.PLATFORM,
    meta_ads.PLATFORM,
    pinterest.PLATFORM,
    ttd.PLATFORM,
    dv360.PLATFORM,
    microsoft_ads.PLATFORM,
    tiktok_ads.PLATFORM,
    linkedin_ads.PLATFORM,
    amazon_ads.PLATFORM,
    taboola.PLATFORM,
    criteo.PLATFORM,
    snapchat_ads.PLATFORM,
    reddit_ads.PLATFORM,
    x_ads.PLATFORM,
    apple_ads.PLATFORM,
    cm360.PLATFORM,
    yandex_direct.PLATFORM,
    spotify_ads.PLATFORM,
    generic.PLATFORM,
)
"""A header with the marks of two, which both know equally well, is nobody's. So the one for any file comes last."""

CORRECTIONS: Mapping[str, Callable[[Layout, ReadOptions], None]] = {
    google_ads.PLATFORM.name: google_ads.correct,
    meta_ads.PLATFORM.name: meta_ads.correct,
    pinterest.PLATFORM.name: pinterest.correct,
    ttd.PLATFORM.name: ttd.correct,
    snapchat_ads.PLATFORM.name: snapchat_ads.correct,
    taboola.PLATFORM.name: taboola.correct,
    generic.PLATFORM.name: generic.correct,
}
"""Special rules of a platform, which correct what was found by names alone."""


def known() -> list[PlatformFormat]:
    """The platforms that files are recognised of, by name."""
    return sorted((one for one in PLATFORMS if one is not generic.PLATFORM), key=lambda one: one.name)


def find(name: str) -> PlatformFormat:
    """The platform with this name, in any of its spellings. `NotFoundError` if its files are not recognised."""
    wanted = platform_names.platform(name)
    found = next((one for one in known() if one.name == wanted), None)
    if found is None:
        names = [one.name for one in known()]
        close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(close)}?" if close else f"They are {', '.join(names)}"
        raise NotFoundError(f"files of {name!r} are not recognised", hint)
    return found
