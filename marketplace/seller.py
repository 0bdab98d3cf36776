"""Who lists the algorithms, and where."""

import re
from dataclasses import dataclass
from importlib.metadata import version

import botocore.session


@dataclass(frozen=True)
class Seller:
    """All that the code does not know. The role is a name, with its path if it has one, or an ARN."""

    account: str
    region: str
    role: str
    bucket: str
    version: str = version("seriesbox")

    def faults(self) -> list[str]:
        """A sentence for each of these that cannot be right. Whether the others exist, only AWS knows."""
        address = r"([0-9]+\.){3}[0-9]+"
        patterns = {
            "account": ("[0-9]{12}", "twelve digits"),
            "region": ("|".join(_regions()), "a region of SageMaker's outside China and GovCloud, such as us-east-1"),
            "role": (
                f"({re.escape(self._roles)})?" + r"([a-zA-Z0-9_+=,.@-]+/)*[a-zA-Z0-9_+=,.@-]{1,64}",
                f"a role of the account {self.account}: its name, such as service-role/NAME, or its ARN",
            ),
            "bucket": (
                rf"(?!{address}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]",
                "a bucket's name, without s3://",
            ),
            "version": (r"[0-9]+(\.[0-9]+)*", "numbers with dots between them"),
        }
        given = {name: str(getattr(self, name)) for name in patterns}
        return [
            f"The {name} must be {what}, not {given[name]!r}."
            for name, (pattern, what) in patterns.items()
            if not re.fullmatch(pattern, given[name])
        ]

    @property
    def _roles(self) -> str:
        return f"arn:aws:iam::{self.account}:role/"

    @property
    def role_arn(self) -> str:
        """The role that SageMaker assumes."""
        return self._roles + self.role.removeprefix(self._roles)

    @property
    def registry(self) -> str:
        """Where the account's images are."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    @property
    def image(self) -> str:
        """The one image of both listings."""
        return f"{self.registry}/seriesbox:{self.version}"


def _regions() -> list[str]:
    """AWS' other partitions, China and GovCloud, have other ARNs and other registries."""
    regions: list[str] = botocore.session.get_session().get_available_regions("sagemaker", "aws")
    return regions
