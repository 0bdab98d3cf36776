import numpy as np
import pytest

from demo.container import table
from demo.judge import match_clusters
from marketplace import samples
from marketplace.folder import sample_hyperparameters, samples_folder
from marketplace.reproduction import differences
from seriesbox.algorithm import ALGORITHMS, predictor


def kept(name: str) -> samples.Files:
    folder = samples_folder(name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def answer(name: str) -> np.ndarray:
    return table(kept(name)["batch.csv.out"])


def planted(name: str) -> list[list[str]]:
    return [line.split(",") for line in kept(name)["planted.csv"].decode().splitlines()]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_inputs_are_made_again_with_the_same_bytes(name):
    inputs, files = samples.INPUTS[name](), kept(name)
    assert files.keys() == inputs.keys() | samples.OUTPUTS.keys()
    assert [path for path, content in inputs.items() if files[path] != content] == []


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_outputs_are_made_again_by_the_commands(name, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    files = kept(name)
    for path, made in samples.outputs(name, files, tmp_path).items():
        assert differences(name, table(files[path]), table(made)) == []


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_samples_are_small_and_their_hyperparameters_are_the_algorithms_own(name):
    assert sum(map(len, kept(name).values())) < 500_000
    predictor(name).Hyperparameters.parse(sample_hyperparameters(name))


def test_every_beat_is_in_the_cluster_of_its_kind():
    kinds = [kind for _, kind in planted("cnn-kmeans")]
    assert match_clusters(kinds, answer("cnn-kmeans")[:, 0]).accuracy == 1


def test_every_faulty_stroke_has_a_score_below_those_of_all_that_is_sound():
    scores = answer("lstm-ad")[:, 0]
    sound, lowest = np.ones(len(scores), dtype=bool), []
    context = int(sample_hyperparameters("lstm-ad")["context-length"])
    for first, last, _ in planted("lstm-ad"):
        rows = slice(int(first), int(last) + 1)
        lowest.append(np.nanmin(scores[rows]))
        sound[rows.start : rows.stop + context] = False  # forecasts from a context with a fault in it are off, too
    assert max(lowest) < np.nanmin(scores[sound])


def test_clusters_may_have_other_numbers_but_not_other_members():
    one = answer("cnn-kmeans")
    renamed, moved = one.copy(), one.copy()
    renamed[:, 0] = (one[:, 0] + 1) % 3
    moved[7, 0] = (one[7, 0] + 1) % 3
    assert differences("cnn-kmeans", one, renamed) == []
    assert differences("cnn-kmeans", one, moved) == ["the clusters are not the same, whatever they are called"]


@pytest.mark.parametrize(
    ("name", "column", "factor", "fault"),
    [
        ("cnn-kmeans", 1, 1.5, "features differ by more than 10% of the largest one"),
        ("lstm-ad", 0, 1.03, "scores differ by more than 2%"),
        ("lstm-ad", 2, 1.05, "forecasts differ by more than 1% of their range"),
    ],
)
def test_numbers_may_differ_a_little(name, column, factor, fault):
    one = answer(name)
    near, far = one * 1.0001, one.copy()
    near[:, 0] = one[:, 0]
    far[:, column] *= factor
    assert differences(name, one, near) == []
    assert differences(name, one, far) == [fault]


def test_the_rows_must_be_the_same():
    one = answer("lstm-ad")
    filled = np.nan_to_num(one)
    assert differences("lstm-ad", one, filled) == ["other rows are empty"]
    assert differences("lstm-ad", one, one[1:]) == [f"{(len(one) - 1, 4)} rows and columns instead of {(len(one), 4)}"]
