"""The command line of `train` and `serve`, which take no arguments: a folder and the environment hold everything."""

import os
import sys
from contextlib import suppress


def unexpected_arguments(name: str, usage: str) -> str | None:
    """Return a sentence about the arguments of a command, None without any. Prints the usage and exits on `--help`."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        with suppress(OSError):  # a reader that is gone, such as `head`
            os.write(sys.stdout.fileno(), usage.lstrip().encode())
        sys.exit()
    if arguments:
        given = " ".join(arguments)[:100]
        return f"`{name}` takes no arguments, but got {given!r}: `{name} --help` says what it reads."
    return None
