"""The settings of a server, from the environment. AWS' names are kept."""

import os
from dataclasses import dataclass

from werkzeug.exceptions import NotAcceptable

from seriesbox.sagemaker.machine import has_gpu, usable_cores
from seriesbox.sagemaker.serving.negotiation import AnswerFormat

MEGABYTE = 1 << 20
ON_SAGEMAKER = ("AWS_REGION", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "SAGEMAKER_BATCH")  # one of them is set there


@dataclass(frozen=True)
class ServerSettings:
    """The settings that `serve` needs before it loads a model.

    limit: the largest size of a request in bytes; None if memory alone is the limit.
    strategy: how a batch job cuts files, if it is known.
    gpu: whether the machine has a GPU's driver.
    threads: the number of threads that compute one network.
    queue: the number of requests that are read, computed or waiting at once.
    transforms: the number of requests that a batch job sends at once.
    accept: the format of answers if a request asks for none.
    page: whether `GET /` answers with a page to try the model.
    """

    port: int
    batch: bool
    strategy: str | None
    limit: int | None
    many_models: bool
    gpu: bool
    cores: int
    workers: int
    threads: int
    queue: int
    transforms: int
    accept: AnswerFormat | None
    page: bool

    @classmethod
    def read(cls) -> "ServerSettings":
        """Read the environment. Raises ValueError, whose message names the variable."""
        batch = os.environ.get("SAGEMAKER_BATCH", "").lower() == "true"
        many_models = os.environ.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true"
        cores, strategy = usable_cores(), os.environ.get("SAGEMAKER_BATCH_STRATEGY", "").strip().upper()
        if strategy not in ("", "SINGLE_RECORD", "MULTI_RECORD"):
            raise ValueError(f"SAGEMAKER_BATCH_STRATEGY is {strategy!r}: it must be SINGLE_RECORD or MULTI_RECORD.")
        try:
            accept = AnswerFormat.negotiate(
                os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", ""), AnswerFormat("")
            )
        except NotAcceptable as error:
            raise ValueError(f"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: {error.description}") from None
        workers = _number("SAGEMAKER_MODEL_SERVER_WORKERS") or _number("MODEL_SERVER_WORKERS") or 1
        gpu = has_gpu()
        workers = 1 if batch or many_models or gpu else max(1, min(workers, cores))
        # Many models predict side by side: a pool of threads for each would be thousands.
        share = max(1, cores // workers)
        threads = 1 if many_models else min(_number("OMP_NUM_THREADS") or share, share)
        return cls(
            port=_number("SAGEMAKER_BIND_TO_PORT", largest=65535) or 8080,
            batch=batch,
            strategy=strategy or None,
            limit=_number("MAX_CONTENT_LENGTH") or None,
            many_models=many_models,
            gpu=gpu,
            cores=cores,
            workers=workers,
            threads=threads,
            queue=_number("SERIESBOX_QUEUE") or 64,
            transforms=_number("SAGEMAKER_MAX_CONCURRENT_TRANSFORMS") or 1,
            accept=accept if accept.form else None,
            page=_has_page(),
        )


def _has_page() -> bool:
    """Return whether there is a page: as SERIESBOX_PAGE says or, if it does not, if this is not SageMaker."""
    chosen = os.environ.get("SERIESBOX_PAGE", "").strip().lower()
    if chosen not in ("", "true", "false"):
        raise ValueError(f"SERIESBOX_PAGE is {chosen[:30]!r}: it must be true or false.")
    return chosen == "true" if chosen else not any(os.environ.get(name) for name in ON_SAGEMAKER)


def _number(name: str, largest: int = 1 << 40) -> int | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= largest):
        raise ValueError(f"{name} is {text[:30]!r}: it must be a whole number from 0 to {largest}.")
    return int(text)
