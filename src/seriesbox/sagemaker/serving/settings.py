"""How this machine and this job want to be served, from the environment. AWS' names are kept."""

import os
from dataclasses import dataclass

from seriesbox.sagemaker.machine import usable_cores

MEGABYTE = 1 << 20
REAL_TIME, BATCH = 25 * MEGABYTE, 100 * MEGABYTE  # what SageMaker lets through


@dataclass(frozen=True)
class Settings:
    """What `serve` needs to know before it has a model.

    limit: bytes of a request, None for no limit. strategy: how a batch job cuts files, where its owner said so.
    queue: requests that are read, computed or waiting at once.
    """

    port: int
    batch: bool
    strategy: str | None
    limit: int | None
    many_models: bool
    cores: int
    workers: int
    queue: int
    accept: str | None

    @classmethod
    def read(cls) -> "Settings":
        """Raises ValueError, whose message names the variable."""
        batch = os.environ.get("SAGEMAKER_BATCH", "").lower() == "true"
        many_models = os.environ.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true"
        limit = BATCH if batch else REAL_TIME
        if (megabytes := _number("SAGEMAKER_MAX_PAYLOAD_IN_MB")) is not None:
            limit = megabytes * MEGABYTE
        if (given := _number("MAX_CONTENT_LENGTH")) is not None:
            limit = given
        cores = usable_cores()
        workers = _number("SAGEMAKER_MODEL_SERVER_WORKERS") or _number("MODEL_SERVER_WORKERS") or 1
        return cls(
            port=_number("SAGEMAKER_BIND_TO_PORT") or 8080,
            batch=batch,
            strategy=os.environ.get("SAGEMAKER_BATCH_STRATEGY"),
            limit=limit or None,
            many_models=many_models,
            cores=cores,
            workers=1 if batch or many_models else max(1, min(workers, cores)),
            queue=_number("SERIESBOX_QUEUE") or 64,
            accept=os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"),
        )


def _number(name: str) -> int | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise ValueError(f"{name} is {text!r}: it must be a whole number, not below 0.")
    return number
