"""Clusters and anomalies of time series by CNN-KMeans and LSTM-AD: in Python, in a shell, and on Amazon SageMaker.

`__init__.pyi` has the names for editors and type checkers. What they stand for is imported when it is first asked for.
"""


def __getattr__(name: str) -> object:
    """Return `load`, or the class of an algorithm."""
    if name == "__version__":
        from importlib.metadata import version

        return version("seriesbox")
    if name not in ("load", "__all__") and not name[:1].isupper():  # such as a module
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from seriesbox.estimators import loading

    if name == "__all__":
        return loading.names()
    return loading.load if name == "load" else loading.class_called(name)


def __dir__() -> list[str]:
    from seriesbox.estimators.loading import names

    return [*globals(), *names()]
