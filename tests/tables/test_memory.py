import os
from mmap import PAGESIZE

import numpy as np

from seriesbox.tables.memory import SharedMemory, map_memory
from seriesbox.tables.stack_builder import StackBuilder
from seriesbox.tables.table import Table


def files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_one_who_maps_a_memory_sees_what_its_owner_writes_and_keeps_own_changes():
    memory = SharedMemory()
    memory.resize(3 * PAGESIZE)
    memory[0], memory[PAGESIZE] = 1, 2
    mapped = map_memory(memory.path)
    assert (len(mapped), mapped[0], mapped[PAGESIZE]) == (3 * PAGESIZE, 1, 2)
    memory[0] = 3
    mapped[PAGESIZE] = 4
    assert (mapped[0], memory[PAGESIZE]) == (3, 2)
    memory.close_path()


def test_one_who_maps_a_memory_keeps_the_front_when_its_owner_frees_the_rest():
    memory = SharedMemory()
    memory.resize(2 * PAGESIZE)
    memory[0] = 1
    mapped = map_memory(memory.path)
    memory.close_path()
    memory.resize(PAGESIZE)
    assert mapped[0] == 1


def test_nothing_is_left_of_a_memory_that_nobody_holds():
    before = files()
    memory = SharedMemory()
    mapped = map_memory(memory.path)
    memory.close_path()
    del memory, mapped
    assert files() == before


def test_a_stack_in_shared_memory_is_that_in_private_memory():
    values = np.random.default_rng(0).normal(size=(70_001, 3))
    builder = StackBuilder(SharedMemory)
    builder.add("a", Table.of(values).rows())
    tables = builder.build()
    np.testing.assert_array_equal(tables.values, values)
    scaled = tables.consume(lambda block: block.astype(np.float32))
    np.testing.assert_array_equal(scaled, values.astype(np.float32))
    assert os.stat(tables.memory.path).st_size == scaled.nbytes
    tables.memory.close_path()
