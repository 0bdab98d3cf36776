"""The pages have all that the Marketplace wants, and only figures that were measured."""

import re

import pytest

from benchmarks import figures
from marketplace import instances
from marketplace.aws_model import operation
from marketplace.files import FOLDER, published, texts
from marketplace.markdown import sections
from marketplace.page import REPOSITORY, page
from marketplace.request import EXAMPLE_SELLER

PROJECT = FOLDER.parent
PAGES = {name: (FOLDER / name / "page.md").read_text() for name in published()}
# Characters of a field, or of each item and the number of items, by the Marketplace Catalog API's shapes of
# MachineLearningProduct@1.0 (github.com/awslabs/aws-marketplace-catalog-api-shapes-for-python).
FIELDS = {
    "Product title": 72,
    "Short description": 1000,
    "Long description": 5000,
    "Highlights": (500, 3),
    "Categories": (100, 3),
    "Search keywords": (50, 15),
    "Additional resources": (500, 3),
    "Support": 2000,
    "Version title": 64,
    "Release notes": 30000,
    "Usage instructions": 10000,
    "Sample notebook": 2000,
    "Repository": 2000,
    "Input": 10000,
    "Input limitations": 1000,
    "Sample input": 10000,
    "Output": 10000,
    "Sample output": 10000,
    "Recommended instance types": (100, 3),
}
# What the Seller Guide requires of an algorithm ("Requirements and best practices for creating machine learning
# products"), and AWS' template (github.com/aws/amazon-sagemaker-examples: curating_good_algorithm_listing.md).
DETAILS = {
    "Long description": {"How it works", "Use cases", "Who it is for"},
    "Usage instructions": {
        *("Training data", "Hyperparameters", "Metrics and tuning", "Instance types", "Several instances", "GPUs"),
        *("Time and memory", "Train"),
    },
    "Input": {"Real-time endpoint", "Batch transform", "With the SDK", "With the CLI", "Endpoint on a GPU"},
    "Output": {"Real-time endpoint", "Batch transform"},
}
BY_HAND = [FOLDER / "page.template.md", *FOLDER.glob("**/texts.md")]
# The numbers that may be written by hand: names, statuses, examples. All others must come from code or benchmarks.
NO_FIGURES = rf"""### {EXAMPLE_SELLER.version}$
Apache-2\.0|CC0-1\.0|NeurIPS 2019|ESANN 2015|https://arxiv\.org/abs/\S+|https://www\.esann\.org/\S+
version 2 of the SDK|SDK for Python, version 2|UTF-8|float32|99th percentile|files in S3|aws s3|"S3\w+"|s3_uri|S3Key
instance_count=1|deploy\(1,|transformer\(1,|"InitialInstanceCount": 1|label_size=0|`MaxPayloadInMB` 0|sleep 5;
status is 400|; 413 if|; 415 or 406 if|these two:|lowest one in a thousand|from -1 to 1|`0\.0`|`1\.0`
`0` normal, `1` an anomaly|\[0\.1, null, 0\.3\]|\[1, 2, null\]|\[3, 4\]|\[1, 2\]|first four fifths
at least five times as many"""
NUMBER = (
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million|twice|half|quarter)\b"
)


def test_the_committed_pages_are_current(name):
    assert PAGES[name] == page(name), ".venv/bin/python -m marketplace.page"


def test_every_field_is_there_within_its_limits(name):
    fields = sections(PAGES[name])
    assert list(fields) == list(FIELDS)
    for heading, limit in FIELDS.items():
        characters, most = limit if isinstance(limit, tuple) else (limit, 1)
        items = fields[heading].removeprefix("- ").split("\n- ") if most > 1 else [fields[heading]]
        assert len(items) <= most
        assert all(0 < len(item) <= characters for item in items), heading
        details = sections(fields[heading], level=3)
        assert DETAILS.get(heading, set()) <= {detail for detail, text in details.items() if text}


@pytest.mark.parametrize("text", BY_HAND, ids=str)
def test_no_figure_is_written_by_hand(text):
    for figure in ("", "It takes 60 seconds.", "Five times as long", "the first half"):
        assert by_hand(f"{text.read_text()}\n{figure}") == [figure] * bool(figure)


def by_hand(text: str) -> list[str]:
    """Return the lines with numbers, in digits or words, that are neither filled in nor allowed."""
    allowed = NO_FIGURES.replace("\n", "|")
    text = re.sub(rf"\$\w+|{allowed}", "", text, flags=re.MULTILINE)
    return [line for line in text.splitlines() if re.search(NUMBER, line, re.IGNORECASE)]


def test_the_release_notes_are_of_this_version(name):
    assert list(sections(texts(name)["Release notes"], level=3)) == [EXAMPLE_SELLER.version]


def test_an_endpoint_on_a_gpu_gets_the_driver_that_the_image_needs_and_a_batch_job_cannot():
    variant = operation("CreateEndpointConfig").input_shape.members["ProductionVariants"].member
    amis = variant.members["InferenceAmiVersion"].documentation.split("<dt>")
    (with_driver,) = (ami for ami in amis if f"NVIDIA driver version: {instances.DRIVER}" in ami)
    assert with_driver.startswith(instances.INFERENCE_AMI)
    resources = operation("CreateTransformJob").input_shape.members["TransformResources"]
    drivers = re.findall(r"NVIDIA driver version: (\d+)", resources.members["TransformAmiVersion"].documentation)
    assert max(map(int, drivers)) < instances.DRIVER
    assert not set(instances.GPUS) & set(instances.TRANSFORM)


def test_every_file_that_an_example_names_exists(name):
    named = re.findall(r'open\("(.*?)"\)|fileb://(\S+)|s3 cp --recursive (\S+)|`(samples/\S+?)`', PAGES[name])
    assert len(named) > 5
    assert all((FOLDER / name / "".join(each)).exists() for each in named)


@pytest.mark.parametrize("link", sorted({*re.findall(rf"{REPOSITORY}/blob/main/(\S+)", "".join(PAGES.values()))}))
def test_every_link_into_the_project_leads_somewhere(link):
    file, _, heading = link.partition("#")
    assert (PROJECT / file).exists()
    if heading:
        headings = re.findall("^#+ (.*)$", (PROJECT / file).read_text(), re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]


def test_the_figures_were_measured_in_the_image_that_is_published():
    image = figures.read("container")["figures"]["image"]
    assert image["seriesbox"] == EXAMPLE_SELLER.version
    assert image["torch"].rpartition("+cu")[2].startswith(str(instances.CUDA))


def test_the_licence_agreement_is_plain_text_that_ends_with_the_licence():
    text = (FOLDER / "EULA.txt").read_text()
    assert text.isascii()
    assert text.endswith((PROJECT / "LICENSE").read_text())
