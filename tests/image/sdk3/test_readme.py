"""The README's code for version 3 of the SDK trains a model whose batch job and endpoint give the same answer."""

import io

import numpy as np
import readme
from local_aws import local_aws


def test_the_code_trains_and_answers(clustering, tmp_path, monkeypatch):
    with local_aws(tmp_path, monkeypatch) as aws:
        names, answer = readme.run(3, clustering, aws)
    assert answer.shape[0] == len(clustering.test.splitlines())
    assert set(answer[:, 0]) == {0, 1, 2}
    np.testing.assert_array_equal(np.genfromtxt(io.BytesIO(names["answer"]), delimiter=","), answer)
