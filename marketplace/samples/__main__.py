"""The program that writes the samples of every algorithm."""

import sys
import tempfile
from pathlib import Path

from demo.container import CommandError
from marketplace.files import published, samples_folder
from marketplace.samples import inputs, outputs

try:
    for name in published():
        generated = inputs(name)
        with tempfile.TemporaryDirectory() as folder:
            files = generated | outputs(name, generated, Path(folder))
        for path, content in files.items():
            file = samples_folder(name) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            print(f"{file}: {len(content):,} bytes")
except CommandError as error:
    sys.exit(f"\n{error}")
