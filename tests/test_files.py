import pytest

from seriesbox.files import replacing


def test_a_file_is_replaced_once_it_is_written(tmp_path):
    (tmp_path / "file").write_text("before")
    with replacing(tmp_path / "file", tmp_path / "beside"):
        (tmp_path / "beside").write_text("after")
        assert (tmp_path / "file").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "after"


def test_if_a_file_cannot_be_written_the_old_one_stays_and_the_error_names_it(tmp_path):
    (tmp_path / "file").write_text("before")
    (tmp_path / "beside").symlink_to("/dev/full")
    refused = pytest.raises(OSError, match=f"No space left on device: '{tmp_path}/file'")
    with refused, replacing(tmp_path / "file", tmp_path / "beside"):
        (tmp_path / "beside").write_text("after")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "before"
