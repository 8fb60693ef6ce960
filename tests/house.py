"""The house as `docs/developing.md` shows it: the layers of the import contracts, and what each room says of itself."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def as_markdown() -> str:
    """A table for each contract of layers, the highest first; rooms of one layer never import each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return "\n".join("".join(_table(contract)) for contract in contracts if contract["type"] == "layers")


def _table(contract: dict[str, list[str]]) -> Iterator[str]:
    [container] = contract["containers"]
    yield f"### {container}\n\n| layer | room | what it is |\n|---|---|---|\n"
    layers = contract["layers"]
    for height, layer in zip(range(len(layers), 0, -1), layers, strict=True):
        for room in layer.split(" | "):
            yield f"| {height} | `{room}` | {_of_itself(ROOT.joinpath(*container.split('.'), room))} |\n"


def _of_itself(room: Path) -> str:
    """The first paragraph of its docstring."""
    file = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split()).replace("|", "\\|")
