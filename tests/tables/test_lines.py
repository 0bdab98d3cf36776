import gzip
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables import lines
from seriesbox.tables.csv_rows import CSVRows
from seriesbox.tables.lines import parts_of_file, whole_lines, with_newlines
from seriesbox.tables.stack_builder import build_table

SCRAPS = st.sampled_from(
    [b"1", b"2.5", b",", b"\n", b"\r\n", b"\r", b" ", b"\t", b'"3"', b"nan", b"x", b"a;b", b"\n\n\n", b"\xef\xbb\xbf"]
)


@given(st.lists(st.binary(max_size=6) | SCRAPS, max_size=12))
def test_parts_are_whole_lines_and_lose_nothing_but_blanks_at_the_end(parts):
    whole = b"".join(parts).removeprefix(b"\xef\xbb\xbf") if parts and len(parts[0]) >= 3 else b"".join(parts)
    got = list(whole_lines(with_newlines(parts)))
    assert all(part.endswith(b"\n") for part in got[:-1])
    assert not got or got[-1].strip()
    expected = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b" \t\n").split(b"\n")
    got_lines = b"".join(got).rstrip(b" \t\n").split(b"\n")
    assert [line.strip() for line in got_lines] == [line.strip() for line in expected]


@given(st.lists(SCRAPS, max_size=14), st.integers(1, 5))
def test_a_file_in_any_parts_is_read_or_refused_as_in_one(scraps, size):
    body = b"".join(scraps)

    def outcome(parts):
        try:
            table = build_table(CSVRows(parts, "it"), "it")
        except DataError as error:
            return str(error)
        return repr((table.values.tolist(), table.widths.tolist()))

    first = max(size, 4)  # enough to tell what a file is
    parts = [body[:first], *(body[start : start + size] for start in range(first, len(body), size))]
    assert outcome(parts) == outcome([body])


@given(st.lists(SCRAPS | st.sampled_from([b"1,2,3,,4", b",,,"]), max_size=14), st.integers(1, 5), st.integers(1, 9))
def test_a_line_in_any_pieces_is_read_or_refused_as_in_one(scraps, size, longest):
    body = b"".join(scraps)

    def outcome():
        parts = [body[:9], *(body[start : start + size] for start in range(9, len(body), size))]
        try:
            table = build_table(CSVRows(parts, "it"), "it")
        except DataError:
            return "refused"
        return repr((table.values.tolist(), table.widths.tolist()))

    whole = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "PART", longest)
        assert outcome() == whole


def test_a_fault_far_out_in_a_long_line_is_named_with_its_place():
    with pytest.raises(DataError, match=r"row 2, column 1500001 is 'x'\.$"):
        for _ in CSVRows([b"1,2\n" + b"1," * 1_500_000 + b"x" + b",1" * 1_500_000 + b"\n5,6\n"], "it"):
            pass


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_is_read_in_one_pass_without_seeking(tmp_path, compressed):
    body = os.urandom(20_000_000)
    pipe = tmp_path / "pipe"  # cannot be sought in, mapped, or read twice
    os.mkfifo(pipe)
    writer = threading.Thread(
        target=pipe.write_bytes, args=(gzip.compress(body, 0) if compressed else body,), daemon=True
    )
    writer.start()
    assert b"".join(parts_of_file(pipe, "it")) == body
    writer.join()


@pytest.mark.parametrize("damage", [lambda body: body[:-5], lambda body: body[:20] + b"?" + body[21:]])
def test_a_damaged_gzip_file_is_refused(tmp_path, damage):
    (tmp_path / "a").write_bytes(damage(gzip.compress(b"1,2\n" * 100)))
    with pytest.raises(DataError, match="it is compressed by gzip, but cut off or damaged"):
        list(parts_of_file(tmp_path / "a", "it"))
