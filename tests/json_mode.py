"""What the tests of JSON mode share: a record, and the current files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Write = Callable[..., Path]
PROJECT: dict[str, Any] = {"id": "p", "name": "P", "type": "t", "status": "active"}


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_bytes().decode("utf-8-sig"))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.json"))}
