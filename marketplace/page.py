"""The text of each product page, field by field, as the seller pastes it into AWS Marketplace.

`page.template.md` is the text that all pages share, `NAME/texts.md` the text of one page, and `texts.md` the effects of
the hyperparameters that all algorithms share. In them, a name that begins with `$` stands for a value that is filled in
here: a figure, a table, a call.

`.venv/bin/python -m marketplace.page` renews the pages, `NAME/page.md`.
"""

import json
from string import Template
from typing import Any

from botocore import xform_name

from benchmarks import figures
from marketplace import declarations
from marketplace.excerpts import excerpts
from marketplace.files import FOLDER, published, sample_hyperparameters, texts
from marketplace.markdown import enumeration, items
from marketplace.profile import validation_profile
from marketplace.request import EXAMPLE_SELLER
from seriesbox.formats.content_type import FORMATS
from seriesbox.sagemaker.training import checkpoints

TEMPLATE, SHARED_TEXTS = FOLDER / "page.template.md", FOLDER / "texts.md"
REPOSITORY = "https://github.com/OWNER/seriesbox"  # the public address of code, notebooks and samples; still to be set
# Limits of AWS Marketplace, by its Seller Guide: "Service restrictions and quotas for machine learning products" and
# "Removing a product". MaxWaitTimeInSeconds is fixed, and SageMaker allows no MaxRuntimeInSeconds above it.
REAL_TIME_MB, BATCH_MB = 25, 100  # SageMaker's limits on a request
REQUEST_SECONDS, SPOT_SECONDS, SUPPORTED_DAYS = 60, 3600, 90
ECG200 = ("default", "step", "layer_norm")  # of the ways that `benchmarks.clustering_published` measures

Values = dict[str, str]


def page(name: str) -> str:
    """Return the page of the algorithm called `name`."""
    own = texts(name)
    effects = items(SHARED_TEXTS.read_text()) | items(own["Effects of hyperparameters"])
    values = {
        **_project(name),
        **_calls(name),
        **_figures(name),
        **declarations.instance_values(),
        **declarations.algorithm_values(name, effects, items(own["Meanings of metrics"])),
        **excerpts(name),
    }
    filled = {heading.lower().replace(" ", "_"): Template(text).substitute(values) for heading, text in own.items()}
    return Template(TEMPLATE.read_text()).substitute(values, **filled)


def _project(name: str) -> Values:
    files = f"{REPOSITORY}/blob/main"
    return {
        "repository": REPOSITORY,
        "files": files,
        "folder": f"marketplace/{name}",
        "folder_url": f"{files}/marketplace/{name}",
        "version": EXAMPLE_SELLER.version,
        "formats": enumeration(FORMATS),
        "real_time_limit_mb": str(REAL_TIME_MB),
        "batch_limit_mb": str(BATCH_MB),
        "checkpoint_seconds": f"{checkpoints.SECONDS_BETWEEN_CHECKPOINTS:g}",
        "request_seconds": str(REQUEST_SECONDS),
        "spot_seconds": str(SPOT_SECONDS),
        "supported_days": str(SUPPORTED_DAYS),
    }


def _calls(name: str) -> Values:
    """Return the values in calls of AWS' command line and SDK; the jobs are those of the validation profile."""
    bucket, arn = (
        f"s3://amzn-s3-demo-bucket/{name}",
        f"arn:aws:sagemaker:{EXAMPLE_SELLER.region}:{EXAMPLE_SELLER.account}",
    )
    profile = validation_profile(name, bucket)
    jobs = {**profile["TrainingJobDefinition"], **profile["TransformJobDefinition"]}
    by_line = profile["TransformJobDefinition"]["TransformInput"]["SplitType"] == "Line"
    return {
        "algorithm": name,
        "bucket": bucket,
        "region": EXAMPLE_SELLER.region,
        "role": f"arn:aws:iam::{EXAMPLE_SELLER.account}:role/SageMaker",
        "arn": f"{arn}:algorithm/{EXAMPLE_SELLER.algorithm(name)}",
        "package_arn": f"{arn}:model-package",
        # With the comma of Python's formatter, which formats the pages too.
        "sample_hyperparameters": json.dumps(sample_hyperparameters(name), indent=8).replace('"\n}', '",\n    }'),
        "assemble_with": ', assemble_with="Line"' if by_line else "",
        "split_type": ', split_type="Line"' if by_line else "",
        "split": "Line" if by_line else "None",
        **{xform_name(key): json.dumps(value) for key, value in jobs.items()},
    }


def _figures(name: str) -> Values:
    """Return every recorded figure by its benchmark and the keys that lead to it, such as `clustering_mean_kshape`."""
    container = figures.read("container")
    machine = container["machine"]
    return {
        "machine": f"{machine['cores']} cores of an {machine['processor']}",
        "runs": str(container["figures"]["runs"]),
        **_flat("container", container["figures"][name]),
        **_flat("ecg200", {way: figures.read(f"clustering_published-ecg200 {way}")["figures"] for way in ECG200}),
        **_flat("clustering", figures.read("clustering-archive")["figures"]),
        **_flat("anomaly_long", figures.read("anomaly_published-long")["figures"]),
        **_flat("anomaly", figures.read("anomaly-archive")["figures"]),
    }


def _flat(key: str, value: Any) -> Values:
    if isinstance(value, dict):
        return {name: text for inner in value for name, text in _flat(f"{key}_{inner}", value[inner]).items()}
    return {key: f"{float(f'{value:.3g}'):,g}" if isinstance(value, float) else str(value)}


if __name__ == "__main__":
    for name in published():
        (FOLDER / name / "page.md").write_text(page(name))
