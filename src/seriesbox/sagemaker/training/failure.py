"""The text of the failure file, which SageMaker shows."""

import errno

from seriesbox.errors import DataError, UserError
from seriesbox.files import printable
from seriesbox.sagemaker.training.log import logger

MAX_CHARACTERS = 1024  # that SageMaker shows
NEEDS_LESS_MEMORY = "take a larger instance, lower `batch-size` or the network's sizes, or give less data."
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def failure_text(error: BaseException) -> str:
    """Return the text of the failure file. Unless the user is at fault, the log gets the traceback."""
    if isinstance(error, UserError):
        return shortened(error.message(MAX_CHARACTERS) if isinstance(error, DataError) else str(error))
    logger.error("The training failed:", exc_info=error)
    return shortened(f"{_sentence(error)} ({type(error).__name__}: {error})")


def shortened(text: str) -> str:
    """Return the text in one line, cut to the length that SageMaker shows."""
    return printable(" ".join(text.split()))[:MAX_CHARACTERS]


def _sentence(error: BaseException) -> str:
    import torch

    number = error.errno if isinstance(error, OSError) else None
    if number in DISK_FULL:
        return "The disk is full: give the job a larger volume."
    if isinstance(error, torch.OutOfMemoryError):
        return "The GPU has too little memory: lower `batch-size`, or take an instance whose GPU has more."
    # torch raises no error type of its own if the machine's memory is too small.
    if isinstance(error, MemoryError) or number == errno.ENOMEM or "can't allocate memory" in str(error):
        return f"The machine has too little memory: {NEEDS_LESS_MEMORY}"
    return "Training failed inside seriesbox, the log says where."
