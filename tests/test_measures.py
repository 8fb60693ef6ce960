"""The arithmetic of ratios."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from adops_cli import measures

AMOUNTS = st.integers(-(10**18), 10**18)


@given(above=AMOUNTS, below=AMOUNTS.filter(bool))
@example(above=1, below=2 * 10**6)
@example(above=3, below=2 * 10**6)
@example(above=-3, below=2 * 10**6)
@example(above=3, below=-2 * 10**6)
def test_a_ratio_of_whole_numbers_has_the_digits_of_any_other(above: int, below: int) -> None:
    millionths = measures.rounded(above * 10**6, below)

    assert Decimal(millionths).scaleb(-6) == measures.ratio(above, below)
