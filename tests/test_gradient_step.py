from copy import deepcopy

import pytest
import torch

from seriesbox.gradient_step import GradientStep
from seriesbox.run import Run

X, Y = torch.randn(7, 3), torch.randn(7, 1)


def step(module, multiple=1):
    def losses(items):
        return (module(X[items]) - Y[items]).square()[:, 0]

    return GradientStep(module, losses, torch.optim.SGD(module.parameters(), lr=0.1), Run(), multiple)


@pytest.fixture
def module():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 1)


@pytest.mark.parametrize("multiple", [1, 4, 5, 16])
def test_a_batch_that_is_filled_up_has_the_loss_and_the_gradient_of_its_items(module, multiple):
    plain = deepcopy(module)
    expected = (plain(X[:5]) - Y[:5]).square().mean()
    expected.backward()
    loss = step(module, multiple).take((torch.arange(5),), 5)
    torch.testing.assert_close(loss, expected.detach())
    for found, before in zip(module.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(found, before - 0.1 * before.grad)


def test_a_process_may_have_no_item_of_a_step(module):
    before = deepcopy(module.state_dict())
    assert step(module).take((torch.arange(0),), 5) == 0
    torch.testing.assert_close(module.state_dict(), before)
