"""One process' part of a training job: read the settings and the channels, fit, save."""

import json
import threading
from collections.abc import Collection, Sequence
from functools import partial
from itertools import chain

import torch

from seriesbox.agreement import first_rows, runtime_for
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.artifact import save
from seriesbox.description import Runtime
from seriesbox.distributed import Group
from seriesbox.errors import UserError, raise_errors
from seriesbox.listener import Listener
from seriesbox.run import Run
from seriesbox.sagemaker.device import GPU_INSTANCES, find_device
from seriesbox.sagemaker.machine import has_gpu, job_started, usable_cores
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_stop
from seriesbox.sagemaker.training import report_page
from seriesbox.sagemaker.training.channels import names_of, read_channels, sharded_channels
from seriesbox.sagemaker.training.checkpoints import Checkpoints, fingerprint
from seriesbox.sagemaker.training.digests import check_equal, digests_of_all
from seriesbox.sagemaker.training.headers import names_of_all
from seriesbox.sagemaker.training.host_channels import read_once
from seriesbox.sagemaker.training.log import Notes, logger
from seriesbox.sagemaker.training.report import Report
from seriesbox.sagemaker.training.settings import JobSettings
from seriesbox.sagemaker.training.test_channel import faults_of_all, judge, labelled_faults
from seriesbox.tables.stack import TableStack
from seriesbox.tables.suspects import suspects
from seriesbox.tables.table import Table

SECONDS_TO_HEAR = 5  # in which a stop that another host was asked for reaches this one


def train(paths: Paths, group: Group) -> None:
    """Do this process' part of the training; rank 0 logs and saves for all. Raises UserError."""
    stop, is_first, notes = threading.Event(), group.rank == 0, Notes()
    settings = JobSettings.read(paths)
    algorithm, hyperparameters, earlier_model = settings
    if is_first:
        logger.info("%s %s", algorithm, hyperparameters.model_dump_json(by_alias=True))
        for warning in hyperparameters.warnings():
            logger.warning(warning)

    device, sharded = _device(paths), sharded_channels(paths)
    estimator, predictor = estimator_class(algorithm), predictor_class(algorithm)
    known_columns, known_names = (earlier_model.columns, earlier_model.column_names) if earlier_model else (0, ())
    faults = partial(faults_of_all, estimator, hyperparameters, known_columns)
    read = partial(read_channels, paths, predictor, hyperparameters, known_names, faults, sharded)
    channels = read_once(read, group.host)
    summaries = [channel.summary for channel in channels if channel.summary]
    if group.local_rank == 0:
        for summary in summaries:
            logger.info(summary)
        for note in chain.from_iterable(channel.notes for channel in channels):
            logger.warning(note)
    training, validation, test = (channel.tables for channel in channels)
    if labelled_faults(estimator, hyperparameters, known_columns, training, test):  # of the others, `fit` raises them
        raise_errors(faults(training, validation, test))
    for name, tables in (("training", training), ("validation", validation)):
        if is_first and isinstance(tables, TableStack):
            for sentence in suspects(tables, predictor.rows_are_independent, hyperparameters.variables_per_row):
                logger.warning("%s: %s", name, sentence)
    names = names_of_all(names_of(channels.training), group)
    compared = first_rows(training, predictor.min_rows(hyperparameters))
    page = report_page.begin(predictor, hyperparameters, training, test) if is_first else None

    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
    report = Report(paths.data)
    run = Run(
        device=device,
        group=group,
        listener=report if is_first else Listener(),
        store=_checkpoints(paths, settings, training, validation, sharded, group),
        sharded=sharded,
        started=job_started(),
        stopped=stop.is_set,
    )
    on_stop(lambda *_: stop.set())  # from here on there is something to save
    model = estimator.fit(
        hyperparameters, training, validation, run, earlier_model.estimator() if earlier_model else None
    )
    stopped = group.any(stop.is_set())
    if is_first and stopped and not stop.wait(SECONDS_TO_HEAR):
        raise UserError("The processes were told to stop, but no host was asked to: no model was saved.")
    if is_first and test:
        save(model, paths.model, column_names=names)  # to judge takes time, in which the job may be killed
        judge(model, test, run, report)
    model.to(torch.device("cpu"))
    # If it is stopped, only seconds may be left.
    runtime: Runtime = "onnx" if stopped else runtime_for(model, compared, group, logger.warning)
    if is_first:
        if stopped:
            logger.info("Stopped: what has been learnt so far is saved.")
        save(model, paths.model, runtime, names)
        report.write_metrics(summaries, notes.sentences)
        logger.info("Saved the model to %s.", paths.model)
        told = {"column_names": names, "channels": summaries, "notes": notes.sentences, "is_hurried": stopped}
        report_page.write(page, paths.data, algorithm, model, report, **told)
    group.barrier()


def _device(paths: Paths) -> torch.device:
    """Return where to compute. Raises UserError if there is a GPU that torch cannot use: it is paid for."""
    instance = str(json.loads(paths.resources.read_bytes()).get("current_instance_type"))
    is_paid_for = bool(GPU_INSTANCES.match(instance))
    has_own = torch.version.cuda is not None and (has_gpu() or torch.cuda.is_available())
    device = find_device(is_paid_for or has_own, instance if is_paid_for else "The machine")
    if device.obstacle:
        raise UserError(device.obstacle)
    return torch.device(device.type)


def _checkpoints(
    paths: Paths,
    settings: JobSettings,
    training: Sequence[Table],
    validation: Sequence[Table],
    sharded: Collection[str],
    group: Group,
) -> Checkpoints | None:
    """Return the checkpoints of rank 0 if the job keeps any. Raises DataError if the hosts were given other data."""
    folder = paths.checkpoint_folder() if group.rank == 0 else None
    hosts = sorted(json.loads(paths.resources.read_bytes())["hosts"])
    if len(hosts) == 1 and not group.any(folder is not None):
        return None
    algorithm, hyperparameters, earlier_model = settings
    digests = digests_of_all(training, validation, earlier_model, group)
    check_equal(digests, sharded, hosts)
    return Checkpoints(folder, fingerprint(algorithm, hyperparameters, digests, earlier_model)) if folder else None
