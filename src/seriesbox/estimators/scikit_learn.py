"""The answers of an estimator to scikit-learn, which is imported when it asks: predicting needs none of it."""

import sys
from typing import Any

from seriesbox.errors import UserError


def tags(kind: str, transforms: bool) -> Any:
    """Return the tags of an estimator. kind: `clusterer` or `outlier_detector`. transforms: whether it has features."""
    from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

    return Tags(
        estimator_type=kind,
        target_tags=TargetTags(required=False),
        transformer_tags=TransformerTags(preserves_dtype=["float32"]) if transforms else None,
        input_tags=InputTags(three_d_array=transforms, allow_nan=True),
    )


def contained(features: Any, x: Any, estimator: Any) -> Any:
    """Return the features of X in the container that `set_output`, or else scikit-learn's configuration, asks for."""
    wanted = getattr(estimator, "_sklearn_output_config", {}).get("transform")
    if wanted is None and "sklearn" in sys.modules:
        from sklearn import get_config

        wanted = get_config()["transform_output"]
    if wanted in (None, "default"):
        return features
    if wanted == "pandas":
        import pandas as pd

        return pd.DataFrame(
            features, columns=estimator.get_feature_names_out(), index=x.index if hasattr(x, "iloc") else None
        )
    raise UserError(f"`set_output` knows default and pandas, not {wanted!r}.")


def not_fitted(name: str) -> Any:
    """Return the error that an estimator is not fitted yet: scikit-learn's, or one with the same bases without it."""
    try:
        from sklearn.exceptions import NotFittedError
    except ImportError:
        NotFittedError = type("NotFittedError", (ValueError, AttributeError), {})  # noqa: N806
    return NotFittedError(f"This {name} is not fitted yet: call `fit` first, or load a model by `seriesbox.load`.")
