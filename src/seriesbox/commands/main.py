"""`seriesbox`: the console command. What a subcommand needs is imported when it runs, so that help is there at once."""

import sys
from pathlib import Path
from typing import Any

import click

from seriesbox.commands.options import FILE, FOLDER, PAGE, FitGroup, describe_files, examples, form_option
from seriesbox.errors import SeriesboxError

CURL = "curl --data-binary @more.csv -H 'Content-Type: text/csv' localhost:8080/invocations"


class Commands(click.Group):
    """Commands that tell a fault in one sentence, and end with exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # a reader that is gone, such as `head`, is none; click knows
            raise
        except (SeriesboxError, OSError) as error:
            raise click.ClickException(str(error)) from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog=examples(
        "seriesbox fit cnn-kmeans beats.csv --clusters 3 --out model/",
        "seriesbox predict model/ more.csv > answer.csv",
        "seriesbox report model/ more.csv",
        "seriesbox serve model/",
    ),
)
@click.version_option(package_name="seriesbox")
def main() -> None:
    """Find clusters and anomalies in time series.

    Exit codes: 0, 1 if something is wrong with what was given (standard error says what), 2 for a wrong command.
    """


@main.group(cls=FitGroup)
def fit() -> None:
    """Fit a model to files, and write it into a folder."""


@main.command(epilog=examples("seriesbox predict model/ more.csv > answer.csv", "seriesbox predict model/ < more.csv"))
@click.argument("model", type=FOLDER)
@click.argument("file", type=FILE, default="-")
@describe_files
@form_option("--accept", help="Format of the answer; else that of the server.")
@click.option("--verbose/--no-verbose", default=None, help="Whether more columns follow; else the model decides.")
@click.option("--threshold", type=float, help="Score below which a row is an anomaly, instead of the model's.")
@click.option("--names", is_flag=True, help="Begin CSV with the names of the answer's columns.")
def predict(model: Path, file: Path, **given: Any) -> None:
    """Write MODEL's answer to FILE, or to standard input (-).

    It has the bytes of the server's answer to the same request.
    """
    from seriesbox.commands.predicting import answer

    for part in answer(model, file, **given):
        sys.stdout.buffer.write(part)


@main.command(epilog=examples("seriesbox report model/ more.csv --out report.html"))
@click.argument("model", type=FOLDER)
@click.argument("file", type=FILE, default="-")
@describe_files
@click.option("--out", type=PAGE, default="report.html", show_default=True, help="File to write the page to.")
def report(model: Path, file: Path, out: Path, **given: Any) -> None:
    """Draw MODEL's answer to FILE, or to standard input (-), as a page that a browser opens from disk."""
    from seriesbox.commands import reporting

    reporting.report(model, file, out=out, **given)
    click.echo(f"The report is in {out}.", err=True)


@main.command(epilog=examples("seriesbox serve model/", CURL))
@click.argument("model", type=FOLDER)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port to listen at.")
def serve(model: Path, host: str, port: int) -> None:
    """Serve MODEL over HTTP.

    POST /invocations answers, as on an endpoint. Ctrl-C ends the server.
    """
    from seriesbox.commands import serving

    serving.serve(model, host, port)


@main.command(epilog=examples("seriesbox info model/"))
@click.argument("model", type=FOLDER)
def info(model: Path) -> None:
    """Say what MODEL is."""
    from seriesbox.commands import describing

    for line in describing.lines(model):
        click.echo(line)
