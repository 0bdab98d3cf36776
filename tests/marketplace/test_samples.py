import re

import numpy as np
import pytest
from output_differences import differences

from demo.cnn_kmeans.judge import match_clusters
from demo.container import table
from marketplace import samples
from marketplace.files import published, sample_hyperparameters, samples_folder
from marketplace.request import EXAMPLE_SELLER, request
from seriesbox.algorithm import estimator_class, predictor_class


@pytest.fixture(scope="module", params=published())
def run(request, tmp_path_factory) -> tuple[str, samples.Files, str]:
    """Train and serve on the samples: an algorithm's name, its outputs, and what the training printed."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # several threads on a busy machine wait for each other
        outputs = samples.outputs(request.param, samples.inputs(request.param), folder)
    return request.param, outputs, (folder / "train.log").read_text()


def committed(name: str) -> samples.Files:
    folder = samples_folder(name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def answer(name: str) -> np.ndarray:
    return table(committed(name)["batch.csv.out"])


def planted(name: str) -> list[list[str]]:
    return [line.split(",") for line in committed(name)["planted.csv"].decode().splitlines()]


def test_the_inputs_come_out_with_the_same_bytes(name):
    inputs, files = samples.inputs(name), committed(name)
    assert files.keys() == inputs.keys() | samples.OUTPUTS.keys() | {samples.VERBOSE}
    assert [path for path, content in inputs.items() if files[path] != content] == []
    assert sum(map(len, files.values())) < 500_000
    predictor_class(name).Hyperparameters.parse(sample_hyperparameters(name))


def test_the_commands_reproduce_the_outputs(run):
    name, outputs, _ = run
    for path in samples.OUTPUTS:
        assert differences(table(committed(name)[path]), table(outputs[path])) == []


def test_a_verbose_answer_begins_with_the_published_one(run):
    name, outputs, _ = run
    names, _, rows = outputs[samples.VERBOSE].partition(b"\n")
    published = table(outputs["response.csv"])
    np.testing.assert_array_equal(table(rows)[:, : published.shape[1]], published)
    committed_names, _, _ = committed(name)[samples.VERBOSE].partition(b"\n")
    assert names == committed_names


def test_each_metric_s_expression_finds_its_value_in_every_line_of_the_log(run):
    name, _, log = run
    lines = [line for line in log.splitlines() if line.startswith("epoch: ")]
    assert len(lines) == int(sample_hyperparameters(name)["epochs"])
    defined = request(name, EXAMPLE_SELLER)["TrainingSpecification"]["MetricDefinitions"]
    for metric in (each for each in defined if each["Name"] in estimator_class(name).metrics):
        for line in lines:
            printed = dict(re.findall(r"(\S+): (\S+)", line))
            assert re.findall(metric["Regex"], line) == [printed[metric["Name"]]]


def test_every_heartbeat_is_in_the_cluster_of_its_kind():
    kinds = [kind for _, kind in planted("cnn-kmeans")]
    assert match_clusters(kinds, answer("cnn-kmeans")[:, 0]).accuracy == 1


def test_every_faulty_stroke_scores_lower_than_all_sound_ones():
    scores = answer("lstm-ad")[:, 0]
    sound, lowest = np.ones(len(scores), dtype=bool), []
    context = int(sample_hyperparameters("lstm-ad")["context-length"])
    for first, last, _ in planted("lstm-ad"):
        lowest.append(np.nanmin(scores[int(first) : int(last) + 1]))
        sound[int(first) : int(last) + 1 + context] = False  # forecasts from a context with a fault are off, too
    assert max(lowest) < np.nanmin(scores[sound])


def test_a_comparison_finds_what_another_machine_cannot_explain():
    clusters, scores = answer("cnn-kmeans"), answer("lstm-ad")
    renamed, moved = clusters.copy(), clusters.copy()
    renamed[:, 0] = (clusters[:, 0] + 1) % 3
    moved[7, 0] = (clusters[7, 0] + 1) % 3
    assert differences(clusters, renamed) == []
    assert differences(clusters, moved) == ["clusters"]
    assert differences(clusters, clusters * ([1] + [1.5] * 20)) == ["features"]
    assert differences(scores, scores * 1.0001) == []
    assert differences(scores, scores * [1.03, 1, 1, 1]) == ["scores"]
    assert differences(scores, scores * [1, 1, 1.05, 1]) == ["forecasts"]
    for other in (np.nan_to_num(scores), scores[1:]):
        assert differences(scores, other) == ["other rows, columns or empty cells"]
