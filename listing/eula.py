"""The licence agreement that a buyer accepts: what Marketplace adds to the project's licence, then that licence."""

from listing.profile import FOLDER

EULA = FOLDER / "EULA.txt"
LICENSE = FOLDER.parent / "LICENSE"
ABOUT = """\
END USER LICENSE AGREEMENT

1. The software of this product, seriesbox, is licensed to you under the
   Apache License, Version 2.0, whose text follows. Subscribing on AWS
   Marketplace adds no restriction to it, and no warranty.

2. The container image also holds software of others. It remains under its
   own licenses, which its packages in the image name. Most are open source;
   the libraries that compute on GPUs are NVIDIA's, under NVIDIA's terms.

3. Your data, the models that you train on it and what they answer are yours.
   The software connects to nothing but the other machines of the same job:
   the seller receives none of it.

4. What AWS charges for the machines that the software runs on is agreed
   between you and AWS.

"""


def text() -> str:
    """One file of plain text, as Marketplace wants it."""
    return ABOUT + LICENSE.read_text()
