"""The pictures show what the commands print, and ask nobody for anything."""

import re

import pytest

from tests import pictures


def test_there_is_nothing_but_the_pictures_that_are_made() -> None:
    """The one of a brief is made in a browser."""
    assert {path.name for path in pictures.FOLDER.iterdir()} == {*pictures.PICTURES, "brief.png"}


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_is_what_its_command_prints(name: str) -> None:
    stored = (pictures.FOLDER / name).read_text(encoding="utf-8")
    assert stored == pictures.made(name), "run `python -m tests.pictures`"
    assert re.findall(r"https?:[^\"' ]*|@font-face|@import|url\(|<script|<image|href", stored) == [
        "http://www.w3.org/2000/svg"
    ]
    assert len(stored) < 40_000
