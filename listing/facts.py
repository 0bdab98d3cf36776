"""The pages' figures, tables and calls, from the code, the samples, the changelog and the benchmarks."""

import json
from collections.abc import Iterable
from pathlib import Path

from listing import algorithm, examples, instances, samples
from listing.algorithm import NOBODY
from listing.effects import EFFECTS
from listing.fields import sections
from listing.profile import FOLDER
from listing.shapes import Json
from seriesbox.algorithm import estimator, predictor
from seriesbox.sagemaker.serving.negotiation import FORMATS
from seriesbox.sagemaker.serving.settings import BATCH, MEGABYTE, REAL_TIME

README, CHANGELOG = (FOLDER.parent / name for name in ("README.md", "CHANGELOG.md"))
MEASURED = FOLDER / "measured.json"  # by benchmarks.listing
OURS, OTHERS = 2, 3  # columns of the README's table
BENCHMARKS = {  # and its rows, by how they begin
    "seven_sets": ("| seven UCR sets,", OURS),
    "seven_sets_others": ("| seven UCR sets,", OTHERS),
    "one_series": ("| UCR anomaly 179, the two lowest scores", OURS),
    "eight_series": ("| eight more UCR anomaly series,", OURS),
    "eight_series_others": ("| eight more UCR anomaly series,", OTHERS),
}
CELLS = 6  # of a sample's row that are shown

Facts = dict[str, str]


def facts(name: str, repository: str) -> Facts:
    """By the names that the page's words have for them."""
    files = f"{repository}/blob/main"
    return {
        "repository": repository,
        "files": files,
        "listing": f"{files}/listing/{name}",
        "version": NOBODY.version,
        "release_notes": sections(CHANGELOG.read_text())[NOBODY.version],
        "instance": instances.VALIDATION,
        "formats": _listed(FORMATS),
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
            "metric | objective", ((f"`{metric}`", better) for metric, better in estimator(name).metrics.items())
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
        "least_training": str(training),
        "least_prediction": str(prediction),
    }


def _calls(name: str) -> Facts:
    by_line = predictor(name).rows_are_independent
    return {
        "arn": examples.arn(name),
        "role": examples.ROLE,
        "place": examples.place(name),
        "given": json.dumps(samples.hyperparameters(name), indent=8).replace('"\n}', '",\n    }'),
        "assemble_with": ', assemble_with="Line"' if by_line else "",
        "split_type": ', split_type="Line"' if by_line else "",
        "create_training_job": examples.shown(examples.training(name)),
        "create_model": "\n".join(map(examples.shown, examples.model(name))),
        "create_transform_job": examples.shown(examples.transform(name)),
        "create_endpoint": "\n".join(map(examples.shown, examples.endpoint(name))),
    }


def _excerpts(name: str) -> Facts:
    """Two rows of each sample, from where the answers begin."""
    first = 0 if predictor(name).rows_are_independent else int(samples.hyperparameters(name)["context-length"])
    files = ("request.csv", "response.csv", "batch/batch.csv", "batch.csv.out")
    excerpts = (_excerpt(samples.folder(name) / file, first) for file in files)
    return dict(zip(("request_shown", "response_shown", "batch_shown", "output_shown"), excerpts, strict=True))


def _excerpt(file: Path, first: int) -> str:
    rows = [line.split(",") for line in file.read_text().splitlines()[first : first + 2]]
    return "\n".join(",".join(row[:CELLS]) + (",..." if len(row) > CELLS else "") for row in rows)


def _measured(name: str) -> Facts:
    figures = json.loads(MEASURED.read_text())
    machine = figures["machine"]
    return {
        "machine": f"{machine['cores']} cores of an {machine['processor']}",
        "runs": str(machine["runs"]),
        **{f"{what}_{key}": f"{value:,g}" for what, of in figures[name].items() for key, value in of.items()},
    }


def _benchmarks() -> Facts:
    lines = README.read_text().splitlines()
    return {
        fact: next(line for line in lines if line.startswith(row)).split("|")[column].strip()
        for fact, (row, column) in BENCHMARKS.items()
    }


def _range(declared: Json) -> str:
    (limits,) = declared["Range"].values()
    return ", ".join(limits["Values"]) if "Values" in limits else f"{limits['MinValue']} to {limits['MaxValue']}"


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}"
