"""The program that publishes the algorithms: it prints the commands that bring them to AWS and, if asked to, runs them.

    scripts/create-algorithm --account 123456789012 --region us-east-1 --role ROLE --bucket BUCKET [--create]

Every step may be repeated: after a stop, run the same command again. Once an algorithm of a version exists, it and the
image of the version are not changed.
"""

import argparse
import re
import shlex
import sys
from functools import partial
from pathlib import Path

from marketplace import checks
from marketplace.aws_model import faults, operation
from marketplace.files import FOLDER, published, samples_folder
from marketplace.page import REPOSITORY
from marketplace.request import document, request
from marketplace.seller import Seller
from marketplace.shell import PublishError, Shell

VALIDATION_HOURS = 6


def main() -> None:
    """Print the commands that create the algorithms in AWS; with --create, run them."""
    given = _arguments()
    seller = Seller(given.account, given.region, given.role, given.bucket, given.version)
    try:
        _check_arguments(seller, given.image, given.create)
        files = {name: _write_request(name, seller, given.to) for name in given.names or published()}
        print(f"# {given.image} must exist; it is built by: {checks.build_command(given.image)}")
        print("# Running:" if given.create else "# --create runs:")
        publish(files, seller, given.image, Shell(given.create))
    except KeyboardInterrupt:
        sys.exit("Stopped. What AWS has begun goes on by itself; run the same command again to see it end.")
    except (PublishError, OSError) as error:
        sys.exit(str(error))


def publish(files: dict[str, Path], seller: Seller, image: str, shell: Shell) -> None:
    """Push the image, and create each algorithm by the request in its file. Raises PublishError."""
    region, version = f"--region {seller.region}", seller.version
    # A wrong account, region, bucket or image ends here, before anything is made.
    shell.ask(
        f"aws s3api head-bucket {region} --bucket {seller.bucket} --expected-bucket-owner {seller.account}",
        partial(checks.check_bucket, seller.region),
        advice=f"The bucket must exist, belong to account {seller.account}, and be open to your credentials.",
    )
    listed = shell.ask(f"aws sagemaker list-algorithms {region} --name-contains {version.replace('.', '-')}")
    existing = {each["AlgorithmName"] for each in listed.get("AlgorithmSummaryList", [])}
    existing &= {seller.algorithm(name) for name in published()}
    for algorithm in sorted(existing):
        print(f"# {algorithm} exists: it stays, and so does the image of this version.")

    if not existing:
        inspect = "docker image inspect --format '{{json .Config.Labels}}' "
        shell.ask(inspect + image, partial(checks.check_labels, image, version))
        shell.run(f"docker tag {image} {seller.image}")

        repository, tag = f"{region} --repository-name seriesbox", f"imageTag={version}"
        shell.run(f"aws ecr create-repository {repository}", accept="RepositoryAlreadyExistsException")
        login = f"docker login --username AWS --password-stdin {seller.registry}"
        shell.run(f"aws ecr get-login-password {region} | {login}")
        shell.run(f"docker push {seller.image}")
        shell.ask(f"aws ecr describe-images {repository} --image-ids {tag}", checks.check_manifest)

        registry = shell.ask(f"aws ecr get-registry-scanning-configuration {region}")
        if registry.get("scanningConfiguration", {}).get("scanType") != "ENHANCED":  # else Inspector scans by itself
            # An image can be scanned once a day; an earlier scan of the same day will do.
            shell.run(f"aws ecr start-image-scan {repository} --image-id {tag}", accept="LimitExceededException")
        shell.wait(
            f"aws ecr describe-image-scan-findings {repository} --image-id {tag} --no-paginate",
            "imageScanStatus.status",
            ("PENDING", "IN_PROGRESS"),
            checks.check_scan,
        )

    for name, file in files.items():
        if seller.algorithm(name) not in existing:
            samples = shlex.quote(str(samples_folder(name)))
            shell.run(f"aws s3 cp {region} --recursive {samples} s3://{seller.bucket}/{name}/samples")
            shell.run(f"aws sagemaker create-algorithm {region} --cli-input-json {shlex.quote(f'file://{file}')}")

    invalid = []
    for name in files:
        try:
            shell.wait(
                f"aws sagemaker describe-algorithm {region} --algorithm-name {seller.algorithm(name)}",
                "AlgorithmStatus",
                ("Pending", "InProgress"),
                checks.check_validation,
                VALIDATION_HOURS,
            )
        except PublishError as error:
            invalid.append(str(error))
    if invalid:
        raise PublishError("\n".join(invalid))


def _check_arguments(seller: Seller, image: str, create: bool) -> None:
    wrong = seller.faults()
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_./:@-]*", image):
        wrong.append(f"The image must be one that Docker has, such as seriesbox:gpu, not {image!r}.")
    if wrong:
        raise PublishError(" ".join(wrong))
    if REPOSITORY.startswith("https://github.com/OWNER/"):
        text = "Pages need public links: publish the repository, and write its address into marketplace/page.py."
        if create:
            raise PublishError(text)
        print(text, file=sys.stderr)


def _write_request(name: str, seller: Seller, folder: Path) -> Path:
    """Write the request to create an algorithm, if AWS' model has nothing against it. Raises PublishError."""
    asked = request(name, seller)
    if wrong := faults(operation("CreateAlgorithm").input_shape, asked):
        raise PublishError(wrong)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder.absolute() / f"{asked['AlgorithmName']}.json"
    file.write_text(document(asked))
    print(f"# Wrote {file}, which fits AWS' model.")
    return file


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/create-algorithm", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{' or '.join(published())}; all if none is given")
    parser.add_argument("--account", required=True, help="the AWS account that owns image and algorithms")
    parser.add_argument("--region", required=True, help="of image, bucket and algorithms")
    parser.add_argument("--role", required=True, help="the role that SageMaker assumes to validate: its name or ARN")
    parser.add_argument("--bucket", required=True, help="for the samples, and for what validation makes of them")
    parser.add_argument("--image", default="seriesbox:gpu", help="the image to push, as Docker has it (seriesbox:gpu)")
    parser.add_argument("--version", default=Seller.version, help=f"the version to publish ({Seller.version})")
    parser.add_argument("--to", type=Path, default=FOLDER / "results", help="where to write the requests")
    parser.add_argument("--create", action="store_true", help="run the commands; needs credentials, and costs money")
    given = parser.parse_args()
    if unknown := set(given.names) - set(published()):
        parser.error(
            f"there is no algorithm {', '.join(sorted(unknown))}: the algorithms are {', '.join(published())}."
        )
    return given


if __name__ == "__main__":
    main()
