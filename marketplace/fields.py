"""The fields that a seller fills in for a product, and whether a page has them all.

Fields, characters and items are those of AWS' own shapes of the Marketplace Catalog API, `MachineLearningProduct@1.0`
(github.com/awslabs/aws-marketplace-catalog-api-shapes-for-python: UpdateInformation, AddDeliveryOptions); the portal's
form has the same. Details are what "Requirements and best practices for creating machine learning products" in the
AWS Marketplace Seller Guide requires of an algorithm, and, for speed, AWS' listing template
(github.com/aws/amazon-sagemaker-examples: curating_good_algorithm_listing.md).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """Its most characters, or, where it is a list, those of an item and the most items; and what must be in it."""

    characters: int
    items: int = 0
    details: tuple[str, ...] = ()


FIELDS = {
    "Product title": Field(72),
    "Short description": Field(1000),
    "Long description": Field(5000, details=("How it works", "Use cases", "Who it is for")),
    "Highlights": Field(500, items=3),
    "Categories": Field(100, items=3),
    "Search keywords": Field(50, items=15),
    "Additional resources": Field(500, items=3),
    "Support": Field(2000),
    "Version title": Field(64),
    "Release notes": Field(30000),
    "Usage instructions": Field(
        10000,
        details=(
            "Training data",
            "Hyperparameters",
            "Metrics and tuning",
            "Instance types",
            "Several instances",
            "GPUs",
            "Time and memory",
            "Train",
        ),
    ),
    "Sample notebook": Field(2000),
    "Repository": Field(2000),
    "Input": Field(
        10000, details=("Real-time endpoint", "Batch transform", "With the SDK", "With the CLI", "Endpoint on a GPU")
    ),
    "Input limitations": Field(1000),
    "Sample input": Field(10000),
    "Output": Field(10000, details=("Real-time endpoint", "Batch transform")),
    "Sample output": Field(10000),
    "Recommended instance types": Field(100, items=3),
}


def sections(text: str, level: int = 2) -> dict[str, str]:
    """What is under every heading of this level."""
    _, *parts = re.split(rf"^#{{{level}}} (.*)\n", text, flags=re.MULTILINE)
    return {heading: words.strip() for heading, words in zip(parts[::2], parts[1::2], strict=True)}


def items(words: str) -> list[str]:
    """Those of a list, each on one line."""
    return [line.removeprefix("- ") for line in words.splitlines()]


def faults(page: str) -> list[str]:
    """What is missing, empty or too long."""
    return list(_faults(page))


def _faults(page: str) -> Iterator[str]:
    written = sections(page)
    yield from (f"{heading}: there is no such field." for heading in written.keys() - FIELDS.keys())
    for heading, field in FIELDS.items():
        words = written.get(heading)
        if not words:
            yield f"{heading} is {'missing' if words is None else 'empty'}."
            continue
        parts = items(words) if field.items else [words]
        if field.items and len(parts) > field.items:
            yield f"{heading}: {len(parts)} items, but {field.items} is the most."
        if (longest := max(map(len, parts))) > field.characters:
            yield f"{heading}: {longest} characters, but {field.characters} is the most."
        details = sections(words, level=3)
        yield from (f"{heading}: {detail} is missing or empty." for detail in field.details if not details.get(detail))
