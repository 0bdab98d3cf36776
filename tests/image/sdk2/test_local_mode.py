"""The image under version 2 of SageMaker's Python SDK, whose local mode runs it without an AWS account."""

from dataclasses import replace

import numpy as np
import pytest
from local_job import Job, channels, fit, frame, table, unpacked
from local_mode import BUCKET
from sagemaker.deserializers import NumpyDeserializer, PandasDeserializer
from sagemaker.local import LocalSession


def upload(session: LocalSession, body: bytes, key: str) -> str:
    """The URI of data that a published notebook uploads."""
    text = frame(body).to_csv(header=False, index=False)
    return session.upload_string_as_file_body(body=text, bucket=BUCKET, key=key)


def test_a_job_trains_a_model_that_answers_a_whole_file(job):
    assert job.artifact.keys() == {"model.json", "model.safetensors"}
    job.problem.check(job.answer.encode())


@pytest.mark.parametrize("assemble_with", [None, "Line"])
@pytest.mark.parametrize("strategy", ["SingleRecord", "MultiRecord"])
@pytest.mark.parametrize("split", [None, "Line"])
def test_every_split_and_assembly_gives_the_same_labels(clustering_job, split, strategy, assemble_with, tmp_path):
    answer = table(clustering_job.transform(tmp_path, split, strategy=strategy, assemble_with=assemble_with))
    whole = table(clustering_job.answer)
    assert set(whole[0]) == {0, 1}
    assert list(answer[0]) == list(whole[0])
    np.testing.assert_allclose(answer, whole, rtol=1e-4, atol=1e-5)


def test_an_endpoint_answers_frames_and_arrays_as_a_batch_job_does(job):
    batch, rows = table(job.answer), frame(job.problem.test)
    with job.endpoint() as predictor:
        # One type, because local mode passes off as the answer's type whatever was asked for.
        predictor.deserializer = NumpyDeserializer(accept="text/csv")
        array, of_array = predictor.predict(rows), predictor.predict(rows.to_numpy())
        predictor.deserializer = PandasDeserializer(accept="text/csv")
        without_first = predictor.predict(rows)  # this deserializer takes the first row for the columns' names
    np.testing.assert_allclose(array, batch, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(of_array, array)
    np.testing.assert_allclose(without_first, array[1:])


def test_a_notebook_trains_and_transforms_in_s3(problem, s3_session):
    inputs = {name: upload(s3_session, body, f"{name}/data.csv") for name, body in channels(problem).items()}
    estimator = fit(s3_session, problem.hyperparameters, inputs, f"s3://{BUCKET}/models")
    assert estimator.model_data.startswith(f"s3://{BUCKET}/models/")
    transformer = estimator.transformer(1, "local", output_path=f"s3://{BUCKET}/answers")
    transformer.transform(upload(s3_session, problem.test, "test/data.csv"), content_type="text/csv", wait=False)
    (answer,) = s3_session.list_s3_files(BUCKET, "answers/")
    problem.check(s3_session.read_s3_file(BUCKET, answer).encode())


def test_two_hosts_train_one_model_together(job, session, tmp_path):
    two_hosts = Job.run(session, job.problem, tmp_path, hosts=2)
    assert two_hosts.artifact.keys() == job.artifact.keys()
    assert two_hosts.artifact != job.artifact  # a step has twice the items
    two_hosts.problem.check(two_hosts.answer.encode())


def test_a_job_of_two_hosts_fails_when_it_cannot_train(session, clustering, tmp_path):
    impossible = replace(clustering, hyperparameters=clustering.hyperparameters | {"clusters": 1})
    with pytest.raises(RuntimeError, match="exited with code: 1"):
        Job.run(session, impossible, tmp_path, hosts=2)
    reason = unpacked(tmp_path / "output" / "output.tar.gz")["failure"].decode()
    assert "`clusters` must be 0, for a number that is chosen from the data, or 2 to 1000, not 1." in reason
    assert unpacked(tmp_path / "output" / "model.tar.gz") == {}
