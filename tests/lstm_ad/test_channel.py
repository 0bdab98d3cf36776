import numpy as np
import pytest
import torch

from seriesbox.distributed import Group
from seriesbox.errors import DataError
from seriesbox.lstm_ad.channel import WindowChannel
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.run import Run
from seriesbox.scaler import Scaler
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.lstm_ad.small import SMALL


def test_the_last_fifth_never_reaches_the_network(wave):
    changed = wave.copy()
    changed[len(wave) * 4 // 5 :] = 0
    quick = SMALL.model_copy(update={"epochs": 1})
    one = LSTMAD.fit(quick, [Table.of(wave)], [], Run())
    other = LSTMAD.fit(quick, [Table.of(changed)], [], Run())
    torch.testing.assert_close(one.forecaster.state_dict(), other.forecaster.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(one.scaler.state_dict(), other.scaler.state_dict(), rtol=0, atol=0)
    assert not torch.equal(one.gaussian.mean, other.gaussian.mean)


def test_neither_blocks_nor_their_memory_change_the_model(wave, monkeypatch):
    quick = SMALL.model_copy(update={"epochs": 1})
    tables = [Table.of(wave[:700].astype(np.float64) + 1e9), Table.of(wave[700:].astype(np.float64) + 1e9)]
    whole = LSTMAD.fit(quick, tables, [], Run()).state_dict()
    for cells in (1, 100, 1_000_000):
        monkeypatch.setattr("seriesbox.tables.blocks.BLOCK_CELLS", cells)
        for given in (tables, stack_tables(tables)):
            torch.testing.assert_close(LSTMAD.fit(quick, given, [], Run()).state_dict(), whole, rtol=0, atol=0)


def test_the_faults_of_all_files_are_named_together(wave):
    gaps = wave.copy()
    gaps[3:23] = gaps[200:, 1] = np.nan
    with pytest.raises(DataError) as caught:
        LSTMAD.fit(SMALL, [Table.of(gaps, "a"), Table.of(wave[:9], "b")], [Table.of(wave[:20, :1], "c")], Run())
    assert str(caught.value) == (
        "Files must have the same number of columns: a and 1 more have 2; c has 1. "
        "a has columns that are mostly empty: column 2 in 1020 of 1200 rows (85.0%). "
        "LSTM-AD needs half of a column: leave it out, or fill its gaps before. "
        "b has 9 rows, but context-length 20 and prediction-length 7 need at least 135 to train on, so that the last "
        "fifth holds a window. "
        "c has 20 rows, but context-length 20 and prediction-length 7 need at least 27 to validate with."
    )


def test_too_short_a_training_file_is_named(wave):
    with pytest.raises(DataError, match=r"short.csv has 134 rows.* need at least 135 to train on"):
        LSTMAD.fit(SMALL, [Table.of(wave), Table.of(wave[:134], "training/short.csv")], [], Run())
    LSTMAD.fit(SMALL.model_copy(update={"epochs": 1}), [Table.of(wave[:135])], [], Run())


def test_held_out_windows_are_counted_over_all_hosts(wave):
    group = Group(0, 2)
    group.first_nonzero, group.any = int, bool
    group.all_gather = lambda count: np.concatenate([count, 3 * count])  # another host has three times as many
    channel = WindowChannel("training", [Table.of(wave)], SMALL, Run(group=group, sharded=["training"]))
    channel.prepare(Scaler(np.zeros(2), np.ones(2)))
    assert channel.held_out_shard.total == 4 * len(channel.held_out)
    assert len(channel.held_out)


def test_the_chunks_of_a_slice_are_its_windows(wave):
    channel = WindowChannel("training", [Table.of(wave)], SMALL, Run())
    channel.prepare(Scaler(np.zeros(2), np.ones(2)))
    whole = torch.cat(list(channel.chunks(channel.held_out, 4)))
    part = torch.cat(list(channel.chunks(channel.held_out, 3, slice(1, None, 3))))
    assert torch.equal(whole, torch.arange(len(channel.held_out)))
    assert torch.equal(part, whole[1::3])
    assert len(part) > 1
