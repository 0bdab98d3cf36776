import pytest

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"1,2\n3,oops\n", "row 2, column 2 is 'oops'"),
        (b"1\n2,3,x1\n", "row 2, column 3 is 'x1'"),
        (b"1,2\ninf,1e39\n", "row 2, column 1 is 'inf'; row 2, column 2 is '1e39'"),
        (b"a,b\n1,2\n", r"starts with a header \('a' in row 1\)"),
        (b"1;2\n3;4\n", "separated by semicolons"),
        (b'"1,5",2\n1,2,3\n', "row 1, column 1 is '\"1'; row 1, column 2 is '5\"'"),
        (b'1,"1"2\n', "row 1, column 2 is '\"1\"2'"),
        (b"1,5;2,5\n1,5;2,5\n", "separated by semicolons"),
        (b"1\t2\n3\t4\n", r"separated by tabs \('1.t2'\): use commas"),
        (b"NA\n1\n2\n", "row 1, column 1 is 'NA'"),
        (b"True,False\n", "row 1, column 1 is 'True'; row 1, column 2 is 'False'"),
        (b"1\ntrue\n", "row 2, column 1 is 'true'"),
        (b"1,2,3\n4;5\nx\n", "row 2, column 1 is '4;5'; row 3, column 1 is 'x'"),
        ("information,été\n1,2\n".encode(), r"starts with a header \('information'"),
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
        parse_csv(b"x\n" * 2_000_000, "it")
