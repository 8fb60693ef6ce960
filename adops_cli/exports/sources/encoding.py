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

Text that is invalid in its detected encoding, or contains the character U+0000, is unreadable. An encoding that the
caller names takes the place of the rules; a byte order mark of its own is skipped. Text of other code pages is valid
Windows-1252 as a rule, and so it is told when the letters look like those of another one.
"""

import codecs
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Refusal, RefusedError

_HINT = "Export it again, save it as UTF-8, or name its encoding with --encoding, such as windows-1251 or shift_jis"
_LETTER = rb"(?<=[A-Za-z\xc0-\xff])"
_FOREIGN = (
    (re.compile(rb"[\xc0-\xff]{3,}"), "windows-1251 (Cyrillic) or windows-1253 (Greek)"),
    (
        re.compile(_LETTER + rb"(?:[\xb3\xb9\xbf](?=[A-Za-z\x80-\xff])|\x9f)|\xa3(?=[a-z\xc0-\xff])"),
        "windows-1250 (Central Europe)",
    ),
    (re.compile(_LETTER + rb"[\xf0\xfd\xfe]"), "windows-1254 (Turkish)"),
)
"""Letters that Western words do not have: many in a row, signs inside a word, letters that only Iceland has."""
_FOREIGN_SHARE = 4
"""One in so many letters beyond ASCII makes the text look foreign."""
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
_ASCII = bytes(range(0x80))
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


def named(name: str, codec: str, chunks: Iterable[bytes]) -> Encoding:
    """The encoding that the caller names.

    Args:
        name: the file's name for errors.
        codec: the encoding's name.
        chunks: the bytes of the file.

    Raises:
        BadRequestError: there is no such encoding of text.
        RefusedError: the file is not text in it.
    """
    known = known_codec(codec)
    chunks = iter(chunks)
    head = next(chunks, b"")
    mark = next((len(bom) for bom, of in _MARKS if of == known and head.startswith(bom)), 0)
    decoder = codecs.getincrementaldecoder(known)()
    holds_nul = False
    try:
        for chunk in itertools.chain((head[mark:],), chunks):
            holds_nul |= "\0" in decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise _unreadable(name, f"it is not {codec}: {error}") from error
    if holds_nul:
        raise _unreadable(name, "it contains the character U+0000")
    return Encoding(known, mark)


def known_codec(codec: str) -> str:
    """The name of an encoding as Python has it. BadRequestError if there is none, or if it is not one of text."""
    try:
        info = codecs.lookup(codec)
    except (LookupError, ValueError) as error:
        raise _no_codec(codec) from error
    if not getattr(info, "_is_text_encoding", True):
        raise _no_codec(codec)
    return info.name


def _no_codec(codec: str) -> BadRequestError:
    return BadRequestError(
        f"--encoding cannot be {codec!r}", "Name an encoding of text, such as windows-1251, shift_jis or utf-16"
    )


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
    foreign = [0] * len(_FOREIGN)
    for chunk in itertools.chain(chunks, (b"",)):
        if chunk.translate(None, _TEXT):
            raise _unreadable(
                name, f"byte {broken_at} is not UTF-8, and there are control characters or undefined bytes"
            )
        for at, (letters, _) in enumerate(_FOREIGN):
            foreign[at] += sum(len(found.translate(None, _ASCII)) for found in letters.findall(chunk))
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
    notice = f"read as Windows-1252, because byte {broken_at} is not UTF-8"
    most = max(foreign)
    if most * _FOREIGN_SHARE >= beyond_ascii:
        other = _FOREIGN[foreign.index(most)][1]
        notice += f"; its letters look like another code page, such as {other}: if so, name it with --encoding"
    return Encoding("cp1252", notice=notice)


def _places(count: int) -> str:
    return "place" if count == 1 else "places"


def _unreadable(name: str, why: str) -> RefusedError:
    return RefusedError(Refusal.UNREADABLE, f"{name} is not readable as text: {why}", _HINT)
