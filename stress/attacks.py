"""The attacks of a stranger on hosts that train together, each made once the ports are open."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from torch.distributed import TCPStore  # type: ignore[attr-defined]

from seriesbox.sagemaker.training.rendezvous import ARRIVED, CAUSE, LEFT, STOP
from seriesbox.sagemaker.training.signed_store import SignedStore

HOSTS = ["127.0.0.1", "127.0.0.2"]
FORGED = "The stranger's words."
CONNECTIONS = 200  # at once
LISTENS = "0A"  # a state in /proc/net/tcp

Attack = Callable[[TCPStore, set[int]], None]  # on the store, and on the processes that train
HELD: list[socket.socket] = []


def forge(*names: str) -> Attack:
    """Return an attack that leaves texts under these names, and signed ones where a guessed secret would put them."""

    def attack(store: TCPStore, processes: set[int]) -> None:
        for name in names:
            store.set(name, FORGED)
            SignedStore(store, b"a guess").set(name, FORGED)

    return attack


def replay(store: TCPStore, processes: set[int]) -> None:
    """Leave each of the hosts' texts in the place of the next one."""
    keys = store.list_keys()
    texts = [store.compare_set(key, "", "") for key in keys]  # `get` would wait for one that is not there
    for key, text in zip(keys[1:] + keys[:1], texts, strict=True):
        store.set(key, text)  # type: ignore[arg-type]


def delete(store: TCPStore, processes: set[int]) -> None:
    """Delete all that the hosts have left for each other."""
    for key in store.list_keys():
        store.delete_key(key)


def replace(store: TCPStore, processes: set[int]) -> None:
    """Replace all that the hosts have left for each other."""
    for key in store.list_keys():
        store.set(key, FORGED)


def send_garbage(store: TCPStore, processes: set[int]) -> None:
    """Send random bytes to every port of the hosts, those of torch's processes included."""
    for address in addresses(processes):
        with suppress(OSError), socket.create_connection(address, timeout=1) as connection:
            connection.sendall(Random(0).randbytes(10_000))


def hold_connections(store: TCPStore, processes: set[int]) -> None:
    """Connect many times, to every port of the hosts, say nothing, and stay."""
    for address in addresses(processes):
        with suppress(OSError):
            if len(HELD) < CONNECTIONS:
                HELD.append(socket.create_connection(address, timeout=1))


def addresses(processes: set[int]) -> Iterator[tuple[str, int]]:
    """Yield the addresses at which processes listen, as a scan of the hosts' ports would find them."""
    sockets = {link for process in processes for link in _links(Path(f"/proc/{process}/fd"))}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, _, _, _, _, _, inode, *_ = line.split()
            if state == LISTENS and f"socket:[{inode}]" in sockets:
                yield from ((host, int(local.split(":")[1], 16)) for host in HOSTS)


def _links(folder: Path) -> Iterator[str]:
    with suppress(OSError):
        for link in folder.iterdir():
            with suppress(OSError):
                yield os.readlink(link)


FORGERIES: dict[str, Attack] = {
    "stops": forge(STOP),
    "causes": forge(CAUSE),
    "arrivals": forge(*(f"{ARRIVED}/{host}" for host in (*HOSTS, "127.0.0.9"))),
    "departures": forge(*(f"{LEFT}/{host}" for host in HOSTS)),
    "garbage": send_garbage,
    "connections": hold_connections,
}
DENIALS: dict[str, Attack] = {"replays": replay, "deletions": delete, "replacements": replace}
