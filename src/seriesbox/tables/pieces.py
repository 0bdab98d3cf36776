"""Bytes in pieces of whole lines, so that memory holds what they say and one piece of them."""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from seriesbox.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, as spreadsheets write it
BLANKS = b" \t\r\n"
PIECE = 1_000_000  # bytes that are parsed at once: some of it holds the interpreter, and pings wait for that
LEAST_PART = 1 << 16
GZIP = b"\x1f\x8b"


def parts_of(body: bytes) -> Iterator[bytes]:
    """A body that is in memory anyway."""
    return (body[start : start + PIECE] for start in range(0, len(body), PIECE))


def parts_of_file(path: Path, name: str) -> Iterator[bytes]:
    """A file, decompressed where its content is gzip's; read once from its beginning to its end. Raises DataError."""
    try:
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if file.peek(len(GZIP)).startswith(GZIP) else file
            size = max(LEAST_PART, min(PIECE, os.fstat(file.fileno()).st_size))  # what is cut off again leaves a hole
            while part := stream.read(size):
                yield part
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(
            f"{name} is compressed by gzip, but cut off or damaged: compress and upload it again."
        ) from None
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}.") from None


def unix(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same with every line end, of whatever system, a newline."""
    held = b""  # a carriage return, behind which a newline may follow
    for part in parts:
        whole = held + part if held else part
        held = whole[-1:] if whole.endswith(b"\r") else b""
        if b"\r" in whole:
            whole = whole[: len(whole) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield whole
    if held:
        yield b"\n"


def whole_lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces that end with a newline, without a byte-order mark and the blanks at the end."""
    begun: list[bytes] = []  # a line whose end is not read yet
    blank_lines = 0  # they count once something follows
    for part in _unmarked(parts):
        cut = part.rfind(b"\n") + 1
        begun.append(part[:cut] if cut else part)
        if not cut:
            continue
        piece, begun = b"".join(begun), [part[cut:]]
        filled = len(piece.rstrip(BLANKS))
        if filled:
            yield from _newlines(blank_lines)
            end = piece.index(b"\n", filled) + 1
            yield piece[:end]
            blank_lines = piece.count(b"\n", end)
        else:
            blank_lines += piece.count(b"\n")
    if last := b"".join(begun).rstrip(BLANKS):
        yield from _newlines(blank_lines)
        yield last


def _unmarked(parts: Iterable[bytes]) -> Iterator[bytes]:
    parts = iter(parts)
    yield next(parts, b"").removeprefix(BYTE_ORDER_MARK)
    yield from parts


def _newlines(count: int) -> Iterator[bytes]:
    return (b"\n" * min(PIECE, count - start) for start in range(0, count, PIECE))
