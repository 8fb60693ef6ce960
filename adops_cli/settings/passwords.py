"""Keeps the password of a URL out of what people see. Opens nothing."""

import re

_PASSWORDS = (re.compile(r"(?<=://)([^/@:]*:)(.*)(?=@)"), re.compile(r"(?i)\b((?:ssl)?password=)([^&\s]*)"))


def without_password(url: str) -> str:
    """The URL without its password: `postgresql://user:***@host/name`."""
    for pattern in _PASSWORDS:
        url = pattern.sub(r"\1***", url)
    return url


def without_password_of(url: str, words: str) -> str:
    """The message of another program about the URL or a part of it, without the URL's password."""
    secrets = [secret for pattern in _PASSWORDS for _, secret in pattern.findall(url) if secret]
    for secret in secrets:
        words = words.replace(secret, "***")
    return words
