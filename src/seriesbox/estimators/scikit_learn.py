"""The answers of an estimator to scikit-learn, which is imported when it asks: predicting needs none of it."""

from typing import Any


def tags(kind: str, transforms: bool) -> Any:
    """Return the tags of an estimator. kind: `clusterer` or `outlier_detector`. transforms: whether it has features."""
    from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

    return Tags(
        estimator_type=kind,
        target_tags=TargetTags(required=False),
        transformer_tags=TransformerTags(preserves_dtype=["float32"]) if transforms else None,
        input_tags=InputTags(three_d_array=transforms, allow_nan=True),
    )


def not_fitted(name: str) -> Any:
    """Return the error that an estimator is not fitted yet: scikit-learn's, or one with the same bases without it."""
    try:
        from sklearn.exceptions import NotFittedError
    except ImportError:
        NotFittedError = type("NotFittedError", (ValueError, AttributeError), {})  # noqa: N806
    return NotFittedError(f"This {name} is not fitted yet: call `fit` first, or load a model by `seriesbox.load`.")
