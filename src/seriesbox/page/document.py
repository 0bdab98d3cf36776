"""The page as one HTML file: its style, its scripts and its data are inside, and it loads nothing else."""

import base64
import hashlib
import html
import json
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
LIBRARY = "uplot"  # the folder of the charting library, which setup.py fetches
# In this order: a script uses those before it.
SCRIPTS = (
    *("elements", "numbers", "csv", "answered", "events", "principal", "charts", "timeline"),
    *("score_tables", "score_charts", "scores", "cluster_tables", "cluster_charts", "clusters"),
    *("views", "training", "form", "request", "main"),
)


class Document(NamedTuple):
    """The page, and the Content-Security-Policy that it keeps: its own scripts run, and no others."""

    content: bytes
    policy: str

    @classmethod
    def of(cls, title: str, data: Any, connects: bool = False) -> "Document":
        """Return the page with data that JSON can express. NaN becomes null.

        connects: whether it may send requests to the server that it came from.
        Raises FileNotFoundError if seriesbox was installed without the charting library.
        """
        library, looks = ((FOLDER / LIBRARY / name).read_text() for name in ("uPlot.iife.min.js", "uPlot.min.css"))
        script = "\n".join([library, *((FOLDER / f"{name}.js").read_text() for name in SCRIPTS)])
        style = looks + (FOLDER / "style.css").read_text()
        policy = "; ".join(
            (
                "default-src 'none'",
                f"script-src '{_digest(script)}'",
                f"style-src '{_digest(style)}'",
                f"connect-src '{'self' if connects else 'none'}'",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        )
        page = Template((FOLDER / "index.html").read_text()).substitute(
            title=html.escape(title),
            policy=policy,
            style=style,
            script=script,
            version=version("seriesbox"),
            data=_json(data),
        )
        return cls(page.encode(), policy)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(data: Any) -> str:
    """Return JSON for a script element, which a `<` might end."""
    known = json.loads(json.dumps(data), parse_constant=lambda _: None)
    return json.dumps(known, separators=(",", ":")).replace("<", r"\u003c")
