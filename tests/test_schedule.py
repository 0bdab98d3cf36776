import pytest

from seriesbox.optimization import Optimization
from seriesbox.schedule import Schedule


@pytest.mark.parametrize(
    ("items", "processes", "min_updates", "expected"),
    [
        (20, 1, 0, (50, 2)),
        (20, 1, 100, (50, 2)),
        (20, 1, 101, (51, 2)),
        (21, 1, 600, (200, 3)),
        (21, 2, 600, (300, 2)),
    ],
)
def test_epochs_are_added_until_there_are_steps_enough(items, processes, min_updates, expected):
    sizes = Optimization(epochs=50, batch_size=10, min_updates=min_updates)
    assert Schedule.of(sizes, items, processes) == expected


def test_only_a_training_of_few_steps_is_told_what_to_do():
    assert Schedule(50, 2).sentence == (
        "Trains for 50 epochs of 2 gradient steps, 100 in all. These are few: if results are poor, set "
        "`min-updates` to 500, or raise `epochs`."
    )
    assert Schedule(1, 1000).sentence == "Trains for 1 epoch of 1,000 gradient steps, 1,000 in all."
