"""The licence agreement that a buyer accepts: what Marketplace adds to the project's licence, then that licence."""

from marketplace.folder import FOLDER

EULA = FOLDER / "EULA.txt"
LICENSE = FOLDER.parent / "LICENSE"
ABOUT = """\
END USER LICENSE AGREEMENT

1. Parties. This agreement is between you, who subscribe to this product on
   AWS Marketplace, and the authors of seriesbox, who are the licensor.

2. Product. The product is a container image. It holds the software
   seriesbox, and software of others that seriesbox needs.

3. seriesbox. The authors of seriesbox license it to you under the Apache
   License, Version 2.0, whose text follows this agreement. You may use,
   copy, change and pass on seriesbox under that license. This agreement
   takes away no right that the license grants, and adds no warranty: see
   sections 7 and 8 of the license.

4. Software of others. It is licensed to you by its own authors, each
   package under its own license:
   a) Python packages. Each has a folder in the image, under
      /opt/seriesbox/lib, whose name ends with .dist-info. It names the
      license, and in most cases holds its text. Only the folder of
      cuda-toolkit, a package without software of its own, names none.
   b) The Debian operating system, Python and their libraries. Debian
      publishes the licenses of its packages at
      https://packages.debian.org, Python its own at
      https://docs.python.org/3/license.html.
   c) If the image is built for GPUs, it also holds libraries of NVIDIA, such
      as CUDA and cuDNN. These are not open source. NVIDIA licenses them under
      its own terms, which their packages hold or name, as under a). By using
      the image you accept these terms.

5. Your data. Your data, the models that you train on it and their answers
   are yours. The software connects to nothing but the other machines of the
   same job, so neither the seller nor the licensor receives any of it.

6. Charges of AWS. What AWS charges for the machines that the software runs
   on is agreed between you and AWS.

"""


def text() -> str:
    """One file of plain text, as Marketplace wants it."""
    return ABOUT + LICENSE.read_text()
