"""The operations of a group: of one process, and of three real ones."""

import json

import numpy as np
import torch

from seriesbox.distributed import Group

OPERATIONS = """
import json, os, sys
from datetime import timedelta
import numpy as np
import torch
import torch.distributed as dist
from seriesbox.distributed import Group

rank = int(os.environ["RANK"])
dist.init_process_group("gloo", timeout=timedelta(seconds=60))
group = Group(rank, 3)
rows = np.full((rank, 2), rank)  # none on the first
sums = torch.tensor([rank, 1])
group.add_up(sums)
group.barrier()
print(json.dumps({
    "all_reduce": group.all_reduce(np.array([rank, 1])).tolist(),
    "all_reduce_max": group.all_reduce_max(np.array([rank, -rank])).tolist(),
    "any": [group.any(rank == 2), group.any(False)],
    "first_nonzero": [group.first_nonzero(10 * rank), group.first_nonzero(0)],
    "broadcast": group.broadcast(torch.tensor([rank + 7])).tolist(),
    "broadcast_bytes": group.broadcast_bytes(b"abc" * (rank == 0)).decode(),
    "all_gather": group.all_gather(rows).tolist(),
    "gather": group.gather(rows).tolist(),
    "add_up": sums.tolist(),
}))
sys.stdout.flush()
os._exit(0)
"""


def test_three_processes_get_what_all_of_them_gave(job):
    address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(job.port), "WORLD_SIZE": "3"}
    folders = [job.base / str(rank) for rank in range(3)]
    for folder in folders:
        folder.mkdir()
    processes = [job.start(OPERATIONS, folder, **address, RANK=folder.name) for folder in folders]
    assert [process.returncode for process in processes] == [0, 0, 0], processes[0].stderr
    gathered = [[1, 1], [2, 2], [2, 2]]
    for rank, process in enumerate(processes):
        assert json.loads(process.stdout) == {
            "all_reduce": [3, 3],
            "all_reduce_max": [2, 0],
            "any": [True, False],
            "first_nonzero": [10, 0],
            "broadcast": [7],
            "broadcast_bytes": "abc",
            "all_gather": gathered,
            "gather": gathered if rank == 0 else [],
            "add_up": [3, 3],
        }


def test_alone_every_operation_returns_what_it_was_given():
    group, array, tensor = Group(), np.arange(6).reshape(3, 2), torch.arange(3)
    for operation in (group.all_reduce, group.all_reduce_max, group.all_gather, group.gather):
        np.testing.assert_array_equal(operation(array), array)
    assert group.broadcast(tensor) is tensor
    assert group.broadcast_bytes(b"abc") == b"abc"
    assert (group.any(True), group.any(False)) == (True, False)
    assert (group.first_nonzero(7), group.first_nonzero(0)) == (7, 0)
    group.barrier()
