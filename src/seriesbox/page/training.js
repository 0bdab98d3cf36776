// The report of a training: what was read, how it went, and the model's answer to what it has seen.

const TERMS = { score: "silhouette", mse: "mean squared error", mae: "mean absolute error" };
const FALLING = 0.02; // of the loss, in the last tenth of the epochs: training on would help

// The rows of a table that the training has written, as objects by the names of its columns.
const rowsOf = ({ columns, rows }) =>
  rows.map((row) => Object.fromEntries(columns.map((name, place) => [name, row[place]])));

const describedClusters = ({ clusters, medoids }) =>
  clusters &&
  rowsOf(clusters).map((cluster, label) => ({
    ...cluster,
    medoid: medoids ? medoids.rows[label].slice(1).filter((cell) => cell !== "" && cell !== null) : [],
  }));

const showTraining = (training) => {
  const { algorithm, history, channels, notes, metrics, sentences } = training;
  const answered = training.samples.map(answeredOfSample);
  const chosen = training.threshold === null ? {} : { threshold: training.threshold };
  const told = [
    ...(channels.length ? [list(channels)] : []),
    ...paragraphs(sentences),
    ...(notes.length ? [element("h3", {}, "Notes"), list(notes)] : []),
  ];
  return [
    told.length ? section(`A ${history.length ? "training" : "model"} of ${algorithm}`, told) : undefined,
    history.length
      ? section(
          "Epochs",
          attempt(() => epochCharts(history)),
        )
      : undefined,
    answered.map((each) => showAnswered(each, training, describedClusters(training.tables))),
    section(
      "The model",
      definitions([
        ["algorithm", algorithm],
        ...Object.entries({ ...metrics, ...chosen }).map(([name, value]) => [name, short(value)]),
      ]),
      details("Hyperparameters", definitions(Object.entries(training.hyperparameters))),
      element("h3", {}, "Ask it"),
      prose("p", "`model/` stands for the folder that a training job, `seriesbox fit` or `save` has written."),
      WAYS.map(([where, text]) => [
        element("p", {}, where),
        element("pre", { tabindex: "0" }, element("code", {}, text)),
      ]),
    ),
  ];
};

const WAYS = [
  ["In a shell:", "seriesbox predict model/ rows.csv"],
  ["In Python:", 'seriesbox.load("model/").predict(rows)'],
  [
    "In a browser at http://localhost:8080/, or over HTTP, while it is served:",
    `seriesbox serve model/  # or, from the image:
docker run --rm -v "$PWD/model":/opt/ml/model:ro -p 8080:8080 seriesbox serve

curl --data-binary @rows.csv -H 'Content-Type: text/csv' \\
    -H 'Accept: text/csv; verbose=true; header=present' localhost:8080/invocations`,
  ],
];

// A chart for each kind of metric: training and validation in one.
const epochCharts = (history) => {
  const names = Object.keys(history[0]).filter((name) => name.startsWith("train_"));
  const charts = names.map((name) => {
    const kind = name.slice("train_".length);
    const both = [`train_${kind}`, `valid_${kind}`].filter((each) => each in history[0]);
    const values = both.map((each) => drawable(Float64Array.from(history, (epoch) => epoch[each] ?? NaN)));
    return figure(`The ${TERMS[kind] ?? kind} by epoch.`, {
      legend: [
        ["ink", "training"],
        ["accent", "validation"],
      ].slice(0, both.length),
      x: Float64Array.from(history, ({ epoch }) => epoch),
      series: values.map((each, place) => ({
        ...line(["ink", "accent"][place]),
        values: each,
        points: { show: history.length < 40 },
      })),
      xLabel: "epoch",
      height: 180,
    });
  });
  return [...paragraphs(epochSentences(history)), element("div", { class: "grid" }, charts)];
};

const epochSentences = (history) => {
  const name = ["train_loss", "train_mse"].find((each) => each in history[0]);
  if (!name) return [];
  const losses = history.map((epoch) => epoch[name]);
  const before = losses[Math.floor(0.9 * (losses.length - 1))];
  const fall = (before - losses.at(-1)) / Math.abs(before);
  const sentences = [
    `${plural(history.length, "epoch")}: ${name} went from ${short(losses[0])} to ${short(losses.at(-1))}.`,
  ];
  if (losses.length < 5) sentences.push("A few epochs say little about where the loss is going: train longer to see.");
  else if (fall > FALLING)
    sentences.push("The loss was still falling at the end: more epochs (or min-updates) are likely to help.");
  else sentences.push("The loss had settled: more epochs alone are unlikely to change much.");
  const valid = name.replace("train", "valid");
  if (valid in history[0]) {
    const best = argmin(history.map((epoch) => epoch[valid] ?? NaN));
    if (best >= 0 && best < 0.7 * (history.length - 1))
      sentences.push(
        `${valid} was lowest after epoch ${history[best].epoch}: \`patience\` would have kept that model.`,
      );
  }
  return sentences;
};
