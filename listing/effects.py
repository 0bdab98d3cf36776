"""What every hyperparameter does to the result and to the cost: beside its description, which is the code's."""

EFFECTS = {
    "model": "It has one value, and need not be given.",
    # CNN-KMeans
    "clusters": "More clusters are finer ones; they cost next to nothing.",
    "algorithm": "Both find the same clusters but for rounding; `elkan` saves distances where clusters lie far apart, "
    "and takes more memory.",
    "blocks": "One more doubles the steps that the network sees at once, and costs as much as the one before it.",
    "filters": "More tell finer shapes apart; the time of a step grows with their square, its memory in proportion.",
    "kernel-size": "Wider ones see more steps at once; time grows in proportion.",
    "reduced-size": "More let more shapes be told apart; only the last block's time grows.",
    "output-size": "More describe a series in more detail, and make every answer longer; training costs hardly more.",
    "negative-samples": "More make training steadier; short series cost in proportion, long ones hardly more.",
    "scaling": "`dataset` keeps differences in level and size, `series` looks at shape alone, `step` suits series that "
    "all start at the same event; the cost is the same.",
    # LSTM-AD
    "context-length": "Longer ones see slower patterns, a whole period at best; time grows in proportion, and so many "
    "rows at the start of a file have no score.",
    "prediction-length": "Short ones forecast best, long ones notice what unfolds slowly; predicting takes less time "
    "the longer they are.",
    "sequence-stride": "Longer ones leave fewer windows to learn from, and an epoch takes less time in proportion.",
    "hidden-size": "More learn richer patterns; time grows with their square.",
    "num-layers": "More learn patterns of patterns; time grows in proportion.",
    "dropout": "More keeps noise from being learnt by heart, and takes more epochs.",
    # Both
    "lr": "Higher ones learn in fewer epochs, too high ones not at all; an epoch costs the same.",
    "batch-size": "More make fewer and steadier steps and use the cores better; memory grows in proportion.",
    "epochs": "More learn longer, until the validation loss no longer falls; time grows in proportion.",
    "patience": "It ends a training that no longer gains, and so saves time; it needs the `validation` channel.",
    "max-seconds": "It bounds the cost; the model is then what has been learnt so far.",
    "seed": "Another one gives another model, as good within chance; the cost is the same.",
}
