"""Loads rows into a table while the caller makes the next ones, in a second thread, which waits for the database."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Rows = Sequence[Sequence[Any]]
AT_ONCE = 2_000
"""Rows of one statement: so many that the threads rarely wait for each other, and few enough for the memory."""


class Load(Protocol):
    """Loads some rows."""

    def __call__(self, rows: Rows, /, *, new: bool) -> object:
        """If they are new, a key that is taken is an error."""


class Loading:
    """Loads rows as they come.

    Args:
        load: loads some rows, in the second thread. It must not look for the connection, which threads do not share.
        at_once: how many.
        load_last: loads fewer rows, in the caller's thread.
    """

    def __init__(self, load: Load, at_once: int, load_last: Load) -> None:
        self._load = load
        self._at_once = at_once
        self._load_last = load_last
        self._left: dict[bool, list[Sequence[Any]]] = {False: [], True: []}
        """Rows that are too few so far, by whether they are new."""
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def add(self, rows: Iterable[Sequence[Any]], *, new: Iterable[Sequence[Any]] = ()) -> None:
        """Begin to load these rows, but for the last ones, which are too few. Those follow before the block ends.

        Args:
            rows: rows whose keys can be taken.
            new: rows with keys of which none was taken when the caller has looked. If one is taken meanwhile, the load
                fails with an `OvertakenError`, so that the caller looks again.
        """
        self.wait()
        self._left[False] += rows
        self._left[True] += new
        if batches := list(self._batches()):
            if self._thread is None:
                from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only a large load needs it

                self._thread = ThreadPoolExecutor(1)
            self._running = self._thread.submit(self._load_all, batches)

    def _batches(self) -> Iterator[tuple[bool, Rows]]:
        for new, left in self._left.items():
            while len(left) >= self._at_once:
                yield new, left[: self._at_once]
                del left[: self._at_once]

    def _load_all(self, batches: Iterable[tuple[bool, Rows]]) -> None:
        for new, rows in batches:
            self._load(rows, new=new)

    def wait(self) -> None:
        """Wait until the database can be used otherwise, and raise what has failed. From `add` to here, it cannot."""
        if self._running is not None:
            self._running.result()
            self._running = None

    def finish(self) -> None:
        """Load the last rows."""
        self.wait()
        for new, left in self._left.items():
            if left:
                self._load_last(left, new=new)
                left.clear()

    def stop(self, cancel: Callable[[], object] | None) -> None:
        """End the thread, when its statement has ended or was cancelled."""
        if cancel is not None and self._running is not None and not self._running.done():
            cancel()
        if self._thread is not None:
            self._thread.shutdown()


@contextlib.contextmanager
def beside(
    load: Load,
    at_once: int,
    load_last: Load,
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
