"""The processes of one host share its data: they hold it once, train the model of one process, and end alike."""

import gzip
import re
import signal
from pathlib import Path

import pytest

from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.sagemaker.training.process import CAUSE
from tests.hosts import TWO_PROCESSES, assert_alike, children, exit_codes, start, start_processes
from tests.job import CNN, LSTM

SIZES = {  # without dropout, of which every process draws its own
    "lstm-ad": {**LSTM, "epochs": "3", "batch-size": "32", "dropout": "0"},
    "cnn-kmeans": {**CNN, "epochs": "3", "batch-size": "20"},
}
ENDLESS = {**LSTM, "epochs": "100000", "sequence-stride": "20000"}
TWO_ROWS = b"1,2,3,4,5,6,7,8,9,0\n5,4,3,2,1,0,9,8,7,6\n"
COPY = 50_000_000  # bytes of the large training data, once it is scaled


def rows(size: int) -> bytes:
    """Return rows that take `size` bytes once they are scaled."""
    return TWO_ROWS * (size // (4 * 20))


def divided(sizes: dict[str, str], processes: int) -> dict[str, str]:
    """Return the sizes with the batch of each process, which together take the same steps as one."""
    return {**sizes, "batch-size": str(int(sizes["batch-size"]) // processes)}


def held(process) -> int:
    """Return the bytes of memory that a process holds. Pages that others map too count as its part of them."""
    text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return 1024 * int(re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)[1])


def held_while_training(job) -> int:
    processes = start_processes([job], per_host=2)
    processes[0].wait_for("epoch: 1 ")
    memory = sum(map(held, processes))
    for process in processes:
        process.send(signal.SIGTERM)
    assert exit_codes(processes) == [0, 0]
    return memory


@pytest.mark.parametrize("algorithm", SIZES)
def test_two_processes_of_a_host_give_the_model_of_one(hosts, parts, algorithm):
    sizes, files = {**SIZES[algorithm], "patience": "1"}, parts[algorithm]
    (alone,) = hosts(sizes, [files], [files])
    (shared,) = hosts(divided(sizes, 2), [files], [files])
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes([shared], per_host=2)) == [0, 0]
    assert_alike(shared, alone)


def test_each_host_shares_its_part_and_one_without_data_waits_for_nothing(hosts, parts):
    sizes, files = {**SIZES["lstm-ad"], "batch-size": "36"}, parts["lstm-ad"]
    (alone,) = hosts(sizes, [files])
    data = [{"a.csv": files["a.csv"]}, None, {"b.csv": files["b.csv"]}]
    jobs = hosts(divided(sizes, 6), data, sharded=True)
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 6
    assert_alike(jobs[0], alone)


def test_gaps_of_one_host_s_recordings_are_left_out_by_all_processes(hosts, parts):
    sizes, files = {**SIZES["lstm-ad"], "batch-size": "36"}, parts["lstm-ad"]
    lines = files["a.csv"].splitlines(keepends=True)
    lines[50:360:15] = [b"," + line.partition(b",")[2] for line in lines[50:360:15]]
    files = {**files, "a.csv": b"".join(lines)}
    (alone,) = hosts(sizes, [files])
    jobs = hosts(divided(sizes, 4), [{name: body} for name, body in files.items()], sharded=True)
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 4
    assert_alike(jobs[0], alone)


def test_series_of_hosts_of_which_one_has_none_are_bridged_and_shared(hosts, parts):
    jobs = hosts({**CNN, "epochs": "1"}, [parts["cnn-kmeans"], None], sharded=True)
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 4


def test_two_processes_hold_the_data_once(hosts):
    few, many = (held_while_training(*hosts(ENDLESS, [{"a.csv": rows(size)}])) for size in (COPY // 500, COPY))
    assert 0.8 * COPY < many - few < 1.5 * COPY


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"1,2\nsix,3\n", "cells that are not numbers"),
        (b"", "has no data, only a.csv (empty)"),
        (b"1,2\n,3\n,4\n" * 200, "has columns that are mostly empty: column 1 in 400 of 600 rows (66.7%)"),
        (b"1,2\n" * 9, "has 9 rows, but context-length"),
    ],
    ids=["text", "nothing", "gaps", "few rows"],
)
def test_a_fault_in_the_data_ends_all_processes_with_the_sentence_of_one(hosts, body, sentence):
    (alone,), (shared,) = (hosts(LSTM, [{"a.csv": body}]) for _ in range(2))
    assert exit_codes(start_processes([alone])) == [1]
    assert exit_codes(start_processes([shared], per_host=2)) == [1, 1]
    causes = [
        (job.base / folder / CAUSE).read_text()
        for job, folder in [(alone, "process-0"), (shared, "process-0"), (shared, "process-1")]
    ]
    assert sentence in causes[0]
    assert causes == causes[:1] * 3


def test_processes_that_are_stopped_while_one_reads_leave_nothing(hosts):
    (job,) = hosts(LSTM, [{"a.csv.gz": gzip.compress(rows(COPY // 10)) * 200}])
    (host,) = start([job], TWO_PROCESSES)
    host.wait_for("lstm-ad {")
    started = children(host)
    host.send(signal.SIGTERM)
    assert host.returncode == 1
    assert STOPPED_BEFORE_TRAINING in host.stderr
    assert len(started) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


def test_if_the_process_that_has_the_data_is_killed_the_other_one_ends(hosts):
    first, second = start_processes(hosts(ENDLESS, [{"a.csv": rows(COPY // 500)}]), per_host=2)
    first.wait_for("epoch: 1 ")
    first.send(signal.SIGKILL)
    assert exit_codes([first, second]) == [-signal.SIGKILL, 1]


def test_if_the_process_that_reads_is_killed_the_other_one_ends(hosts):
    (job,) = hosts(LSTM, [{"a.csv.gz": gzip.compress(rows(COPY // 10)) * 200}])
    first, second = start_processes([job], per_host=2)
    first.wait_for("lstm-ad {")
    first.send(signal.SIGKILL)
    assert exit_codes([first, second]) == [-signal.SIGKILL, 1]
    assert not (job.base / "process-1" / CAUSE).exists()
