"""Digests of what a job has read. By them hosts notice that their data differs, and so do checkpoints."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.artifact import Artifact
from seriesbox.distributed import Group
from seriesbox.errors import DataError
from seriesbox.tables.table import Table

SIZE = 8  # bytes

Digests = dict[str, list[bytes]]  # of each channel, one per process


def digests_of_all(
    training: Sequence[Table], validation: Sequence[Table], earlier_model: Artifact | None, group: Group
) -> Digests:
    """Return the digests of what each process holds, on all of them. The first of a host computes those of its host."""
    earlier = sorted(earlier_model.tensors.items()) if earlier_model else ()  # they are read in any order
    model = (tensor for _, tensor in earlier)
    read = {"training": _arrays(training), "validation": _arrays(validation), "model": model}
    digests = b"".join(_digest(arrays) for arrays in read.values()) if group.host.is_first else b""
    own = np.frombuffer(group.host.tell(digests), np.uint8).reshape(1, len(read), SIZE)
    gathered = group.all_gather(own)
    return {name: [each.tobytes() for each in gathered[:, number]] for number, name in enumerate(read)}


def check_equal(digests: Digests, sharded: Collection[str], hosts: Sequence[str]) -> None:
    """Raise DataError if hosts have read other data than the first one from a channel that all should have alike.

    hosts: their names, in the order of their processes.
    """
    for channel, of_processes in digests.items():
        of_hosts = of_processes[:: len(of_processes) // len(hosts)]
        others = [host for host, each in zip(hosts, of_hosts, strict=True) if each != of_hosts[0]]
        if others and channel not in sharded:
            raise DataError(
                f"The `{channel}` channel of {', '.join(others)} has other data than that of {hosts[0]}: give all of "
                "them all data (FullyReplicated), or each a part (ShardedByS3Key)."
            )


def _arrays(tables: Sequence[Table]) -> Iterator[NDArray[Any]]:
    for table in tables:
        yield np.array(len(table.widths))
        for cells, widths in table.rows():
            yield widths
            yield cells


def _digest(arrays: Iterable[NDArray[Any]]) -> bytes:
    digest = hashlib.blake2b(digest_size=SIZE)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()
