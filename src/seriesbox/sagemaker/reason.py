"""Why a job failed, in the words that SageMaker shows."""

import errno
import traceback

import torch

from seriesbox.errors import UserError, shortened

LESS = "take a larger instance, lower `batch-size` or the network's sizes, or give less data."
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def reason(error: BaseException) -> str:
    """What the failure file says; where it is no user's fault, the log gets the traceback."""
    if isinstance(error, UserError):
        return shortened(str(error))
    traceback.print_exception(error)
    return shortened(f"{_sentence(error)} ({type(error).__name__}: {error})")


def _sentence(error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL:
        return "The disk is full: give the job a larger volume."
    if isinstance(error, torch.OutOfMemoryError):
        return "The GPU has too little memory: lower `batch-size`, or take an instance whose GPU has more."
    # torch has no type of its own for the memory of the machine.
    if isinstance(error, MemoryError) or number == errno.ENOMEM or "can't allocate memory" in str(error):
        return f"The machine has too little memory: {LESS}"
    return "Training failed inside seriesbox, the log says where."
