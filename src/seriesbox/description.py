"""The description of a model on disk."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Runtime = Literal["onnx", "torch"]


class Description(BaseModel):
    """The contents of `model.json`, from which the shapes of all tensors follow."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = Field(1, description="The version of this format.")
    model: str = Field(description="The algorithm's name.")
    columns: int = Field(ge=1, le=10**7, description="The number of columns of the training data.")
    column_names: list[str] = Field([], description="Their names, if the training data had a header.")
    hyperparameters: dict[str, int | float | str] = Field(description="Their values, by name.")
    runtime: Runtime = Field("onnx", description="What computes the network on a CPU.")
