"""The command that lists the algorithms: it writes the requests, and shows or makes the calls that take them to AWS.

scripts/create-algorithm --account 123456789012 --region us-east-1 --role ROLE --bucket BUCKET [--create]
"""

import argparse
import re
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from marketplace import image, rules, shapes, steps
from marketplace.algorithm import request, written
from marketplace.errors import RefusedError
from marketplace.folder import FOLDER
from marketplace.page import REPOSITORY
from marketplace.seller import Seller
from marketplace.shapes import Json
from seriesbox.algorithm import ALGORITHMS

UNPUBLISHED = "https://github.com/OWNER/"


def checked(name: str, seller: Seller) -> Json:
    """The request for an algorithm, if there is nothing to say against it. Raises RefusedError."""
    asked = request(name, seller)
    if faults := shapes.faults(shapes.operation("CreateAlgorithm").input_shape, asked) or rules.faults(asked, name):
        raise RefusedError("\n".join(faults))
    return asked


def main() -> None:
    """Write the requests and show the commands that list the algorithms; with --create, run them."""
    given = _arguments()
    seller = Seller(given.account, given.region, given.role, given.bucket, given.version)
    faults = seller.faults()
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_./:@-]*", given.image):
        faults.append(f"The image must be one that Docker has, such as {image.LOCAL}, not {given.image!r}.")
    if faults:
        sys.exit(" ".join(faults))
    if REPOSITORY.startswith(UNPUBLISHED):
        unpublished = (
            "A listing needs public links: publish the repository, and write its address into marketplace/page.py."
        )
        sys.exit(unpublished) if given.create else print(unpublished, file=sys.stderr)
    try:
        requests = {name: checked(name, seller) for name in given.names or ALGORITHMS}
        given.to.mkdir(parents=True, exist_ok=True)
        for asked in requests.values():
            file = steps.file(asked, given.to)
            file.write_text(written(asked))
            print(f"# Wrote {file}, which has no fault that can be found without AWS.")
        print(f"# {given.image} must be there, made by: {image.build(given.image)}")
        print("# Done now:" if given.create else "# Done by --create:")
        steps.create(requests, seller, given.image, given.to, steps.Run(given.region, given.create))
    except KeyboardInterrupt:
        sys.exit("Stopped. What AWS has begun goes on by itself; run the same command again to see to its end.")
    except (RefusedError, BotoCoreError, ClientError, OSError) as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/create-algorithm", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{' or '.join(ALGORITHMS)}; both where none is given")
    for name, what in {
        "account": "the AWS account that owns the image and the algorithms",
        "region": "of the image, the bucket and the algorithms",
        "role": "the role that SageMaker assumes to validate the algorithms: its name, with its path, or its ARN",
        "bucket": "for the samples, and for what validation makes of them",
    }.items():
        parser.add_argument(f"--{name}", required=True, help=what)
    parser.add_argument("--image", default=image.LOCAL, help=f"the image to push, as Docker has it ({image.LOCAL})")
    parser.add_argument("--version", default=Seller.version, help=f"the image's version ({Seller.version})")
    parser.add_argument("--to", type=Path, default=FOLDER / "results", help="where to write the requests")
    parser.add_argument("--create", action="store_true", help="make the calls; needs credentials, and costs money")
    given = parser.parse_args()
    if strange := set(given.names) - set(ALGORITHMS):
        parser.error(f"there is no algorithm {', '.join(sorted(strange))}: the algorithms are {', '.join(ALGORITHMS)}.")
    return given


if __name__ == "__main__":
    main()
