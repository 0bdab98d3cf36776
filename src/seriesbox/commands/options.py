"""The options of the commands. Those of `fit` are generated from the declarations of the hyperparameters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from seriesbox.files import printable
from seriesbox.formats.content_type import BY_NAME
from seriesbox.formats.parameters import MAX_IDS

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


class NamedPath(click.Path):
    """A path that has a name: what a shell leaves of a variable that is not set has none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("It is empty: give a name.", param, ctx)
        if not self.file_okay and Path(value).is_file():
            self.fail(f"{printable(value)} is a file: give the folder of a model.", param, ctx)
        return super().convert(value, param, ctx)


FOLDER = NamedPath(file_okay=False, path_type=Path)
PAGE = NamedPath(dir_okay=False, path_type=Path)


def examples(*commands: str) -> str:
    """Return the end of a help, which shows commands."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {command}" for command in commands)])


def form_option(*names: str, **more: Any) -> Callable[..., Any]:
    """Return an option for a format, whose value is its content type."""

    def content_type(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        return BY_NAME[value] if value else None

    return click.option(*names, type=click.Choice([*BY_NAME]), callback=content_type, **more)


def describe_files(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is in files."""
    for option in (
        click.option("--ids", type=click.IntRange(0, MAX_IDS), help="First columns of CSV that are ids."),
        click.option("--header/--no-header", default=None, help="Whether CSV begins with the names of columns."),
        form_option("--format", "form", default="csv", show_default=True, help="Format of the files."),
    ):
        command = option(command)
    return command


class FitGroup(click.Group):
    """A command for each algorithm of the registry."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the algorithms."""
        from seriesbox.algorithm import ALGORITHMS

        return [*ALGORITHMS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command that fits an algorithm. Raises UsageError if there is none, except to complete words."""
        names = self.list_commands(ctx)
        if cmd_name in names:
            return _fit_command(cmd_name)
        if ctx.resilient_parsing:
            return None
        known = " or ".join(names)
        raise click.UsageError(f"{printable(cmd_name)!r} is no algorithm: give {known}, then files.", ctx)


def _fit_command(algorithm: str) -> click.Command:
    from seriesbox.estimators.parameters import declarations

    declared = declarations(algorithm)

    def run(**given: Any) -> None:
        from seriesbox.commands.fitting import fit

        fit(algorithm, {each.name: given.pop(name) for name, each in declared.items()}, **given)

    for option in (
        click.option("--verbose", is_flag=True, help="Let answers of the model be verbose by default."),
        click.option("--test", type=FILE, multiple=True, help="Labelled data; the label comes first, or after ids."),
        click.option("--validation", type=FILE, multiple=True, help="Other data, by which `--patience` stops."),
        click.option("--report", type=PAGE, help="File to write the report of the training to."),
        click.option("--out", type=FOLDER, required=True, help="Folder of the model."),
        click.argument("files", type=FILE, nargs=-1, required=True),
    ):
        run = option(run)
    command = click.command(
        algorithm,
        short_help=f"Fit {algorithm}.",
        help=f"Fit {algorithm} to FILES, or to standard input (-).\n\nAll but FILES and the first options are its "
        "hyperparameters. Ctrl-C ends the training with what has been learnt.",
        epilog=examples(f"seriesbox fit {algorithm} data.csv --epochs 20 --out model/"),
    )(describe_files(run))
    for each in declared.values():
        words = click.Choice([*map(str, each.values)]) if each.type == "str" else None
        limits = "" if words else f"{each.range}; "
        text = f"{each.description}  [{limits}default: {each.default}]"
        command.params.append(
            click.Option([f"--{each.name}"], type=words, metavar=None if words else each.type.upper(), help=text)
        )
    return command
