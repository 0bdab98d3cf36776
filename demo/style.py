"""The look of the pictures."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

INK, MUTED = "#22303c", "#7d8a96"
BLUE, ORANGE, PURPLE, RED = "#1f7a99", "#e2722e", "#7b56a8", "#cf2f45"
WIDTH, DPI = 10, 120  # inches, and dots per inch

plt.rcParams |= {
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": "#c9d0d6",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "lines.solid_capstyle": "round",
}
HALO = [withStroke(linewidth=3.2, foreground="white")]


def title(panel: Axes, text: str, notes: list[tuple[str, str]], color: str = INK) -> None:
    """Write a bold line above a panel, and notes below it, each in its color."""
    panel.set_title(text, loc="left", color=color, weight="bold", fontsize=10, pad=17)
    for column, (note, note_color) in enumerate(notes):
        panel.text(column * 0.19, 1.035, note, transform=panel.transAxes, color=note_color)


def finish(figure: Figure, text: str, file: Path) -> None:
    """Write a title above the whole figure, and the figure to a file."""
    figure.suptitle(text, x=0.012, ha="left", weight="bold", fontsize=12)
    figure.tight_layout(w_pad=2)
    figure.savefig(file, dpi=DPI)
    plt.close(figure)
