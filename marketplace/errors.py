"""What ends a command of this package with a sentence."""


class RefusedError(Exception):
    """What was given will not do: AWS says so, Docker says so, or a check of our own does."""
