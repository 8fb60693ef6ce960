"""Currencies as files state them: by a code, by a sign, by a sign with a prefix. Tells them from any other word.

`EUR`, `€` and `CA$` name a currency. `$`, `¥` and `kr` name none: they fit each of several currencies, and contradict
all others. Sources: ISO 4217 for the codes (`currency_codes`), CLDR's symbols and narrow symbols for the signs.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from adops_cli.exports.cells.cell import Cell, is_blank, unguarded
from adops_cli.exports.currency_codes import CODES

_DOLLARS = """
    USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU CUP DOP BRL BBD BMD BND BSD BZD CVE FJD GYD JMD KYD LRD MOP NAD NIO
    SBD SRD TOP TTD WST XCD ZWG ZWL
"""
_SIGNS = {
    "$": _DOLLARS, "¥": "JPY CNY", "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP", "€": "EUR", "₹": "INR", "₩": "KRW KPW",
    "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₱": "PHP", "₦": "NGN", "₪": "ILS", "฿": "THB", "₡": "CRC SVC",
    "₲": "PYG", "₵": "GHS", "₸": "KZT", "₭": "LAK", "₮": "MNT", "₼": "AZN", "₾": "GEL",
    "kr": "SEK NOK DKK ISK", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON MDL", "лв": "BGN",
    "руб": "RUB BYN",  # noqa: RUF001 - Russian
    "Rs": "INR PKR LKR NPR MUR SCR", "Fr": "CHF XAF XOF XPF GNF RWF BIF DJF KMF CDF", "RM": "MYR", "Rp": "IDR",
    "S/": "PEN", "TL": "TRY", "円": "JPY", "元": "CNY TWD", "￥": "JPY CNY", "\\": "JPY",
}  # fmt: skip
"""Each sign, and the currencies that it is written for. No `¢`: a hundredth is no currency.

A backslash is what programs save a Japanese `¥` as in Shift JIS.
"""
_NAMELESS = frozenset({"$", "¥", "￥", "元", "kr", "lei", "Rs", "Fr"})
"""Signs of several currencies, none of which comes first. Of all others, the first is meant if nothing else is said."""
_PREFIXED = {
    "A$": "AUD", "C$": "CAD NIO", "S$": "SGD", "R$": "BRL", "N$": "NAD", "J$": "JMD", "G$": "GYD", "L$": "LRD",
    "NT$": "TWD", "RD$": "DOP", "EC$": "XCD", "SI$": "SBD", "T$": "TOP", "E£": "EGP", "RMB¥": "CNY",
}  # fmt: skip
"""Prefixes that are not the beginning of a code. `CA$`, `US$` and `CN¥` are."""
_ONE_SIGN = "[" + "".join(sign for sign in _SIGNS if len(sign) == 1 and sign != "\\") + "]"
_WORDS = r"kr\.?|руб\.?|zł|Kč|Ft|lei|лв\.?|Rs\.?|Fr\.?|RM|Rp\.?|S/\.?|TL|\\(?=-?\d)"  # noqa: RUF001 - Russian
MARK = rf"(?:(?:{'|'.join(sorted(CODES))})(?![A-Za-z])|[A-Z]{{0,3}}\s?{_ONE_SIGN}|{_WORDS})"
"""A pattern for a code, a sign or a word beside a number."""
_MARK = re.compile(MARK)
_WORDS_TOO = frozenset({"ALL", "TOP"})
"""Codes that are also words of headers, as in `Clicks (all)`, unless they stand in capitals and in brackets."""
_LAST = re.compile(rf"(?:[\s_,:/-]+(?P<mark>[^\s_,:/-]{{1,4}})|(?P<sign>{_ONE_SIGN}))$")
_FIRST = re.compile(rf"(?:(?P<mark>[^\s_,:/-]{{1,4}})[\s_,:/-]+|(?P<sign>{_ONE_SIGN}))")
_LINE = re.compile(
    r"(?:(?:account|report|advertiser) )?(?:currency|währung|devise|moneda|divisa|moeda|valuta|waluta|валюта)(?: code)?"
    r"""["']?\s*[:,;]\s*["']?(?P<code>(?-i:[A-Z]{3}))""",
    re.IGNORECASE,
)
_LONGEST = 200
"""Characters. A longer cell is not a header."""


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What a file says of a currency in one place."""

    written: str
    fits: frozenset[str]
    """The currencies that it can be. None if it contradicts itself."""
    code: str | None
    """The currency that it names."""

    def joined(self, other: "Stated") -> "Stated":
        """What both say together."""
        both = self.fits & other.fits
        if both == self.fits and (self.code or not other.code):
            return self
        if both == other.fits:
            return other
        code = next((code for code in (self.code, other.code) if code in both), None)
        return Stated(f"{self.written} {other.written}", both, code or (min(both) if len(both) == 1 else None))


@functools.cache
def of_code(code: str) -> Stated:
    """What a code says."""
    return Stated(code, frozenset({code}), code)


@functools.cache
def _of_mark(mark: str) -> Stated:
    """What one code, sign or word says."""
    if mark in CODES:
        return of_code(mark)
    bare = mark.replace(" ", "").rstrip(".")
    sign = bare if bare in _SIGNS else bare[-1]
    fits = _SIGNS[sign].split()
    if bare != sign:
        prefix = bare.removesuffix(sign)
        known = _PREFIXED.get(bare, "").split() or [code for code in fits if code.startswith(prefix)]
        return Stated(bare, frozenset(known or fits), known[0] if bare in _PREFIXED or len(known) == 1 else None)
    return Stated(sign, frozenset(fits), None if sign in _NAMELESS else fits[0])


def of_amount(cell: Cell) -> Stated | None:
    """What the signs, codes and words beside a number say. None if there are none."""
    if not isinstance(cell, str):
        return None
    found = [_of_mark(" ".join(mark.split())) for mark in _MARK.findall(cell)]
    return functools.reduce(Stated.joined, found) if found else None


def of_cell(cell: Cell) -> Stated | None:
    """What a cell of a currency column says: any three letters, or a sign."""
    if not isinstance(cell, str) or is_blank(cell):
        return None
    text = unguarded(cell)
    if len(text) == 3 and text.isascii() and text.isalpha():  # noqa: PLR2004 - letters of a code
        return of_code(text.upper())
    return _of_mark(text) if _MARK.fullmatch(text) else None


def in_lines(lines: Iterable[str]) -> Stated | None:
    """What a line such as `Currency: EUR` says, above a table."""
    found = (match["code"] for line in lines if (match := _LINE.fullmatch(line.strip(' ,;"'))))
    return next((of_code(code) for code in found if code in CODES), None)


def in_header(text: str) -> tuple[str, Stated] | None:
    """Split `Cost (EUR)`, `cost_eur`, `Cost in US$` or `€ Cost` into the name and the currency."""
    if not text or len(text) > _LONGEST or text[-1].isdecimal():
        return None
    return _in_header(text.strip())


@functools.lru_cache(maxsize=4096)
def _in_header(text: str) -> tuple[str, Stated] | None:
    """The same. It is asked for every cell of a file's first rows, in which names repeat."""
    if not text:
        return None
    if text[-1] in ")]":
        name, _, inside = text[:-1].rpartition("(" if text[-1] == ")" else "[")
        return _split(name, _of_word(inside.strip().removeprefix("in ")))
    last, first = _LAST.search(text), _FIRST.match(text)
    found = _split(text[: last.start()], _of_bare_word(last["mark"] or last["sign"])) if last else None
    if found is None and first:
        found = _split(text[first.end() :], _of_bare_word(first["mark"] or first["sign"]))
    return found


def _split(name: str, said: Stated | None) -> tuple[str, Stated] | None:
    name = name.strip(" _,:/-").removesuffix(" in").removesuffix("_in")
    return (name, said) if said is not None and name else None


def _of_bare_word(word: str) -> Stated | None:
    return None if word in _WORDS_TOO else _of_word(word)


def _of_word(word: str) -> Stated | None:
    if word.islower() and word.upper() not in _WORDS_TOO:
        word = word.upper() if word.upper() in CODES else word
    return _of_mark(word) if _MARK.fullmatch(word) else None
