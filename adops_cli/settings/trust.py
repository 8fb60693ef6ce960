"""Which project files the user trusts: each is remembered by its place and its content, in the user's state folder.

Whoever can write a file into a folder could otherwise send the user's passwords to a server of their choice.
"""

import os
from pathlib import Path

from adops_cli.errors import AdopsError, words_of


def is_remembered(file: Path, content: bytes) -> bool:
    """Whether the file, with exactly this content, is trusted."""
    return _mark(file, content).exists()


def remember(file: Path, content: bytes) -> None:
    """Remember the file with this content."""
    mark = _mark(file, content)
    try:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.write_text(f"{file.absolute()}\n", "utf-8", errors="surrogateescape")
    except OSError as error:
        raise AdopsError(f"the trust in {file} cannot be remembered: {words_of(error)}") from error


def _mark(file: Path, content: bytes) -> Path:
    import hashlib  # noqa: PLC0415 - most users have no such file

    from platformdirs import user_state_path  # noqa: PLC0415 - as above

    named = hashlib.sha256(os.fsencode(file.absolute()) + b"\0" + content)
    return user_state_path("adops") / "trusted" / named.hexdigest()
