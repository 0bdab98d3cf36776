"""The requests of a soak test, valid and invalid, in every format and of every size."""

import sys
from contextlib import closing
from itertools import product

import numpy as np

from benchmarks.cases import Shape
from benchmarks.server import RunningServer
from seriesbox.formats.content_type import CSV, JSON, TEXTS
from seriesbox.formats.writing import TableAnswer, Writer
from seriesbox.protocols import Estimator
from stress.soak_clients import Request, RequestGroup, ask

BYTES_PER_CELL = 11
WEIGHTS = {1: 50, 20: 10, 200: 2}  # by the number of records
WEIGHT_OF_LARGEST, WEIGHT_OF_INVALID = 1, 4
INVALID = [
    (b"1,2\n3,x\n", CSV, "*/*"),
    (b"", CSV, "*/*"),
    (b"[[1, 2", JSON, "*/*"),
    (b"1,2\n" * 10_000, "text/plain", "*/*"),
    (b"1,2\n" * 10_000, CSV, "image/png"),
]


def soak_requests(server: RunningServer, model: Estimator, record: Shape, megabytes: float) -> list[RequestGroup]:
    """Return requests by size, with the answers that the idle server gives, and invalid ones.

    A request is a number of records. The size of the largest ones is about that of `megabytes`.
    """
    rows, columns = record
    random, independent = np.random.default_rng(0), model.predictor().rows_are_independent
    largest = max(1, int(megabytes * 1_000_000) // (BYTES_PER_CELL * rows * columns))
    weights = {size: weight for size, weight in WEIGHTS.items() if size < largest} | {largest: WEIGHT_OF_LARGEST}
    groups = [RequestGroup(WEIGHT_OF_INVALID, [Request(body, _headers(*formats)) for body, *formats in INVALID])]
    with closing(server.connect()) as connection:
        for size, weight in weights.items():
            values = random.normal(size=(size * rows, columns)).astype(np.float32)
            if independent:
                values[::3, columns // 2 :: 7] = values[1::3, -columns // 4 :] = np.nan
            requests = []
            for form, accept in product(TEXTS, [*TEXTS, "*/*"]):
                body = b"".join(Writer(form, []).write([TableAnswer(iter([values]), len(values))], independent))
                request = Request(body, _headers(form, accept))
                status, digest = ask(connection, request)
                if status != 200:
                    sys.exit(f"{len(body)} bytes of {form} are answered by {status}.")
                requests.append(request._replace(digest=digest))
            groups.append(RequestGroup(weight, requests))
    return groups


def _headers(form: str, accept: str) -> dict[str, str]:
    return {"Content-Type": form, "Accept": accept}
