"""The data channels of a host: its first process reads them, and the others share its memory or its fault."""

from collections.abc import Callable
from mmap import mmap

from seriesbox.errors import UserError
from seriesbox.host_group import HostGroup
from seriesbox.sagemaker.training.channels import Channels
from seriesbox.sagemaker.training.failure import failure_text
from seriesbox.shared_stack import share_tables
from seriesbox.tables.memory import SharedMemory, private_memory


def read_once(read: Callable[[Callable[[], mmap]], Channels], host: HostGroup) -> Channels:
    """Return what `read` returns in the first process, but what is said about it there alone.

    read: gets a function that returns the memory to read into.
    Raises in every process the UserError that `read` raises.
    """
    if host.size == 1:
        return read(private_memory)
    channels = Channels()
    if not host.is_first:
        if cause := host.tell():
            host.barrier()
            raise UserError(cause.decode())
    else:
        try:
            channels = read(SharedMemory)
        except UserError as error:
            host.tell(failure_text(error).encode())
            host.barrier()  # else the others could notice the end of this process before its message
            raise
        host.tell()
    return Channels(*(each._replace(tables=share_tables(each.tables, host)) for each in channels))
