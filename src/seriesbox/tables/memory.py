"""Memory of pages of its own: it grows without being copied, and what is freed goes back to the system."""

import os
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, PAGESIZE, PROT_READ, PROT_WRITE, mmap
from typing import Self


def private_memory() -> mmap:
    """Return a page of this process alone."""
    return mmap(-1, PAGESIZE, flags=MAP_PRIVATE | MAP_ANONYMOUS)


class SharedMemory(mmap):
    """A page that other processes can map, by a file without a name that is gone when the last of them has ended."""

    _file: int

    def __new__(cls) -> Self:
        file = os.memfd_create("seriesbox")
        os.truncate(file, PAGESIZE)
        memory = super().__new__(cls, file, PAGESIZE)
        memory._file = file
        return memory

    @property
    def path(self) -> str:
        """The name by which other processes of this user find the memory until `close_path`."""
        return f"/proc/{os.getpid()}/fd/{self._file}"

    def close_path(self) -> None:
        """Let no more processes map the memory. Those that did so keep it."""
        os.close(self._file)


def map_memory(path: str) -> mmap:
    """Map all of a `SharedMemory` of another process. What this process writes, the others do not see."""
    with open(path, "rb") as file:
        return mmap(file.fileno(), 0, flags=MAP_PRIVATE, prot=PROT_READ | PROT_WRITE)
