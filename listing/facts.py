"""The pages' figures, tables and calls, from the code, the samples and the benchmarks."""

import json
from collections.abc import Iterable
from pathlib import Path

from listing import algorithm, examples, instances
from listing.algorithm import NOBODY
from listing.effects import EFFECTS, METRICS
from listing.folder import FOLDER, sample_hyperparameters, samples_folder
from listing.shapes import Json
from seriesbox.algorithm import estimator, predictor
from seriesbox.sagemaker import checkpoints
from seriesbox.sagemaker.serving.negotiation import FORMATS
from seriesbox.sagemaker.serving.settings import BATCH, MEGABYTE, REAL_TIME

README = FOLDER.parent / "README.md"
MEASURED = FOLDER / "measured.json"  # by benchmarks.listing
WHAT, OURS, OTHERS = 1, 2, 3  # columns of the README's table
BENCHMARKS = {  # and its rows, by how they begin
    "seven_sets_what": ("| seven UCR sets,", WHAT),
    "seven_sets": ("| seven UCR sets,", OURS),
    "seven_sets_others": ("| seven UCR sets,", OTHERS),
    "one_series_what": ("| UCR anomaly 179, the two lowest scores", WHAT),
    "one_series": ("| UCR anomaly 179, the two lowest scores", OURS),
    "eight_series_what": ("| eight more UCR anomaly series,", WHAT),
    "eight_series": ("| eight more UCR anomaly series,", OURS),
    "eight_series_others": ("| eight more UCR anomaly series,", OTHERS),
}
CELLS = 6  # of a sample's row that are shown
# What AWS Marketplace sets for every product of machine learning: "Service restrictions and quotas" and "Removing a
# product" in its Seller Guide.
REQUEST_SECONDS, SUPPORTED_DAYS = 60, 90

Facts = dict[str, str]


def facts(name: str, repository: str) -> Facts:
    """By the names that the page's words have for them."""
    files = f"{repository}/blob/main"
    return {
        "repository": repository,
        "files": files,
        "listing": f"{files}/listing/{name}",
        "version": NOBODY.version,
        "instance": instances.VALIDATION,
        "formats": _listed(FORMATS),
        "request_seconds": str(REQUEST_SECONDS),
        "spot_seconds": str(examples.SPOT_SECONDS),
        "checkpoint_seconds": f"{checkpoints.SECONDS:g}",
        "supported_days": str(SUPPORTED_DAYS),
        "real_time_mb": str(REAL_TIME // MEGABYTE),
        "batch_limit_mb": str(BATCH // MEGABYTE),
        **_declared(name),
        **_calls(name),
        **_excerpts(name),
        **_measured(name),
        **_benchmarks(),
    }


def least_rows(name: str) -> tuple[int, int]:
    """To train on and to predict, at the defaults."""
    default = predictor(name).Hyperparameters().written()
    if name == "cnn-kmeans":
        return int(default["clusters"]), 1
    window = int(default["context-length"]) + int(default["prediction-length"])
    return 5 * window, window


def _declared(name: str) -> Facts:
    declared = algorithm.hyperparameters(name)
    training, prediction = least_rows(name)
    return {
        "hyperparameters": _table(
            "name | range | default | what it is | what it does to result and cost",
            (
                (f"`{each['Name']}`", _range(each), each["DefaultValue"], each["Description"], EFFECTS[each["Name"]])
                for each in declared
            ),
        ),
        "tunable": _listed(f"`{each['Name']}`" for each in declared if each["IsTunable"]),
        "metrics": _table(
            "metric | objective | what it is",
            ((f"`{metric}`", better, METRICS[metric]) for metric, better in estimator(name).metrics.items()),
        ),
        "channels": _table(
            "channel | required | content types | what it is",
            (
                (
                    f"`{each['Name']}`",
                    "yes" if each["IsRequired"] else "no",
                    ", ".join(each["SupportedContentTypes"]),
                    each["Description"],
                )
                for each in algorithm.channels()
            ),
        ),
        "lasting": _listed(f"`{each.name}`" for each in predictor(name).Hyperparameters.declarations() if each.lasting),
        "least_training": str(training),
        "least_prediction": str(prediction),
    }


def _calls(name: str) -> Facts:
    by_line = predictor(name).rows_are_independent
    return {
        "arn": examples.arn(name),
        "role": examples.ROLE,
        "place": examples.place(name),
        "given": json.dumps(sample_hyperparameters(name), indent=8).replace('"\n}', '",\n    }'),
        "assemble_with": ', assemble_with="Line"' if by_line else "",
        "split_type": ', split_type="Line"' if by_line else "",
        "cli_samples": examples.upload(name),
        "cli_training": examples.shown(examples.training(name)),
        "cli_model": examples.shown(examples.model(name)),
        "cli_batch": examples.shown(examples.transform(name)),
        "cli_endpoint": examples.shown(examples.endpoint(name)),
        "cli_removal": examples.shown(examples.removal(name)),
        "spot": json.dumps(examples.spot(name), indent=2),
    }


def _excerpts(name: str) -> Facts:
    """The same rows of each sample: the first one, and where some have no answer, the first two that have one."""
    empty = 0 if predictor(name).rows_are_independent else int(sample_hyperparameters(name)["context-length"])
    rows = [1, empty + 1, empty + 2] if empty else [1, 2]
    files = ("request.csv", "response.csv", "batch/batch.csv", "batch.csv.out")
    excerpts = (_excerpt(samples_folder(name) / file, rows) for file in files)
    shown = dict(zip(("request_shown", "response_shown", "batch_shown", "output_shown"), excerpts, strict=True))
    return {"rows_shown": _listed(map(str, rows)), "rows_empty": str(empty), **shown}


def _excerpt(file: Path, rows: list[int]) -> str:
    """Rows by their numbers, from one on; dots stand for what is left out."""
    lines = file.read_text().splitlines()
    shown = []
    for row, before in zip(rows, [0, *rows], strict=False):
        cells = lines[row - 1].split(",")
        shown += ["..."] * (row > before + 1)
        shown += [",".join([*cells[:CELLS], *["..."] * (len(cells) > CELLS)])]
    return "\n".join(shown)


def _measured(name: str) -> Facts:
    figures = json.loads(MEASURED.read_text())
    machine = figures["machine"]
    return {
        "machine": f"{machine['cores']} cores of an {machine['processor']}",
        "runs": str(machine["runs"]),
        **{f"{what}_{key}": f"{value:,g}" for what, of in figures[name].items() for key, value in of.items()},
    }


def _benchmarks() -> Facts:
    """Cells of the README's table; what follows a colon there is of single runs."""
    lines = README.read_text().splitlines()
    return {
        fact: next(line for line in lines if line.startswith(row)).split("|")[column].partition(":")[0].strip()
        for fact, (row, column) in BENCHMARKS.items()
    }


def _range(declared: Json) -> str:
    return (", " if declared["Type"] == "Categorical" else " to ").join(algorithm.values(declared))


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}"
