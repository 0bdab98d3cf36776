"""The commands of docs/getting-started.md, as they are typed."""

import re
import subprocess
from pathlib import Path

from seriesbox.tables.csv import write_csv
from tests.job import CNN, COMMANDS

PAGE = (Path(__file__).parents[1] / "docs" / "getting-started.md").read_text()
(BLOCK,) = re.findall(r"```bash\n(export SAGEMAKER_BASE_DIR.*?)```", PAGE, re.DOTALL)


def test_its_commands_train_and_serve(job, two_shapes, tmp_path):
    series, _ = two_shapes
    body = write_csv(series.values)
    job.set({**CNN, "epochs": "1"})
    job.put("training", "series.csv", body)
    (tmp_path / "test.csv").write_bytes(body)
    lines = BLOCK.replace("$PWD/ml", str(job.base)).replace("8080", str(job.port)).replace(".venv/bin", str(COMMANDS))
    script = f"set -e; trap 'kill $(jobs -p); wait' EXIT\n{lines}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=job.environment, capture_output=True, timeout=100)
    rows = [line for line in done.stdout.splitlines() if re.match(rb"\d\.0,", line)]
    assert done.returncode == 0, done.stderr
    assert len(rows) == len(series.values)
