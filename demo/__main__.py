"""Train, serve and judge every algorithm on data whose answer is known."""

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from demo.container import CommandError, columns, csv, invoke, lay_out, serve, train
from demo.problem import Answer, Problem
from seriesbox.algorithm import ALGORITHMS

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
ACCEPT = "text/csv; verbose=true; header=present"
REPORT = "opt/ml/output/data/report.html"


def main() -> None:
    """Go through the algorithms: train, serve, judge."""
    options = _options()
    results = RESULTS / ("archive" if options.data else "synthetic")
    problems = {name: _problem(name, options) for name in _algorithms()}
    if not any(problems.values()):
        files = " nor ".join(_module(name, "archive").FILES for name in problems)
        sys.exit(f"There is nothing to run on below {options.data}: neither {files}.")

    reports = []
    for name, problem in problems.items():
        if not problem:
            reports.append(f"(none of {name}: below {options.data} is not {_module(name, 'archive').FILES})")
            continue
        print(f"\n{problem.heading}")
        answer = _train_and_serve(problem, results / name)
        for line in _module(name, "judge").report(problem, answer):
            print(f"  {line}", flush=True)
        reports.append(str(results / name / REPORT))
    print(f"\nLogs, models and answers are in {results}. Open the reports in a browser:", *reports, sep="\n  ")
    print(f"To ask a model yourself, run this and open http://localhost:8080/ :\n  {_serving(results / name)}")


def _serving(folder: Path) -> str:
    """Return the command that serves the model in a folder."""
    return f"SAGEMAKER_BASE_DIR={folder / 'opt/ml'} {Path(sys.executable).parent / 'serve'}"


def _algorithms() -> list[str]:
    """Return the algorithms that have a demo."""
    return [name for name in ALGORITHMS if (FOLDER / name.replace("-", "_")).is_dir()]


def _module(algorithm: str, name: str) -> ModuleType:
    """Return a module of an algorithm's demo; `problem.py` says which ones there are."""
    return import_module(f"demo.{algorithm.replace('-', '_')}.{name}")


def _problem(algorithm: str, options: argparse.Namespace) -> Problem | None:
    """Return the problem to solve; None if its data is not below the given folder."""
    problem: Problem | None
    if options.data:
        problem = _module(algorithm, "archive").find(options)
    else:
        problem = _module(algorithm, "synthetic").generate(options.seed)
    return problem


def _train_and_serve(problem: Problem, folder: Path) -> Answer:
    """Return what the container answers to the test rows after it was trained. Logs and model stay in the folder."""
    opt_ml = folder / "opt" / "ml"
    lay_out(opt_ml, problem.hyperparameters, csv(problem.train))
    started = time.monotonic()
    train(opt_ml, folder / "train.log", _progress(int(problem.hyperparameters["epochs"])))
    print(f"  trained in {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    with serve(opt_ml, folder / "serve.log") as url:
        ready = time.monotonic()
        answer = invoke(url, csv(problem.test), ACCEPT)
        took = time.monotonic() - ready
        print(f"  serving after {ready - started:.1f} s, answered {len(problem.test)} rows in {took:.2f} s")
    (folder / "answer.csv").write_bytes(answer)
    return columns(answer)


def _progress(epochs: int) -> Callable[[str], None]:
    """Return a function that prints lines of metrics: all on one line of a terminal, or every tenth one to a file."""
    terminal = sys.stdout.isatty()

    def show(line: str) -> None:
        epoch, (metrics, _, _) = int(line.split()[1]), line.partition(" (")  # the times follow in parentheses
        if terminal:
            print(f"\r  {metrics}", end="\n" if epoch == epochs else "", flush=True)
        elif epoch % 10 == 0:
            print(f"  {metrics}", flush=True)

    return show


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated data (default: 0)")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="use published data, found below it, instead")
    for name in _algorithms():
        _module(name, "archive").add_options(parser)
    options = parser.parse_args()
    if options.data and not options.data.is_dir():
        parser.error(f"{options.data} is not a folder.")
    choices = [name for name, value in vars(options).items() if name not in ("seed", "data") and value is not None]
    if choices and not options.data:
        parser.error(f"--{choices[0]} chooses a file below --data: give that too.")
    return options


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(f"\n{error}")
