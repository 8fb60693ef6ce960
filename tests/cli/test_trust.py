"""A folder that somebody else has filled: its settings file sends no password anywhere, and stops no command."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adops_cli import database, settings
from adops_cli.errors import BadRequestError
from tests.conftest import ROOT, Adops, Result

SECRET = "s3cret"  # noqa: S105 - nobody's
PASSWORD_PLEASE = b"R\0\0\0\x08\0\0\0\x03"
NO_ENCRYPTION = (80877103, 80877104)
"""The codes of the requests to encrypt the connection, which come before its first packet."""


class Collector:
    """A PostgreSQL server that asks everybody for the password, keeps it and hangs up. A silent one never answers."""

    def __init__(self, *, silent: bool = False) -> None:
        self.passwords: list[str] = []
        self.silent = silent
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._kept: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"postgresql://ann@127.0.0.1:{self._listening.getsockname()[1]}/db"

    def close(self) -> None:
        self._listening.close()
        for connection in self._kept:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            if self.silent:
                self._kept.append(connection)
                continue
            with connection:
                while int.from_bytes(connection.recv(1024)[4:8]) in NO_ENCRYPTION:
                    connection.sendall(b"N")
                connection.sendall(PASSWORD_PLEASE)
                self.passwords.append(connection.recv(1024)[5:-1].decode())


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    yield server
    server.close()


@pytest.fixture
def silent() -> Iterator[Collector]:
    server = Collector(silent=True)
    yield server
    server.close()


def run(*words: str, **env: str) -> Result:
    """`adops` in the current folder, with a password in the environment. A command that waits for ever fails."""
    program = "from adops_cli.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PGPASSWORD": SECRET, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def press_tab(line: str = "adops projects get ", **env: str) -> Result:
    words = str(len(line.split(" ")) - 1)
    return run(COMP_WORDS=line, COMP_CWORD=words, _ADOPS_COMPLETE="complete_bash", **env)


@pytest.fixture(params=["the main entry", "Tab"])
def ask(request: pytest.FixtureRequest) -> Callable[[], Result]:
    return press_tab if request.param == "Tab" else lambda: run("projects", "list")


def project_file(url: str, further: str = "") -> Path:
    file = Path("adops.toml")
    file.write_text(f'database_url = "{url}"\n{further}', encoding="utf-8")
    return file


def test_a_server_that_a_folder_names_gets_no_password(collector: Collector, ask: Callable[[], Result]) -> None:
    project_file(collector.url)

    asked = ask()

    assert collector.passwords == []
    assert asked.out.strip() == ""


def test_it_gets_one_once_the_user_trusts_the_file(collector: Collector, ask: Callable[[], Result]) -> None:
    project_file(collector.url)
    assert run("config", "trust").code == 0

    ask()

    assert collector.passwords == [SECRET]


def test_an_untrusted_file_is_a_wrong_request_that_says_what_to_do(adops_on: Adops, tmp_path: Path) -> None:
    project_file("postgresql://ann:hidden@db.example.com/db")

    refused = adops_on("projects", "list")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"Error: {tmp_path}/adops.toml names a server, postgresql://ann:***@db.example.com/db, and you have not "
        "trusted this file as it is now. If your passwords may be sent there, run `adops config trust`\n"
    )
    with pytest.raises(BadRequestError, match="adops config trust"), database.bound():
        pass


def trusted() -> bool:
    return settings.load().trusted


def test_trust_is_in_one_content_at_one_place(adops_on: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = project_file("postgresql://db.example.com/db")
    done = adops_on("config", "trust")
    assert done.err == f"Trusted {tmp_path}/adops.toml as it is now, which names postgresql://db.example.com/db.\n"
    assert trusted()

    was = file.read_bytes()
    file.write_bytes(was.replace(b"example", b"elsewhere"))
    assert not trusted()
    file.write_bytes(was)
    assert trusted()

    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    Path("adops.toml").write_bytes(was)
    assert not trusted()


def test_what_config_writes_is_trusted(adops_on: Adops) -> None:
    assert adops_on("config", "set", "database_url", "postgresql://db.example.com/db", "--local").code == 0
    assert trusted()

    assert adops_on("config", "set", "busy_timeout", "9", "--local").code == 0
    assert trusted()
    assert adops_on("config", "unset", "busy_timeout", "--local").code == 0
    assert trusted()


def test_a_server_of_somebody_else_is_not_trusted_by_setting_something_else(adops_on: Adops) -> None:
    project_file("postgresql://db.example.com/db", "read_only = true\n")

    assert adops_on("config", "set", "busy_timeout", "9", "--local").code == 0
    assert adops_on("config", "unset", "read_only", "--local").code == 0
    assert not trusted()

    assert adops_on("config", "set", "database", "postgresql://ours.example.com/db", "--local").code == 0
    assert trusted()


def test_a_file_without_a_server_needs_no_trust(adops_on: Adops) -> None:
    project_file("book.db", 'timezone = "Europe/Berlin"\n')

    assert trusted()
    assert adops_on("config", "set", "busy_timeout", "9", "--local").code == 0
    assert list(Path("home").rglob("trusted")) == []


def test_what_the_user_says_needs_no_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    file = project_file("postgresql://db.example.com/db", "busy_timeout = 9\n")
    assert settings.load({"database_url": "mine.db"}).database == "mine.db"
    monkeypatch.setenv("ADOPS_DATABASE_URL", "postgresql://ours.example.com/db")
    assert settings.load().database == "postgresql://ours.example.com/db"
    assert settings.load().busy_timeout == 9
    monkeypatch.delenv("ADOPS_DATABASE_URL")

    settings.user_file().parent.mkdir(parents=True)
    file.replace(settings.user_file())
    assert settings.load().database == "postgresql://db.example.com/db"


def test_a_database_that_is_named_is_opened_in_such_a_folder(adops_on: Adops, db_file: Path) -> None:
    """Also by commands that open a second database of their own."""
    project_file("postgresql://db.example.com/db")

    assert adops_on("projects", "list", on=db_file).code == 0
    assert adops_on("db", "verify", on=db_file).code == 0


def test_the_settings_are_shown_of_an_untrusted_file(adops_on: Adops) -> None:
    project_file("postgresql://ann:hidden@db.example.com/db")

    shown = adops_on("config", "show")

    assert shown.code == 0
    assert "database_url\tpostgresql://ann:***@db.example.com/db\n" in shown.out
    assert shown.err == "You have not trusted the file that names this server; `adops config trust` does.\n"


def test_there_must_be_a_file_to_trust(adops_on: Adops, tmp_path: Path) -> None:
    missing = adops_on("config", "trust")
    assert (missing.code, f"there is no file {tmp_path}/adops.toml" in missing.err) == (2, True)

    Path("adops.toml").write_text("nonsense", encoding="utf-8")
    assert adops_on("config", "trust").code == 2


def no_file(kind: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
@pytest.mark.parametrize("command", ["projects list", "config show", "config set timezone UTC --local", "config trust"])
def test_settings_that_are_no_regular_file_are_refused_at_once(kind: str, command: str) -> None:
    no_file(kind, Path("adops.toml"))

    refused = run(*command.split())

    assert refused.code == 2
    assert refused.err == "Error: adops.toml is not a regular file. Remove it, or put a file of settings there\n"
    assert press_tab().code == 0


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_so_is_the_file_of_the_user(kind: str) -> None:
    no_file(kind, settings.user_file())

    assert run("projects", "list").code == 2


def test_completion_does_not_wait_for_a_server_that_never_answers(silent: Collector) -> None:
    """Not even where the user lets every other command wait for ever."""
    pressed = press_tab(ADOPS_DATABASE_URL=silent.url, PGCONNECT_TIMEOUT="0")

    assert (pressed.code, pressed.out.strip(), pressed.err) == (0, "", "")
