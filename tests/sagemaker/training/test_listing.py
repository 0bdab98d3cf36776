"""Pipes and links are skipped, and folders may be nested in any depth."""

import os
import subprocess

import numpy as np

from seriesbox.tables.csv import write_csv

BODY = write_csv(np.arange(12.0).reshape(6, 2))


def test_what_is_no_file_is_skipped_and_never_waited_for(job, read):
    job.put("training", "a.csv", BODY)
    folder = job.channel("training")
    os.mkfifo(folder / "pipe")
    (folder / "link.csv").symlink_to("pipe")
    (folder / "linked").symlink_to(".")
    ((table,), _) = read()
    assert table.name == "training/a.csv"


def test_folders_may_be_nested_deeper_than_python_calls(job, read):
    folder = job.channel("training")
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(BODY)
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=descriptor)
        descriptor, above = os.open("d", os.O_RDONLY, dir_fd=descriptor), descriptor
        os.close(above)
    os.close(descriptor)
    try:
        ((table,), _) = read()
    finally:
        subprocess.run(["rm", "-r", folder], check=True)  # Python's own way to remove them calls itself
    assert table.name == "training/a.csv"
