"""Opening the channels of a training, for either algorithm."""

import numpy as np
import pytest

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import CombinedDataError, DataError, HyperparameterError
from seriesbox.lstm_ad.channel import WindowChannel
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.table import Table

TABLE = Table.of(np.arange(600.0).reshape(200, 3))
GAP = Table.of(np.full((200, 3), np.nan))

either_algorithm = pytest.mark.parametrize(
    ("channel", "sizes"),
    [
        (SeriesChannel, CNNKMeansHyperparameters),
        (WindowChannel, lambda **given: LSTMADHyperparameters(context_length=20, **given)),
    ],
    ids=["series", "windows"],
)


@either_algorithm
def test_there_is_a_validation_channel_if_there_is_data_for_it(channel, sizes):
    train, valid = channel.open(sizes(), [TABLE], [], Run())
    assert (train.name, valid) == ("training", None)
    _, valid = channel.open(sizes(patience=3), [TABLE], [TABLE], Run())
    assert valid.name == "validation"


@either_algorithm
def test_training_data_that_no_process_has_is_an_error(channel, sizes):
    with pytest.raises(DataError, match=r"^The `training` channel has no data on any host: give it one file or more"):
        channel.open(sizes(), [], [TABLE], Run())


@either_algorithm
def test_validation_data_that_no_process_has_is_an_error_if_each_should_have_a_part(channel, sizes):
    channel.open(sizes(), [TABLE], [], Run(sharded=["training"]))
    with pytest.raises(DataError, match=r"^The `validation` channel has no data on any host"):
        channel.open(sizes(), [TABLE], [], Run(sharded=["training", "validation"]))


@either_algorithm
def test_patience_without_validation_is_refused(channel, sizes):
    with pytest.raises(HyperparameterError, match=r"^`patience` compares epochs by validation data"):
        channel.open(sizes(patience=3), [TABLE], [], Run())


@either_algorithm
def test_the_faults_of_both_channels_are_raised_together(channel, sizes):
    with pytest.raises(CombinedDataError) as caught:
        channel.open(sizes(), [TABLE, GAP], [GAP], Run())
    assert len(caught.value.errors) == 2
