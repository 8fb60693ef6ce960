"""A clean-up of a million events of one moment, and one of as many moments, each beside a writer that never waits."""

from pathlib import Path

import soak

from scale.process import line


def main(_folder: Path) -> None:
    """One run of each."""
    spread, tied = (soak.cleaned_up(one_moment=one) for one in (False, True))
    ratio = tied.seconds / spread.seconds
    line(
        f"clean-up of {soak.EVENTS // 2:,} events of one moment",
        f"{tied.seconds:.0f} s, of as many moments {spread.seconds:.0f} s, {ratio:.2f} x",
        "<= 1.5 x",
        met=ratio <= 1.5,
    )
    longest = max(*tied.waits, *spread.waits) * 1000
    line("the longest wait of a write meanwhile", f"{longest:.0f} ms", "<= 250 ms", met=longest <= 250)
