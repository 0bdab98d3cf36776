"""The code of docs/exports.md, in local mode: from a raw export to an answer joined with it."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from aws import ROLE
from engine import IMAGE
from local_mode import BUCKET

PAGE = (Path(__file__).parents[3] / "docs" / "exports.md").read_text()
LOCALLY = {  # what local mode needs in its place
    '"ml.m5.xlarge"': '"local"',
    "hyperparameters=hyperparameters)": "hyperparameters=hyperparameters | {'epochs': 2}, "
    "output_path=f'{bucket}/models', sagemaker_session=session)",
    'content_type="text/csv"': 'content_type="text/csv", wait=False',
    "S3Downloader.read_file(": "read_file(",
}


def sensors(rows, seed) -> str:
    """Rows with a time, some cells empty and one time missing."""
    random = np.random.default_rng(seed)
    when = pd.date_range("2024-03-01", periods=rows, freq="10s", tz="UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
    steps = np.arange(rows)
    table = pd.DataFrame({"when": when, "pressure": 100 + np.sin(steps / 5), "flow": 3 + np.cos(steps / 7)})
    table.iloc[random.choice(rows, rows // 50, replace=False), 1] = np.nan
    return table.drop(500, errors="ignore").to_csv(index=False)


def customers() -> str:
    random = np.random.default_rng(0)
    rows = [np.sin(np.arange(24) / (2 if number % 2 else 5)) + random.normal(0, 0.1, 24) for number in range(40)]
    table = pd.DataFrame(rows, columns=[f"h{hour}" for hour in range(24)])
    table.insert(0, "customer", [f"Doe, {number:05}" for number in range(40)])
    return table.to_csv(index=False)


def read_file(session, uri) -> str:
    """Read a file. Local mode puts answers into a folder that has the name of their job."""
    folder, _, name = uri.removeprefix(f"s3://{BUCKET}/").rpartition("/")
    (key,) = (key for key in session.list_s3_files(BUCKET, f"{folder}/") if key.rpartition("/")[2] == name)
    return session.read_s3_file(BUCKET, key)


def test_the_code_joins_answers_with_what_they_belong_to(s3_session, capfd):
    sensor_files = {"sensors/training.csv": sensors(998, 0), "sensors/today.csv": sensors(300, 1)}
    for key, body in {**sensor_files, "customers/days.csv": customers()}.items():
        s3_session.upload_string_as_file_body(body=body, bucket=BUCKET, key=key)
    names = {
        "image_uri": IMAGE,
        "role": ROLE,
        "bucket": f"s3://{BUCKET}",
        "session": s3_session,
        "read_file": partial(read_file, s3_session),
    }
    first, second = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    for typed, local in LOCALLY.items():
        assert typed in first + second
        first, second = first.replace(typed, local), second.replace(typed, local)
    exec(first, names)
    log = "".join(capfd.readouterr())
    assert "training: 1 file (training.csv), 997 rows of 2 columns (pressure, flow) after 1 id each" in log
    assert "steps of 'when' are 10 s, but 1 is missing, first at row 502 (2024-03-01T01:23:30Z)" in log
    joined = names["joined"]
    assert len(joined) == 300
    pd.testing.assert_frame_equal(joined[["when", "pressure", "flow"]], names["today"])
    assert f"`{'`, `'.join(joined.columns[:8])}`" in PAGE
    assert list(joined.columns[8:]) == [
        "share_pressure",
        "share_flow",
        "expected_error_pressure",
        "expected_error_flow",
    ]
    assert joined["score"].notna().sum() == 300 - 50
    exec(second, names)
    assert sorted(names["labels"]) == [f"Doe, {number:05}" for number in range(40)]
    assert set(names["labels"].values()) == {"0.0", "1.0"}
