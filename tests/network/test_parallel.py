import threading

import pytest
import torch

from seriesbox.network import parallel
from seriesbox.network.parallel import WORTH_A_PART, in_parallel, useful_threads, whole_operations

MUCH = 100 * WORTH_A_PART


@pytest.fixture
def three_threads():
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(1)


def parts(weight, threads):
    def part(number):
        threads.add(threading.current_thread())
        return (weight * number).square().sum(dim=1, keepdim=True).expand(-1, 1 + number)

    return [lambda number=number: part(number) for number in range(5)]


def test_values_and_gradients_are_those_of_one_thread(three_threads):
    weight = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)

    def total(multiplications):
        threads = set()
        outputs = in_parallel(parts(weight, threads), [weight], multiplications)
        (gradient,) = torch.autograd.grad(torch.cat(outputs, dim=1).cos().sum(), weight)
        return outputs, gradient, threads

    alone, expected, own = total(multiplications=0)
    shared, gradient, others = total(MUCH)
    assert own == {threading.current_thread()}
    assert threading.current_thread() not in others
    torch.testing.assert_close(shared, alone)
    torch.testing.assert_close(gradient, expected)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradients_no_part_keeps_what_they_need(three_threads, mode):
    weight = torch.randn(4, 3, requires_grad=True)
    with mode():
        outputs = in_parallel(parts(weight, set()), [weight], MUCH)
    assert not any(output.requires_grad for output in outputs)


def test_an_error_in_a_part_is_raised(three_threads):
    with pytest.raises(ZeroDivisionError):
        in_parallel([lambda: torch.zeros(1), lambda: torch.zeros(1 // 0)], [], MUCH)


def test_little_work_stays_in_one_thread(three_threads):
    assert [useful_threads(share * WORTH_A_PART) for share in (0, 1, 2, 3, 9)] == [1, 1, 2, 3, 3]
    torch.set_num_threads(1)
    assert useful_threads(MUCH) == 1


def test_threads_of_the_pool_divide_no_operation(three_threads):
    assert parallel._compute([torch.get_num_threads] * 3) == [1, 1, 1]
    assert torch.get_num_threads() == 3


def test_whole_operations_leave_the_threads_to_the_parts(three_threads):
    with whole_operations():
        assert torch.get_num_threads() == 1
        assert useful_threads(MUCH) == 3
        threads = set()
        in_parallel(parts(torch.ones(4, 3, requires_grad=True), threads), [], MUCH)
        assert threading.current_thread() not in threads
    assert torch.get_num_threads() == useful_threads(MUCH) == 3
