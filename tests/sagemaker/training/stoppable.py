"""Jobs that send themselves SIGTERM: one for every line of standard input, each a process that does what `train` does.

A line holds the job's folder, a function, at which of its calls the signal comes, and a function at whose every call
from there on it comes again. The answer is the exit code. Large imports are done once for all.
"""

import os
import signal
import sys

import sklearn.cluster  # noqa: F401
import torch._dynamo  # noqa: F401 (both are what a job imports late)

import seriesbox.cnn_kmeans.estimator
import seriesbox.lstm_ad.estimator
import seriesbox.sagemaker.training.job  # noqa: F401
from seriesbox.sagemaker.training.command import main


def train(folder, function, call, again):
    left = int(call)

    def watch(frame, event, _):
        nonlocal function, left
        if event == "call" and frame.f_code.co_qualname == function:
            left -= 1
            if not left:
                print("asked at", function, flush=True)
                function, left = again, 1
                os.kill(os.getpid(), signal.SIGTERM)

    os.environ["SAGEMAKER_BASE_DIR"] = folder
    log = os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.setprofile(watch)
    main()


for line in sys.stdin:
    job = os.fork()
    if not job:
        train(*line.split())
    print(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]), flush=True)
