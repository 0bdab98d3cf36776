"""The log of `train` beside its metrics: one line per message, with its level."""

import logging
import sys

logger = logging.getLogger("seriesbox")


def set_up_logging() -> None:
    """Write the project's messages to standard output, whatever the root logger does."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
