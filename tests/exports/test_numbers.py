"""Numbers in any style of the exports are read exactly. The decimal mark is decided per file."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.exports.cells.cell import CellError
from adops_cli.exports.cells.figures import Amounts, Counts, Quantities
from adops_cli.exports.cells.numbers import REMEMBERED, Mark, settles
from adops_cli.exports.export import Why

MILLION = 10**6
THOUSANDS = {
    ".": (",", " ", "\u00a0", "\u202f", "'", "\u2019", ""),
    ",": (".", " ", "\u00a0", "\u202f", "'", "\u2019", ""),
}
AROUND = ("{}", "${}", "CA${}", "{} €", "EUR {}", "{} EUR", "R$ {}", "₹{}", "{} kr", "\u00a0{} ", '="{}"', "'{}")


def grouped(whole: int, mark: str) -> str:
    return f"{whole:,}".replace(",", mark)


@st.composite
def written(draw: st.DrawFn) -> tuple[int, str, Mark]:
    """An amount in millionths, one of its written forms, and the decimal mark of that form."""
    mark: Mark = draw(st.sampled_from([".", ","]))
    millionths = draw(st.integers(-(8 * 10**15) + 1, 8 * 10**15 - 1))
    places = draw(st.integers(0, 6))
    millionths -= millionths % 10 ** (6 - places) if millionths >= 0 else -(-millionths % 10 ** (6 - places))
    whole, fraction = divmod(abs(millionths), MILLION)
    text = grouped(whole, draw(st.sampled_from(THOUSANDS[mark])))
    if places:
        text += mark + f"{fraction:06d}"[:places]
    text = draw(st.sampled_from(AROUND)).format(text)
    if millionths < 0:
        bare = text.strip().startswith(("=", "'"))
        text = f"({text})" if not bare and draw(st.booleans()) else f"-{text}" if not bare else text
        if bare:
            millionths = -millionths
    return millionths, text, mark


@given(written())
def test_an_amount_comes_back_from_every_style_to_the_last_millionth(amount: tuple[int, str, Mark]) -> None:
    millionths, text, mark = amount
    assert Amounts(mark)[text] == millionths


@given(st.lists(st.integers(0, 10**9 - 1), min_size=1), st.sampled_from([".", ","]), st.booleans())
def test_many_plain_cells_read_together_are_what_they_are_one_by_one(cents: list[int], mark: Mark, marks: bool) -> None:
    thousands = {".": ",", ",": "."}[mark] if marks else ""
    cells = [f"{grouped(value // 100, thousands)}{mark}{value % 100:02d}" for value in cents]
    amounts = Amounts(mark)
    assert amounts.plain(cells) == [amounts[cell] for cell in cells]
    wholes = [grouped(value, thousands) for value in cents]
    counts = Counts(mark)
    assert counts.plain(wholes) == [counts[cell] for cell in wholes]


@pytest.mark.parametrize("stranger", ["", " --", "-1.00", "1.5", "x", "1,23.45", "0,123.45", "12.34\n56.78", "(1.00)"])
def test_one_cell_of_another_shape_sends_all_of_them_the_careful_way(stranger: str) -> None:
    assert Amounts(".").plain(["12.34", stranger, "1,234.56"]) is None


def test_a_column_remembers_only_so_many_cells() -> None:
    counts = Counts(".")
    assert counts.of([str(value) for value in range(3 * REMEMBERED)])[-1] == 3 * REMEMBERED - 1
    assert len(counts) <= REMEMBERED
    assert counts.of(["1", "", "2"]) == [1, None, 2]


@pytest.mark.parametrize("blank", ["", " ", " --", "--", "-", "NULL", "N/A", "(not set)", "\u00a0"])
def test_the_marks_of_no_value_are_not_zero(blank: str) -> None:
    assert Amounts(".")[blank] is None
    assert Counts(",")[blank] is None


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1e3", ".", 1000),
        ("1.5E+03", ".", 1500),
        ("1,5E3", ",", 1500),
        ("1e-400", ".", 0),
        ("0e999999", ".", 0),
        ("5.00-", ".", -5),
        ("−5.00", ".", -5),  # noqa: RUF001 - the minus sign of typography
        ("$-5", ".", -5),
        ("$(5)", ".", -5),
        ("(€ 5)", ".", -5),
        ("5,00-€", ",", -5),
        ("CAD $5.00", ".", 5),
        ("$5.00 CAD", ".", 5),
        ("US $5.00", ".", 5),
        ("12,34,567.00", ".", 1234567),
        ("1.234.567", ",", 1234567),
        ("007", ".", 7),
        ("+3", ".", 3),
        (".5", ".", Decimal("0.5")),
        ("12.", ".", 12),
    ],
)
def test_what_people_write_is_read(text: str, mark: Mark, expected: Decimal) -> None:
    assert Amounts(mark)[text] == expected * MILLION


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-inf", "see sheet 2", "5%", "1.2.3", "1,23", "12,34", "0,123", "1 2", "1-2", "--5", "((1))",
     "(1", "(-1)", ")1(", "x1", "12px", "1e", "< 1000", "[8]", "EURO 1", "USD", "1" * 1_000_000 + "x",
     "1" + " " * 1_000_000 + "x", "USD$" * 250_000 + "x", "1" + ",234" * 250_000 + "x"],
)  # fmt: skip
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Amounts(".")[text]
    assert caught.value.why is Why.NOT_A_NUMBER


@pytest.mark.parametrize(
    "text",
    ["1e400", "1e99999999999", "99999999999999999999", "1000000000000.00", "-1000000000000", "8000000000.5",
     "9" * 1_000_000, "1e" + "9" * 1_000_000],
)  # fmt: skip
def test_money_that_cannot_be_kept_exactly_is_out_of_range(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Amounts(".")[text]
    assert caught.value.why is Why.OUT_OF_RANGE


def test_the_largest_money_that_can_be_kept_is_kept() -> None:
    assert Amounts(".")["999999999999"] == 999_999_999_999 * MILLION
    assert Amounts(".")["7999999999.999999"] == 7_999_999_999_999_999
    assert Amounts(".")["8000000000.00"] == 8 * 10**15


@pytest.mark.parametrize("text", ["-1", "1.5", "9007199254740993", "1e400"])
def test_a_count_is_whole_not_negative_and_not_over_2_to_the_53(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Counts(".")[text]
    assert caught.value.why is Why.OUT_OF_RANGE
    assert Counts(".")["9,007,199,254,740,992"] == 2**53
    assert Counts(".")["12.00"] == 12


def test_conversions_have_fractions_and_are_never_negative() -> None:
    assert Quantities(".")["2.96"] == 2_960_000
    with pytest.raises(CellError):
        Quantities(".")["-0.01"]


def test_more_than_six_decimals_are_rounded_half_to_even_and_counted() -> None:
    amounts = Amounts(".")
    assert [amounts[text] for text in ("0.0000005", "0.0000015", "1.23456789")] == [0, 2, 1_234_568]
    assert amounts.rounded == 3


def test_micros_are_millionths_already() -> None:
    assert Amounts(".", micros=True)["1790000"] == 1_790_000
    assert Amounts(".", micros=True)[1790000] == 1_790_000


def test_typed_cells_keep_their_value_whatever_the_mark_is() -> None:
    assert Amounts(",")[1234.567] == 1_234_567_000
    assert Amounts(",")[Decimal("0.1")] == 100_000
    for cell in (float("nan"), float("inf"), True, ["1"]):
        with pytest.raises(CellError):
            Amounts(",").read(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12.34", "."), ("12,34", ","), ("1,234.56", "."), ("1.234,56", ","), ("1.234,567", ","), ("0.4386", "."),
        ("1,234", "?"), ("1.234", "?"), ("711", ""), ("1,234,567", "."), ("1.234.567", ","), ("0.123", "."),
        ("1234.567", "."), ("1 234,5", ","), ("16,25 €", ","), ("see 1,5", ""), (" --", ""), ("1.2.3", ""),
        (".500", "."), ("1.234e5", "."),
    ],
)  # fmt: skip
def test_what_a_cell_says_about_the_decimal_mark(text: str, said: str) -> None:
    assert settles(text) == said
