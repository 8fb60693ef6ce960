"""A real browser, where there is one: `make browser` installs it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_adops

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NASTY = """<img src=x onerror="alert('1')"> & "Co" </script>"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: `make browser`")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: `make browser`")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Opened:
    """How pages are opened: each in a window of its own, in which nothing may go wrong."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    @contextmanager
    def __call__(self, file: Path, width: int = 1440, scheme: str = "light") -> Iterator[Any]:
        """The page, which must ask for nothing, and say nothing in the console."""
        window = self._browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        said: list[str] = []
        for event in ("request", "console", "pageerror", "dialog"):
            window.on(event, lambda what: said.append(getattr(what, "url", None) or str(what)))
        window.goto(file.absolute().as_uri())
        yield window
        window.close()
        assert said == [file.absolute().as_uri()]


@pytest.fixture
def opened(browser: Any) -> Opened:
    return Opened(browser)


@pytest.fixture
def brief(sample_db: Path) -> Path:
    """The brief of the sample data, with a name that is full of markup."""
    assert run_adops("campaigns", "update", "camp-01", "--name", NASTY, on=sample_db).code == 0
    options = ("--since", "2026-02-06", "--until", "2026-02-10", "--title", NASTY)
    assert run_adops("brief", *options, "--output", "brief.html", on=sample_db).code == 0
    return Path("brief.html")


@pytest.fixture
def listing(sample_db: Path) -> Path:
    """A listing of the sample data."""
    assert run_adops("metrics", "list", "--output", "days.html", on=sample_db).code == 0
    return Path("days.html")
