"""What can go wrong, by who must act.

SeriesboxError
├── UserError               the caller: one sentence says what, where, and what to do
│   ├── HyperparameterError
│   └── DataError
└── ArtifactError           whoever put the model there: it cannot be loaded

Anything else that is raised is a bug of ours and keeps its traceback.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

PLACES = 20  # that one message names
LETTERS = 1024  # of a message, more of which SageMaker does not show
STOPPED_EARLY = "Stopped before the first step of training: no model was saved."


class SeriesboxError(Exception):
    """The base of every error raised on purpose."""


class UserError(SeriesboxError):
    """The request cannot be carried out as given. The message is complete: it is shown without a traceback."""


class HyperparameterError(UserError):
    """Hyperparameters that are unknown, malformed, out of range or at odds with each other or with the data."""


class Places:
    """Where something is wrong: how often, and the first places in words."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[str] = []

    def add(self, count: int, names: Iterable[str]) -> None:
        """So many more, whose names may be a generator: only those that will be told are taken from it."""
        self.count += count
        self.named += islice(names, PLACES - len(self.named))


class DataError(UserError):
    """Data that is missing, malformed or too small: what is wrong, in which places if there are several, what to do."""

    def __init__(self, what: str, places: Places | None = None, advice: str = "") -> None:
        self.what, self.places, self.advice = what, places, advice
        self.count = places.count if places else 1
        super().__init__(self.told(PLACES, LETTERS)[0])

    def told(self, most: int, letters: int) -> tuple[str, int]:
        """The message with as many of the `most` first places as fit, at least one of them; and how many."""
        if not self.places:
            return self.what + self.advice, 1
        text = ""
        for told in range(min(most, len(self.places.named)), 0, -1):
            more = f"; and {self.count - told} more" if self.count > told else ""
            text = self.what + "; ".join(self.places.named[:told]) + more + self.advice
            if len(text) <= letters:
                break
        return text, told


def found(check: Callable[[Item], object], items: Iterable[Item]) -> list[DataError]:
    """The DataErrors that the items raise when they are checked, or come."""
    errors: list[DataError] = []
    left = iter(items)
    while True:
        try:
            for item in left:
                check(item)
            return errors
        except DataError as error:
            errors.append(error)


def raise_together(errors: Sequence[DataError]) -> None:
    """Raise what there is as one DataError, which names twenty places in all, as far as its letters reach."""
    if len(errors) == 1:
        raise errors[0]
    sentences: list[str] = []
    places, letters = PLACES, LETTERS - len(" Faults beyond these: 1000000000.")
    for error in errors:
        sentence, told = error.told(places, letters)
        if not places or len(sentence) > letters:
            break
        sentences.append(sentence)
        places -= told
        letters -= len(sentence) + 1
    if errors:
        rest = sum(error.count for error in errors[len(sentences) :])
        raise DataError(" ".join(sentences) + (f" Faults beyond these: {rest}." if rest else ""))


class ArtifactError(SeriesboxError):
    """A model directory that holds no model this version can load."""


def shortened(text: str) -> str:
    """What SageMaker shows of a reason: its first 1024 characters, and those of one line only."""
    return printable(" ".join(text.split()))[:LETTERS]


def printable(text: str) -> str:
    """The text without what cannot be written, such as a file name in no known encoding."""
    return text.encode("utf-8", "backslashreplace").decode()
