"""An AWS account that has subscribed to an algorithm, of which nothing leaves this machine: SageMaker's local mode."""

from functools import partialmethod
from pathlib import Path

from aws import ARN, ROLE
from local_mode import BUCKET, local_session
from sagemaker.local import LocalSession
from subscriber_client import Client


class Session(LocalSession):
    """A session of that account. Whatever it waits for has ended already."""

    @classmethod
    def begin(cls, name: str, folder: str) -> tuple[str, str, "Session"]:
        """Return what a notebook needs: the algorithm's ARN, a role, and a session."""
        session = local_session(Path(folder), cls, default_bucket=BUCKET)
        session.sagemaker_client = Client(session, name)
        return f"{ARN}:algorithm/{name}", ROLE, session

    wait_for_job = partialmethod(LocalSession.wait_for_job, poll=0)
    wait_for_tuning_job = partialmethod(LocalSession.wait_for_tuning_job, poll=0)
    wait_for_model_package = partialmethod(LocalSession.wait_for_model_package, poll=0)
    wait_for_endpoint = partialmethod(LocalSession.wait_for_endpoint, poll=0)

    def left(self) -> list[str]:
        """Return the resources and files that the account still has. The records of jobs do not count."""
        return sorted(self.sagemaker_client.left) + self.list_s3_files(BUCKET, "")

    def logs_for_transform_job(self, job_name: str, wait: bool = False, poll: float = 0) -> None:
        """There is no CloudWatch to ask."""
