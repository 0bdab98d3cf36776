"""The README's Python code for each version of SageMaker's SDK, run as it is typed."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from aws import ROLE
from engine import IMAGE
from local_aws import LocalAWS
from problem import Problem

README = Path(__file__).parents[2] / "README.md"


def run(version: int, problem: Problem, aws: LocalAWS) -> tuple[dict[str, Any], np.ndarray]:
    """Run a block; return its names, and the batch job's answer to the test data."""
    _, first, second = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    first_rows = b"".join(problem.training.splitlines(keepends=True)[:20])  # the network is large
    aws.bucket.put_object(Key="training/series.csv", Body=first_rows)
    aws.bucket.put_object(Key="test/series.csv", Body=problem.test)
    names = {
        "image_uri": IMAGE,
        "role": ROLE,
        "training_data": f"s3://{aws.bucket.name}/training",
        "test_data": f"s3://{aws.bucket.name}/test",
        "series": problem.test.decode(),
    }
    exec({2: first, 3: second}[version], names)
    (answer,) = (each for each in aws.bucket.objects.all() if each.key.endswith(".out"))
    return names, np.genfromtxt(io.BytesIO(answer.get()["Body"].read()), delimiter=",")
