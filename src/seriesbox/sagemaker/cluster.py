"""The hosts of one training job.

The first host by name trains on everything and saves; the others wait until it has, because a container that ends early
may take the whole job with it: SageMaker's local mode then stops the rest, and uploads what is there.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from seriesbox.errors import UserError
from seriesbox.sagemaker.paths import Paths

PORT = 29400
SECONDS_TO_START = 600  # between the first and the last host: images are pulled, names come late
SECONDS_TO_LISTEN = 60  # at the end, for a host that has not been seen yet
SAVED = "saved"


class Cluster:
    """Who is who, from `resourceconfig.json`. Raises UserError when hosts are given parts of the data."""

    def __init__(self, paths: Paths) -> None:
        resources = json.loads(paths.resources.read_bytes())
        self.current: str = resources["current_host"]
        self.first, *self.others = sorted(resources["hosts"])
        self.is_first = self.current == self.first
        channels = json.loads(paths.inputs.read_bytes())
        parted = [name for name, channel in channels.items() if channel.get("S3DistributionType") == "ShardedByS3Key"]
        if self.others and parted:
            raise UserError(
                f"The channel `{parted[0]}` is divided among {1 + len(self.others)} hosts (ShardedByS3Key), but one "
                "host trains: take one instance, or give every host all data (FullyReplicated)."
            )

    @contextmanager
    def others_waiting(self) -> Iterator[None]:
        """For the first host: tell every other one, at the end of the block, how it went."""
        if not self.others:
            yield
            return
        with socket.create_server(("", PORT), backlog=len(self.others)) as server:  # the system lets them connect
            outcome = "The training failed."
            try:
                yield
                outcome = SAVED
            except UserError as error:
                outcome = str(error)
                raise
            finally:
                server.settimeout(SECONDS_TO_LISTEN)
                with suppress(TimeoutError):
                    for _ in self.others:
                        self._tell(server, outcome)

    def wait(self) -> None:
        """For every other host: return when the model is saved. Raises UserError when it will not be."""
        print(
            f"{self.current} waits while {self.first} trains: more hosts do not make this version faster.", flush=True
        )
        with self._connect() as connection, connection.makefile(encoding="utf-8") as answer:
            try:
                outcome = answer.read()
            except OSError:
                outcome = ""
        if outcome != SAVED:
            raise UserError(f"{self.first}: {outcome or 'The host has gone.'}")

    def _tell(self, server: socket.socket, outcome: str) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(outcome.encode())

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                connection = socket.create_connection((self.first, PORT), timeout=5)
            except OSError as error:  # not known by name yet, or not listening yet
                if time.monotonic() > deadline:
                    raise UserError(f"{self.first} could not be reached within {SECONDS_TO_START} s: {error}") from None
                time.sleep(0.5)
            else:
                connection.settimeout(None)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # notices a host that vanished
                return connection
