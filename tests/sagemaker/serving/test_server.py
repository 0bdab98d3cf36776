"""The process: what ends it, what it needs, and how it is stopped."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import torch

from seriesbox.artifact import save
from tests.archive import pack
from tests.clients import LONG_ANSWER_ROWS, ask_until, connect, long_answer
from tests.job import SERVE


def test_a_server_without_a_model_ends_and_says_why(job):
    done = job.run("serve")
    assert done.returncode != 0
    assert "holds no model: model.json is missing" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_malformed_setting_ends_the_server_and_is_named(job):
    job.environment["SAGEMAKER_BIND_TO_PORT"] = "http"
    done = job.run("serve")
    assert done.returncode != 0
    assert "SAGEMAKER_BIND_TO_PORT is 'http'" in done.stderr


def test_a_model_that_was_left_packed_or_one_folder_too_deep_is_found(job, lstm):
    save(lstm, job.model / "inner")
    assert f"{job.model}/inner holds model.json: the files belong into {job.model} itself" in job.run("serve").stderr
    pack(job.model / "inner", job.model / "model.tar.gz")
    assert "It holds model.tar.gz: unpack it." in job.run("serve").stderr


# A server on a machine with a driver for GPUs, in an image whose torch is built for CUDA, or is not.
SERVE_WITH_GPU = """
import torch
from seriesbox.sagemaker.serving import command, server, settings

torch.version.cuda = {cuda!r}
settings.has_gpu = lambda: True
command.main()
"""


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU that can be used")
@pytest.mark.parametrize(
    ("cuda", "obstacle"),
    [
        (None, "this image is built for CPUs"),
        ("13.0", "The NVIDIA driver may be too old for CUDA 13.0"),
    ],
)
def test_a_server_that_cannot_use_its_gpu_says_why_and_computes_on_the_cpu(serving, one_column, cuda, obstacle):
    with serving(one_column, [sys.executable, "-c", SERVE_WITH_GPU.format(cuda=cuda)]) as server:
        assert server.post(b"1\n" * 10).status == 200
    (start,), (warning,) = server.lines("start"), server.lines("warning")
    assert start["device"] == "cpu"
    assert warning["message"].startswith("The machine has a GPU, but ")
    assert obstacle in warning["message"]


FULL_DISKS = """
mount -t tmpfs -o size=64k none "$TMPDIR"
mount -t tmpfs -o size=4k none /dev/shm
if head -c 8k /dev/zero > /dev/shm/full; then exit 1; fi
mount -o remount,bind,ro /
cd "$HOME"
if touch file; then exit 1; fi
exec "$0"
"""
OWN_MOUNTS = "unshare --map-root-user --mount"


@pytest.mark.skipif(
    subprocess.run(f"{OWN_MOUNTS} mount -t tmpfs none /mnt", shell=True, check=False).returncode != 0,
    reason="this machine grants no mounts of one's own",
)
def test_a_server_needs_a_disk_for_large_answers_alone_and_says_so(serving, cnn, tmp_path):
    command = [*OWN_MOUNTS.split(), "sh", "-euc", FULL_DISKS, SERVE]
    with serving(cnn, command, TMPDIR=str(tmp_path), HOME="/") as server:
        for _ in range(2):
            assert server.post(b"1,2,3,4\n" * 3000).body.count(b"\n") == 3000
            refused = server.post(b"1,2,3,4\n" * 30_000)
            assert refused.status == 503
            assert "cannot be kept in /tmp, or TMPDIR (No space left on device)" in refused.message
            os.kill(server.lines("start")[-1]["process"], signal.SIGKILL)
            server.lines("start", at_least=2)
        assert not [line for line in server.lines("request") if "trace" in line]


def test_a_server_that_is_stopped_answers_all_that_it_has_and_leaves_nothing_behind(serving, one_column):
    with serving(one_column) as server, ThreadPoolExecutor() as pool, ExitStack() as stack:
        half_sent = [stack.enter_context(server.half_sent(b"1\n2\n3\n")) for _ in range(4)]
        reads = [stack.enter_context(long_answer(server)) for _ in range(2)]
        stack.enter_context(connect(server))  # which sends nothing
        clients = [pool.submit(ask_until, server, lambda outcomes: "lost" in outcomes) for _ in range(4)]
        server.lines("request", at_least=20)
        server.process.terminate()
        server.lines("server", at_least=1, message="Handling signal: term")
        assert [send_body() for send_body in half_sent] == [200] * 4
        assert [read().count(b"\n") for read in reads] == [LONG_ANSWER_ROWS] * 2
        assert server.process.wait(timeout=30) == 0
        for client in clients:
            *answered, _ = client.result()
            assert set(answered) == {200}
        with pytest.raises(ProcessLookupError):
            os.killpg(server.process.pid, 0)
