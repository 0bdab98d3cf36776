"""The way of the algorithms into SageMaker: the requests as files, and the commands that take them there, shown or run.

scripts/create-algorithm --account 123456789012 --region us-east-1 --role ROLE --bucket BUCKET [--create]
"""

import argparse
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from listing import rules, shapes
from listing.algorithm import Seller, request, written
from listing.aws import Call, RefusedError, make
from listing.profile import FOLDER
from listing.shapes import Json
from seriesbox.algorithm import ALGORITHMS

LOCAL_IMAGE = "seriesbox:gpu"


def checked(name: str, seller: Seller) -> Json:
    """The request for an algorithm, if there is nothing to say against it. Raises RefusedError."""
    asked = request(name, seller)
    if faults := shapes.faults(shapes.operation("CreateAlgorithm").input_shape, asked) or rules.faults(asked, name):
        raise RefusedError("\n".join(faults))
    return asked


def file(asked: Json, folder: Path) -> Path:
    """Where a request is written."""
    return folder.absolute() / f"{asked['AlgorithmName']}.json"


def image_commands(seller: Seller, local: str) -> list[str]:
    """What brings the image to where SageMaker takes it from: the work of Docker, so never done here."""
    return [
        f"scripts/build --build-arg TORCH_BUILD=cu130 --tag {shlex.quote(local)}",
        f"aws ecr create-repository --region {seller.region} --repository-name seriesbox  # the first time",
        f"aws ecr get-login-password --region {seller.region} | "
        f"docker login --username AWS --password-stdin {seller.registry}",
        f"docker tag {shlex.quote(local)} {seller.image}",
        f"docker push {seller.image}",
    ]


def calls(requests: dict[str, Json], seller: Seller, folder: Path) -> Iterator[Call]:
    """Scan the image, upload the samples, create the algorithms by the requests in a folder, see what they become."""
    image = {"repositoryName": "seriesbox", "imageId": {"imageTag": seller.version}}
    yield Call("ecr", "StartImageScan", image)
    yield Call("ecr", "DescribeImageScanFindings", image)
    for name in requests:
        samples = FOLDER / name / "samples"
        for sample in sorted(path for path in samples.glob("*/*") if path.is_file()):
            key = f"{name}/samples/{sample.relative_to(samples)}"
            yield Call("s3", "PutObject", {"Bucket": seller.bucket, "Key": key, "Body": sample})
    for asked in requests.values():
        yield Call("sagemaker", "CreateAlgorithm", asked, file(asked, folder))
    for asked in requests.values():
        yield Call("sagemaker", "DescribeAlgorithm", {"AlgorithmName": asked["AlgorithmName"]})
    yield Call("sagemaker", "ListAlgorithms", {})


def main() -> None:
    """Write the requests, say what is to be done with them, and, where told to, do it."""
    given = _arguments()
    seller = Seller(given.account, given.region, given.role, given.bucket, given.version)
    if faults := seller.faults():
        sys.exit(" ".join(faults))
    try:
        requests = {name: checked(name, seller) for name in given.names or ALGORITHMS}
        given.to.mkdir(parents=True, exist_ok=True)
        for asked in requests.values():
            file(asked, given.to).write_text(written(asked))
            print(f"# Wrote {file(asked, given.to)}, which has no fault that can be found without AWS.")
        print("# By hand:", *image_commands(seller, given.image), sep="\n")
        print("# Done now:" if given.create else "# By --create, which asks again what has not ended:")
        for call in calls(requests, seller, given.to):
            print(call.command(seller.region), flush=True)
            if given.create:
                make(call, seller.region)
    except (RefusedError, BotoCoreError, ClientError, OSError) as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/create-algorithm", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{' or '.join(ALGORITHMS)}; both where none is given")
    for name, what in {
        "account": "whose the image and the algorithms are",
        "region": "of image, bucket and algorithms",
        "role": "the name of the one that SageMaker takes on to try the algorithms",
        "bucket": "for the samples, and for what becomes of them",
    }.items():
        parser.add_argument(f"--{name}", required=True, help=what)
    parser.add_argument("--image", default=LOCAL_IMAGE, help=f"as Docker has it here ({LOCAL_IMAGE})")
    parser.add_argument("--version", default=Seller.version, help=f"in names and as the image's tag ({Seller.version})")
    parser.add_argument("--to", type=Path, default=FOLDER / "results", help="where to write the requests")
    parser.add_argument("--create", action="store_true", help="make the calls; needs credentials, and costs money")
    given = parser.parse_args()
    if strange := set(given.names) - set(ALGORITHMS):
        parser.error(f"there is no algorithm {', '.join(sorted(strange))}: the algorithms are {', '.join(ALGORITHMS)}.")
    return given


if __name__ == "__main__":
    main()
