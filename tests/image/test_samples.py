"""The image makes the outputs that the listings show."""

import pytest
from engine import IMAGE, Container, docker

from demo.container import lay_out, table
from marketplace import samples
from marketplace.folder import sample_hyperparameters, samples_folder
from marketplace.reproduction import differences


@pytest.mark.parametrize("name", samples.INPUTS)
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
            assert differences(name, table((folder / output).read_bytes()), table(made)) == []
