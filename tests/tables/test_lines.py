import gzip
import os
import threading
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.csv import csv_rows
from seriesbox.tables.lines import parts_of_file, whole_lines, with_newlines
from seriesbox.tables.stack_builder import StackBuilder, build_table, stack_tables
from seriesbox.tables.table import Table

SCRAPS = st.sampled_from(
    [b"1", b"2.5", b",", b"\n", b"\r\n", b"\r", b" ", b"\t", b'"3"', b"nan", b"x", b"a;b", b"\n\n\n", b"\xef\xbb\xbf"]
)


@given(st.lists(st.binary(max_size=6) | SCRAPS, max_size=12))
def test_parts_are_whole_lines_and_lose_nothing_but_blanks_at_the_end(parts):
    whole = b"".join(parts).removeprefix(b"\xef\xbb\xbf") if parts and len(parts[0]) >= 3 else b"".join(parts)
    got = list(whole_lines(with_newlines(parts)))
    assert all(part.endswith(b"\n") for part in got[:-1])
    assert not got or got[-1].strip()
    lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b" \t\n").split(b"\n")
    got_lines = b"".join(got).rstrip(b" \t\n").split(b"\n")
    assert [line.strip() for line in got_lines] == [line.strip() for line in lines]


@given(st.lists(SCRAPS, max_size=14), st.integers(1, 5))
def test_a_file_in_any_parts_is_read_or_refused_as_in_one(scraps, size):
    body = b"".join(scraps)

    def outcome(parts):
        try:
            table = build_table(csv_rows(parts, "it"), "it")
        except DataError as error:
            return str(error)
        return repr((table.values.tolist(), table.widths.tolist()))

    first = max(size, 4)  # enough to tell what a file is
    parts = [body[:first], *(body[start : start + size] for start in range(first, len(body), size))]
    assert outcome(parts) == outcome([body])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_is_read_from_beginning_to_end_and_not_sought_in(tmp_path, compressed):
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
def test_a_damaged_gzip_is_said_to_be_so(tmp_path, damage):
    (tmp_path / "a").write_bytes(damage(gzip.compress(b"1,2\n" * 100)))
    with pytest.raises(DataError, match="it is compressed by gzip, but cut off or damaged"):
        list(parts_of_file(tmp_path / "a", "it"))


def test_tables_of_different_widths_lie_in_one_array_and_are_copied_but_once():
    nan = np.nan
    given = [Table.of(np.array([[1.0]]), "a"), Table.of(np.array([[2.0, 3.0], [nan, 5.0]]), "b")]
    tables = stack_tables(given)
    np.testing.assert_array_equal(tables.values, [[1, nan], [2, 3], [nan, 5]])
    assert stack_tables(tables) is tables
    assert [(table.name, table.widths.tolist()) for table in tables] == [("a", [1]), ("b", [2, 2])]
    np.testing.assert_array_equal(tables[1].values, given[1].values)
    assert [table.name for table in tables[::-1]] == ["b", "a"]


@given(st.lists(st.lists(st.integers(1, 7), min_size=1, max_size=9), min_size=1, max_size=4), st.integers(1, 20))
def test_shorter_rows_are_padded_in_place_whatever_the_blocks(widths, cells):
    builder, number = StackBuilder(), 0
    for of_table in widths:
        count = sum(of_table)
        builder.add("it", [(np.arange(number, number + count, dtype=float), np.array(of_table, np.int32))])
        number += count
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seriesbox.tables.blocks.CELLS", cells)
        tables = builder.build()
    assert tables.values[~np.isnan(tables.values)].tolist() == list(range(number))
    assert (~np.isnan(tables.values)).sum(axis=1).tolist() == list(chain.from_iterable(widths))


def test_tables_that_are_consumed_leave_half_their_memory_and_no_dangling_view():
    values = np.random.default_rng(0).normal(size=(70_001, 3))
    tables = stack_tables([Table.of(values)])
    held = tables[0]
    with pytest.raises(BufferError):
        tables.consume(lambda rows: rows.astype(np.float32))
    del held
    tables = stack_tables([Table.of(values)])
    scaled = tables.consume(lambda rows: rows.astype(np.float32))
    np.testing.assert_array_equal(scaled, values.astype(np.float32))
    assert len(tables._memory) == scaled.nbytes
    assert not len(tables[0].values)
