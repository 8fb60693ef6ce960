r"""How one value is written: for people, for programs, as JSON. Text from outside becomes harmless here.

Control characters (including ESC), Unicode line ends, bidirectional overrides and halves of surrogate pairs are
harmful. They are written as `\t`, `\n`, `\r`, `\xHH` or `\uHHHH` in tables, markdown, TSV and notices, as `\uHHHH` in
JSON, and left as they are in CSV. A TSV cell doubles each backslash, so that it can be read back without ambiguity. A
cell of a JSON column is JSON text and needs no escapes but its own.

Knows nothing about rows and their order, and never writes to a stream.
"""

import contextlib
import functools
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from adops_cli import values
from adops_cli.measures import Part
from adops_cli.render.columns import Column, Kind, reader
from adops_cli.render.formats import CsvStyle

ABSENT = "—"
"""What people see in place of a missing value."""

_HARMFUL = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE = re.compile(f"[{_HARMFUL}]")
_UNSAFE_IN_TSV = re.compile(rf"[{_HARMFUL}\\]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]")
_FORMULA = ("=", "+", "-", "@")
_LEADING = ("\t", "\r", "\n")
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"))
"""The categories of characters that a spreadsheet may drop or not show, such as a byte order mark."""
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs without any ink."""
_COMMAND = re.compile("`[^`]*`")
_ONE_BYTE = 0xFF
_UNKNOWN_WIDTH = 80


def harmless(text: str) -> str:
    """The text on one line, without anything that a terminal would execute."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT.get(match[0]) or (f"\\x{code:02x}" if code <= _ONE_BYTE else f"\\u{code:04x}")


def wrapped(text: str, out: TextIO) -> str:
    """The text on lines that are no wider than the terminal; on one line if `out` is no terminal.

    It must be harmless. A command in backticks is not divided, so that it can be copied.
    """
    if not out.isatty():
        return text
    try:
        width = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(out.fileno()).columns
        width = width if width > 0 else _UNKNOWN_WIDTH  # a terminal of containers and recorders can have no size
    except (OSError, ValueError):
        return text
    if len(text) <= width:
        return text
    from textwrap import fill  # noqa: PLC0415 - most texts are short

    whole = _COMMAND.sub(lambda command: command[0].replace(" ", "\0"), text)
    return fill(whole, width, break_long_words=False, break_on_hyphens=False).replace("\0", " ")


_JSON = frozenset({Kind.JSON, Kind.TIMELINE})
_FORMS = {Kind.COUNT: ",", Kind.MONEY: "z,.2f", Kind.RATIO: "z,.2f", Kind.PERCENT: "z,.2%"}


def counted(count: int, noun: str) -> str:
    """How many there are of something, in words for people: `1 row`, `1,234 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def seen(value: Any, kind: Kind) -> str:
    """A value as people see it: rounded, with thousands separators, or a dash if there is none."""
    if value is None:
        return ABSENT
    if isinstance(value, str) and kind not in _JSON:  # in a column of numbers, too: SQL can answer anything
        return harmless(value)
    if kind in _FORMS:
        return format(value, _FORMS[kind])
    if kind is Kind.CHANGE:
        return f"{value:+z,.1f}%"
    if kind is Kind.QUANTITY:
        return _digits(value, "z,.6f")
    text = plain(value, kind)
    return text[:16].replace("T", " ") if isinstance(value, datetime) else harmless(text)


def noted(item: object, column: Column) -> str:
    """The cell of a row as people see it, with the column's note."""
    text = seen(column.of(item), column.kind)
    note = column.note(item) if column.note else ""
    return f"{text} {note}" if note else text


def plain(value: Any, kind: Kind) -> str:
    """A value as programs read it outside JSON, not yet escaped for a format; empty if there is none."""
    if value is None:
        return ""
    if kind in _JSON or isinstance(value, bool | Decimal | dict):
        return json_text(value)
    if isinstance(value, datetime):
        return values.written_instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _digits(value: Decimal, form: str = "z.6f") -> str:
    """Up to six decimals, without trailing zeros. `format` never rounds a Decimal to a context's precision."""
    return format(value, form).rstrip("0").rstrip(".")


def _number(value: Decimal) -> str:
    """The same for programs. Most have six decimals as they are, which takes a third of the time."""
    text = str(value)
    if text[-7:-6] != "." or "E" in text:
        return _digits(value)
    if text[-1] != "0":
        return text
    text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def timeline(stages: Any) -> str:
    """Stages as lines such as `completed  Validate Budget (analyst)  10:08:56 -> 10:09:31`, or else indented JSON."""
    if not isinstance(stages, list) or not all(isinstance(stage, Mapping) for stage in stages):
        return json_indented(stages, sort=True)
    width = max((len(str(stage.get("status") or ABSENT)) for stage in stages), default=0)
    return "\n".join(_stage(stage, width) for stage in stages) or ABSENT


def _stage(stage: Mapping[str, Any], width: int) -> str:
    name = str(stage.get("name") or stage.get("id") or ABSENT)
    agent = f" ({stage['agent']})" if stage.get("agent") else ""
    started, completed = (str(stage[key]) if stage.get(key) else "" for key in ("startedAt", "completedAt"))
    times = f"  {started} -> {completed}".rstrip() if started or completed else ""
    return harmless(f"{stage.get('status') or ABSENT!s:<{width}}  {name}{agent}{times}")


def csv(value: Any, kind: Kind, style: CsvStyle) -> str:
    """A raw CSV cell; if it is to be safe, with an apostrophe before text that a spreadsheet would run as a formula."""
    text = plain(value, kind)
    if style.safe and isinstance(value, str) and _is_formula(text):
        text = f"'{text}"
    elif style.decimal_mark != "." and isinstance(value, Decimal):
        text = text.replace(".", style.decimal_mark)
    return csv_quoted(text, style)


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text. It may take full-width signs for the plain ones."""
    if text.startswith((*_FORMULA, *_LEADING)):
        return True
    seen = next((sign for sign in text if unicodedata.category(sign) not in _INVISIBLE and sign not in _FILLERS), "")
    return unicodedata.normalize("NFKC", seen).startswith(_FORMULA)


def csv_quoted(text: str, style: CsvStyle) -> str:
    """Quote a cell as in RFC 4180, if it must be."""
    return '"' + text.replace('"', '""') + '"' if style.needs_quotes.search(text) else text


def tsv(value: Any, kind: Kind) -> str:
    """A TSV cell: one line, no tab."""
    text = plain(value, kind)
    return text if kind in _JSON else _UNSAFE_IN_TSV.sub(_escape, text)


def markdown(text: str) -> str:
    """Harmless text with a backslash before each character that would be markup in a cell."""
    return _MARKUP.sub(r"\\\g<0>", text)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _json_string(text: str) -> str:
    """Most texts have nothing to escape, which is seen at once."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return _UNSAFE.sub(_json_escape, _encode(text))


def json_text(value: Any) -> str:
    """A value as JSON on one line, with sorted keys, because the engines store them in different orders."""
    return _WRITTEN.get(type(value), _json_other)(value)


def _json_dict(value: dict[Any, Any]) -> str:
    kinds = {*map(type, value.values())}
    is_ours = kinds <= _NUMBERS or not _EXACT.isdisjoint(kinds)  # which `_encode` would be slower with, or refuse
    return _json_object(value) if is_ours else _json_other(value)


def _json_other(value: Any) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return f'"{plain(value, Kind.TEXT)}"'
    with contextlib.suppress(TypeError):  # raised for a Decimal inside
        return _UNSAFE.sub(_json_escape, _encode(value))
    return _json_object(value) if isinstance(value, Mapping) else "[" + ", ".join(map(json_text, value)) + "]"


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    str: _json_string,
    bool: lambda flag: "true" if flag else "false",
    int: str,
    Decimal: _number,
    Part: functools.partial(_digits, form="z.12f"),
    dict: _json_dict,
}
"""What most values are, and how they are written."""
_NUMBERS = _WRITTEN.keys() - {str, dict}
_EXACT = frozenset({Decimal, Part})


def _json_object(value: Mapping[Any, Any]) -> str:
    names, form = _in_order(tuple(value))
    return _filled(form, [value[name] for name in names])


@functools.lru_cache(maxsize=100)
def _in_order(names: tuple[Any, ...]) -> tuple[Sequence[Any], str]:
    """The names of an object in their order, and its form. A report has the same few in each row."""
    in_order = sorted(names)
    return in_order, _form(in_order)


def _form(keys: Iterable[Any]) -> str:
    """A JSON object with a place for each value: to fill it takes half the time of putting keys and values together."""
    named = (_json_string(str(key)).replace("%", "%%") for key in keys)
    return "{" + ", ".join(f"{key}: %s" for key in named) + "}"


def _filled(form: str, values: Iterable[Any]) -> str:
    return form % tuple([_WRITTEN.get(type(value), _json_other)(value) for value in values])


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def json_writer(columns: Sequence[Column]) -> Callable[[object], str]:
    """What writes a row as a JSON object on one line."""
    read, form = reader(columns), _form(column.key for column in columns)
    return lambda item: _filled(form, read(item))


def json_record(item: object, columns: Sequence[Column]) -> str:
    """A row as a JSON object with a line for each column and for each part of a JSON column."""
    found = ((column.key, json_indented(column.of(item), sort=True, newline="\n  ")) for column in columns)
    return "{\n  " + ",\n  ".join(f"{_json_string(key)}: {text}" for key, text in found) + "\n}"


def json_indented(value: Any, *, sort: bool = False, newline: str = "\n") -> str:
    """Nested mappings and lists as JSON, indented by 2, with keys in their own order unless sorted."""
    inner = f"{newline}  "
    if isinstance(value, Mapping) and value:
        pairs = sorted(value.items()) if sort else value.items()
        parts = [f"{json_text(str(key))}: {json_indented(part, sort=sort, newline=inner)}" for key, part in pairs]
        return "{" + inner + f",{inner}".join(parts) + newline + "}"
    if isinstance(value, list | tuple) and value:
        parts = [json_indented(part, sort=sort, newline=inner) for part in value]
        return "[" + inner + f",{inner}".join(parts) + newline + "]"
    return json_text(value)
