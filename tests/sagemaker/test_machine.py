import os

import numpy as np
import pytest

from seriesbox.sagemaker import machine
from seriesbox.sagemaker.machine import memory_limit, memory_of_others, resident_memory, usable_cores


@pytest.fixture
def groups(monkeypatch, tmp_path):
    """The files of a control group, on a machine of eight cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    return tmp_path


def test_cores_are_those_of_the_affinity_and_no_more_than_the_quota(groups):
    assert usable_cores() == 8
    for quota, cores in {"max 100000": 8, "250000 100000": 2, "50000 100000": 1, "1600000 100000": 8}.items():
        (groups / "cpu.max").write_text(f"{quota}\n")
        assert usable_cores() == cores


def test_the_quota_of_an_old_control_group_counts_too(groups):
    (groups / "cpu").mkdir()
    (groups / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    for quota, cores in {"-1": 8, "300000": 3}.items():
        (groups / "cpu" / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        assert usable_cores() == cores


def test_memory_is_what_the_control_group_grants(groups):
    whole = memory_limit()
    (groups / "memory.max").write_text("max\n")
    assert memory_limit() == whole > resident_memory() > 10_000_000
    (groups / "memory.max").write_text("1000000\n")
    assert memory_limit() == 1_000_000


def test_of_processes_that_train_together_one_may_take_all_memory_but_what_the_others_hold(groups, monkeypatch):
    whole = memory_limit()
    memory_of_others.cache_clear()
    assert memory_of_others() == 0
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    memory_of_others.cache_clear()
    first = memory_of_others()
    assert memory_limit() == whole
    assert 3 * 10_000_000 < first <= 3 * resident_memory()
    read = np.ones(10_000_000)
    assert memory_of_others() == first, len(read)
    memory_of_others.cache_clear()
