"""The hosts of one training job.

The first host by name trains on everything and saves; the others wait until it has, because a container that ends early
may take the whole job with it: SageMaker's local mode then stops the rest, and uploads what is there.

Every other host connects to the first one, says its name, and hears in the end how it went. The first one only listens:
the system lets them connect while it trains, and breaks the connection should it die.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from seriesbox.errors import UserError
from seriesbox.sagemaker.paths import Paths

PORT = 29400
SECONDS_TO_START = 600  # that the last host may be later than the first: images are pulled, names come late
SAVED = "saved"


class Cluster:
    """Who is who, from `resourceconfig.json`. Raises UserError when hosts are given parts of the data."""

    def __init__(self, paths: Paths) -> None:
        self.deadline = time.monotonic() + SECONDS_TO_START
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
    def others_waiting(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """For the first host: tell every other one, at the end of the block, how it went. `stopped` cuts that short."""
        if not self.others:
            yield
            return
        with socket.create_server(("", PORT), backlog=2 * len(self.others)) as server:
            outcome = "The training failed."
            try:
                yield
                outcome = SAVED
            except UserError as error:
                outcome = str(error)
                raise
            finally:
                self._tell(server, outcome, stopped)

    def reach_first(self) -> socket.socket:
        """For every other host: a connection to the first one. Raises UserError when it does not come in time."""
        print(f"{self.current} waits while {self.first} trains: more hosts make nothing faster yet.", flush=True)
        while True:
            try:
                connection = socket.create_connection((self.first, PORT), timeout=5)
                connection.sendall(f"{self.current}\n".encode())
            except OSError as error:  # not known by name yet, or not listening yet
                if time.monotonic() > self.deadline:
                    raise UserError(f"{self.first} could not be reached within {SECONDS_TO_START} s: {error}") from None
                time.sleep(0.5)
            else:
                connection.settimeout(None)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # notices within a minute when the
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)  # first host is gone
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
                return connection

    def wait(self, connection: socket.socket) -> None:
        """Return when the model is saved. Raises UserError when it will not be."""
        with connection, connection.makefile(encoding="utf-8") as answer:
            try:
                outcome = answer.read()
            except OSError:
                outcome = ""
        if outcome != SAVED:
            raise UserError(f"{self.first}: {outcome or 'The host has gone.'}")

    def _tell(self, server: socket.socket, outcome: str, stopped: Callable[[], bool]) -> None:
        server.settimeout(0.2)
        untold = set(self.others)
        while untold:
            try:
                connection, _ = server.accept()
            except TimeoutError:
                if stopped() or time.monotonic() > self.deadline:
                    print(f"{', '.join(sorted(untold))} did not come.", flush=True)
                    return
                continue
            connection.settimeout(5)
            with connection, suppress(OSError), connection.makefile(encoding="utf-8") as words:
                untold.discard(words.readline().strip())
                connection.sendall(outcome.encode())
