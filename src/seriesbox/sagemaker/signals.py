"""How SageMaker asks a job to stop: SIGTERM. A terminal does it by Ctrl-C."""

import signal
from collections.abc import Callable


def on_stop(handler: Callable[..., object]) -> None:
    """Call the handler when the job is asked to stop, instead of an earlier one."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
