"""Train, serve and judge both algorithms on data whose answer is known, and draw what they found."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from demo import archive, pictures, synthetic
from demo.container import CommandError, csv, invoke, lay_out, serve, table, train
from demo.judge import lowest_score, match_clusters
from demo.problems import Array, Clustering, Detection, Hyperparameters, Series

RESULTS = Path(__file__).resolve().parent / "results"
ECG200 = "ECG200_TRAIN and ECG200_TEST (.txt or .tsv)"
ANOMALY = "the UCR anomaly file asked for (NUMBER_UCR_Anomaly_NAME_TRAINEND_START_END.txt)"


def main() -> None:
    """The walk: two problems, and for each of them training, serving, judging, drawing."""
    given = _arguments()
    results = RESULTS / ("archive" if given.data else "synthetic")
    clustering: Clustering | None = synthetic.clustering(given.seed)
    detection: Detection | None = synthetic.detection(given.seed)
    if given.data:
        clustering = archive.clustering(given.data)
        detection = archive.detection(given.data, given.anomaly)
    if not clustering and not detection:
        sys.exit(f"There is nothing to run on below {given.data}: neither {ECG200} nor {ANOMALY}.")

    pictures_drawn = [
        _cluster(clustering, results) if clustering else f"(no clusters: {ECG200} are not below {given.data})",
        _detect(detection, results) if detection else f"(no anomaly: {ANOMALY} is not below {given.data})",
    ]
    print(f"\nLogs, models and answers are in {results}; the pictures:", *pictures_drawn, sep="\n  ")


def _cluster(problem: Clustering, results: Path) -> Path:
    print(f"\nClustering {problem.title}: {len(problem.train)} to train on, {len(problem.test)} to judge by")
    labels = _answer(results / "cnn-kmeans", problem.hyperparameters, problem.train, problem.test)[:, 0]
    found = match_clusters(problem.kinds, labels)
    present = Counter(problem.kinds)
    abnormal = {kind: count for kind, count in present.items() if kind != problem.normal}
    print(
        f"  {problem.known} {sum(abnormal.values())} abnormal beats among {len(problem.test)}; "
        f"found {', '.join(f'{found.right[kind]} of {count} with {kind}' for kind, count in abnormal.items())}, "
        f"{found.right[problem.normal]} of {present[problem.normal]} normal ones"
    )
    print(f"  accuracy {found.accuracy:.2f}, adjusted Rand index {found.rand_index:.2f}")
    pictures.draw_clusters(problem, labels, found, results / "clusters.png")
    return results / "clusters.png"


def _detect(problem: Detection, results: Path) -> Path:
    rows = f"{len(problem.train)} rows to train on, {len(problem.test)} to judge by"
    print(f"\nAnomaly detection in {problem.title}: {rows}")
    answer = _answer(results / "lstm-ad", problem.hyperparameters, problem.train[:, None], problem.test[:, None])
    score, forecast = answer.T
    found = lowest_score(score, problem.anomaly)
    print(f"  {problem.known} an anomaly at rows {problem.anomaly.start} to {problem.anomaly.stop - 1}")
    print(
        f"  the lowest score, {found.score:.0f}, is at row {found.row}, {'inside' if found.inside else 'NOT inside'}; "
        f"outside no score is below {found.elsewhere:.0f}"
    )
    pictures.draw_anomaly(problem, score, forecast, found, results / "anomaly.png")
    return results / "anomaly.png"


def _answer(
    folder: Path, hyperparameters: Hyperparameters, training: Iterable[Series], test: Iterable[Series]
) -> Array:
    """What the container answers to `test` after it was trained on `training`."""
    opt_ml = folder / "opt" / "ml"
    lay_out(opt_ml, hyperparameters, csv(training))
    started = time.monotonic()
    train(opt_ml, folder / "train.log", _progress(int(hyperparameters["epochs"])))
    print(f"  trained in {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    with serve(opt_ml, folder / "serve.log") as url:
        ready = time.monotonic()
        answer = table(invoke(url, csv(test)))
        print(
            f"  serving after {ready - started:.1f} s, answered {len(answer)} rows in {time.monotonic() - ready:.2f} s"
        )
    (folder / "answer.csv").write_bytes(csv(answer))
    return answer


def _progress(epochs: int) -> Callable[[str], None]:
    """Shows lines of metrics: on a terminal each in the place of the last, in a file about every tenth epoch."""
    terminal = sys.stdout.isatty()

    def show(line: str) -> None:
        epoch = int(line.split()[1])
        if terminal:
            print(f"\r  {line}", end="\n" if epoch == epochs else "", flush=True)
        elif epoch % 10 == 0:
            print(f"  {line}", flush=True)

    return show


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the generated data (default: 0)")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="use ECG200 and UCR anomaly files found below it instead"
    )
    parser.add_argument(
        "--anomaly", type=int, metavar="NUMBER", help="the UCR anomaly file's number (default: 179, else the first)"
    )
    given = parser.parse_args()
    if given.data and not given.data.is_dir():
        parser.error(f"{given.data} is not a folder.")
    if given.anomaly and not given.data:
        parser.error("--anomaly chooses a file below --data: give that too.")
    return given


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(f"\n{error}")
