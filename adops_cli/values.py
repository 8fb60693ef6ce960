"""Converts values from outside into our own: text, counts, money, days, instants, flags, choices, JSON.

Has one reader per kind, shared by the fields (the data API), the take-over and the importers. Each takes what people
and old systems write and returns the one Python form, or raises `ValueError` with a reason that completes the
sentence "<field> ...". None is never passed in: missing values are left to the caller. Nothing here knows a table.
"""

import functools
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeGuard

MILLIONTH = Decimal("0.000001")
MONEY_LIMIT, FRACTION_LIMIT = Decimal(10) ** 12, Decimal(8) * 10**9
"""The first amount that is refused, and with decimals: above it, a double cannot distinguish millionths."""
EXACT = 2**53
"""A double, and so every JSON reader, can represent all whole numbers up to this. It is also the largest count."""

SLUG = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*", re.ASCII)
"""What a platform is called."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00(:00(\.0{1,9})?)?(Z|\+00:?00)?", re.ASCII)
EARLIEST_MILLISECOND = 100_000_000_000  # 1973; a smaller number is far more likely to be in seconds
LATEST_MILLISECOND = 253_402_300_799_999  # the last millisecond of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLATFORMS = {
    "google-ads": "adwords googleadwords", "meta-ads": "fb fbads facebook facebookads facebookmarketing",
    "ttd": "tradedesk thetradedesk", "dv360": "googledv360 displayvideo360 displayandvideo360 googledisplayvideo360",
    "microsoft-ads": "microsoftadvertising bing bingads", "x-ads": "twitter twitterads xtwitter",
    "snapchat-ads": "snap snapads snapchatmarketing", "cm360": "campaignmanager campaignmanager360",
    "tiktok-ads": "tiktokmarketing", "apple-ads": "applesearchads", "amazon-ads": "amazonadvertising",
    "yandex-direct": "yandex", "linkedin-ads": "linkedincampaignmanager",
    **dict.fromkeys(("pinterest", "taboola", "criteo", "reddit-ads", "spotify-ads"), ""),
}  # fmt: skip
"""The platforms known by name: slug -> what else people and connectors call them, in small letters and digits only."""
_NAMES = {slug: [(bare := slug.replace("-", "")), bare.removesuffix("ads"), f"{bare}ads"] for slug in PLATFORMS}
_SLUGS = {name: slug for slug, names in PLATFORMS.items() for name in (*_NAMES[slug], *names.split())}
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_SHOWN = 60


@functools.cache
def attribute(key: str) -> str:
    """The Python name of a JSON key: `projectId` -> `project_id`, and `from` -> `from_`."""
    return "from_" if key == "from" else re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", key)


def shown(value: object) -> str:
    """The value as shown in an error: quoted, on one line, and shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def text(value: object) -> str:
    """Unchanged text. U+0000 and half of a surrogate pair are refused, because no database of ours can store them."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {shown(value)}")
    if "\x00" in value:
        raise ValueError("contains the character U+0000, which no database can store; remove it")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("contains half of a surrogate pair, which is not a character; remove it")
    return value


def platform(name: str) -> str:
    """A platform as it came, but for those known by name: `google_ads`, `AdWords` and `Google Ads` are google-ads."""
    return _SLUGS.get("".join(filter(str.isalnum, name.casefold())), name)


def number(value: object) -> Decimal:
    """A finite number as written, from an int, a float, a Decimal or text with a decimal point."""
    if type(value) is Decimal and value.is_finite():
        return value  # the fast path, for loads of many rows
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"must be a number, not {shown(value)}")
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        raise ValueError(f"must be a number, not {shown(value)}")
    try:
        result = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"must be a number, not {shown(value)}") from error
    if not result.is_finite():
        raise ValueError(f"must be a finite number, not {shown(value)}")
    return result


def money(value: object) -> Decimal:
    """An amount in currency units: a whole number of millionths, exact on every engine.

    The noise of binary floating point (123.30000000000001, as JavaScript writes it) is removed. Real digits after the
    sixth decimal are refused, because they cannot be stored, and rounding would lose them silently.
    """
    amount = number(value)
    if -FRACTION_LIMIT < amount < FRACTION_LIMIT and (rounded := amount.quantize(MILLIONTH, ROUND_HALF_EVEN)) == amount:
        return rounded
    if abs(amount) >= MONEY_LIMIT:
        raise ValueError(f"is out of range: {shown(value)} is not below 10^12")
    rounded = amount.quantize(MILLIONTH, ROUND_HALF_EVEN)
    if rounded != amount and abs(rounded - amount) > abs(amount) * Decimal("1e-12"):
        raise ValueError(f"has more than 6 decimals: {shown(value)}")
    if abs(rounded) >= FRACTION_LIMIT and rounded != rounded.to_integral_value():
        raise ValueError(f"is out of range: {shown(value)} has decimals and is not below 8 x 10^9")
    return rounded


def quantity(value: object) -> Decimal:
    """A number of conversions: like money, but never negative. Platforms credit fractions of a conversion."""
    amount = money(value)
    if amount < 0:
        raise ValueError(f"cannot be negative: {shown(value)}")
    return amount


def count(value: object) -> int:
    """A whole number from 0 to 2^53."""
    if type(value) is int and 0 <= value <= EXACT:
        return value
    amount = number(value)
    if amount != amount.to_integral_value():
        raise ValueError(f"must be a whole number, not {shown(value)}")
    if not 0 <= amount <= EXACT:
        raise ValueError(f"is out of range: {shown(value)} is not between 0 and 2^53")
    return int(amount)


def day(value: object) -> date:
    """A calendar day from a `date` or from `YYYY-MM-DD`. Also reads midnight in UTC, as JavaScript writes a day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        stripped = value.strip()
        midnight = _MIDNIGHT.fullmatch(stripped)
        written = midnight[1] if midnight else stripped
        if _DAY.fullmatch(written):
            try:
                return date.fromisoformat(written)
            except ValueError as error:
                raise ValueError(f"is not a day in the calendar: {shown(value)}") from error
    raise ValueError(f"must be a day as YYYY-MM-DD, not {shown(value)}")


def instant(value: object) -> datetime:
    """A point in time in UTC, to the millisecond.

    Reads an aware `datetime`, ISO 8601 text, `YYYY-MM-DD HH:MM:SS` (UTC, as SQLite's CURRENT_TIMESTAMP writes it) and
    epoch milliseconds (as JavaScript's `Date.now()` returns them). Digits after the milliseconds are cut off.
    """
    if type(value) is datetime and value.tzinfo is UTC and not value.microsecond % 1000:
        return value  # the fast path, for a time that was read before
    if is_written_instant(value):
        return _from_written(value)
    if isinstance(value, bool):
        raise ValueError(f"must be a time, not {shown(value)}")
    if isinstance(value, int | float):
        return _from_milliseconds(value)
    moment = value if isinstance(value, datetime) else _from_text(value)
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"must be a time between the years 1 and 9999, not {shown(value)}") from error
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _from_milliseconds(value: float) -> datetime:
    if not EARLIEST_MILLISECOND <= value <= LATEST_MILLISECOND:
        raise ValueError(f"must be a time; {shown(value)} is not in epoch milliseconds")
    return _EPOCH + timedelta(milliseconds=int(value))


def _from_text(value: object) -> datetime:
    match = _INSTANT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"must be a time as YYYY-MM-DDTHH:MM:SSZ, not {shown(value)}")
    day_part, time_part, fraction, offset = match.groups()
    microseconds = (fraction or "0").ljust(6, "0")[:6]
    seconds = time_part if time_part.count(":") == 2 else f"{time_part}:00"  # noqa: PLR2004 - hours, minutes, seconds
    try:
        return datetime.fromisoformat(f"{day_part}T{seconds}.{microseconds}{(offset or 'Z').upper()}")
    except ValueError as error:
        raise ValueError(f"is not a time in the calendar: {shown(value)}") from error


def written_instant(moment: datetime) -> str:
    """The one written form, `YYYY-MM-DDTHH:MM:SS.mmmZ`, which sorts as text in the order of the times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def is_written_instant(value: object) -> TypeGuard[str]:
    """Whether a value looks like the one written form. It can still be a time that does not exist."""
    return (
        isinstance(value, str)
        and len(value) == _WRITTEN
        and value.isascii()
        and (value[4], value[7], value[10], value[13], value[16], value[19], value[23]) == _MARKS
    )


_WRITTEN, _MARKS = len("2026-02-10T08:00:00.000Z"), ("-", "-", "T", ":", ":", ".", "Z")


def _from_written(value: str) -> datetime:
    """The fast path for the form that we write ourselves, which most loaded rows have."""
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"is not a time in the calendar: {shown(value)}") from error


def flag(value: object) -> bool:
    """A flag from a bool, 0 or 1, or the words for them."""
    if value is True or value is False:
        return value
    if isinstance(value, bool | int | str):
        known = _FLAGS.get(str(value).strip().lower())
        if known is not None:
            return known
    raise ValueError(f"must be true or false, not {shown(value)}")


def choice(value: object, choices: type[StrEnum]) -> str:
    """A member of a closed set, in exactly the spelling of the set."""
    if isinstance(value, str) and value in list(choices):
        return str(value)
    raise ValueError(f"must be one of {', '.join(choices)}, not {shown(value)}")


DEEPEST = 200
"""Levels. A deeper value could be stored, but not safely printed."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ODD_NUMBER = re.compile(r"-0\.0(?!\d)|\de\+")


def json_text(value: object) -> str:
    """A JSON value as compact text, as the Node system's `JSON.stringify` wrote it."""
    return _as_kept(value)[1]


def json_value(value: object) -> object:
    """The value, if JSON can write it and a database can store it."""
    return _as_kept(value)[0]


def _as_kept(value: object) -> tuple[object, str]:
    try:
        written = _ENCODER.encode(value)
        if ("e+" in written or "-0.0" in written) and _ODD_NUMBER.search(written):
            value = _plain_numbers(value)
            written = _ENCODER.encode(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"is not a JSON value: {error}") from error
    except RecursionError as error:
        raise ValueError(f"is nested more than {DEEPEST} levels deep") from error
    if len(written) > DEEPEST and written.count("[") + written.count("{") > DEEPEST and _depth(value) > DEEPEST:
        raise ValueError(f"is nested more than {DEEPEST} levels deep")
    if "\\u0000" in written and "\x00" in _all_text(value):
        raise ValueError("contains the character U+0000, which no database can store; remove it")
    if not written.isascii():
        text(written)
    return value, written


def _plain_numbers(value: object) -> object:
    """The same value without negative zeros and positive exponents, because PostgreSQL's `jsonb` preserves neither."""
    if isinstance(value, dict):
        return {key: _plain_numbers(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_numbers(part) for part in value]
    if isinstance(value, float):
        return int(Decimal(repr(value))) if "e+" in repr(value) else value + 0.0
    return value


def _depth(value: object) -> int:
    """The number of levels of lists and objects, counted to one more than can be stored."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        parts = [part for part in level if isinstance(part, dict | list | tuple)]
        level = [child for part in parts for child in (part.values() if isinstance(part, dict) else part)]
        depth += bool(parts)
    return depth


def _all_text(value: object) -> str:
    """All text inside a JSON value, including keys."""
    if isinstance(value, dict):
        return "".join(_all_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return "".join(_all_text(part) for part in value)
    return value if isinstance(value, str) else ""
