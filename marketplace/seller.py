"""The seller of the algorithms: account, region, role and bucket."""

import re
from dataclasses import dataclass
from importlib.metadata import version

import botocore.session


@dataclass(frozen=True)
class Seller:
    """The values that are not in the code. The role is a name, with its path if it has one, or an ARN."""

    account: str
    region: str
    role: str
    bucket: str
    version: str = version("seriesbox")

    def faults(self) -> list[str]:
        """Return a sentence for each value that cannot be right. Only AWS knows whether role and bucket exist."""
        # AWS' other partitions, China and GovCloud, have other ARNs and other registries.
        regions = botocore.session.get_session().get_available_regions("sagemaker", "aws")
        role = rf"({re.escape(self._role_prefix)})?([a-zA-Z0-9_+=,.@-]+/)*[a-zA-Z0-9_+=,.@-]{{1,64}}"
        bucket = r"(?!([0-9]+\.){3}[0-9]+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
        checks = {
            "account": ("[0-9]{12}", "twelve digits"),
            "region": ("|".join(regions), "a region of SageMaker outside China and GovCloud, such as us-east-1"),
            "role": (role, f"a role of account {self.account}: its name, such as service-role/NAME, or its ARN"),
            "bucket": (bucket, "the name of a bucket, without s3://"),
            "version": (r"[0-9]+(\.[0-9]+)*", "numbers with dots between them"),
        }
        return [
            f"The {name} must be {expected}, not {getattr(self, name)!r}."
            for name, (pattern, expected) in checks.items()
            if not re.fullmatch(pattern, getattr(self, name))
        ]

    def algorithm(self, name: str) -> str:
        """Return the name of an algorithm's version in SageMaker."""
        return f"{name}-{self.version.replace('.', '-')}"

    @property
    def role_arn(self) -> str:
        """The role that SageMaker assumes to validate the algorithms."""
        return self._role_prefix + self.role.removeprefix(self._role_prefix)

    @property
    def registry(self) -> str:
        """The registry of the account's images."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    @property
    def image(self) -> str:
        """The image of both algorithms, as ECR names it."""
        return f"{self.registry}/seriesbox:{self.version}"

    @property
    def _role_prefix(self) -> str:
        return f"arn:aws:iam::{self.account}:role/"
