"""Settings: flag > variable > ./adops.toml > user's file > default, and the source of each."""

from pathlib import Path

import pytest

from adops_cli import settings
from adops_cli.errors import BadRequestError
from adops_cli.settings import expect
from adops_cli.settings.expect import Expectation


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_setting_the_guides_place_is_used() -> None:
    found = settings.load()

    assert found.database_url == "./database/data/ad-ops.db"
    assert found.origins["database_url"] == "default"


def test_the_nearer_source_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    user = write(settings.user_file(), 'database_url = "/srv/user.db"\nbusy_timeout = 1\ntimezone = "Europe/Berlin"\n')
    assert settings.load().database_url == "/srv/user.db"

    write(Path("adops.toml"), 'database = "project.db"\nbusy_timeout = 2.5\n')
    assert settings.load().database_url == "project.db"

    monkeypatch.setenv("ADOPS_DATABASE_URL", "sqlite:///variable.db")
    assert settings.load().database_url == "sqlite:///variable.db"

    found = settings.load({"database_url": "flag.db", "busy_timeout": None})
    assert (found.database_url, found.busy_timeout, found.timezone) == ("flag.db", 2.5, "Europe/Berlin")
    assert found.origins == {
        "database_url": "flag",
        "busy_timeout": "adops.toml",
        "timezone": str(user),
        "read_only": "default",
        "read_from": "default",
        "debug": "default",
        "use_database": "default",
        "json_dir": "default",
        "file_mode": "default",
        "expect": "default",
        "books": "default",
        "alerts": "default",
    }


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPS_DATABASE_URL", "")

    assert settings.load().origins["database_url"] == "default"


def test_the_old_systems_variable_asks_for_json_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings.load().json_mode

    monkeypatch.setenv("USE_DATABASE", "false")
    monkeypatch.setenv("ADOPS_DATABASE_URL", "variable.db")
    assert settings.load().json_mode
    assert settings.load().origins["use_database"] == "USE_DATABASE"
    assert not settings.load({"database_url": "flag.db"}).json_mode

    monkeypatch.setenv("ADOPS_USE_DATABASE", "true")
    assert not settings.load().json_mode
    assert settings.load().origins["use_database"] == "ADOPS_USE_DATABASE"

    monkeypatch.setenv("ADOPS_USE_DATABASE", "perhaps")
    with pytest.raises(BadRequestError, match=r"use_database \(ADOPS_USE_DATABASE\) must be true or false"):
        settings.load()


def test_a_relative_path_in_the_users_file_is_meant_from_there() -> None:
    user = write(settings.user_file(), 'database_url = "mine.db"')

    assert settings.load().database_url == str(user.parent / "mine.db")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("database_url = ", "adops.toml is not valid TOML"),
        ('databse_url = "x"', "adops.toml has an unknown key 'databse_url'. The keys are database_url"),
        ("busy_timeout = 'long'", "busy_timeout (adops.toml) must be a number of seconds"),
        ("busy_timeout = -1", "busy_timeout (adops.toml) must be a number of seconds"),
        ("database_url = 5", "database_url (adops.toml) must be text"),
        ("database_url = ''", "database_url (adops.toml) is empty"),
        ("debug = 'perhaps'", "debug (adops.toml) must be true or false"),
        ("expect = 5", "expect (adops.toml) must be a table: write it into a settings file, as [expect.google-ads]"),
        ("[expect]\nttd = 5", "must have a table for each platform, as [expect.google-ads], not ttd = 5"),
        ("[expect.ttd]\ndayz = 5", "expect (adops.toml) of ttd has an unknown key 'dayz'; the keys are days, max_age"),
        ("[expect.ttd.7]\ndays = 'weekly'", 'of ttd.7: days must be "daily" or a list of mon, tue, wed, thu, fri'),
        ("[expect.ttd]\ndays = []", 'of ttd: days must be "daily" or a list of'),
        ("[expect.ttd]\ndays = [['mon']]", 'of ttd: days must be "daily" or a list of'),
        ("[expect.ttd]\nmax_age = '2h'", 'of ttd: max_age must be a number of days such as 2d, not "2h"'),
        ("[expect.ttd]\nmax_age = true", "of ttd: max_age must be a number of days such as 2d, not true"),
        ("[expect.ttd]\nretired = 'yes'", "of ttd: retired must be true or false, not 'yes'"),
        ("[expect.google]\n[expect.google-ads]", "has google-ads twice; the second time, it is called 'google-ads'"),
        ("books = '30d'", "books (adops.toml) must be a table: write it into a settings file, as [books]"),
        ("[books]\nfinal = '30d'", "books (adops.toml) has an unknown key 'final'; the keys are final_after"),
        ("alerts = []", "alerts (adops.toml) must be a table: write it into a settings file, as [alerts]"),
        ("[alerts]\nrule = []", "alerts (adops.toml) has an unknown key 'rule'; the keys are rules, off"),
        ("[alerts]\noff = 'stale'", "alerts (adops.toml) must have a list of texts as off, not 'stale'"),
        ("[books]\nfinal_after = 30", "books (adops.toml) must have days such as 30d as final_after, not 30"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(text: str, words: str) -> None:
    write(Path("adops.toml"), text)

    with pytest.raises(BadRequestError) as caught:
        settings.load()

    assert words in str(caught.value)


def test_what_is_expected_of_an_account_comes_before_what_is_of_its_platform() -> None:
    write(
        Path("adops.toml"),
        "[expect.Google]\nmax_age = '3d'\ndays = 'daily'\n[expect.google-ads-2]\n"
        "[expect.Google.'123-456']\ndays = ['mon', 'sun']\n[expect.Google.old]\nretired = true\n",
    )
    rules = settings.load().expect

    assert expect.expectation(rules, "google-ads", "123-456") == Expectation(frozenset({0, 6}), 3)
    assert expect.expectation(rules, "google-ads", "old") == Expectation(frozenset(range(7)), 3, retired=True)
    assert expect.expectation(rules, "google-ads", None) == Expectation(frozenset(range(7)), 3)
    assert expect.expectation(rules, "google-ads-2", "1") == expect.expectation(rules, "ttd", "1") == Expectation()
