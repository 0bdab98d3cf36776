"""Files that are no text, recognised by their first bytes: messages name them, and never quote them."""

import re

from seriesbox.errors import DataError

BEGINNINGS = {
    b"\x1f\x8b": "compressed by gzip",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"PAR1": "a Parquet file",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"ARROW1": "an Arrow file",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "an array of numpy",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"SQLite format 3": "a database",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
TAR, TAR_OFFSET = b"ustar", 257
LOOKED_AT = 1000  # bytes
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")  # characters that no text has
MIN_ZEROS = 0.9  # of every second byte of UTF-16


def check_text(content: bytes, name: str) -> None:
    """Raise DataError if the first bytes of a content show that it is no text."""
    if what := other_format(content):
        raise DataError(f"{name} is {what}, not plain text: give it as numbers in UTF-8.")


def other_format(content: bytes) -> str | None:
    """Return what the content is if it is no text in UTF-8, as its first bytes show; None if it may be."""
    beginning = content[:LOOKED_AT]
    if not CONTROL.search(beginning):
        return None
    for magic, what in BEGINNINGS.items():
        if beginning.startswith(magic):
            return what
    if beginning.startswith(TAR, TAR_OFFSET):
        return "a tar archive"
    zeros = max(beginning[parity::2].count(0) for parity in (0, 1))
    return "UTF-16" if zeros > MIN_ZEROS * (len(beginning) // 2) else "a binary file"
