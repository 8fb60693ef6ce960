"""Imports from Python: one function for a file, whose outcome and errors are for a program."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from adops_cli.cli import metrics_import
from adops_cli.data import imports as data_imports
from adops_cli.data import metrics
from adops_cli.errors import BadRequestError
from adops_cli.importers import imports
from tests.conftest import ROOT

PULL = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
pytestmark = pytest.mark.usefixtures("bound")


def a_file(folder: Path, text: str, name: str = "own.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_imported_listed_and_undone_by_the_same_module() -> None:
    dry = imports.import_file(PULL, dry_run=True)
    assert (dry.batch_id, metrics.list()) == (None, [])
    assert dry.inserted

    done = imports.import_file(str(PULL))

    assert (done.platform, done.inserted, done.error) == ("google-ads", dry.inserted, None)
    assert len(metrics.list()) == done.inserted
    assert [one.id for one in imports.list()] == [done.batch_id]
    assert done.to_dict()["inserted"] == done.inserted
    assert repr(done).startswith(f"FileOutcome(file={str(PULL)!r}, platform='google-ads'")
    assert imports.undo(str(done.batch_id))[0].deleted == done.inserted
    assert metrics.list() == []


def test_the_module_has_all_functions_of_the_data_api() -> None:
    assert set(data_imports.__all__) < set(imports.__all__)
    assert [name for name in data_imports.__all__ if getattr(imports, name) is not getattr(data_imports, name)] == []


def test_a_refused_file_is_an_error_in_the_words_of_python(tmp_path: Path) -> None:
    unclear = a_file(tmp_path, "Date,Campaign,Spend\n01/02/2026,A,5\n03/04/2026,A,5\n")

    with pytest.raises(BadRequestError) as caught:
        imports.import_file(unclear)
    assert "date_order dmy or date_order mdy" in str(caught.value)
    assert "--" not in str(caught.value)
    assert metrics.list() == []
    assert imports.import_file(unclear, date_order="dmy").date_from == "2026-02-01"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"currency": "euro"}, "currency must be three letters"),
        ({"mode": "merge"}, 'mode must be one of upsert, replace-range, not "merge"'),
        ({"clicks": "some"}, "clicks cannot be 'some'"),
        ({"columns": {"Cost": "price"}}, "columns gives 'Cost' the unknown key 'price'"),
        ({"platform": "!"}, "platform cannot be '!'"),
    ],
)
def test_an_argument_is_refused_by_its_name(wishes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        imports.import_file(PULL, **wishes)

    assert words in str(caught.value)


def test_notices_name_arguments_too(tmp_path: Path) -> None:
    done = imports.import_file(a_file(tmp_path, "date,campaign,spend\n2026-02-01,A,5\n"))

    assert done.notices
    assert not [notice for notice in done.notices if "--" in notice]


def test_a_name_with_the_marks_of_a_pattern_is_one_file(tmp_path: Path) -> None:
    odd = a_file(tmp_path, "date,campaign,spend\n2026-02-01,A,5\n", "own [1]*.csv")
    a_file(tmp_path, "date,campaign,spend\n2026-02-01,B,5\n", "own 1.csv")

    assert imports.import_file(odd).inserted == 1
    with pytest.raises(BadRequestError):
        imports.import_file(tmp_path / "own*.csv")


def test_every_option_of_the_command_is_an_argument_or_about_the_screen_and_the_folder() -> None:
    command = set(inspect.signature(metrics_import.import_).parameters)
    arguments = set(inspect.signature(imports.import_file).parameters)

    assert arguments - command == {"path", "remove_many", "rejects_file"}
    assert command - arguments == {
        "files", "yes", "rejects", "strict", "explain", "summary", "show_changes", "move_to", "format",
        "csv_safe",
    }  # fmt: skip
