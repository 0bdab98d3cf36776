"""The description of a model on disk."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Runtime = Literal["onnx", "torch"]


class Description(BaseModel):
    """The contents of `model.json`, from which the shapes of all tensors follow."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    model: str  # the algorithm's name
    columns: Annotated[int, Field(ge=1, le=10**7)]
    column_names: list[str] = []  # if the training data had a header
    hyperparameters: dict[str, int | float | str]
    runtime: Runtime = "onnx"  # of the network on a CPU
