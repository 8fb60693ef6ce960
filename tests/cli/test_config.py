"""`adops config`: the settings, their sources, and the files that they come from."""

import errno
import os
import stat
import tomllib
from pathlib import Path

import pytest

from adops_cli import settings
from tests.conftest import Adops


def test_every_setting_is_listed_with_its_value(adops: Adops, db_file: Path) -> None:
    result = adops("config", "show", "--format", "json")

    assert result.json() == [
        {"name": "database_url", "value": str(db_file)},
        {"name": "busy_timeout", "value": 5.0},
        {"name": "timezone", "value": "UTC"},
        {"name": "read_only", "value": False},
        {"name": "read_from", "value": "any"},
        {"name": "debug", "value": False},
        {"name": "use_database", "value": True},
        {"name": "json_dir", "value": "./database"},
        {"name": "file_mode", "value": "private"},
        {"name": "expect", "value": {}},
        {"name": "books", "value": {"final_after": "30d"}},
        {"name": "alerts", "value": {}},
    ]


def test_the_origin_is_a_flag_a_variable_a_file_or_the_default(
    adops: Adops, db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("adops.toml").write_text('timezone = "Europe/Berlin"\nbusy_timeout = 1\n')
    monkeypatch.setenv("ADOPS_BUSY_TIMEOUT", "2.5")
    monkeypatch.setenv("USE_DATABASE", "false")

    assert adops("config", "show", "--origin").out == (
        "name\tvalue\torigin\n"
        f"database_url\t{db_file}\tflag\n"
        "busy_timeout\t2.5\tADOPS_BUSY_TIMEOUT\n"
        "timezone\tEurope/Berlin\tadops.toml\n"
        "read_only\tfalse\tdefault\n"
        "read_from\tany\tdefault\n"
        "debug\tfalse\tdefault\n"
        "use_database\tfalse\tUSE_DATABASE\n"
        "json_dir\t./database\tdefault\n"
        "file_mode\tprivate\tdefault\n"
        "expect\t{}\tdefault\n"
        'books\t{"final_after": "30d"}\tdefault\n'
        "alerts\t{}\tdefault\n"
    )


def test_a_password_is_never_shown_and_no_database_is_needed(adops: Adops) -> None:
    result = adops("config", "show", "--format", "json", on="postgresql://ann@host/none?password=secret")

    assert result.code == 0
    assert "secret" not in result.out
    assert result.json()[0]["value"] == "postgresql://ann@host/none?password=***"


def test_a_value_is_set_in_the_users_file_and_other_lines_stay(adops: Adops) -> None:
    file = settings.user_file()
    file.parent.mkdir(parents=True)
    file.write_text('# ours\ndatabase = "book.db"  # the team\'s\n', encoding="utf-8")

    done = adops("config", "set", "timezone", "Europe/Berlin")
    assert (done.code, done.out, done.err) == (0, "", f"Set timezone to Europe/Berlin in {file}.\n")
    assert adops("config", "set", "busy_timeout", "30").code == 0
    assert adops("config", "set", "read_only", "yes").code == 0

    assert file.read_text("utf-8") == (
        '# ours\ndatabase = "book.db"  # the team\'s\n'
        'timezone = "Europe/Berlin"\nbusy_timeout = 30.0\nread_only = true\n'
    )
    found = settings.load()
    assert (found.timezone, found.busy_timeout, found.read_only) == ("Europe/Berlin", 30, True)


def test_a_database_is_set_under_the_name_that_the_file_has_for_it(adops: Adops, tmp_path: Path) -> None:
    Path("adops.toml").write_text('database = "old.db"\n', encoding="utf-8")

    assert adops("config", "set", "database_url", "new.db", "--local").code == 0
    assert Path("adops.toml").read_text("utf-8") == 'database = "new.db"\n'

    assert adops("config", "set", "database", "mine.db").code == 0
    assert f'database_url = "{tmp_path}/mine.db"' in settings.user_file().read_text("utf-8")


def test_a_password_is_set_but_not_shown_and_the_file_is_its_owners_alone(adops: Adops) -> None:
    done = adops("config", "set", "database_url", "postgresql://ann:s3cret@host/db")

    assert "s3cret" not in done.err
    assert settings.load().database_url == "postgresql://ann:s3cret@host/db"
    assert stat.S_IMODE(settings.user_file().stat().st_mode) == 0o600


def test_a_file_is_written_wholly_or_left_as_it_is(
    adops: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, link = tmp_path / "dotfiles" / "adops.toml", Path("adops.toml")
    kept.parent.mkdir()
    kept.write_text("busy_timeout = 1.0\n")
    kept.chmod(0o640)
    link.symlink_to(kept)
    assert adops("config", "set", "--local", "busy_timeout", "2").code == 0
    before = kept.read_text()

    monkeypatch.setattr(os, "fsync", lambda _number: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    failed = adops("config", "set", "--local", "busy_timeout", "3")

    assert (failed.code, "adops.toml cannot be written: No space left" in failed.err) == (1, True)
    assert (kept.read_text(), link.is_symlink()) == (before, True)
    assert (before, stat.S_IMODE(kept.stat().st_mode)) == ("busy_timeout = 2.0\n", 0o640)
    assert sorted(path.name for path in kept.parent.iterdir()) == ["adops.toml"]


def test_a_value_is_taken_back(adops: Adops) -> None:
    adops("config", "set", "timezone", "Europe/Berlin", "--local")

    assert adops("config", "unset", "timezone", "--local").err == "Removed timezone from adops.toml.\n"
    assert adops("config", "unset", "timezone", "--local").err == "Nothing to do: adops.toml does not set timezone.\n"
    assert settings.load().timezone == "UTC"


def test_a_file_begins_with_every_setting_as_a_comment(adops: Adops) -> None:
    made = adops("config", "init", "--local")
    assert (made.code, made.out) == (0, "adops.toml\n")

    assert set(settings.load().origins.values()) == {"default"}
    text = Path("adops.toml").read_text("utf-8")
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line or "[" in line)
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line or "# [" in line)
    assert tomllib.loads(uncommented) == {row["name"]: row["value"] for row in settings.listed(settings.load())}

    again = adops("config", "init", "--local")
    assert (again.code, Path("adops.toml").read_text("utf-8")) == (5, text)
    assert adops("config", "init").out == f"{settings.user_file()}\n"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["set", "tmezone", "UTC"], "there is no setting 'tmezone'. The settings are database_url, busy_timeout"),
        (["unset", "tmezone"], "there is no setting 'tmezone'"),
        (["set", "busy_timeout", "long"], "busy_timeout (config set) must be a number of seconds"),
        (["set", "read_only", "perhaps"], "read_only (config set) must be true or false"),
        (["set", "timezone", "Mars/X"], "config set: no time zone is called 'Mars/X'"),
    ],
)
def test_what_makes_no_sense_is_not_written(adops: Adops, command: list[str], words: str) -> None:
    refused = adops("config", *command)

    assert refused.code == 2
    assert words in refused.err
    assert not settings.user_file().exists()


def test_settings_that_stop_every_command_can_be_put_right(adops: Adops) -> None:
    Path("adops.toml").write_text('busy_timeout = -1\ndatabase_url = "mysql://h/d"\n', encoding="utf-8")
    assert adops("projects", "list").code == 2

    assert adops("config", "unset", "busy_timeout", "--local").code == 0
    assert adops("config", "set", "database_url", "x.db", "--local").code == 0

    assert adops("projects", "list").code == 0


def test_a_file_that_cannot_be_read_is_not_overwritten(adops: Adops) -> None:
    Path("adops.toml").write_text("nonsense", encoding="utf-8")

    refused = adops("config", "set", "timezone", "UTC", "--local")

    assert refused.code == 2
    assert "adops.toml is not valid TOML" in refused.err
    assert Path("adops.toml").read_text("utf-8") == "nonsense"


def test_what_is_expected_is_shown_and_is_left_to_an_editor(adops: Adops) -> None:
    file = Path("adops.toml")
    file.write_text("[expect.ttd] # ours\nmax_age = '9d'\n", encoding="utf-8")

    assert 'expect\t{"ttd": {"max_age": "9d"}}' in adops("config", "show").out
    refused = adops("config", "set", "expect", "daily", "--local")
    assert (refused.code, refused.err) == (
        2,
        "Error: expect (config set) must be a table: write it into a settings file, as [expect.google-ads]\n",
    )
    assert adops("config", "set", "timezone", "Europe/Berlin", "--local").code == 0
    assert settings.load().timezone == "Europe/Berlin"
    assert settings.load().expect == {"ttd": {"max_age": "9d"}}
    assert adops("config", "unset", "expect", "--local").code == 0
    assert settings.load().expect == {}
