import pytest

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.csv_header import CARRY, SAY_SO
from seriesbox.tables.csv_rows import Layout

DATES = b"".join(b"2014-04-%02d 00:00:00,%d.5\n" % (day, day) for day in range(1, 31))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"1,2\n3,oops\n", "row 2, column 2 is 'oops'"),
        (b"1\n2,3,x1\n", "row 2, column 3 is 'x1'"),
        (b"1,2\ninf,1e39\n", "row 2, column 1 is 'inf'; row 2, column 2 is '1e39'"),
        (b"a,b\n1,2\n", r"starts with a header \('a,b' in row 1\): remove it, or say"),
        (b"1;2\n3;4\n", "separated by semicolons"),
        (b'"1,5",2\n1,2,3\n', r"commas in quoted numbers \('\"1,5\"'\): write a point before decimals"),
        (b'1,"1"2\n', "row 1, column 2 is '\"1\"2'"),
        (b"1,5;2,5\n1,5;2,5\n", "separated by semicolons"),
        (b"1\t2\n3\t4\n", r"separated by tabs \('1.t2'\): use commas"),
        (b"NA\n1\n2\n", "row 1, column 1 is 'NA'"),
        (b"True,False\n", "row 1, column 1 is 'True'; row 1, column 2 is 'False'"),
        (b"1\ntrue\n", "row 2, column 1 is 'true'"),
        (b"1,2,3\n4;5\nx\n", "row 2, column 1 is '4;5'; row 3, column 1 is 'x'"),
        ("information,été\n1,2\n".encode(), r"starts with a header \('information,été'"),
        (b"\xc2\xa0,1\n", "row 1, column 1 is"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        ("1,2".encode("utf-16"), "UTF-16"),
        (b"1,2\n\xff\xfe,3\n", "row 2, column 1 is"),
        (b"1,2\n1_0,3\n", "row 2, column 1 is '1_0'"),
        (b"1,2\nNone,3\n", "row 2, column 1 is 'None'"),
    ],
)
def test_a_fault_is_named_with_its_place(body, message):
    with pytest.raises(DataError, match=message):
        parse_csv(body, "it")


def test_up_to_twenty_faults_are_named_together():
    with pytest.raises(DataError) as caught:
        parse_csv(b"1\n" + b"x\n" * 30, "it")
    assert str(caught.value).count("column 1 is 'x'") == 20
    assert "and 10 more" in str(caught.value)


def test_what_is_wrong_everywhere_is_not_read_to_its_end():
    with pytest.raises(DataError, match=r"and [0-9]+ more; what follows row [0-9]+ was not checked"):
        parse_csv(b"1\n" + b"x\n" * 2_000_000, "it")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            DATES,
            "it: column 1 is no number in any of 30 rows, '2014-04-01 00:00:00' for example: leave it out, "
            f"or {CARRY}.",
        ),
        (
            b"timestamp,value\n" + DATES,
            "it starts with a header ('timestamp,value' in row 1): remove it, "
            f"or {SAY_SO}. "
            "Column 1, which it calls timestamp, is no series: leave it out, "
            f"or {CARRY}.",
        ),
        (
            b"timestamp,value,is_anomaly\n1,2,0\n2,3,x\n",
            "it starts with a header ('timestamp,value,is_anomaly' in row 1): remove it, "
            f"or {SAY_SO}. "
            "Columns 1 and 3, which it calls timestamp and is_anomaly, are no series: leave them out, "
            f"or {CARRY}. "
            "it has cells that are not numbers up to 3.4e38, "
            "write numbers or leave them empty: row 3, column 3 is 'x'.",
        ),
        (
            b",a,b\n0,1,2\n",
            "it starts with a header (',a,b' in row 1): remove it, "
            f"or {SAY_SO}. "
            "Column 1, which has no name, is an index: leave it out, "
            f"or {CARRY}.",
        ),
        (b"1,2,3\nmV,mV,s\n4,5,6\n", "it has rows without a number, leave them out: row 2 ('mV')."),
        (b"1,2\n\n3,4\n\n5,6\n", "it has a blank line after every row: remove these lines."),
        (b"1\n\n\n2\n3\n", "it has blank lines, remove them, or write what is missing there: row 2; row 3."),
        (b"1\n2\n \n3\n4\n", "it has blank lines, remove them, or write what is missing there: row 3."),
        (
            b"1|2\n3|4\n",
            "it is separated by vertical bars ('1|2'): use commas between cells and points for decimals.",
        ),
        (
            b"1.5 -2e3\n3 4\n",
            "it is separated by blanks ('1.5 -2e3'): use commas between cells and points for decimals.",
        ),
        (b"'1','2'\n'3','4'\n", "it has numbers in single quotes (\"'1'\"): leave the quotes out."),
        (
            b'"1,234.5",2\n"2,234,567.5",3\n',
            "it has commas in quoted numbers ('\"1,234.5\"'): write a point before decimals, "
            "and nothing between thousands.",
        ),
        (
            b"[[1, 2], [3, 4]]",
            "it looks like JSON ('[[1'): say so by its content type, or write comma-separated numbers.",
        ),
        (
            b"This is a note.\nIt has two lines.\n",
            "it has no number in its 2 rows: is this data? Leave it out, or write comma-separated numbers.",
        ),
    ],
)
def test_one_mistake_in_many_cells_is_one_sentence(body, message):
    with pytest.raises(DataError) as caught:
        parse_csv(body, "it")
    assert str(caught.value) == message


def test_an_empty_cell_is_no_advice_if_none_may_be_empty():
    with pytest.raises(DataError, match=r"up to 3.4e38, write a number into each: row 2, column 1 is 'x'\.$"):
        parse_csv(b"1\nx\n", "it", Layout(gaps=False))


@pytest.mark.parametrize("size", [1, 10_000, 1_000_000])
def test_a_long_row_of_words_names_the_first_ones(size):
    with pytest.raises(DataError, match=r"row 2, column 2 is 'x'; .*; and [0-9]+ more"):
        parse_csv(b"1,2\n3," + b"x," * 30 + b"y" * size + b",5" * size, "it")
