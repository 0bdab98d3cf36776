"""Bytes in parts of whole lines, so that memory holds one part at a time."""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from seriesbox.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, as spreadsheets write it
BLANKS = b" \t\r\n"
PART = 1 << 18  # bytes that are parsed at once: pings wait while the parser holds the interpreter's lock
MIN_PART = 1 << 16
MEMORY_PER_BYTE = 12  # at most, of text that is parsed and computed: an empty cell is one byte of it
GZIP = b"\x1f\x8b"


def parts_of(body: bytes) -> Iterator[bytes]:
    """Yield the parts of a body that is in memory."""
    return (body[start : start + PART] for start in range(0, len(body), PART))


def parts_of_file(path: Path, name: str) -> Iterator[bytes]:
    """Yield the parts of a file, decompressed if its content is gzip's, in one pass. Raises DataError."""
    try:
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if file.peek(len(GZIP)).startswith(GZIP) else file
            if stream is not file and stream.peek(len(GZIP)).startswith(GZIP):
                raise DataError(f"{name} is compressed by gzip twice: compress it once.")
            # A part larger than the file would be cut to size and leave a hole in memory.
            size = max(MIN_PART, min(PART, os.fstat(file.fileno()).st_size))
            while part := stream.read(size):
                yield part
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(
            f"{name} is compressed by gzip, but cut off or damaged: compress and upload it again."
        ) from None
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}.") from None


def with_newlines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts with every line end, of whatever system, as a newline."""
    held = b""  # a carriage return, which a newline may follow in the next part
    for part in parts:
        whole = held + part if held else part
        held = whole[-1:] if whole.endswith(b"\r") else b""
        if b"\r" in whole:
            whole = whole[: len(whole) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield whole
    if held:
        yield b"\n"


def whole_lines(parts: Iterable[bytes], cut_long_lines: bool = False) -> Iterator[bytes]:
    """Yield the same bytes in parts that end with a newline, without a byte-order mark and blanks at the end.

    cut_long_lines: whether to yield a line that is longer than a part in pieces, which end with a comma, and a last one
        that ends with a newline.
    """
    unfinished: list[bytes] = []  # parts of a line whose end is not read yet
    blank_lines = 0  # they count once something follows
    is_cut = False  # whether pieces of that line are yielded already
    for part in _without_mark(parts):
        if is_cut and b"\n" in part:
            end, _, part = part.partition(b"\n")
            yield b"".join([*unfinished, end, b"\n"])
            unfinished, is_cut = [], False
        cut = part.rfind(b"\n") + 1
        unfinished.append(part[:cut] if cut else part)
        if not cut:
            if cut_long_lines and sum(map(len, unfinished)) > PART and (comma := part.rfind(b",") + 1):
                yield from _newlines(blank_lines)
                yield b"".join([*unfinished[:-1], part[:comma]])
                unfinished, blank_lines, is_cut = [part[comma:]], 0, True
            continue
        lines, unfinished = b"".join(unfinished), [part[cut:]]
        filled = len(lines.rstrip(BLANKS))
        if filled:
            yield from _newlines(blank_lines)
            end_of_line = lines.index(b"\n", filled) + 1
            yield lines[:end_of_line]
            blank_lines = lines.count(b"\n", end_of_line)
        else:
            blank_lines += lines.count(b"\n")
    last = b"".join(unfinished).rstrip(BLANKS)
    if last or is_cut:
        yield from _newlines(blank_lines)
        yield last + b"\n"


def _without_mark(parts: Iterable[bytes]) -> Iterator[bytes]:
    parts = iter(parts)
    yield next(parts, b"").removeprefix(BYTE_ORDER_MARK)
    yield from parts


def _newlines(count: int) -> Iterator[bytes]:
    return (b"\n" * min(PART, count - start) for start in range(0, count, PART))
