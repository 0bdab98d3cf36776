"""A channel's content type means what it means for requests."""

import numpy as np
import pytest

from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.errors import DataError
from seriesbox.formats.content_type import ContentType
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.sagemaker.serving import formats
from seriesbox.tables.csv import write_csv

BODY = write_csv(np.arange(12.0).reshape(6, 2))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/csv; header=present", b"a,b\n" + BODY),
        ("text/csv; header=absent", b"0,1\n2,3\n"),
        ("text/csv;label_size=0", BODY),
        ("application/json", b"[[1, 2],\n [3, 4]]"),
    ],
)
@pytest.mark.parametrize("predictor", [CNNKMeansPredictor, LSTMADPredictor])
def test_a_content_type_means_what_it_means_for_requests(job, read, predictor, content_type, body):
    job.configure("inputdataconfig", training={"ContentType": content_type})
    job.put("training", "a", body)
    ((table,), _) = read(predictor)
    (expected,) = formats.read(body, ContentType.parse(content_type), predictor)
    np.testing.assert_array_equal(table.values, expected.values)


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("application/x-parquet", "The content type is application/x-parquet: use text/csv"),
        ("text/csv;label_size=1", "`label_size` in the content type is 1: no column is a label"),
        ("text/csv; charset=utf-16le", "`charset` in the content type is utf-16le: it must be utf-8"),
        ("text/csv; header=yes", "`header` in the content type is yes"),
    ],
)
def test_a_content_type_that_requests_may_not_have_is_refused(job, read, content_type, message):
    job.configure("inputdataconfig", training={"ContentType": content_type})
    job.put("training", "a.csv", BODY)
    with pytest.raises(DataError, match=f"^The `training` channel cannot be read. {message}"):
        read()
