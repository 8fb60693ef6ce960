"""The platforms whose exports are read: one declaration per module, listed here, and nothing else.

A new one is a module with a `PLATFORM`, its name in the list below, a sample and what must come out of it. Where names
alone do not tell what its columns mean, the module has a function `correct`, too.
"""

from collections.abc import Callable, Mapping

from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import dv360, generic, google_ads, meta_ads, pinterest, ttd

PLATFORMS: tuple[PlatformFormat, ...] = (
    google_ads.PLATFORM,
    meta_ads.PLATFORM,
    pinterest.PLATFORM,
    ttd.PLATFORM,
    dv360.PLATFORM,
    generic.PLATFORM,
)
"""Of two that know a header equally well the first one is meant: what everybody understands comes last."""

CORRECTIONS: Mapping[str, Callable[[Layout, ReadOptions], None]] = {
    google_ads.PLATFORM.name: google_ads.correct,
    meta_ads.PLATFORM.name: meta_ads.correct,
    pinterest.PLATFORM.name: pinterest.correct,
    ttd.PLATFORM.name: ttd.correct,
}
"""What is special about a platform: corrects what was found by names alone."""
