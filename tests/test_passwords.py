"""A password is never shown and never becomes a file name, however its URL is mistyped; programs get it unseen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli import database, settings
from adops_cli.errors import BadRequestError
from tests.conftest import ROOT, Adops
from tests.postgres import programs

SECRET = "s3cret"  # noqa: S105 - nobody's
HERE = "127.0.0.1:1"
"""Where nobody listens."""
SHOWN = {
    f"postgresql://ann:{SECRET}@{HERE}/db": f"postgresql://ann:***@{HERE}/db",
    f"postgresql://ann:p:{SECRET}@{HERE}/db?x=1": f"postgresql://ann:***@{HERE}/db?x=1",
    f"postgresql://{HERE}/db?user=ann&password={SECRET}": f"postgresql://{HERE}/db?user=ann&password=***",
    f"postgresql://{HERE}/db?sslpassword={SECRET}&user=ann": f"postgresql://{HERE}/db?sslpassword=***&user=ann",
    f"postgresql://{HERE}/db?pass%77ord={SECRET}&user=ann": f"postgresql://{HERE}/db?pass%77ord=***&user=ann",
    f"postgresql://{HERE}/db?oauth_client_secret={SECRET}": f"postgresql://{HERE}/db?oauth_client_secret=***",
}
MISTYPED = [
    f"postgresql:/ann:{SECRET}@{HERE}/db",
    f"postgresql:ann:{SECRET}@{HERE}/db",
    f"postgresql//ann:{SECRET}@{HERE}/db",
    f"postgresql;//ann:{SECRET}@{HERE}",
    f"postgresql:\\\\ann:{SECRET}@{HERE}",
    f"postgress://ann:{SECRET}@{HERE}/db",
    f"POSTGRESQL://ann:{SECRET}@{HERE}/db",
    f"//ann:{SECRET}@{HERE}/db",
    f"ann:{SECRET}@{HERE}/db",
    f"postgresql:///ann:{SECRET}@{HERE}/db",
    f"postgresql://ann:{SECRET}",
    f"postgresql://ann:{SECRET}/db",
    f"postgresql://ann:{SECRET}%40{HERE}/db",
    f"postgresql://ann:my {SECRET}@{HERE}/db",
    f"postgresql://ann:a/{SECRET}@{HERE}/db",
    f"postgresql://ann%3A{SECRET}@{HERE}/db",
    f"postgresql://{HERE}/db?pass%2577ord={SECRET}",
    f"postgresql://{HERE}/db?PASSWORD={SECRET}",
    f"postgresql://{HERE}/db?pasword={SECRET}",
    f"postgresql://{HERE}/db?password%3D{SECRET}",
    f"postgresql://{HERE}/db?user=ann;password={SECRET}",
    f"postgresql://{HERE}/db&password={SECRET}",
    f"postgresql:/{HERE}/db?password={SECRET}",
    f"host=127.0.0.1 password={SECRET}",
    f"host=127.0.0.1 password = {SECRET} dbname=x",
    f"host=127.0.0.1 password='a {SECRET}' user=x",
    f"host=127.0.0.1 password=a\\ {SECRET} user=x",
    f"Host=127.0.0.1;Password={SECRET};Database=x",
    f"host:127.0.0.1 password:{SECRET}",
    f"user=ann:{SECRET}@{HERE}",
    f"mysql://ann:{SECRET}@{HERE}/db",
    f"sqlite:/ann:{SECRET}@{HERE}/db",
]


@pytest.mark.parametrize("url", [*SHOWN, *MISTYPED])
def test_no_command_shows_a_password_or_makes_a_file_of_its_name(adops_on: Adops, tmp_path: Path, url: str) -> None:
    commands = (
        ["--debug", "db", "migrate"],
        ["projects", "list"],
        ["config", "show"],
        ["config", "set", "database_url", url],
    )

    told = [adops_on(*command, on=url) for command in commands]

    assert [done.code for done in told[:2] if done.code not in (2, 6)] == []
    assert [done for done in told if SECRET in done.out + done.err] == []
    named = [path for path in tmp_path.rglob("*") if SECRET in path.name]
    assert named == []


@pytest.mark.parametrize(("url", "seen"), SHOWN.items())
def test_only_the_password_is_hidden(url: str, seen: str) -> None:
    assert settings.without_password(url) == seen


@pytest.mark.parametrize(
    "database",
    [
        "adops.db",
        "/srv/adops/ad-ops.db",
        ":memory:",
        r"C:\adops\ad-ops.db",
        "sqlite:///C:/adops/ad-ops.db",
        "postgres/adops.db",
        "2026:01.db",
        "password.db",
        "postgresql://db.example.com:5432/adops",
        "postgresql://a:5432,b:5433/adops?target_session_attrs=read-write",
        "postgresql://[::1]:5432/adops",
        "postgresql:///adops?host=/run/postgresql&passfile=/srv/pgpass",
    ],
)
def test_what_has_no_password_is_shown_as_it_is(database: str) -> None:
    assert settings.without_password(database) == database
    assert settings.require_path_or_url(database) == database


def test_a_connection_string_is_no_path(adops_on: Adops, tmp_path: Path) -> None:
    refused = adops_on("db", "migrate", on=f"host=h user=ann password={SECRET}")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "Error: host=h user=ann password=*** is neither a path nor a database URL. Give a path, sqlite:///relative.db, "
        "sqlite:////absolute.db or postgresql://USER@HOST/NAME\n"
    )
    with pytest.raises(BadRequestError, match="neither a path nor a database URL"), database.bound("host=h user=ann"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_url_in_the_wrong_place_is_not_quoted_with_its_password(adops_on: Adops, db_file: Path) -> None:
    url = f"postgresql://ann:{SECRET}@{HERE}/db"
    for words in ([url, "projects", "list"], ["--busy-timeout", url, "projects", "list"], ["projects", "get", url]):
        told = adops_on(*words, on=db_file)
        assert told.code != 0
        assert SECRET not in told.err
        assert "***" in told.err


WATCHED = """#!{python}
import os, pathlib, sys
file = os.environ.get("PGSERVICEFILE")
service = pathlib.Path(file).read_text() if file else ""
kept = pathlib.Path({kept!r})
kept.mkdir(exist_ok=True)
kept.joinpath("arguments").write_text(" ".join(sys.argv))
kept.joinpath("service").write_text(service)
kept.joinpath("path").write_text(file or "")
kept.joinpath("mode").write_text(oct(os.stat(os.path.dirname(file)).st_mode & 0o77) if file else "")
os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""


def watched(name: str, folder: Path) -> Path:
    """A program of PostgreSQL's that first writes down what it was given. Returns where."""
    kept, stand_in = folder / f"{name}-was-given", folder / "bin" / name
    stand_in.parent.mkdir(exist_ok=True)
    text = WATCHED.format(python=sys.executable, kept=str(kept), program=str(programs() / name))
    stand_in.write_text(text, encoding="utf-8")
    stand_in.chmod(0o755)
    return kept


@pytest.mark.parametrize(
    ("program", "command"), [("pg_dump", ["db", "backup"]), ("psql", ["db", "shell", "--", "-c", "SELECT 1"])]
)
def test_programs_get_every_secret_unseen(postgres_url: str, tmp_path: Path, program: str, command: list[str]) -> None:
    kept = watched(program, tmp_path)
    path = os.pathsep.join([str(tmp_path / "bin"), str(programs()), os.environ["PATH"]])
    url = f"{postgres_url}&password={SECRET}-1&sslpassword={SECRET}-2&oauth_client_secret={SECRET}-3"

    done = subprocess.run(
        [sys.executable, "-m", "adops_cli", "--database", url, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert SECRET not in (kept / "arguments").read_text()
    assert (kept / "service").read_text() == f"[adops]\nsslpassword={SECRET}-2\noauth_client_secret={SECRET}-3\n"
    assert (kept / "mode").read_text() == "0o0"
    assert not Path((kept / "path").read_text()).exists()


def test_a_secret_beside_a_service_is_refused(
    postgres_url: str, adops_on: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Path("pg_service.conf")
    service.write_text("[ours]\nuser=nobody\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(service))

    refused = adops_on("db", "shell", on=f"{postgres_url}&service=ours&sslpassword={SECRET}")

    assert refused.code == 2
    assert "sslpassword cannot be handed on beside a service. Write it into the service file" in refused.err
    assert SECRET not in refused.err
