"""The command `seriesbox`, in this process and in one of its own."""

from click.testing import CliRunner

from seriesbox.commands.main import main
from tests.job import COMMANDS

COMMAND = COMMANDS / "seriesbox"


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


def options(hyperparameters):
    return [part for name, value in hyperparameters.items() if name != "model" for part in (f"--{name}", value)]
