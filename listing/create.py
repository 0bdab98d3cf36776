"""The way of the algorithms into SageMaker: the requests as files, and the commands that take them there, shown or run.

Every step may be repeated, so a run that was stopped is simply begun again.

scripts/create-algorithm --account 123456789012 --region us-east-1 --role ROLE --bucket BUCKET [--create]
"""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from listing import rules, shapes
from listing.algorithm import Seller, request, written
from listing.aws import Call, RefusedError
from listing.folder import FOLDER, samples_folder
from listing.page import REPOSITORY
from listing.registry import Docker, Login
from listing.shapes import Json
from seriesbox.algorithm import ALGORITHMS

LOCAL_IMAGE = "seriesbox:gpu"
UNPUBLISHED = "https://github.com/OWNER/"
Step = Call | Docker | Login


def checked(name: str, seller: Seller) -> Json:
    """The request for an algorithm, if there is nothing to say against it. Raises RefusedError."""
    asked = request(name, seller)
    if faults := shapes.faults(shapes.operation("CreateAlgorithm").input_shape, asked) or rules.faults(asked, name):
        raise RefusedError("\n".join(faults))
    return asked


def file(asked: Json, folder: Path) -> Path:
    """Where a request is written."""
    return folder.absolute() / f"{asked['AlgorithmName']}.json"


def create(requests: dict[str, Json], seller: Seller, local: str, folder: Path, do: Callable[[Step], Json]) -> None:
    """From the image here to algorithms that SageMaker has tried; an algorithm that is there stays, with its image.

    The first two calls change nothing: they find a wrong account, region or bucket before anything is begun.
    """
    do(Call("s3", "HeadBucket", {"Bucket": seller.bucket, "ExpectedBucketOwner": seller.account}))
    ours = {name: request(name, seller)["AlgorithmName"] for name in ALGORITHMS}
    listed = do(
        Call("sagemaker", "ListAlgorithms", {"NameContains": seller.version.replace(".", "-"), "MaxResults": 100})
    )
    there = {each["AlgorithmName"] for each in listed.get("AlgorithmSummaryList", [])} & {*ours.values()}
    for algorithm in sorted(there):
        print(f"# {algorithm} is there already: it stays, and so does the image of this version.")
    if not there:
        for step in image_steps(seller, local):
            do(step)
    for name, asked in requests.items():
        if ours[name] not in there:
            for step in algorithm_steps(name, asked, seller, folder):
                do(step)
    for name in requests:
        described = do(Call("sagemaker", "DescribeAlgorithm", {"AlgorithmName": ours[name]}))
        if described:
            print(f"# {ours[name]} is valid: {described['AlgorithmArn']}")


def image_steps(seller: Seller, local: str) -> list[Step]:
    """Put the image where SageMaker takes it from, and have it scanned."""
    repository, tag = {"repositoryName": "seriesbox"}, {"imageTag": seller.version}
    return [
        Docker(("tag", local, seller.image)),
        Call("ecr", "CreateRepository", repository),
        Login(seller.registry),
        Docker(("push", seller.image)),
        Call("ecr", "DescribeImages", repository | {"imageIds": [tag]}),
        Call("ecr", "StartImageScan", repository | {"imageId": tag}),
        Call("ecr", "DescribeImageScanFindings", repository | {"imageId": tag}),
    ]


def algorithm_steps(name: str, asked: Json, seller: Seller, folder: Path) -> list[Step]:
    """Upload the samples, and create the algorithm by its request in a folder."""
    samples = samples_folder(name)
    uploads: list[Step] = [
        Call("s3", "PutObject", {"Bucket": seller.bucket, "Key": f"{name}/samples/{part}", "Body": samples / part})
        for part in sorted(path.relative_to(samples) for path in samples.glob("*/*") if path.is_file())
    ]
    return [*uploads, Call("sagemaker", "CreateAlgorithm", asked, file(asked, folder))]


def main() -> None:
    """Write the requests, say what is to be done with them, and, where told to, do it."""
    given = _arguments()
    seller = Seller(given.account, given.region, given.role, given.bucket, given.version)
    if faults := seller.faults():
        sys.exit(" ".join(faults))
    if REPOSITORY.startswith(UNPUBLISHED):
        unpublished = (
            "A listing needs public links: publish the repository, and write its address into listing/page.py."
        )
        sys.exit(unpublished) if given.create else print(unpublished, file=sys.stderr)

    def do(step: Step) -> Json:
        print(step.command(seller.region), flush=True)
        return step.make(seller.region) if given.create else {}

    try:
        requests = {name: checked(name, seller) for name in given.names or ALGORITHMS}
        given.to.mkdir(parents=True, exist_ok=True)
        for asked in requests.values():
            file(asked, given.to).write_text(written(asked))
            print(f"# Wrote {file(asked, given.to)}, which has no fault that can be found without AWS.")
        build = f"scripts/build --build-arg TORCH_BUILD=cu130 --tag {shlex.quote(given.image)}"
        print(f"# {given.image} must be there, made by: {build}")
        print("# Done now:" if given.create else "# Done by --create:")
        create(requests, seller, given.image, given.to, do)
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
