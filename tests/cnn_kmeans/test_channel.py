import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.cnn_kmeans.series import scale_and_align
from seriesbox.errors import DataError
from seriesbox.run import Run
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL
from tests.recorder import Recorder


def test_files_are_stacked_and_metrics_reported_every_epoch(two_shapes):
    values = two_shapes[0].values
    recorder = Recorder()
    hyperparameters = SMALL.model_copy(update={"epochs": 3})
    parts = [Table.of(values[:30]), Table.of(values[30:, :35])]
    CNNKMeans.fit(hyperparameters, parts, [Table.of(values[:10])], Run(listener=recorder))
    assert recorder.epochs == [1, 2, 3]
    for metrics in recorder.history:
        assert list(metrics) == ["epoch", *CNNKMeans.metrics]
        assert np.isfinite(list(metrics.values())).all()


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_neither_files_nor_blocks_nor_their_memory_change_the_model(two_shapes, monkeypatch, scaling):
    table = two_shapes[0]
    values = np.where(np.isnan(table.values), np.nan, table.values + 1e9)
    hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})

    def fitted(parts, own):
        tables = [Table.of(part) for part in parts]
        return CNNKMeans.fit(hyperparameters, stack_tables(tables) if own else tables, [], Run()).state_dict()

    whole = fitted([values], own=False)
    for cells in (1, 100, 1_000_000):
        monkeypatch.setattr("seriesbox.tables.blocks.BLOCK_CELLS", cells)
        for own in (False, True):
            torch.testing.assert_close(fitted(np.split(values, [7, 8, 40]), own), whole, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_every_scaling_gives_the_encoder_series_of_like_size(two_shapes, scaling):
    values = two_shapes[0].values * np.float32(1e4) + np.float32(5e6)
    hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})
    model = CNNKMeans.fit(hyperparameters, [Table.of(values)], [], Run())
    bridge_gaps(values)
    series, lengths = scale_and_align(values[:, None], scaling, model.predictor().scaler)
    valid = series[:, 0][np.arange(series.shape[2]) < lengths[:, None]]
    assert abs(float(valid.mean())) < 0.1
    assert 0.8 < float(valid.std()) < 1.2


def test_the_empty_rows_of_all_files_are_named_together(two_shapes):
    empty = two_shapes[0].values[:5].copy()
    empty[[1, 3]] = np.nan
    with pytest.raises(DataError) as caught:
        CNNKMeans.fit(SMALL, [Table.of(empty, "a"), two_shapes[0]], [Table.of(empty[2:], "b")], Run())
    advice = "give every series a value, or remove its row."
    assert str(caught.value) == f"a has nothing in row 2; row 4: {advice} b has nothing in row 2: {advice}"


def test_a_single_series_to_validate_with_is_refused(two_shapes):
    with pytest.raises(DataError, match="validation data has one series"):
        CNNKMeans.fit(SMALL, [two_shapes[0]], [Table.of(two_shapes[0].values[:1])], Run())


def test_a_longer_validation_series_is_refused_if_steps_are_scaled_one_by_one(two_shapes):
    longer = Table.of(np.random.default_rng(0).normal(size=(4, 41)))
    hyperparameters = SMALL.model_copy(update={"scaling": "step"})
    with pytest.raises(DataError, match="series have up to 41 steps, but the model was trained on 40"):
        CNNKMeans.fit(hyperparameters, [two_shapes[0]], [longer], Run())
