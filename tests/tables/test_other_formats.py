import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv

TEXT = b"".join(b"%d.25,%d\n" % (number, number) for number in range(300))


def of(write) -> bytes:
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


def tar(stream) -> None:
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("data.csv")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT))


def zipped(stream) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.csv", TEXT)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (gzip.compress(TEXT), "compressed by gzip"),
        (bz2.compress(TEXT), "compressed by bzip2"),
        (lzma.compress(TEXT), "compressed by xz"),
        (b"\x28\xb5\x2f\xfd\x04\x00" + bytes(9), "compressed by zstd"),
        (of(zipped), "a zip archive or a spreadsheet"),
        (of(tar), "a tar archive"),
        (of(lambda stream: np.save(stream, np.zeros(3))), "an array of numpy"),
        (pickle.dumps([1.5, 2.5]), "a pickle"),
        (TEXT.decode().encode("utf-16"), "UTF-16"),
        (TEXT.decode().encode("utf-16-le"), "UTF-16"),
        (TEXT.decode().encode("utf-16-be"), "UTF-16"),
        (b"\x00\x01\x02\x03secret", "a binary file"),
    ],
)
def test_what_is_no_text_is_named_and_never_quoted(body, what):
    with pytest.raises(DataError) as caught:
        parse_csv(body, "it")
    assert str(caught.value) == f"it is {what}, not plain text: give it as numbers in UTF-8."
