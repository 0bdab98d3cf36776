"""Requests and models that nobody meant to send, against the real server: what it makes of them, and whether it lives.

Every request is a good one changed at random: its body, its headers, its length, its chunks. No answer may be a 500,
none may be missing, no worker may be lost, and memory must stay where it is. Models are changed likewise and loaded:
each is refused with a sentence or can be used.

    .venv/bin/python -m benchmarks.fuzz [--requests 100000] [--models 2000] [--seed 0]
"""

import argparse
import random
import socket
import sys
import tempfile
from collections import Counter
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.serve import Served, serving
from seriesbox.algorithm import predict
from seriesbox.artifact import DESCRIPTION, TENSORS, load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import ArtifactError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table

SECONDS_TO_ANSWER = 20
BODIES = [
    b"1,2,3\n4,,6\n",
    b"1.5\n-2e3\n0.25\n7\n8\n9\n",
    b'"1","2"\r\n3,nan\r\n',
    b"[[1, 2.5, null], [3, 4, 5]]",
    b"[1, 2, 3, 4, 5, 6]",
    b"[1, 2]\n[3, null]\n",
    b"",
]
TOKENS = [*(bytes([letter]) for letter in b',\n\r\t\x00;- e[]"'), b"1e400", b"nan", b"inf", b"true", b"null", b"{}"]
TOKENS += [b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\xc2\xa0", b"9" * 400, b"1," * 3000, b"\n" * 3000, b"[" * 3000]
TYPES = ["text/csv", "application/json", "application/jsonlines", "TEXT/CSV; charset=utf-8; header=present"]
TYPES += ["text/plain", "text/csv; header=", "text/csv; charset=\xff", "text/csv; charset=utf-7", "text/csv\x00"]
TYPES += [";;;", "", "a" * 5000]
ACCEPTS = ["*/*", *TYPES, "text/*;q=0.1, application/json;q=0.2", "*/*;q=nan", ",,,", "text/csv;q=-1"]


def changed(body: bytes, dice: random.Random) -> bytes:
    """The bytes with a few things put in, taken out, turned over or repeated."""
    for _ in range(dice.choice([0, 1, 1, 2, 5])):
        at = dice.randrange(len(body) + 1)
        change = dice.randrange(5)
        if change == 0:
            body = body[:at] + dice.choice(TOKENS) + body[at:]
        elif change == 1:
            body = body[:at] + body[at + dice.randrange(1, 5) :]
        elif change == 2:
            body = body[:at] + dice.randbytes(dice.randrange(1, 9)) + body[at:]
        elif change == 3:
            body = body[:at] + body[at : at + 20] * dice.randrange(50) + body[at:]
        else:
            body = body[:at]
    return body


def request(dice: random.Random) -> bytes:
    """A whole request as it goes over the wire."""
    body = changed(dice.choice(BODIES) * dice.choice([1, 1, 1, 30]), dice)
    headers = [
        f"Content-Type: {dice.choice(TYPES[:3] * 5 + TYPES)}",
        f"Accept: {dice.choice(ACCEPTS[:1] * 20 + ACCEPTS)}",
    ]
    if dice.random() < 0.1:
        headers.append(
            f"X-Amzn-SageMaker-{dice.choice(['Inference-Id', 'Custom-Attributes'])}: {'x' * dice.randrange(2000)}"
        )
    if dice.random() < 0.3:
        headers.append("Transfer-Encoding: chunked")
        cut = dice.randrange(len(body) + 1)
        parts = [part for part in (body[:cut], body[cut:]) if part]
        wire = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        if dice.random() < 0.2:
            wire = changed(wire, dice)
    else:
        wire = body
        length = str(len(body) + (dice.randrange(-5, 1000) if dice.random() < 0.05 else 0))
        if dice.random() < 0.02:
            length = dice.choice(["x", "-1", "1e3", "99999999999999"])
        headers.append(f"Content-Length: {length}")
    others = [("GET", "/invocations"), ("PUT", "/ping"), ("POST", "/x")]
    method, path = dice.choice([("POST", "/invocations")] * 20 + others)
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + wire


def answer(served: Served, sent: bytes) -> int:
    """The status of the answer. Raises OSError or HTTPException where there is none."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS_TO_ANSWER) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and hung up before all was sent
        response = HTTPResponse(connection)
        response.begin()
        response.read()
        return response.status


def fuzz_requests(model: Any, count: int, seed: int) -> Counter[int | str]:
    """How many requests got which status; every key but the statuses that may be is a finding."""
    dice, statuses = random.Random(seed), Counter[int | str]()
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder) / "model")
        with serving(Path(folder), MAX_CONTENT_LENGTH="1000000", OMP_NUM_THREADS="1") as (served, _):
            for number in range(count):
                if number == count // 10:
                    print(f"  memory after a tenth: {served.memory()}", flush=True)
                sent = request(dice)
                try:
                    status: int | str = answer(served, sent)
                except (OSError, HTTPException) as error:
                    status = f"no answer: {type(error).__name__}"
                statuses[status] += 1
                if status == 500 or isinstance(status, str):
                    print(f"  {status}: {sent[:300]!r}", flush=True)
            print(f"  memory at the end: {served.memory()}", flush=True)
            lost = sum(line["event"] == "start" for line in served.lines()) - 1
            if lost:
                statuses["worker lost"] = lost
    return statuses


def fuzz_models(model: Any, table: Table, count: int, seed: int) -> Counter[str]:
    """How many changed models were refused, and how many could be used."""
    dice, outcomes = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(count):
            save(model, folder)
            file = folder / dice.choice([DESCRIPTION, TENSORS])
            file.write_bytes(changed(file.read_bytes(), dice))
            try:
                predict(load(folder).predictor(), table)
                outcomes["used"] += 1
            except ArtifactError:
                outcomes["refused"] += 1
    return outcomes


def main() -> None:
    """Print what was found; exit with 1 where that is anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000, help="for both algorithms together")
    parser.add_argument("--models", type=int, default=2_000, help="for both algorithms together")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    cnn = CNNKMeans(CNNKMeansHyperparameters(blocks=1, filters=4, reduced_size=4, output_size=3), 3).eval()
    lstm = LSTMAD(LSTMADHyperparameters(context_length=2, prediction_length=1, hidden_size=2), 1).eval()
    found = False
    for model, table in ((cnn, Table.of(np.eye(3))), (lstm, Table.of(np.arange(9.0)[:, None]))):
        print(type(model).__name__)
        statuses = fuzz_requests(model, arguments.requests // 2, arguments.seed)
        print(f"  requests: {dict(sorted(statuses.items(), key=str))}")
        print(f"  models: {dict(fuzz_models(model, table, arguments.models // 2, arguments.seed))}", flush=True)
        found |= any(isinstance(status, str) or status == 500 for status in statuses)
    sys.exit(found)


if __name__ == "__main__":
    main()
