"""A wheel built from the source distribution works elsewhere, because it contains its migrations and sample data."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from adops_cli.storage.engines.base import known_migrations
from tests.conftest import ROOT
from tests.pages import PAGES


def test_an_installed_wheel_migrates_seeds_and_reports(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command: str | Path) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-m", "build", "--outdir", tmp_path, ROOT)  # the wheel from the source distribution
    [source] = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {*PAGES, "findings/README.md", "constraints.txt"} <= inside
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"adops_cli/migrations/{name}.py" for name in known_migrations()} <= set(names)
    assert "adops_cli/migrations/frozen_columns.py" in names
    assert "adops_cli/fixtures/seed/metrics.json" in names
    assert "adops_cli/py.typed" in names
    assert not [name for name in names if name.startswith("tests/")]

    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")  # to install pip takes as long as the build
    bin = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        bin / "python",
        "install",
        "--quiet",
        "--no-compile",
    ]
    run(*install, "--constraint", ROOT / "constraints.txt", wheel)
    adops = bin / "adops"
    run(adops, "db", "migrate")
    run(adops, "db", "seed")

    top = run(adops, "metrics", "top", "--by", "roas", "--limit", "1")
    assert top.splitlines()[1].startswith("1\tcamp-07\tInspiration pins")
    assert (tmp_path / "database" / "data" / "ad-ops.db").exists()
