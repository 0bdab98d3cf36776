"""`seriesbox report`."""

from tests.commands.command import options, run
from tests.job import CNN
from tests.report.test_samples import array
from tests.sagemaker.serving.test_page import data_of


def test_a_report_has_the_answer_to_a_file(files, tmp_path):
    out = tmp_path / "report.html"
    done = run("report", files / "lstm-ad", files / "wave.csv", "--header", "--ids", 1, "--out", out)
    assert done.exit_code == 0, done.output
    (sample,) = data_of(out.read_bytes())["training"]["samples"]
    answer = run("predict", files / "lstm-ad", files / "wave.csv", "--header", "--ids", 1).stdout.splitlines()
    assert array(sample["row"], "i4").tolist() == [number + 2 for number in range(len(answer))]
    assert f"{array(sample['answers']['score'])[-1]:.4g}" == f"{float(answer[-1].split(',')[0]):.4g}"
    assert (sample["columns"], sample["title"], sample["files"]) == (["left", "right"], "wave.csv", ["wave.csv"])


def test_a_faulty_file_has_no_report(files, tmp_path):
    (tmp_path / "wrong.csv").write_text("1,2\n3,a\n")
    done = run("report", files / "cnn-kmeans", tmp_path / "wrong.csv", "--out", tmp_path / "report.html")
    assert (done.exit_code, (tmp_path / "report.html").exists()) == (1, False)
    assert "row 2, column 2 is 'a'" in done.stderr


def test_a_training_has_a_report_if_it_is_wanted(files, tmp_path):
    given = (*options(CNN), "--epochs", 2, "--out", tmp_path / "model", "--report", tmp_path / "report.html")
    done = run("fit", "cnn-kmeans", files / "series.csv", *given)
    assert done.exit_code == 0, done.output
    training = data_of((tmp_path / "report.html").read_bytes())["training"]
    assert [epoch["epoch"] for epoch in training["history"]] == [1, 2]
    assert {"clusters", "medoids"} <= training["tables"].keys()
