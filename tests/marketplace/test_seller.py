"""The values of a seller."""

import pytest
from program import SELLER

from marketplace.seller import Seller


@pytest.mark.parametrize("path", ["", "service-role/", "one/two/"])
def test_the_role_is_a_name_with_its_path_or_an_arn(path):
    arn = f"arn:aws:iam::{SELLER.account}:role/{path}Validator"
    for role in (f"{path}Validator", arn):
        seller = Seller(SELLER.account, SELLER.region, role, SELLER.bucket)
        assert (seller.faults(), seller.role_arn) == ([], arn)
