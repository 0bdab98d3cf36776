"""The log of `train` beside its metrics: one line per message, with its level."""

import logging
import sys

logger = logging.getLogger("seriesbox")


def set_up_logging() -> None:
    """Write the project's messages to standard output, its errors to standard error, whatever the root logger does."""
    messages, errors = logging.StreamHandler(sys.stdout), logging.StreamHandler(sys.stderr)
    messages.addFilter(lambda record: record.levelno < logging.ERROR)
    errors.setLevel(logging.ERROR)
    for handler in (messages, errors):
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.handlers = [messages, errors]
    logger.setLevel(logging.INFO)
    logger.propagate = False


class Notes(logging.Handler):
    """Keeps the warnings of a job, so that they are beside its model too."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sentences: list[str] = []
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.sentences.append(record.getMessage())
