"""What a page says of each hyperparameter's effect on the result and on the cost, and of each metric's meaning.

What a hyperparameter is, is said in its declaration, which the page quotes.
"""

from seriesbox.cnn_kmeans.estimator import SCORED_SERIES

EFFECTS = {
    "model": "You can leave it out: there is no other value.",
    # CNN-KMeans
    "clusters": "More clusters divide the series more finely, at hardly any cost.",
    "algorithm": "Both find the same clusters, up to rounding. `elkan` is faster where clusters lie far apart, and "
    "needs more memory.",
    "blocks": "More blocks let the network see exponentially more steps at once; time grows in proportion.",
    "filters": "More filters tell finer shapes apart; time grows with their square, memory in proportion.",
    "kernel-size": "A wider kernel sees more steps at once; time grows in proportion.",
    "reduced-size": "More channels tell more shapes apart; only the last block takes longer.",
    "output-size": "More features describe a series in more detail; answers get longer, training hardly takes longer.",
    "negative-samples": "More negatives make training steadier; time grows in proportion for short series, and hardly "
    "for long ones.",
    "scaling": "`dataset` keeps differences in level and size, `series` compares shapes alone, `step` suits series "
    "that all start at the same event; the cost is the same.",
    # LSTM-AD
    "context-length": "A longer context shows slower patterns; one whole period is best. Time grows in proportion, and "
    "that many rows at the start of a file have no score.",
    "prediction-length": "Short forecasts are the most exact, long ones notice what unfolds slowly; the longer they "
    "are, the less time predicting takes.",
    "sequence-stride": "A longer stride gives fewer windows to learn from; the time of an epoch falls in proportion.",
    "hidden-size": "More units learn richer patterns; time grows with their square.",
    "num-layers": "More layers combine simple patterns into complex ones; time grows in proportion.",
    "dropout": "More dropout guards against learning noise by heart, and needs more epochs.",
    # Both
    "lr": "A higher rate learns in fewer epochs; too high a rate learns nothing. The cost of an epoch is the same.",
    "batch-size": "Larger batches make fewer and steadier steps, and use the cores better; memory grows in proportion.",
    "epochs": "More epochs improve the model until the validation loss no longer falls; time grows in proportion.",
    "patience": "It saves the time of useless epochs. It needs the `validation` channel.",
    "max-seconds": "It limits time and cost; the model has learnt less.",
    "seed": "Another seed gives another, equally good model at the same cost.",
}

METRICS = {
    # CNN-KMeans
    "train_loss": "mean triplet loss of the epoch's steps",
    "train_score": "silhouette of the clusters, from -1 to 1: how much nearer a series is to its own cluster than to "
    f"the next one. It and both validation metrics are of at most {SCORED_SERIES:,} series",
    "valid_loss": "triplet loss of the `validation` channel",
    "valid_score": "silhouette of the `validation` channel in the clusters of the `training` channel",
    # LSTM-AD
    "train_mse": "mean squared error of the forecasts, of scaled values, on the part of every file that the network is "
    "fitted to",
    "train_mae": "mean absolute error of the same",
    "valid_mse": "mean squared error of the forecasts, of scaled values, on the `validation` channel",
    "valid_mae": "mean absolute error of the same",
}
