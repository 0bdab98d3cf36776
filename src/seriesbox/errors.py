"""What can go wrong, by who must act.

SeriesboxError
├── UserError               the caller: one sentence says what, where, and what to do
│   ├── HyperparameterError
│   └── DataError
└── ArtifactError           whoever put the model there: it cannot be loaded

Anything else that is raised is a bug of ours and keeps its traceback.
"""


class SeriesboxError(Exception):
    """The base of every error raised on purpose."""


class UserError(SeriesboxError):
    """The request cannot be carried out as given. The message is complete: it is shown without a traceback."""


class HyperparameterError(UserError):
    """Hyperparameters that are unknown, malformed, out of range or at odds with each other or with the data."""


class DataError(UserError):
    """Data that is missing, malformed or too small."""


class ArtifactError(SeriesboxError):
    """A model directory that holds no model this version can load."""


def printable(text: str) -> str:
    """The text without what cannot be written, such as a file name in no known encoding."""
    return text.encode("utf-8", "backslashreplace").decode()
