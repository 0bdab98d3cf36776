import torch

from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_losses

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
    for part in (slice(0, 1), slice(1, 2), slice(2, None)):
        reached = torch.zeros(4, 12)
        for r, s, n in zip(*(each[:, part].flatten() for each in (row, start, length)), strict=True):
            reached[r, s : s + n] += 1
        assert ((reached > 0) == (torch.arange(12) < LENGTHS[:, None])).all()


def test_every_length_is_drawn():
    row, _, length = draw()
    for series, longest in enumerate(LENGTHS.tolist()):
        assert length[row == series].unique().tolist() == list(range(1, longest + 1))


def test_a_positive_lies_inside_its_anchor():
    _, start, length = draw()
    (anchor_start, start), (anchor_length, length) = (x[:, :2].T for x in (start, length))
    assert (start >= anchor_start).all()
    assert (start + length <= anchor_start + anchor_length).all()


def test_negatives_come_from_every_other_series_and_never_from_the_anchors_own():
    negatives = draw().row[:, 2:]
    for anchor in range(4):
        assert negatives[anchor == ANCHORS].unique().tolist() == [series for series in range(4) if series != anchor]


def test_the_loss_is_the_papers_with_the_negatives_averaged():
    torch.manual_seed(0)
    features = torch.randn(5, 2 + 3, 8)
    for loss, (anchor, positive, *negatives) in zip(triplet_losses(features), features, strict=True):
        expected = -torch.log(torch.sigmoid(anchor @ positive))
        expected -= sum(torch.log(torch.sigmoid(-anchor @ negative)) for negative in negatives) / 3
        torch.testing.assert_close(loss, expected)
