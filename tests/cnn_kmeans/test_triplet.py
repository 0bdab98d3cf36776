import torch

from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_loss

LENGTHS = torch.tensor([1, 2, 7, 12])
ANCHORS = torch.arange(4).repeat(2000)
NEGATIVES = 3


def draw():
    torch.manual_seed(0)
    return sample_triplets(ANCHORS, LENGTHS, NEGATIVES)


def test_every_subsequence_lies_inside_its_series():
    row, start, length = draw()
    assert (length >= 1).all()
    assert (start >= 0).all()
    assert (start + length <= LENGTHS[row]).all()


def test_every_step_of_every_series_is_reached_by_anchors_positives_and_negatives():
    row, start, length = draw()
    count = len(ANCHORS)
    for part in (slice(0, count), slice(count, 2 * count), slice(2 * count, None)):
        reached = torch.zeros(4, 12)
        for r, s, n in zip(row[part], start[part], length[part], strict=True):
            reached[r, s : s + n] += 1
        assert ((reached > 0) == (torch.arange(12) < LENGTHS[:, None])).all()


def test_every_length_is_drawn():
    row, _, length = draw()
    for series, longest in enumerate(LENGTHS.tolist()):
        assert length[row == series].unique().tolist() == list(range(1, longest + 1))


def test_a_positive_lies_inside_its_anchor():
    _, start, length = draw()
    (anchor_start, start), (anchor_length, length) = (x[: 2 * len(ANCHORS)].chunk(2) for x in (start, length))
    assert (start >= anchor_start).all()
    assert (start + length <= anchor_start + anchor_length).all()


def test_negatives_come_from_every_other_series_and_never_from_the_anchors_own():
    negatives = draw().row[2 * len(ANCHORS) :].view(len(ANCHORS), NEGATIVES)
    for anchor in range(4):
        assert negatives[anchor == ANCHORS].unique().tolist() == [series for series in range(4) if series != anchor]


def test_the_loss_is_the_papers_with_the_negatives_averaged():
    torch.manual_seed(0)
    anchor, positive, negatives = torch.randn(5, 8), torch.randn(5, 8), torch.randn(5, 3, 8)
    expected = 0.0
    for a, p, ns in zip(anchor, positive, negatives, strict=True):
        expected -= torch.log(torch.sigmoid(a @ p)) / 5
        expected -= sum(torch.log(torch.sigmoid(-a @ n)) for n in ns) / 3 / 5
    torch.testing.assert_close(triplet_loss(anchor, positive, negatives), expected)
