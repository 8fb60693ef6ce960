"""A process that imports its files and reads reports for a few seconds, and reports errors and rounds.

`python -m tests.storage.engines.worker URL SECONDS FILE...`
"""

import contextlib
import io
import json
import sys
import time

from adops_cli.cli import app


def run(*words: str) -> tuple[int, str, str]:
    """Run one command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = app.run(words)
    return int(code), out.getvalue(), err.getvalue()


def main(url: str, seconds: str, *files: str) -> None:
    """Alternate between importing and reading until the time is over, but at least once."""
    base = ("--database", url, "--busy-timeout", "60")
    ends, rounds, wrong = time.monotonic() + float(seconds), 0, []
    while not rounds or time.monotonic() < ends:
        for words in (
            *(("metrics", "import", file, "--format", "json") for file in files),
            ("metrics", "report", "--by", "campaign", "--format", "json"),
            ("metrics", "top", "--by", "roas", "--format", "json"),
        ):
            code, out, err = run(*base, *words)
            if code or not json.loads(out):
                wrong.append(f"{' '.join(words)}: {code} {err}")
        rounds += 1
    sys.stdout.write(json.dumps({"rounds": rounds, "wrong": wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
