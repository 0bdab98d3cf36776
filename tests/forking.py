"""A process that has imported all that a training needs, and forks for each program that it is given to run.

Imports are most of what `train` takes for a small job, and tests train a hundred times. `forked.py` is the other side.

Each request is a packet on the socket whose number is the argument: JSON with the program, the environment and the
files for its output, together with another socket, to which the number of the process and its exit code are written.
"""

import ctypes
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

PR_SET_PDEATHSIG = 1


def main() -> NoReturn:
    """Fork for every request. When there are no more, end, and with this process all others."""
    _import_everything()
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        while True:
            content, reports, *_ = socket.recv_fds(requests, 1 << 20, 1)
            if not content:
                break
            if not os.fork():
                _watch(json.loads(content), *reports)
            os.close(*reports)
            _reap()
    _reap()
    os._exit(0)


def _reap() -> None:
    """Let processes that have ended go."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _import_everything() -> None:
    """Import what `train` does, except SageMaker's toolkit, which reads the environment while it is imported."""
    import boto3  # noqa: F401
    import paramiko  # noqa: F401 (the toolkit imports both)
    import sklearn.cluster  # noqa: F401
    import torch._dynamo  # noqa: F401 (a job's first optimizer imports it)

    import seriesbox.cnn_kmeans.estimator
    import seriesbox.lstm_ad.estimator
    import seriesbox.sagemaker.training.host  # noqa: F401


def _watch(request: dict[str, str | dict[str, str]], report: int) -> NoReturn:
    """Run the program in a process of its own, and report how it ends."""
    _end_with_parent()
    process = os.fork()
    if not process:
        os.close(report)
        _run(**request)
    os.write(report, b"%d" % process)
    os.write(report, b"%d" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    os._exit(0)


def _run(program: str, environment: dict[str, str], stdout: str, stderr: str) -> NoReturn:
    _end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate((os.devnull, stdout, stderr)):
        os.dup2(os.open(name, os.O_RDWR), number)
    sys.argv[1:] = []
    exec(program, {"__name__": "__main__"})
    sys.exit()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
