"""Markdown: tables and lists written, sections and items read."""

import re
from collections.abc import Iterable


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """Return a table; the cells of its head are separated by ` | `."""
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def enumeration(words: Iterable[object]) -> str:
    """Return `a, b and c`."""
    *most, last = map(str, words)
    return f"{', '.join(most)} and {last}"


def code(words: Iterable[str]) -> list[str]:
    """Return each word as code."""
    return [f"`{word}`" for word in words]


def sections(text: str, level: int = 2) -> dict[str, str]:
    """Return the text under every heading of a level."""
    _, *parts = re.split(rf"^#{{{level}}} (.*)\n", text, flags=re.MULTILINE)
    return {heading: words.strip() for heading, words in zip(parts[::2], parts[1::2], strict=True)}


def items(text: str) -> dict[str, str]:
    """Return the items of a list by the code that each begins with."""
    return dict(re.findall(r"^- `(.+?)`: (.+)$", text, re.MULTILINE))
