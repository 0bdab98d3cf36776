"""The exceptions, by who must act.

SeriesboxError
├── UserError               the caller: one sentence says what, where, and what to do
│   ├── HyperparameterError
│   └── DataError           one fault in the data, in one place or in many
│       ├── HeaderError
│       ├── HeaderAloneError
│       ├── ShortSeriesError
│       └── CombinedDataError   several faults
└── ArtifactError           whoever put the model there: it cannot be loaded

Any other exception is a bug of ours and keeps its traceback.
"""

import copyreg
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")

MAX_PLACES = 20  # named in one message
STOPPED_BEFORE_TRAINING = "Stopped before the first step of training: no model was saved."


class SeriesboxError(Exception):
    """The base of every error raised on purpose."""


class UserError(SeriesboxError, ValueError):
    """A request that cannot be carried out as given. The message is complete: it is shown without a traceback."""


class HyperparameterError(UserError):
    """Hyperparameters that are unknown, malformed, out of range or at odds with each other or with the data."""


class Places:
    """The places of one fault: their number, and the names of the first ones."""

    def __init__(self) -> None:
        self.count = 0
        self.names: list[str] = []

    def add(self, count: int, names: Iterable[str]) -> None:
        """Add `count` places. `names` may be a generator: only the names that a message can hold are taken from it."""
        self.count += count
        self.names += islice(names, MAX_PLACES - len(self.names))


class DataError(UserError):
    """Data that is missing, malformed or too small: what is wrong, where, and what to do."""

    def __init__(self, what: str, places: Places | None = None, advice: str = "") -> None:
        self.what, self.places, self.advice = what, places, advice
        self.count = places.count if places else 1
        super().__init__(self.message())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a copy have the message of the original, whatever it was made from."""
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]

    def message(self, limit: int = sys.maxsize, size: Callable[[str], int] = len) -> str:
        """Return the message with the first places, as many as `limit` allows, but one at least.

        size: returns the size of a text in the unit of `limit`.
        """
        text, _ = self.worded(MAX_PLACES, limit, size)
        return text

    def worded(self, max_places: int, limit: int, size: Callable[[str], int]) -> tuple[str, int]:
        """Return the message with at most `max_places` places, and the number of places in it."""
        if not self.places:
            return self.what + self.advice, 1
        text = ""
        for named in range(min(max_places, len(self.places.names)), 0, -1):
            more = f"; and {self.count - named} more" if self.count > named else ""
            text = self.what + "; ".join(self.places.names[:named]) + more + self.advice
            if size(text) <= limit:
                break
        return text, named


class HeaderError(DataError):
    """A first row that should be a header, but consists of numbers. The file may have been cut."""


class HeaderAloneError(DataError):
    """A file of a header without rows. It may be the first part of one that was cut."""


class ShortSeriesError(DataError):
    """A series with fewer rows than a model needs. It may have been cut."""


class CombinedDataError(DataError):
    """Several faults in one message, which names twenty places in all."""

    def __init__(self, errors: Sequence[DataError]) -> None:
        self.errors = errors
        super().__init__("")
        self.count = sum(error.count for error in errors)

    def worded(self, max_places: int, limit: int, size: Callable[[str], int]) -> tuple[str, int]:
        """Return the sentences that fit, and the number of places in them."""
        sentences: list[str] = []
        places, room = max_places, limit - len(" Faults beyond these: 1000000000.")
        for error in self.errors:
            sentence, named = error.worded(places, room, size) if places else ("", 0)
            if not places or (sentences and size(sentence) > room):
                break
            sentences.append(sentence)
            places -= named
            room -= size(sentence) + 1
        beyond = sum(error.count for error in self.errors[len(sentences) :])
        text = " ".join(sentences) + (f" Faults beyond these: {beyond}." if beyond else "")
        return text, max_places - places


def collect_errors(check: Callable[[Item], object], items: Iterable[Item]) -> list[DataError]:
    """Return the DataErrors that `check` raises, item by item, and those that the iteration raises."""
    errors: list[DataError] = []
    remaining = iter(items)
    while True:
        try:
            for item in remaining:
                check(item)
            return errors
        except DataError as error:
            errors.append(error)


def raise_errors(errors: Sequence[DataError]) -> None:
    """Raise the errors as one; do nothing if there are none."""
    if errors:
        raise errors[0] if len(errors) == 1 else CombinedDataError(errors)


class ArtifactError(SeriesboxError):
    """A model directory that holds no model this version can load."""
