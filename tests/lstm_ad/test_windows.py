import torch

from seriesbox.lstm_ad.windows import Windows


def numbered(*counts):
    ends = [sum(counts[: i + 1]) for i in range(len(counts))]
    rows = torch.cat([100 * i + torch.arange(float(2 * n)).view(n, 2) for i, n in enumerate(counts)])
    return rows, [slice(end - n, end) for n, end in zip(counts, ends, strict=True)]


def test_the_windows_are_those_a_loop_would_cut():
    rows, series = numbered(11, 3, 8)
    for length, stride in ((3, 1), (3, 2), (1, 5), (2, 3)):
        expected = [rows[one][i : i + length] for one in series for i in range(0, len(rows[one]) - length + 1, stride)]
        windows = Windows(rows, series, length, stride)
        assert len(windows) == len(expected)
        torch.testing.assert_close(windows[torch.arange(len(windows))], torch.stack(expected))


def test_no_window_spans_two_series():
    windows = Windows(*numbered(7, 7), 4, 1)[torch.arange(8)]
    assert (windows.amax((1, 2)) - windows.amin((1, 2)) == 7).all()


def test_windows_share_the_memory_of_the_rows():
    rows = torch.zeros(1000, 1)
    windows = Windows(rows, [slice(0, 1000)], 100, 1)
    assert windows.views.data_ptr() == rows.data_ptr()


def test_errors_of_missing_cells_are_marked_in_all_their_forecasts():
    missing = torch.zeros(9, 2, dtype=torch.bool)
    missing[[6, 8], 1] = True
    windows = Windows(torch.zeros(9, 2), [slice(0, 9)], 8, 1, missing)
    expected = torch.ones(2, 3, 4)  # of two windows, the last three rows, two forecasts
    expected[0, 1, 1::2] = expected[1, 0, 1::2] = expected[1, 2, 1::2] = 0
    torch.testing.assert_close(windows.marked(torch.ones(2, 3, 4), torch.arange(2), 0), expected)
    assert windows.complete(3) == 3
