"""Several processes, with all data or a part each, train the model of one that has all."""

import signal

import numpy as np

from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.sagemaker.training.process import CAUSE
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table
from tests.hosts import NAMES, assert_alike, epochs, exit_codes, start_processes, tensors
from tests.job import CNN, LSTM

SMALL = {**LSTM, "epochs": "3", "batch-size": "32", "dropout": "0"}


def test_two_processes_on_each_of_two_hosts_with_all_data_give_the_model_of_one(hosts, parts):
    files = parts["lstm-ad"]
    (alone,) = hosts(SMALL, [files])
    jobs = hosts({**SMALL, "batch-size": "8"}, [files, files])
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 4
    assert_alike(jobs[0], alone)


def test_hosts_with_a_file_each_and_hosts_with_none_give_the_model_of_one_with_all(hosts, parts):
    files = parts["lstm-ad"]
    (alone,) = hosts(SMALL, [files])
    data = [{"a.csv": files["a.csv"]}, None, {"_SUCCESS": b""}, {"b.csv": files["b.csv"]}]
    jobs = hosts({**SMALL, "batch-size": "8"}, data, sharded=True)
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs)) == [0] * 4
    assert_alike(jobs[0], alone)


def test_clusters_are_those_of_the_series_of_all_hosts(hosts, parts, two_shapes):
    files, table = parts["cnn-kmeans"], two_shapes[0]
    sizes = {**CNN, "epochs": "3", "batch-size": "20", "scaling": "step"}
    (alone,) = hosts(sizes, [files])
    jobs = hosts(sizes, [{}, *({name: body} for name, body in files.items())], sharded=True)
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs)) == [0] * 4
    for name in ("scaler.shift", "scaler.scale"):
        np.testing.assert_allclose(tensors(jobs[0])[name], tensors(alone)[name], rtol=1e-9)
    whole = Table.of(np.concatenate([np.where(np.arange(40) < 30, table.values[:21], np.nan), table.values[21:]]))
    outputs = predict(load(jobs[0].model).predictor(), whole)
    for label, centroid in enumerate(tensors(jobs[0])["centroids"][:, :4]):  # the features of the whole
        np.testing.assert_allclose(outputs[outputs[:, 0] == label, 1:].mean(axis=0), centroid, atol=1e-5)


def test_if_only_some_series_are_validated_negatives_are_any_of_their_host(hosts, bodies):
    series = np.random.default_rng(0).normal(size=(4003, 3))
    data = [{"a.csv": bodies["cnn-kmeans"]}] * 2
    validation = [{"a.csv": write_csv(series[:4001])}, {"b.csv": write_csv(series[4001:])}]  # one of two is scored
    jobs = hosts({**CNN, "epochs": "1"}, data, validation, sharded=True)
    assert exit_codes(start_processes(jobs)) == [0, 0]
    assert np.isfinite(epochs(jobs[0])).all()


def test_processes_that_were_stopped_continue_if_the_first_one_has_a_checkpoint(hosts, bodies, tmp_path):
    def with_checkpoints(folder):
        jobs = hosts({**SMALL, "dropout": "0.5"}, [{"a.csv": bodies["lstm-ad"]}] * 2)
        for name, job in zip(NAMES, jobs, strict=False):
            job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
            job.configure("checkpointconfig", LocalPath=str(folder / name))
            (folder / name).mkdir(parents=True)
        return jobs

    whole, broken = with_checkpoints(tmp_path / "a"), with_checkpoints(tmp_path / "b")
    assert exit_codes(start_processes(whole)) == [0, 0]
    first, second = start_processes(broken)
    first.wait_for("epoch: 2 ")
    for process in (first, second):
        process.send(signal.SIGTERM)
    assert exit_codes([first, second]) == [0, 0]
    assert exit_codes(start_processes(broken)) == [0, 0]
    for name, tensor in tensors(whole[0]).items():
        np.testing.assert_array_equal(tensors(broken[0])[name], tensor)


def test_a_stop_of_which_the_first_host_has_not_heard_saves_nothing(hosts, bodies):
    jobs = hosts({**SMALL, "epochs": "100000"}, [{"a.csv": bodies["lstm-ad"]}] * 2)
    first, second = start_processes(jobs)
    first.wait_for("epoch: 2 ")
    second.send(signal.SIGTERM)
    assert exit_codes([first, second]) == [1, 1]
    assert (jobs[0].base / "process-0" / CAUSE).read_text().startswith("The processes were told to stop, but no host")
    assert not jobs[0].model.exists()
