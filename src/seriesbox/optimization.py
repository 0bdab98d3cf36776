"""The hyperparameters of the epoch loop."""

from seriesbox.hyperparameters import Hyperparameters, hp


class Optimization(Hyperparameters):
    """The hyperparameters of the epoch loop, which every algorithm has."""

    lr: float = hp(0.001, "Learning rate of the Adam optimizer.", ge=1e-6, le=1, tunable=True)
    batch_size: int = hp(10, "Items per gradient step.", ge=1, le=100_000, tunable=True)
    epochs: int = hp(100, "Passes over the training data.", ge=1, le=100_000, tunable=True)
    min_updates: int = hp(0, "Least number of gradient steps: epochs are added to reach it.", ge=0, le=10**7)
    patience: int = hp(
        0,
        "After this many epochs without a better validation loss, training ends with the best epoch; 0: never.",
        ge=0,
        le=100_000,
    )
    max_seconds: int = hp(
        0,
        "Seconds after the start of the job at which training ends; 0: no limit.",
        ge=0,
        le=10**7,
    )
