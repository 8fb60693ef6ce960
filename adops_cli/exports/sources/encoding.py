"""Detects the encoding of a file's text from all of its bytes. Knows bytes, never cells.

The rules, in this order:

1. A byte order mark is trusted: UTF-8, UTF-16 LE, UTF-16 BE.
2. Without one, a head with NUL in most even or in most odd bytes, and in no others, is UTF-16. (Not in all of them,
   because a dash or an accent has no NUL.)
3. Text that is valid UTF-8 to its last byte is UTF-8.
4. Anything else is read as Windows-1252, with a notice, unless
   a. it contains a byte that Windows-1252 does not define, or a control character other than tab and line ends: no
      text contains these; or
   b. it contains at least as many whole UTF-8 characters beyond ASCII as broken ones: this is damaged UTF-8, and
      reading it as Windows-1252 would garble every name that is still whole.

Text that is invalid in its detected encoding, or contains the character U+0000, is unreadable.
"""

import codecs
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from adops_cli.exports.export import Refusal, RefusedError

_HINT = "Export it again, or save it as UTF-8"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 512
_MOST = 0.75
"""Share of the characters in a head. A dash or an accent among them has no NUL in UTF-16."""
_TEXT = bytes({*b"\t\r\n", *range(0x20, 0x100)} - {0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D})
"""The bytes of Windows-1252 that occur in text."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_REPLACEMENT = "\ufffd"
_WRITTEN_REPLACEMENT = _REPLACEMENT.encode()


@dataclass(frozen=True)
class Encoding:
    """How to turn the bytes into text."""

    codec: str
    mark: int = 0
    """Length of the byte order mark, to be skipped."""
    notice: str | None = None


class Scan:
    """Examines a file's bytes as they are read, in chunks of any size."""

    def __init__(self) -> None:
        self.longest_line = 0
        """Bytes. Only lines longer than a chunk are measured; shorter ones do not matter."""
        self._line = 0
        self._encoding = Encoding("utf-8")
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head = b""
        self._size = 0
        self._holds_nul = False
        self._broken_at: int | None = None

    def feed(self, chunk: bytes) -> None:
        """Examine the next bytes."""
        last_end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._line = len(chunk) - last_end - 1 if last_end >= 0 else self._line + len(chunk)
        self.longest_line = max(self.longest_line, self._line)
        if self._decoder:
            self._decode(chunk, self._decoder)
            return
        self._head += chunk
        if len(self._head) >= _HEAD:
            self._begin()

    def end(self) -> None:
        """End the input. A character that is cut short is broken."""
        self._decode(b"", self._decoder or self._begin(), final=True)

    def _begin(self) -> codecs.IncrementalDecoder:
        self._encoding = _by_head(self._head)
        self._decoder = codecs.getincrementaldecoder(self._encoding.codec)()
        self._size = self._encoding.mark
        self._decode(self._head[self._size :], self._decoder)
        return self._decoder

    def _decode(self, chunk: bytes, decoder: codecs.IncrementalDecoder, *, final: bool = False) -> None:
        if self._broken_at is not None:
            return
        kept = len(decoder.getstate()[0])
        try:
            self._holds_nul |= "\0" in decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self._broken_at = self._size - kept + error.start + 1
        self._size += len(chunk)

    def verdict(self, name: str, chunks: Iterable[bytes]) -> Encoding:
        """The encoding of the file.

        Args:
            name: the file's name for errors.
            chunks: the bytes once more; read only if the first guess was wrong.

        Raises:
            RefusedError: the file is unreadable.
        """
        if self._holds_nul:
            raise _unreadable(name, "it contains the character U+0000")
        if self._broken_at is None:
            return self._encoding
        if self._encoding.codec != "utf-8" or self._encoding.mark:
            raise _unreadable(
                name, f"it begins as {self._encoding.codec.upper()}, but byte {self._broken_at} is invalid"
            )
        return _as_windows_1252(name, chunks, self._broken_at)


def _by_head(chunk: bytes) -> Encoding:
    for mark, codec in _MARKS:
        if chunk.startswith(mark):
            return Encoding(codec, len(mark))
    head = chunk[:_HEAD]
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half and odd >= half * _MOST and not even:
        return Encoding("utf-16-le")
    if half and even >= half * _MOST and not odd:
        return Encoding("utf-16-be")
    return Encoding("utf-8")


def _as_windows_1252(name: str, chunks: Iterable[bytes], broken_at: int) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    beyond_ascii = replaced = before_replaced = 0
    tail = b""
    for chunk in itertools.chain(chunks, (b"",)):
        if chunk.translate(None, _TEXT):
            raise _unreadable(
                name, f"byte {broken_at} is not UTF-8, and there are control characters or undefined bytes"
            )
        text = decoder.decode(chunk, final=not chunk)
        beyond_ascii += len(text) - len(chunk.translate(None, _BEYOND_ASCII))
        replaced += text.count(_REPLACEMENT)
        # A replacement character in the file itself is valid: the damage happened before this file was written.
        before_replaced += (tail + chunk).count(_WRITTEN_REPLACEMENT)
        tail = (tail + chunk)[1 - len(_WRITTEN_REPLACEMENT) :]
    broken = replaced - before_replaced
    whole = beyond_ascii - broken
    if whole >= broken:
        raise _unreadable(name, f"it is UTF-8, but damaged in {broken} {_places(broken)}, first at byte {broken_at}")
    return Encoding("cp1252", notice=f"read as Windows-1252, because byte {broken_at} is not UTF-8")


def _places(count: int) -> str:
    return "place" if count == 1 else "places"


def _unreadable(name: str, why: str) -> RefusedError:
    return RefusedError(Refusal.UNREADABLE, f"{name} is not readable as text: {why}", _HINT)
