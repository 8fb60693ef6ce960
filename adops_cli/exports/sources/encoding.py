"""Which encoding a file's text is in, decided from every byte of it. Knows bytes, never cells.

The rule, in this order:

1. A byte order mark is believed: UTF-8, UTF-16 LE, UTF-16 BE.
2. Without one, a head in which every second byte is NUL, and no other byte is, is UTF-16 (most: a dash has none).
3. What is UTF-8 to its last byte is UTF-8.
4. Anything else is read as Windows-1252, with a notice, unless
   a. it holds a byte that Windows-1252 does not define, or a control character other than tab and the line ends:
      that is no text of anybody's; or
   b. it holds at least as many whole UTF-8 characters beyond ASCII as broken ones: that is UTF-8, damaged on its way,
      and to read it as Windows-1252 would garble every name that is still whole.

What is not valid in the encoding it was taken for, or holds the character U+0000, is unreadable.
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
"""Of the characters in a head; a dash or an accent among them has no NUL in UTF-16."""
_TEXT = bytes({*b"\t\r\n", *range(0x20, 0x100)} - {0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D})
"""The bytes of Windows-1252 that stand in texts."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_REPLACEMENT = "\ufffd"
_WRITTEN_REPLACEMENT = _REPLACEMENT.encode()


@dataclass(frozen=True)
class Encoding:
    """How to turn the bytes into text."""

    codec: str
    mark: int = 0
    """Bytes of the byte order mark, to be left out."""
    notice: str | None = None


class Scan:
    """Looks at a file's bytes as they pass by, in chunks of any size."""

    def __init__(self) -> None:
        self.longest_line = 0
        """Bytes; of lines that are longer than a chunk, shorter ones need not be counted."""
        self._line = 0
        self._encoding = Encoding("utf-8")
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head = b""
        self._size = 0
        self._holds_nul = False
        self._broken_at: int | None = None

    def feed(self, chunk: bytes) -> None:
        """See the next bytes."""
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
        """There are no more bytes; a character that is cut short is broken."""
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
        """The encoding of the file that was seen.

        Args:
            name: what errors call the file.
            chunks: the bytes once more, asked for only when they are not what they seemed.

        Raises:
            RefusedError: the file is unreadable.
        """
        if self._holds_nul:
            raise _unreadable(name, "it holds the character U+0000")
        if self._broken_at is None:
            return self._encoding
        if self._encoding.codec != "utf-8" or self._encoding.mark:
            raise _unreadable(
                name, f"it begins as {self._encoding.codec.upper()}, but byte {self._broken_at} breaks it"
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
                name, f"byte {broken_at} is no UTF-8, and control characters or undefined bytes stand in it"
            )
        text = decoder.decode(chunk, final=not chunk)
        beyond_ascii += len(text) - len(chunk.translate(None, _BEYOND_ASCII))
        replaced += text.count(_REPLACEMENT)
        # A replacement character in the file itself is whole: whatever was damaged, it was not this file.
        before_replaced += (tail + chunk).count(_WRITTEN_REPLACEMENT)
        tail = (tail + chunk)[1 - len(_WRITTEN_REPLACEMENT) :]
    broken = replaced - before_replaced
    whole = beyond_ascii - broken
    if whole >= broken:
        raise _unreadable(name, f"it is UTF-8, but damaged in {broken} {_places(broken)}, first at byte {broken_at}")
    return Encoding("cp1252", notice=f"Read as Windows-1252: byte {broken_at} is no UTF-8")


def _places(count: int) -> str:
    return "place" if count == 1 else "places"


def _unreadable(name: str, why: str) -> RefusedError:
    return RefusedError(Refusal.UNREADABLE, f"{name} is not readable as text: {why}", _HINT)
