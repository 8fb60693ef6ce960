"""The signals that end a process: each does so as Ctrl-C does, so that nothing is left behind.

A `KeyboardInterrupt` ends the work, whatever it is, and removes its working files; then the exit code is 128 plus the
number of the signal. SIGKILL cannot be caught: the next command of the same kind removes what it has left (`files`).
"""

import contextlib
import os
import signal
import sys
from typing import Any

from adops_cli.errors import ExitCode

_OTHERS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]
_received: list[int] = []
_A_MOMENT = 0.01
"""Seconds."""


def prepare() -> None:
    """Handle the signals, except those that the caller has this process ignore, as `nohup` does with SIGHUP."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    for one in _OTHERS:
        if signal.getsignal(one) is signal.SIG_DFL:
            signal.signal(one, _end)
    sys.unraisablehook = _again


def _end(number: int, _frame: Any) -> None:
    """End the work. Another signal does not end the cleaning up, as more than one comes when a terminal is closed.

    Only another Ctrl-C does, for somebody who will not wait.
    """
    _received.append(number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for one in _OTHERS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def at_once(loop: Any) -> None:
    """Have a signal end the process right away, with the same code, from an event loop that leaves nothing behind.

    After a `KeyboardInterrupt`, the loop would wait for its threads, one of which waits for stdin. And a handler that
    the loop does not know can come too late: nothing wakes the loop where another thread gets the signal.
    """
    with contextlib.suppress(NotImplementedError):  # on Windows
        for one in (signal.SIGINT, *_OTHERS):
            if signal.getsignal(one) is _end:
                loop.add_signal_handler(one, os._exit, 128 + one)


def _again(ignored: Any) -> None:
    """Raise an interruption once more that came where Python drops exceptions, such as while an object is removed.

    It would be dropped here, too, and so comes from another thread, a moment later. What an interruption has left half
    done can fail when it is removed, such as a query of a database that is closed by then: that tells nobody anything.
    """
    if not issubclass(ignored.exc_type, KeyboardInterrupt):
        if not _received:
            sys.__unraisablehook__(ignored)
        return
    from threading import Timer  # noqa: PLC0415 - hardly ever needed

    Timer(_A_MOMENT, os.kill, (os.getpid(), signal.SIGINT)).start()


def has_come() -> bool:
    """Whether a signal is ending the process. What fails from then on, fails for that."""
    return bool(_received)


def code() -> int:
    """The exit code of a process that was ended."""
    return 128 + _received[0] if _received else ExitCode.INTERRUPTED
