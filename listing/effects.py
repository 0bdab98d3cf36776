"""What every hyperparameter does to the result and to the cost, and what every metric says.

What a hyperparameter is, its own description tells, which is the code's.
"""

from seriesbox.cnn_kmeans.estimator import SCORED_SERIES

EFFECTS = {
    "model": "It has one value, so it need not be given.",
    # CNN-KMeans
    "clusters": "More clusters divide the series more finely; they cost next to nothing.",
    "algorithm": "Both find the same clusters, up to rounding. `elkan` computes fewer distances where clusters lie far "
    "apart, and needs more memory.",
    "blocks": "Each further block doubles the steps that the network sees at once; time grows in proportion.",
    "filters": "More filters tell finer shapes apart; time grows with their square, memory in proportion.",
    "kernel-size": "A wider kernel sees more steps at once; time grows in proportion.",
    "reduced-size": "More channels tell more shapes apart; only the time of the last block grows.",
    "output-size": "More features describe a series in more detail and make every answer longer; training takes hardly "
    "longer.",
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
    "lr": "A higher rate learns in fewer epochs, too high a one not at all; the time of an epoch is the same.",
    "batch-size": "Larger batches make fewer and steadier steps, and use the cores better; memory grows in proportion.",
    "epochs": "More epochs improve the model until the validation loss no longer falls; time grows in proportion.",
    "patience": "It ends a training that no longer improves, and so saves time; it needs the `validation` channel.",
    "max-seconds": "It bounds time and cost; the model is what has been learnt by then.",
    "seed": "Another seed gives another model, as good as the first within chance; the cost is the same.",
}

METRICS = {
    # CNN-KMeans
    "train_loss": "mean triplet loss of the epoch's steps",
    "train_score": "silhouette of the clusters, from -1 to 1: how much nearer a series is to its own cluster than to "
    f"the next one; on at most {SCORED_SERIES:,} series",
    "valid_loss": f"triplet loss of the `validation` channel, on at most {SCORED_SERIES:,} series",
    "valid_score": "silhouette of the `validation` channel in the clusters of the `training` channel, on at most "
    f"{SCORED_SERIES:,} series",
    # LSTM-AD
    "train_mse": "mean squared error of the forecasts, of scaled values, on the four fifths of every file that the "
    "network is fitted to",
    "train_mae": "mean absolute error of the same",
    "valid_mse": "mean squared error of the forecasts, of scaled values, on the `validation` channel",
    "valid_mae": "mean absolute error of the same",
}
