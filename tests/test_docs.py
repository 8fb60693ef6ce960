"""The documentation cannot lie: what its pages show is run, in a real terminal, and prints what stands there.

`python -m tests.test_docs [PAGE ...]` runs the examples and writes their outputs into the pages; read the diff.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from adops_cli.cli import reference
from tests import pages
from tests.conftest import ROOT
from tests.pages import BLOCK, COMMAND, PAGES, Place
from tests.postgres import new_server

README = PAGES["README.md"]
KINDS = {"console", "python", "sh", "text", "toml", "crontab", "sql", "json", "py"}
"""What blocks there are. `sh` is what is typed without its output: the set-up, and what takes minutes.
`py`, and `sql` with the `text` after it, are run by `make other-tools`."""
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
LINKING = TEXTS | {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("findings/README.md", "fixtures/exports/README.md")
}


def parts(text: str) -> Iterator[tuple[str, str]]:
    """The blocks of a page that are run, in their order: kind and text."""
    return ((found["kind"], found["text"]) for found in BLOCK.finditer(text) if found["kind"] in ("console", "python"))


@pytest.mark.parametrize("page", [page for page in PAGES if list(parts(TEXTS[page]))])
def test_every_example_of_a_page_runs_and_prints_what_stands_there(page: str, request: pytest.FixtureRequest) -> None:
    with pages.prepared(page, lambda: str(request.getfixturevalue("bare_postgres_url"))) as place:
        for kind, text in parts(TEXTS[page]):
            if kind == "python":
                place.execute(text, page)
            else:
                compare(place, text)


def compare(place: Place, block: str) -> None:
    assert "".join(found[0] for found in COMMAND.finditer(block)) == block, "a block of commands begins with one"
    for found in COMMAND.finditer(block):
        code, written = place.run(found["command"], found["shown"])
        assert pages.normal(written) == pages.normal(found["shown"]), found["command"]
        assert (code in (0, 3)) is not ("Error: " in written), found["command"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_only_blocks_of_known_kinds(page: str) -> None:
    assert {found["kind"] for found in BLOCK.finditer(TEXTS[page])} <= KINDS
    assert TEXTS[page].count("```") == 2 * len(BLOCK.findall(TEXTS[page]))


@pytest.mark.parametrize("page", LINKING)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in links(LINKING[page]):
        path, _, anchor = unquote(target).partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), target


def links(text: str) -> list[str]:
    """The links of a page to other places of this tree."""
    found = re.findall(r"\]\(([^()\s]+)\)", BLOCK.sub("", text))
    return [link for link in found if not link.startswith("https://")]


def anchors(text: str) -> set[str]:
    """The headings of a page as links name them, spelled as GitHub does."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    found = [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings]
    assert len(found) == len(set(found)), "two headings of one page are the same"
    return set(found)


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in links(TEXTS["README.md"])}

    assert {*PAGES, "findings/README.md"} - {"README.md"} <= linked


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 10_240


def test_the_readme_names_every_command() -> None:
    lines = re.findall(r"^\| `(\w+)` \| .+ \| (.*)\|$", TEXTS["README.md"], re.MULTILINE)
    named = {f"{group} {name}".strip() for group, names in lines for name in re.findall("[^`, ]+", names) or [""]}

    assert named == set(reference.every_command())
    assert reference.as_table() in TEXTS["README.md"]


@pytest.mark.parametrize("page", LINKING)
def test_no_page_names_a_place_on_the_machine_that_it_was_written_on(page: str) -> None:
    assert not re.findall(r"(?<![\w.])/(?:tmp|work|root|opt|Users|private)\b|/home/(?!you\b)", LINKING[page])


@pytest.mark.parametrize("page", PAGES)
def test_what_make_is_told_to_make_is_in_the_makefile(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = re.findall(r"(?<=`)make ([a-z-]+)|^make ([a-z-]+)", TEXTS[page], re.MULTILINE)

    assert {"".join(target) for target in told} <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_the_recipes_name_files_and_names_that_are_there() -> None:
    spans = set(re.findall(r"`([^`\n]+)`", BLOCK.sub("", TEXTS["docs/developing.md"])))
    paths = {span for span in spans if re.fullmatch(r"[\w.-]+(/[\w.-]*)+|\w+\.(py|toml|md|txt)", span)}
    names = {span for span in spans if re.fullmatch(r"[A-Za-z]*[A-Z_]+[a-z_]\w*|_?[A-Z_]{2,}", span)}
    folders = [ROOT / name for name in ("adops_cli", "migrations", "tests")]
    sources = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("*.py"))

    assert len(paths) > 20
    assert len(names) > 10
    invented = {"123_what_it_does.py", "NAME.expected.json"}
    assert [path for path in paths - invented if not (ROOT / path).exists()] == []
    assert [name for name in names if not re.search(rf"\b{name}\b", sources)] == []


def test_what_the_demo_says_to_do_next_can_be_done(tmp_path: Path) -> None:
    """Each line is run as it stands there, with a file in the place of FILE and the batch in that of BATCH."""
    said = subprocess.run(
        ["make", "--silent", "--no-print-directory", "-C", str(ROOT), "next"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = re.findall(r"^  \.venv/bin/adops (.*?)(?:  +.*)?$", said, re.MULTILINE)
    assert [" ".join(line.split()[:2]) for line in lines] == [
        "db migrate", "metrics import", "metrics import", "metrics top", "imports undo",
    ]  # fmt: skip
    batch = ""
    for line in lines:
        words = line.replace("FILE", str(ROOT / "fixtures/exports/google-ads/pull1.csv")).replace("BATCH", batch)
        code, written = pages.in_terminal(f"adops {words}", tmp_path, {})
        assert code == 0, written
        batch = next(iter(re.findall(r"\bimp-\w+", written)), batch)


def write_anew(page: str, server: str) -> list[str]:
    """Put into a page what its commands print now; which of them became errors, or ceased to be one.

    An output that only names other times and ids stays as it is.
    """
    wrong: list[str] = []

    with pages.prepared(page, lambda: server) as place:

        def output(found: re.Match[str]) -> str:
            code, written = place.run(found["command"], found["shown"])
            failed = code not in (0, 3)
            if failed is not ("Error: " in written) or failed is not ("Error: " in found["shown"]):
                wrong.append(f"{page}: {found['command']} ended with {code}, and did not before")
            same = pages.normal(written) == pages.normal(found["shown"])
            shown = found["shown"].rstrip("\n") if same else written.rstrip("\n")
            return f"$ {found['command']}\n{shown}" + "\n" * bool(shown) + "\n"

        def block(found: re.Match[str]) -> str:
            text = found["text"]
            if found["kind"] == "python":
                place.execute(text, page)
            if found["kind"] == "console":
                text = COMMAND.sub(output, text).rstrip("\n") + "\n"
            return f"```{found['kind']}\n{text}```"

        PAGES[page].write_text(BLOCK.sub(block, TEXTS[page]), encoding="utf-8")
    return wrong


def write_all_anew(names: list[str]) -> Any:
    """Write the pages of these names, or all."""
    for name in [name for name in os.environ if name.startswith("ADOPS_") or name == "USE_DATABASE"]:
        del os.environ[name]
    with new_server() as server:
        wrong = [line for page in names or PAGES for line in write_anew(page, server)]
    return "\n".join(wrong) or None


if __name__ == "__main__":
    sys.exit(write_all_anew(sys.argv[1:]))
