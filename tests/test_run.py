import threading

import numpy as np
import pytest

from seriesbox.run import Run, StoppedError


def test_a_stop_is_raised_by_every_way_to_compute():
    stopped = Run(stopped=lambda: True)
    for compute in (
        stopped.check,
        lambda: stopped.in_step(stopped.check),
        lambda: stopped.all_reduce(stopped.check),
        lambda: stopped.gather(stopped.check),
        lambda: stopped.broadcast(lambda: np.ones(1), like=np.zeros(1)),
        lambda: stopped.interruptible(lambda: 42),
    ):
        with pytest.raises(StoppedError):
            compute()


def test_alone_every_way_to_compute_returns_what_this_process_computes():
    run, values = Run(), np.arange(6.0).reshape(3, 2)
    assert run.in_step(lambda: 42) == run.interruptible(lambda: 42) == 42
    for compute in (run.all_reduce, run.gather):
        np.testing.assert_array_equal(compute(lambda: values), values)
    np.testing.assert_array_equal(run.broadcast(lambda: values, like=np.zeros((3, 2))), values)


def test_a_computation_that_takes_no_notice_of_a_stop_is_left_behind():
    started, end = threading.Event(), threading.Event()
    with pytest.raises(StoppedError):
        Run(stopped=started.is_set).interruptible(lambda: started.set() or end.wait(30))
    end.set()


def test_the_error_of_an_interruptible_computation_is_raised():
    with pytest.raises(ZeroDivisionError):
        Run().interruptible(lambda: 1 / 0)


def test_a_stopped_run_takes_the_quick_way_to_its_end_in_which_nothing_stops_it():
    run = Run(stopped=lambda: True)

    def thorough():
        run.check()

    def quick():
        run.check()  # does not raise again
        return run.interruptible(lambda: "quick")

    assert run.or_quickly(thorough, quick) == "quick"
    assert run.or_quickly(lambda: "thorough", quick) == "quick"  # once in a hurry, always
    assert Run().or_quickly(lambda: "thorough", quick) == "thorough"


def test_the_quick_way_is_not_taken_for_another_error():
    with pytest.raises(ZeroDivisionError):
        Run().or_quickly(lambda: 1 / 0, lambda: "quick")
