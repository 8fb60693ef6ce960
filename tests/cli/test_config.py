"""`adops config show`: the settings and their sources."""

from pathlib import Path

import pytest

from tests.conftest import Adops


def test_every_setting_is_listed_with_its_value(adops: Adops, db_file: Path) -> None:
    result = adops("config", "show", "--format", "json")

    assert result.json() == [
        {"name": "database_url", "value": str(db_file)},
        {"name": "busy_timeout", "value": 5.0},
        {"name": "timezone", "value": "UTC"},
        {"name": "read_only", "value": False},
        {"name": "debug", "value": False},
        {"name": "use_database", "value": True},
        {"name": "json_dir", "value": "./database"},
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
        "debug\tfalse\tdefault\n"
        "use_database\tfalse\tUSE_DATABASE\n"
        "json_dir\t./database\tdefault\n"
    )


def test_a_password_is_never_shown_and_no_database_is_needed(adops: Adops) -> None:
    result = adops("config", "show", "--format", "json", on="postgresql://ann@host/none?password=secret")

    assert result.code == 0
    assert "secret" not in result.out
    assert result.json()[0]["value"] == "postgresql://ann@host/none?password=***"
