"""The settings that all hosts of a job must have alike, and the sentence about one that has others."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import NamedTuple

from seriesbox.hyperparameter_text import decode
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.channels import CHANNELS
from seriesbox.sagemaker.training.settings import read_given

LONGEST_VALUE = 40  # in the sentence


class HostSettings(NamedTuple):
    """The settings of one host.

    instance: its type. It may differ, but may explain the rest.
    shared: by the word for what must be the same, the names and the values.
    """

    instance: str
    shared: dict[str, dict[str, str]]

    @classmethod
    def read(cls, paths: Paths, gpus: int) -> "HostSettings":
        """Read what this host was given."""
        channels = json.loads(paths.inputs.read_bytes())
        given = {name: decode(value) for name, value in read_given(paths).items()}
        return cls(
            str(json.loads(paths.resources.read_bytes()).get("current_instance_type")),
            {
                "image": {"seriesbox": version("seriesbox")},
                "kind of instance": {"a GPU count of": str(gpus)},
                "channels": {
                    f"`{name}`": str(channels[name].get("S3DistributionType")) for name in CHANNELS if name in channels
                },
                "hyperparameters": {f"`{name}`": str(value) for name, value in given.items() if value is not None},
            },
        )


def difference(settings: Mapping[str, HostSettings]) -> str | None:
    """Return a sentence about the hosts whose settings are not those of the first one; None if all are alike."""
    has_kinds = len({each.instance for each in settings.values()}) > 1
    names = {host: f"{host} ({each.instance})" if has_kinds else host for host, each in settings.items()}
    first = next(iter(settings))
    for kind, expected in settings[first].shared.items():
        differences = [
            f"{names[host]} has {_named(name, found.get(name))}, {names[first]} has {_shown(expected.get(name))}"
            for host, found in ((host, each.shared.get(kind, {})) for host, each in settings.items())
            for name in sorted(expected.keys() | found.keys())
            if found.get(name) != expected.get(name)
        ]
        if differences:
            return f"{'; '.join(differences)}: give all hosts the same {kind}."
    return None


def _named(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name} {_shown(value)}"


def _shown(value: str | None) -> str:
    return "none" if value is None else value[:LONGEST_VALUE]
