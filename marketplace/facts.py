"""All that a page says and nobody writes by hand: figures, tables and calls, by the names that its text has for them.

They come from the code, the samples, and what the benchmarks measured.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from marketplace import algorithm, examples, instances
from marketplace.algorithm import NOBODY
from marketplace.effects import EFFECTS, METRICS
from marketplace.folder import FOLDER, sample_hyperparameters, samples_folder
from marketplace.shapes import Json
from seriesbox.algorithm import estimator, predictor
from seriesbox.sagemaker import checkpoints
from seriesbox.sagemaker.serving.negotiation import FORMATS
from seriesbox.sagemaker.serving.settings import BATCH, MEGABYTE, REAL_TIME

README = FOLDER.parent / "README.md"
MEASURED = FOLDER / "measured.json"  # by benchmarks.listing
BENCHMARKS = (  # rows of the README's table, and what a page says of them
    r"(?P<ari_sets>\w+) UCR sets, mean test ARI, (?P<ari_seeds>\d+) seeds .*?\| (?P<ari>[\d.]+) "
    r"\| K-Means (?P<ari_kmeans>[\d.]+), k-Shape (?P<ari_kshape>[\d.]+) in the same run",
    r"UCR anomaly (?P<series>\d+), the two lowest scores inside the anomaly "
    r"\| (?P<series_found>\d+) of (?P<series_trainings>\d+) seeds",
    r"(?P<others>\w+) more UCR anomaly series, lowest score within (?P<others_rows>\d+) rows, "
    r"(?P<others_seeds>\d+) seeds .*?\| (?P<others_found>\d+) of (?P<others_trainings>\d+): .*?"
    r"\| matrix profile discord (?P<others_discord>\d or \d) of \d",
)
CELLS = 6  # of a sample's row that are shown
# What AWS Marketplace sets for every product of machine learning: "Service restrictions and quotas" and "Removing a
# product" in its Seller Guide.
REQUEST_SECONDS, SUPPORTED_DAYS = 60, 90
PARTS = 5  # of a file to train LSTM-AD on: all but the last one fit the network, and that one must hold a window

Facts = dict[str, str]


def facts(name: str, repository: str) -> Facts:
    """By the names that the page's words have for them."""
    files = f"{repository}/blob/main"
    return {
        "repository": repository,
        "files": files,
        "folder": f"marketplace/{name}",
        "folder_url": f"{files}/marketplace/{name}",
        "version": NOBODY.version,
        "formats": _listed(FORMATS),
        "request_seconds": str(REQUEST_SECONDS),
        "spot_seconds": str(examples.SPOT_SECONDS),
        "checkpoint_seconds": f"{checkpoints.SECONDS:g}",
        "supported_days": str(SUPPORTED_DAYS),
        "parts": str(PARTS),
        "fitted_percent": str(100 - 100 // PARTS),
        "real_time_mb": str(REAL_TIME // MEGABYTE),
        "batch_limit_mb": str(BATCH // MEGABYTE),
        **_machines(),
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
    return PARTS * window, window


def _machines() -> Facts:
    kinds = [*instances.CPU_KINDS, *instances.GPU_KINDS]
    cores = list(instances.CORES.values())
    return {
        "instance": instances.VALIDATION,
        "kinds": _table(
            "family | memory per core | GPU | what it is for",
            ((_families(kind), f"{kind.gigabytes} GB", kind.gpu or "none", kind.reason) for kind in kinds),
        ),
        "sizes": _listed(f"`{size}`" for size in instances.CORES),
        "sizes_cores": _listed(map(str, cores)),
        "four_gpus": f"`{instances.FOUR_GPUS}`",
        "least_cores": str(min(cores)),
        "least_gb": str(min(cores) * min(kind.gigabytes for kind in kinds)),
        "cuda": str(instances.CUDA),
        "driver": str(instances.DRIVER),
        "gpu_instance": instances.GPU_ENDPOINT,
        "inference_ami": instances.INFERENCE_AMI,
    }


def _families(kind: instances.Kind) -> str:
    return ", ".join(f"`ml.{family}`" for family in kind.families)


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
        "request_file": examples.REQUEST,
        "cli_samples": examples.upload(name),
        "cli_naming": examples.naming(name),
        "cli_training": examples.shown(name, examples.training(name)),
        "cli_model": examples.shown(name, examples.model(name)),
        "cli_batch": examples.shown(name, examples.transform(name)),
        "cli_endpoint": examples.shown(name, examples.endpoint(name)),
        "cli_removal": examples.shown(name, examples.removal(name)),
        "gpu_variants": examples.on_gpu(name),
        "cli_emptying": examples.emptying(name),
        "spot": json.dumps(examples.spot(name), indent=1),
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
    text = README.read_text()
    found = [re.search(rf"^\| {row}", text, re.MULTILINE) for row in BENCHMARKS]
    return {fact: figure for match in found if match for fact, figure in match.groupdict().items()}


def _range(declared: Json) -> str:
    return (", " if declared["Type"] == "Categorical" else " to ").join(algorithm.values(declared))


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}"
