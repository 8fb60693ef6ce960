"""The brief: what a window was like, beside the one before, and what stands behind it, all as of one moment.

Writes nothing, and adds nothing up over currencies.
"""

from adops_cli.data.brief.gather import brief
from adops_cli.data.brief.parts import Best, Brief, OfCurrency, Pace, Standing, Top

__all__ = ["Best", "Brief", "OfCurrency", "Pace", "Standing", "Top", "brief"]
