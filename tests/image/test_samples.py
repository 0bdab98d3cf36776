"""The image reproduces the outputs of the samples."""

import pytest
from aws import NAMES
from engine import IMAGE, Container, docker
from output_differences import differences

from demo.container import lay_out, table
from marketplace import samples
from marketplace.files import sample_hyperparameters, samples_folder


@pytest.mark.parametrize("name", NAMES)
def test_the_outputs_of_the_samples_are_made_again_by_the_image(name, tmp_path):
    folder = samples_folder(name)
    training, validation = (
        (folder / channel / f"{channel}.csv").read_bytes() for channel in ("training", "validation")
    )
    lay_out(tmp_path / "ml", sample_hyperparameters(name), training, validation)
    one_thread = ["--env", "OMP_NUM_THREADS=1"]  # several on a busy machine wait for each other
    docker("run", "--rm", *one_thread, "-v", f"{tmp_path / 'ml'}:/opt/ml", IMAGE, "train")
    with Container.running("-v", f"{tmp_path / 'ml' / 'model'}:/opt/ml/model:ro", command=("serve",)) as server:
        for output, request in samples.OUTPUTS.items():
            made = server.invoke((folder / request).read_bytes())
            assert differences(table((folder / output).read_bytes()), table(made)) == []
