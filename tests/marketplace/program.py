"""`scripts/create-algorithm`, with stand-ins for AWS and Docker, because there is no account."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

from marketplace import checks, publish, shell
from marketplace.files import FOLDER
from marketplace.seller import Seller

SELLER = Seller("210987654321", "eu-west-1", "Validator", "a-bucket", "7.8.9")
GIVEN = [f"--{name}={getattr(SELLER, name)}" for name in ("account", "region", "role", "bucket", "version")]
HEAD = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=FOLDER, text=True).strip()
VERSION, REVISION = "org.opencontainers.image.version", "org.opencontainers.image.revision"
LABELS = {VERSION: SELLER.version, REVISION: HEAD, "seriesbox.torch-build": "cu130"}
PUSHED = {"imageDetails": [{"imageManifestMediaType": checks.MANIFEST}]}
SCANNED = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"MEDIUM": 3}}}
VALID = {"AlgorithmName": "lstm-ad-7-8-9", "AlgorithmArn": "arn:of:it", "AlgorithmStatus": "Completed"}
LOOK = ["head-bucket", "list-algorithms", "image"]
PUSH = ["tag", "create-repository", "get-login-password", "push", "describe-images"]
SCAN = ["get-registry-scanning-configuration", "start-image-scan", "describe-image-scan-findings"]
CREATE = ["cp", "create-algorithm"]


class Program:
    """The program; AWS and Docker give the prepared answers. A text is an error, and the last answer is repeated."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands, self.printed = folder, {}, [""]
        answers = {"image": LABELS, "describe-images": PUSHED, SCAN[2]: SCANNED, "describe-algorithm": VALID}
        self.answers = {verb: [answer] for verb, answer in answers.items()}
        self.verbs: list[str] = []

    def execute(self, command: str, accept: str = "", stdout: int | None = None) -> str:
        verb = command.split()[1 if command.startswith("docker") else 2]
        self.verbs.append(verb)
        self.commands[verb] = command
        answers = self.answers.get(verb, [{}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, str) and answer != accept:
            raise shell.PublishError(f"{verb}: {answer}")
        return "" if answer == accept else json.dumps(answer)

    def run(self, *arguments: str) -> str:
        """Return the sentence that it fails with."""
        self.verbs.clear()
        sys.argv = ["create-algorithm", *GIVEN, f"--to={self.folder / 'requests'}", *arguments]
        with redirect_stdout(io.StringIO()) as printed:
            try:
                publish.main()
            except SystemExit as ended:
                return str(ended.code)
            finally:
                self.printed = printed.getvalue().splitlines()
        return ""
