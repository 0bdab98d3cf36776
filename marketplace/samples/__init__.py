"""The sample data of each algorithm, generated here and free for any use (CC0-1.0).

`.venv/bin/python -m marketplace.samples` writes it. The inputs come from a module that is called like the algorithm,
and have the same bytes every time. The outputs come from the commands `train` and `serve`.
"""

from importlib import import_module
from pathlib import Path

from demo.container import invoke, lay_out, serve, train
from marketplace.files import sample_hyperparameters

LICENSE = b"""seriesbox generated these files; its authors have given them to the public domain by CC0 1.0 Universal
(https://creativecommons.org/publicdomain/zero/1.0/legalcode): copy, change and publish them without asking.
"""
OUTPUTS = {"response.csv": "request.csv", "batch.csv.out": "batch/batch.csv"}  # output: the input it answers
VERBOSE, VERBOSE_REQUEST = "verbose.csv", "request.csv"
ACCEPT_VERBOSE = "text/csv; verbose=true; header=present"

Files = dict[str, bytes]  # path in the folder of the samples: content


def inputs(name: str) -> Files:
    """Return everything but the outputs."""
    generated: Files = import_module(f"marketplace.samples.{name.replace('-', '_')}").inputs()
    return generated | {"LICENSE.txt": LICENSE}


def outputs(name: str, inputs: Files, folder: Path) -> Files:
    """Return what `train` and `serve` make of the inputs; logs and model stay in `folder`. Raises CommandError."""
    opt_ml = folder / "ml"
    training, validation = inputs["training/training.csv"], inputs["validation/validation.csv"]
    lay_out(opt_ml, sample_hyperparameters(name), training, validation)
    train(opt_ml, folder / "train.log", lambda line: None)
    with serve(opt_ml, folder / "serve.log") as url:
        published = {output: invoke(url, inputs[request]) for output, request in OUTPUTS.items()}
        return published | {VERBOSE: invoke(url, inputs[VERBOSE_REQUEST], ACCEPT_VERBOSE)}
