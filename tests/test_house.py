"""The house keeps its shape: what import-linter's layers do not see, such as imports inside functions, and sizes."""

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import adops_cli
from tests.conftest import ROOT

PACKAGE = Path(adops_cli.__file__).parent
LONGEST_FILE = 300
MOST_ENTRIES = 15


def _name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(file): file for file in PACKAGE.rglob("*.py")}


def imported(source: str) -> Iterator[str]:
    """The modules of the package that a source imports, wherever in it: at the top, in functions, for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inner)


def test_no_module_leads_back_to_itself_by_any_import() -> None:
    arrows = {name: set(imported(file.read_text("utf-8"))) for name, file in MODULES.items()}
    assert sum(map(len, arrows.values())) > len(MODULES)
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import adops_cli.values", "adops_cli.values"),
        ("from adops_cli import values", "adops_cli.values"),
        ("from adops_cli.values import shown", "adops_cli.values"),
        ("def f():\n    from adops_cli import values", "adops_cli.values"),
        ("if TYPE_CHECKING:\n    from adops_cli.values import shown", "adops_cli.values"),
    ],
)
def test_every_way_to_import_is_seen(source: str, found: str) -> None:
    assert list(imported(source)) == [found]


def test_no_module_is_imported_by_a_name_that_only_the_run_knows() -> None:
    assert [name for name, file in MODULES.items() if _names_in(file) & {"importlib", "__import__"}] == []


def _names_in(file: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name)}


OURS = re.compile(r"from (adops_cli[\w.]*) import ([\w, ]+)")


def test_programs_in_strings_import_what_is_there() -> None:
    """Benchmarks and tests start processes with programs that no type checker reads."""
    sources = [file.read_text("utf-8") for folder in ("benchmarks", "tests") for file in (ROOT / folder).rglob("*.py")]
    texts = [node.value for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    found = [match.groups() for text in texts if isinstance(text, str) for match in OURS.finditer(text)]
    assert len(found) > 5
    missing = [
        f"{module}.{name}"
        for module, names in found
        for name in map(str.strip, names.split(","))
        if module not in MODULES or not (f"{module}.{name}" in MODULES or name in MODULES[module].read_text("utf-8"))
    ]
    assert missing == []


def test_no_file_is_longer_than_one_reads() -> None:
    lengths = {name: len(file.read_text("utf-8").splitlines()) for name, file in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_whoever_opens_the_package_sees_few_entries() -> None:
    entries = {file.name for file in PACKAGE.iterdir()} - {"__init__.py", "__main__.py", "__pycache__", "py.typed"}
    assert len(entries) <= MOST_ENTRIES


OF_THE_SYSTEM = {"OSError", "Exception", "BaseException"}


def raw_errors(source: str) -> Iterator[int]:
    """The lines that put an error into text as it is, where it can be the system's own, with `[Errno 28]` in it."""
    tree = ast.parse(source)
    tuples = {
        target.id: {node.id for node in ast.walk(assigned.value) if isinstance(node, ast.Name)}
        for assigned in tree.body
        if isinstance(assigned, ast.Assign)
        for target in assigned.targets
        if isinstance(target, ast.Name)
    }
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.type is None or handler.name is None:
            continue
        caught = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
        if not OF_THE_SYSTEM & caught.union(*(tuples.get(name, set()) for name in caught)):
            continue
        for node in (inner for statement in handler.body for inner in ast.walk(statement)):
            shown = node.value if isinstance(node, ast.FormattedValue) else None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
                [shown] = node.args
            if isinstance(shown, ast.Name) and shown.id == handler.name:
                yield shown.lineno


@pytest.mark.parametrize("file", MODULES.values(), ids=list(MODULES))
def test_no_message_shows_an_error_of_the_system_with_its_number(file: Path) -> None:
    assert list(raw_errors(file.read_text("utf-8"))) == [], "use errors.words_of"


@pytest.mark.parametrize(
    "caught", ["OSError", "(OSError, ValueError)", "Exception", "_DAMAGE"], ids=["alone", "two", "any", "named"]
)
def test_a_raw_error_is_found(caught: str) -> None:
    head = f"_DAMAGE = (ValueError, OSError)\ntry:\n    work()\nexcept {caught} as error:\n    "
    assert list(raw_errors(f"{head}raise Wrong(f'no: {{error}}') from error")) == [5]
    assert list(raw_errors(f"{head}told = str(error)")) == [5]
    assert list(raw_errors(f"{head}raise Wrong(f'no: {{words_of(error)}}') from error")) == []
