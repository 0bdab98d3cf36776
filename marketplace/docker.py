"""Commands of Docker's client, shown or run: they look at an image, and bring it into ECR."""

import base64
import json
import shlex
import subprocess
from typing import NamedTuple

from marketplace.aws import Call
from marketplace.errors import RefusedError
from marketplace.shapes import Json


class Docker(NamedTuple):
    """A command whose output is for the person who runs it."""

    arguments: tuple[str, ...]

    def command(self, _region: str) -> str:
        """As a shell takes it."""
        return shlex.join(["docker", *self.arguments])

    def make(self, _region: str, stdin: str = "") -> Json:
        """Run it. Raises RefusedError."""
        _run(self.arguments, stdin=stdin)
        return {}


class Labels(NamedTuple):
    """What an image that Docker has says about itself."""

    image: str

    @property
    def _docker(self) -> Docker:
        return Docker(("image", "inspect", "--format", "{{json .Config.Labels}}", self.image))

    def command(self, region: str) -> str:
        """As a shell takes it."""
        return self._docker.command(region)

    def make(self, _region: str) -> Json:
        """Every label and its value. Raises RefusedError."""
        labels: Json | None = json.loads(_run(self._docker.arguments, stdout=subprocess.PIPE))
        return labels or {}


class Login(NamedTuple):
    """Docker's login to the account's registry, with a password from ECR that is valid for twelve hours."""

    registry: str

    @property
    def _docker(self) -> Docker:
        return Docker(("login", "--username", "AWS", "--password-stdin", self.registry))

    def command(self, region: str) -> str:
        """As a shell takes it."""
        return f"aws ecr get-login-password --region {region} | {self._docker.command(region)}"

    def make(self, region: str) -> Json:
        """Ask for the password, and log in. Raises RefusedError, BotoCoreError or ClientError."""
        given = Call("ecr", "GetAuthorizationToken", {}).make(region).get("authorizationData")
        if not given:
            raise RefusedError("ECR gave no password for the registry: run the same command again.")
        _, _, password = base64.b64decode(given[0]["authorizationToken"]).decode().partition(":")
        return self._docker.make(region, stdin=password)


def _run(arguments: tuple[str, ...], stdin: str = "", stdout: int | None = None) -> str:
    try:
        done = subprocess.run(["docker", *arguments], input=stdin, stdout=stdout, text=True, check=False)
    except FileNotFoundError:
        raise RefusedError("There is no docker command here: install Docker's client.") from None
    if done.returncode:
        raise RefusedError(f"`docker {arguments[0]}` failed: its message is above.")
    return done.stdout
