"""Keeps passwords out of what people see, also those in a URL or connection string that is mistyped. Opens nothing.

A mistyped one is cut wherever it may hold a password: hiding too much costs nobody anything.
"""

import re
from urllib.parse import unquote

from adops_cli.errors import BadRequestError

FORMS = "Give a path, sqlite:///relative.db, sqlite:////absolute.db or postgresql://USER@HOST/NAME"


def _encoded(word: str) -> str:
    """A word as a URL can have it: libpq also takes `pass%77ord`."""
    return "".join(f"(?:{letter}|%(?:25)*(?:{ord(letter):x}|{ord(letter.upper()):x}))" for letter in word)


_SECRET = "|".join([f"{_encoded('pass')}(?!file)", *map(_encoded, ("pasw", "pwd", "secret", "token", "_key"))])
_KEY = rf"(?<![\w%.+-])[\w%.+-]{{0,99}}?(?:{_SECRET})[\w%.+-]{{0,99}}?"
_FLAGS = re.IGNORECASE | re.DOTALL
_IN_URL = (
    r"(:/+[^/@:?\[]*?(?::|%3a))(.*)(?=@)",  # ://user:password@host
    r"(^[^@:]*:)(?!/)(.*)(?=@)",  # user:password@host
    r"(:/+(?![a-z]:[/\\])[^/?@:\[\],]*:)(?!\d{0,5}(?:[,/?]|$))([^@]*)$",  # ://user:password
    rf"({_KEY}\s*(?:=|:|%3d)\s*)('(?:[^'\\]|\\.)*'?|(?:\\.|(?!\s+[\w%]+\s*=)[^&])*)",  # password=…
)
"""Each with what stays, and the password. `re` compiles them when they are needed, which few commands do."""
_IN_WORDS = (r"(:/+[^\s/@:?\[]*?(?::|%3a))(\S{0,999})(?=@)", rf"({_KEY}\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]*)")
"""The same where only a word is one of a URL. A message can be long, so that no part may be."""
_CONNECTION = (
    r"\s*(?:[a-z]\w+\s*:[/\\]|(?:postgres\w*|pg\w*|psql|sqlite\w*)\s*(?:[:;]|//))"  # a URL
    r"|(?:.*[\s/])?(?:host|hostaddr|port|dbname|user|service|sslmode)\s*="  # keywords and values
)
_SIGNS = (":", "=", "//")
"""Without one of them, a path is just a path."""


def is_secret(parameter: str) -> bool:
    """Whether a parameter of a connection is a secret, by its name."""
    return bool(re.fullmatch(_KEY, parameter, _FLAGS))


def without_password(url: str) -> str:
    """A URL, or what was meant to be one, without its passwords: `postgresql://user:***@host/name`."""
    for pattern in _IN_URL:
        url = re.sub(pattern, r"\1***", url, flags=_FLAGS)
    return url


def without_password_of(url: str, words: str) -> str:
    """The message of another program about the URL or a part of it, without the URL's passwords."""
    secrets = {secret for pattern in _IN_URL for _, secret in re.findall(pattern, url, _FLAGS)}
    for secret in sorted({*secrets, *map(unquote, secrets)} - {""}, key=len, reverse=True):
        words = words.replace(secret, "***")
    return words


def without_passwords_in(words: str) -> str:
    """A message that may quote URLs, without their passwords."""
    for pattern in _IN_WORDS:
        words = re.sub(pattern, r"\1***", words, flags=_FLAGS)
    return words


def require_path_or_url(database: str) -> str:
    """The text. `BadRequestError` for one that is neither, but looks like the connection to a server.

    As a path, it would become the name of a file, and with it the password.
    """
    if "://" in database or not any(sign in database for sign in _SIGNS):
        return database
    if re.match(_CONNECTION, database, _FLAGS) or without_password(database) != database:
        raise BadRequestError(f"{without_password(database)} is neither a path nor a database URL", FORMS)
    return database
