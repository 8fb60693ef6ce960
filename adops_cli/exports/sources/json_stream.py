"""Reads a JSON text piece by piece: one value, one member of an object, one item of a list. Knows nothing but JSON.

The standard library decodes only whole texts, so a window moves over the file and grows until the value at its start
is complete. Numbers are exact (int or Decimal). NaN and Infinity, which are not JSON but which Python writes, become
text. Values that are too long or too deep count as broken. (ijson, the usual library for this, reads neither NaN nor
Infinity, and was slower.)
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

_CHUNK = 1 << 20
VALUE_LIMIT = 10 << 20
"""Characters of the longest value that is taken in one piece."""
_SCALAR_LIMIT = 4096
_DEEPEST = 100
_BLANK = re.compile(r"[ \t\n\r]*")
_HALF_OR_NUL = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=str)


class BrokenJsonError(ValueError):
    """The text is not JSON, ends too early, or is too large. The message is a clause with the reason and the place."""


class JsonStream:
    """The part of a JSON text that has not been read yet."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._window = ""
        self._at = 0
        self._is_last = False
        self._dropped = 0
        self._lines = 1
        self._counted = 0

    @property
    def position(self) -> int:
        """How many characters have been read."""
        return self._dropped + self._at

    @property
    def line(self) -> int:
        """The physical line, from 1, of the next character."""
        window, since, at = self._window, self._counted, self._at
        self._lines += window.count("\n", since, at) + window.count("\r", since, at) - window.count("\r\n", since, at)
        self._counted = at
        return self._lines

    def peek(self) -> str:
        """The next character that is not blank; "" at the end of the text."""
        while True:
            next_char = self._window[self._at : self._at + 1]
            if next_char > " ":
                return next_char
            self._at = _BLANK.match(self._window, self._at).end()  # type: ignore[union-attr] # it always matches
            if self._at < len(self._window):
                return self._window[self._at]
            if self._is_last:
                return ""
            self._move()

    def value(self, limit: int = VALUE_LIMIT) -> Any:
        """The next complete value. BrokenJsonError if there is none of at most `limit` characters."""
        first = self.peek()
        while True:
            if not self._is_last and first not in '{["' and len(self._window) - self._at < _SCALAR_LIMIT:
                self._move()
            try:
                value, end = _DECODER.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                if self._is_last or len(self._window) - self._at > limit:
                    raise self._broken(self._reason(error, limit)) from error
            except RecursionError as error:
                raise self._broken("is nested too deeply") from error
            except (ValueError, ArithmeticError) as error:
                raise self._broken("contains a number with too many digits") from error
            else:
                self._check(value, end)
                self._at = end
                return value
            self._move()

    def small_value(self) -> Any:
        """The next value if it is complete within a window. Otherwise None, and the value is still unread."""
        try:
            return self.value(_CHUNK)
        except BrokenJsonError:
            if self._is_last:
                raise
            return None

    def back(self, position: int) -> None:
        """Go back to the start of the latest value, to read it again."""
        self._at = position - self._dropped

    def members(self) -> Iterator[str]:
        """The names in the next object. Read the value of each before asking for the next name."""
        for _ in self._parts("{", "}"):
            name = self.value()
            if not isinstance(name, str):
                raise self._broken("comes after a name that is not text")
            self._take(":")
            yield name

    def items(self) -> Iterator[None]:
        """Yields once for each item of the next list. Read each item before asking for the next."""
        return self._parts("[", "]")

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening)
        if self.peek() != closing:
            yield
            while self.peek() == ",":
                self._take(",")
                yield
        self._take(closing)

    def _take(self, char: str) -> None:
        found = self.peek()
        if found != char:
            raise self._broken(f"needs a {char} before it" if found else "is cut off")
        self._at += 1

    def _move(self) -> None:
        """Drop what has been read and extend the window. A window that must grow at least doubles."""
        self._dropped += self._at
        self._lines, self._counted = self.line, 0
        self._window = self._window[self._at :]
        self._at = 0
        more = self._file.read(max(_CHUNK, len(self._window)))
        self._is_last = not more
        self._window += more

    def _check(self, value: object, end: int) -> None:
        window, start = self._window, self._at
        if window.count("[", start, end) + window.count("{", start, end) > _DEEPEST and _is_deep(value):
            raise self._broken("is nested too deeply")
        if _HALF_OR_NUL.search(window, start, end) and not all(map(_is_text, _texts(value))):
            raise self._broken("contains U+0000 or half of a surrogate pair, which is not a character")

    def _reason(self, error: json.JSONDecodeError, limit: int) -> str:
        if not self._is_last:
            return f"is not JSON, or is longer than {limit >> 20} MB"
        is_cut = error.msg.startswith("Unterminated") or error.pos >= len(self._window.rstrip())
        return "is cut off" if is_cut else "is not JSON"

    def _broken(self, why: str) -> BrokenJsonError:
        return BrokenJsonError(f"the value in line {self.line} {why}")


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        parts = [part for part in level if isinstance(part, dict | list)]
        level = [child for part in parts for child in (part.values() if isinstance(part, dict) else part)]
        if not level:
            return False
    return True


def _texts(value: object) -> Iterator[str]:
    """All text in a value that is not deep, including names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _is_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
