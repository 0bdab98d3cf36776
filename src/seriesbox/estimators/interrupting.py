"""Ctrl-C while an estimator is fitted: the first asks it to stop, the second one ends it at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from seriesbox.errors import UserError


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Yield what returns whether Ctrl-C was pressed. Only the main thread hears of it.

    Raises KeyboardInterrupt in place of the UserError that there is nothing to end with yet.
    """
    stop = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    is_heard = threading.current_thread() is threading.main_thread()
    if not is_heard or before in (None, signal.SIG_IGN):  # a program in the background is not asked
        yield stop.is_set
        return

    def handle(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, handle)
    try:
        yield stop.is_set
    except UserError:
        if stop.is_set():
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
