"""How SageMaker asks a job to stop: SIGTERM; a terminal does it by Ctrl-C."""

import signal
from collections.abc import Callable


def on_signals(handler: Callable[..., object]) -> None:
    """Call this when the job is asked to stop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
