"""How threads wait for each other."""

import os

SPIN_COUNT = "1000"  # a few microseconds


def let_threads_sleep() -> None:
    """Let waiting threads sleep soon, unless the environment decides; call it before anything computes.

    The threads of libgomp, torch's and scikit-learn's, wait by spinning for milliseconds. If another process wants
    their core, everything takes several times as long.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
