"""CNN-KMeans' hyperparameters; the defaults are the published ones."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import field_validator

from seriesbox.hyperparameters import hp
from seriesbox.optimization import Optimization


class CNNKMeansHyperparameters(Optimization):
    """The hyperparameters of one training."""

    of_older_models: ClassVar[Mapping[str, str]] = {"features": "raw"}

    clusters: int = hp(8, "Number of clusters; 0: chosen from the data.", ge=0, le=1000, tunable=True)
    max_clusters: int = hp(20, "Largest number to choose from.", ge=2, le=1000)
    algorithm: Literal["lloyd", "elkan"] = hp("lloyd", "Variant of K-Means.", tunable=True)
    blocks: int = hp(10, "Blocks of convolutions before the last one.", ge=0, le=16, tunable=True, inherited=True)
    filters: int = hp(40, "Channels of every block but the last.", ge=1, le=1024, tunable=True, inherited=True)
    kernel_size: int = hp(3, "Width of the convolutions.", ge=1, le=100, tunable=True, inherited=True)
    reduced_size: int = hp(160, "Channels of the last block.", ge=1, le=4096, tunable=True, inherited=True)
    output_size: int = hp(320, "Number of features.", ge=1, le=4096, tunable=True, inherited=True)
    negative_samples: int = hp(10, "Negatives per anchor in the triplet loss.", ge=1, le=100, tunable=True)
    variables: int = hp(1, "Variables of a series, one after the other in its row.", ge=1, le=4096, inherited=True)
    scaling: Literal["dataset", "series", "step"] = hp(
        "dataset",
        "Values are scaled by mean and standard deviation: of all values, of each series, or of each time step.",
        tunable=True,
        inherited=True,
    )

    features: Literal["halves", "normalized", "raw"] = hp(
        "halves",
        "Features of a series and its halves, or of the series alone, evened out; or raw.",
        inherited=True,
    )

    @field_validator("clusters")
    @classmethod
    def _more_than_one(cls, clusters: int) -> int:
        if clusters == 1:
            raise ValueError("0, for a number that is chosen from the data, or 2 to 1000")
        return clusters

    @property
    def variables_per_row(self) -> int:
        """The number of variables in a row."""
        return self.variables

    def to_dict(self) -> dict[str, int | float | str]:
        """Return every value but a single variable, by which checkpoints of before there were more are taken up."""
        return {name: value for name, value in super().to_dict().items() if (name, value) != ("variables", 1)}

    @property
    def encoder_sizes(self) -> tuple[int, ...]:
        """The arguments of the encoder."""
        return self.blocks, self.filters, self.kernel_size, self.reduced_size, self.output_size, self.variables

    @property
    def channels(self) -> list[int]:
        """The channels of the encoder's input and of each of its blocks."""
        return [self.variables, *[self.filters] * self.blocks, self.reduced_size]

    @property
    def parts(self) -> int:
        """The parts of a series that have features: the whole, or the whole and its halves."""
        return 3 if self.features == "halves" else 1

    @property
    def features_per_series(self) -> int:
        """The number of features that K-Means sees. An answer has those of the whole."""
        return self.parts * self.output_size

    @property
    def bytes_per_step(self) -> int:
        """The bytes that the encoder takes for a time step, without gradients: six arrays of its widest block."""
        return 4 * 6 * max(self.channels)

    @property
    def receptive_field(self) -> int:
        """The steps that one output of the encoder depends on: two convolutions a block, of dilation 2^i."""
        return 1 + 2 * (self.kernel_size - 1) * (2 ** (self.blocks + 1) - 1)
