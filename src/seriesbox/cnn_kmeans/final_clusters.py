"""The clusters of a model whose encoder is trained."""

from functools import partial

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.clustering import SCORED_SERIES, Clustering, choose_number, fit_clustering
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.gathered_features import gather_features
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.members import Members
from seriesbox.run import Run

# K-Means holds the features of its series, and takes longer the more there are: it is fitted to at most this many.
CLUSTERED_SERIES, RESTARTS = 100_000, 10
# Time steps of the series that K-Means is fitted to if training is stopped, but six series: half may be taken.
QUICK_STEPS = 200_000


def find_clusters(
    encoder: Encoder, train: SeriesChannel, sizes: CNNKMeansHyperparameters, run: Run
) -> tuple[Clustering, Members]:
    """Return the clusters of the series of all processes, or of fewer if the run is stopped, and what they consist of.

    Their number is chosen if it is not given.
    """

    def find(max_series: int, restarts: int) -> tuple[Clustering, Members]:
        features = gather_features(encoder, train.sample(max_series), sizes, run)
        count = sizes.clusters or choose_number(features, sizes, restarts, run)
        clusters = fit_clustering(features, count, sizes, restarts, run, run.listener)
        stride = train.series_shard.stride_for(max_series)
        return clusters, Members.of(clusters.normalize(features), clusters.centroids, stride)

    few = max(2 * sizes.clusters, 6, min(SCORED_SERIES, QUICK_STEPS // train.steps))
    return run.or_quickly(partial(find, CLUSTERED_SERIES, RESTARTS), partial(find, few, 1))
