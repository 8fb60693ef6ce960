"""The platforms whose exports are read: one declaration per module, listed here, and nothing else.

A new one is a module with a `PLATFORM`, its name in the list below, a sample and what must come out of it.
"""

from adops_cli.importers.exports.declaration import Platform
from adops_cli.importers.exports.platforms import dv360, generic, google_ads, meta_ads, pinterest, ttd

PLATFORMS: tuple[Platform, ...] = (
    google_ads.PLATFORM,
    meta_ads.PLATFORM,
    pinterest.PLATFORM,
    ttd.PLATFORM,
    dv360.PLATFORM,
    generic.PLATFORM,
)
"""Of two that know a header equally well the first one is meant: what everybody understands comes last."""
