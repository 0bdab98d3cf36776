"""The signals that ask a job to stop: SIGTERM from SageMaker, SIGINT from Ctrl-C in a terminal."""

import signal
from collections.abc import Callable


def on_stop(handler: Callable[..., object]) -> None:
    """Call the handler when the job is asked to stop, instead of the handler before."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
