"""Loads rows into a table while the caller makes the next ones, in a second thread, which waits for the database."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Rows = Iterable[Sequence[Any]]
AT_ONCE = 2_000
"""Rows of one statement: so many that the threads rarely wait for each other, and few enough for the memory."""


class Loading:
    """Loads rows as they come.

    Args:
        load: loads some rows, in the second thread. It must not look for the connection, which threads do not share.
        at_once: how many.
        load_last: loads fewer rows, in the caller's thread.
    """

    def __init__(
        self, load: Callable[[Sequence[Sequence[Any]]], object], at_once: int, load_last: Callable[[Rows], object]
    ) -> None:
        self._load = load
        self._at_once = at_once
        self._load_last = load_last
        self._left: list[Sequence[Any]] = []
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def add(self, rows: Rows) -> None:
        """Begin to load these rows, but for the last ones, which are too few. Those follow before the block ends."""
        self.wait()
        self._left += rows
        count = len(self._left) // self._at_once * self._at_once
        if count:
            if self._thread is None:
                from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only a large load needs it

                self._thread = ThreadPoolExecutor(1)
            self._running = self._thread.submit(self._load_all, self._left[:count])
            del self._left[:count]

    def _load_all(self, rows: Sequence[Sequence[Any]]) -> None:
        for start in range(0, len(rows), self._at_once):
            self._load(rows[start : start + self._at_once])

    def wait(self) -> None:
        """Wait until the database can be used otherwise, and raise what has failed. From `add` to here, it cannot."""
        if self._running is not None:
            self._running.result()
            self._running = None

    def finish(self) -> None:
        """Load the last rows."""
        self.wait()
        if self._left:
            self._load_last(self._left)
            self._left = []

    def stop(self, cancel: Callable[[], object] | None) -> None:
        """End the thread, when its statement has ended or was cancelled."""
        if cancel is not None and self._running is not None and not self._running.done():
            cancel()
        if self._thread is not None:
            self._thread.shutdown()


@contextlib.contextmanager
def beside(
    load: Callable[[Sequence[Sequence[Any]]], object],
    at_once: int,
    load_last: Callable[[Rows], object],
    *,
    cancel: Callable[[], object] | None = None,
) -> Iterator[Loading]:
    """Load rows in a second thread, which has ended after the block. The parameters are those of `Loading`.

    `cancel` is called if the caller gives up while a statement may run for long.
    """
    loading = Loading(load, at_once, load_last)
    try:
        yield loading
        loading.finish()
    finally:
        loading.stop(cancel)
