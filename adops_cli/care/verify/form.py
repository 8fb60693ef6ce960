"""Describes a stored value that does not have the form of its column. Knows no database."""

from collections.abc import Mapping
from typing import Any

from adops_cli.errors import UnreadableRowError
from adops_cli.storage.column import as_sql
from adops_cli.storage.fields import Choice, Day, Flag, Money, UtcDateTime
from adops_cli.values import shown


def told(field: Any, value: Any) -> str:
    """A value, and what is wrong with it."""
    return f"{shown(as_sql(value))} is {form_of(field, value)}"


def form_of(field: Any, value: Any) -> str:
    """The form of a value, as the end of a sentence."""
    if isinstance(value, bytes):
        return "binary" if _is_utf8(value) else "not UTF-8"
    if isinstance(value, str) and "\0" in value:
        return "text with the character U+0000"
    try:
        meant = field.python_value(value)
    except UnreadableRowError:
        return "unreadable"
    if isinstance(field, UtcDateTime) and isinstance(value, int | float):
        return "a time in epoch milliseconds"
    if isinstance(field, Choice | Money) and type(value)(meant) == value:
        return "out of range"
    return next((words for kind, words in _OTHER_FORMS.items() if isinstance(field, kind)), "out of range")


_OTHER_FORMS: Mapping[type, str] = {
    UtcDateTime: "a time in another spelling",
    Day: "a day with a time",
    Flag: "a flag in words",
    Choice: "in capitals or with white space",
    Money: "of more than 6 decimals",
}


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
