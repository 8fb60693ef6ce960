"""What the tests share: a migrated database file, the bound data API, and the command line in-process."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

from adops_cli import database
from adops_cli.cli import app as cli_app
from adops_cli.data import seed
from adops_cli.storage import schema
from adops_cli.storage.engines.sqlite import Sqlite
from tests.json_mode import Write

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).parent.parent
MIGRATIONS = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))
"""The names of all migrations, in their order."""

settings.register_profile("adops", deadline=None)  # no test of ours is about time
settings.load_profile("adops")

# Shells start a job in the background with some signals ignored, and what the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _name in ("SIGHUP", "SIGQUIT"):
    signal.signal(getattr(signal, _name), signal.SIG_DFL)


@dataclass(frozen=True)
class Result:
    """The result of a command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Adops = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs in its own empty folder, without the settings of the user who runs it."""
    for name in [name for name in os.environ if name.startswith("ADOPS_") or name == "USE_DATABASE"]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database built by the migrations, once for all tests. It is copied, never written."""
    path = tmp_path_factory.mktemp("migrated") / "adops.db"
    with database.bound(str(path), busy_timeout=5):
        schema.migrate()
    return path


@pytest.fixture
def db_file(tmp_path: Path, migrated_file: Path) -> Path:
    """An empty migrated database of the test's own."""
    path = tmp_path / "adops.db"
    path.write_bytes(migrated_file.read_bytes())
    return path


@pytest.fixture(scope="session")
def sample_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample data, filled once for all tests. It is copied, never written."""
    path = tmp_path_factory.mktemp("sample") / "adops.db"
    path.write_bytes(migrated_file.read_bytes())
    with database.bound(str(path), busy_timeout=5):
        seed.seed()
    return path


@pytest.fixture
def sample_db(db_file: Path, sample_file: Path) -> Path:
    """The sample data, in one closed file of the test's own."""
    db_file.write_bytes(sample_file.read_bytes())
    return db_file


@pytest.fixture
def json_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """JSON mode, on a folder of the test's own that does not exist yet."""
    monkeypatch.setenv("USE_DATABASE", "false")
    monkeypatch.setenv("ADOPS_JSON_DIR", str(tmp_path / "json"))
    return tmp_path / "json"


@pytest.fixture
def write_json(json_dir: Path) -> Write:
    """`write_json("projects", [...])`: one of the files of JSON mode, from a value or as text."""

    def write(name: str, value: Any) -> Path:
        json_dir.mkdir(exist_ok=True)
        file = json_dir / f"{name}.json"
        file.write_text(value if isinstance(value, str) else json.dumps(value, indent=2), encoding="utf-8")
        return file

    return write


@pytest.fixture
def json_store(json_dir: Path) -> Iterator[Sqlite]:
    """The data API in JSON mode, on files that a test can write before and during its run."""
    with database.bound(busy_timeout=5) as engine:
        assert isinstance(engine, Sqlite)
        assert engine.path == json_dir
        yield engine


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests with generated values are not traced for coverage: they run lines of other tests, a hundred times.

    Others of which that is true are marked with `no_cover`. Tracing takes as long again as what is traced.
    """
    if is_hypothesis_test(getattr(item, "function", None)):
        item.add_marker("no_cover")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: as the last test, it would keep one worker busy while the others have ended."""
    items.sort(key=lambda item: item.path.name != "test_wheel.py")


def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: each waits for servers and processes a part of its time."""
    return (os.cpu_count() or 2) * 3 // 2


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that use a database run on both engines; those that name the file or the server of one, on that alone."""
    if "engine" in metafunc.fixturenames:
        used = metafunc.fixturenames
        engines = (
            ["sqlite"] if "db_file" in used else ["postgres"] if "postgres_url" in used else ["sqlite", "postgres"]
        )
        metafunc.parametrize("engine", engines, scope="session")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str) -> str:
    """An empty migrated database of the test's own, on the engine of the run."""
    return str(request.getfixturevalue("db_file" if engine == "sqlite" else "postgres_url"))


@pytest.fixture
def sample_url(request: pytest.FixtureRequest, database_url: str, engine: str) -> str:
    """A database of the test's own with the sample data, on the engine of the run."""
    if engine == "sqlite":
        return str(request.getfixturevalue("sample_db"))
    with database.bound(database_url, busy_timeout=5):
        seed.seed()
    return database_url


@pytest.fixture
def bound(database_url: str) -> Iterator[Any]:
    """The data API, bound to a database of the test's own."""
    with database.bound(database_url, busy_timeout=5) as engine:
        yield engine


def run_adops(*args: str | Path, stdin: str = "", on: str | Path | None = None) -> Result:
    """The command line in this process, on a database, or on that of the settings."""
    words = [*(["--database", str(on)] if on else []), *map(str, args)]
    out, err = io.StringIO(), io.StringIO()
    previous = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli_app.run(words)
    except SystemExit as ended:  # of a shell that asks what can come next
        code = int(ended.code or 0)
    finally:
        sys.stdin = previous
    return Result(int(code), out.getvalue(), err.getvalue())


@pytest.fixture
def adops_on() -> Adops:
    """`adops_on("metrics", "top", on=url)`: the command line in this process."""
    return run_adops


@pytest.fixture
def adops(database_url: str) -> Adops:
    """`adops("metrics", "top")`: the command line in this process, by default on the test's own database."""

    def run(*args: str | Path, stdin: str = "", on: str | Path | None = None) -> Result:
        return run_adops(*args, stdin=stdin, on=on or database_url)

    return run


@pytest.fixture
def adops_process(database_url: str) -> Adops:
    """The same in a separate process, for tests in which processes matter."""

    def run(*args: str | Path, stdin: str = "", on: str | Path | None = None, **env: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "adops_cli", "--database", str(on or database_url), *map(str, args)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run
