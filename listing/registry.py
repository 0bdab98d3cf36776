"""What brings an image into ECR: commands of Docker's client, which can be shown or run."""

import base64
import shlex
import subprocess
from typing import NamedTuple

import boto3

from listing.aws import RefusedError
from listing.shapes import Json


class Docker(NamedTuple):
    """A command of Docker's client."""

    arguments: tuple[str, ...]

    def command(self, _region: str) -> str:
        """As a shell takes it."""
        return shlex.join(["docker", *self.arguments])

    def make(self, _region: str, stdin: str = "") -> Json:
        """Run it; what it prints is seen. Raises RefusedError."""
        try:
            status = subprocess.run(["docker", *self.arguments], input=stdin, text=True, check=False).returncode
        except FileNotFoundError:
            raise RefusedError("There is no docker command here: install Docker's client.") from None
        if status:
            raise RefusedError(f"`docker {self.arguments[0]}` failed: what it said is above.")
        return {}


class Login(NamedTuple):
    """Docker's login to the account's registry, by a password of ECR's that holds for twelve hours."""

    registry: str

    @property
    def _docker(self) -> Docker:
        return Docker(("login", "--username", "AWS", "--password-stdin", self.registry))

    def command(self, region: str) -> str:
        """As a shell takes it."""
        return f"aws ecr get-login-password --region {region} | {self._docker.command(region)}"

    def make(self, region: str) -> Json:
        """Ask for the password, and log in. Raises RefusedError, BotoCoreError or ClientError."""
        (given,) = boto3.client("ecr", region_name=region).get_authorization_token()["authorizationData"]
        _, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        return self._docker.make(region, stdin=password)
