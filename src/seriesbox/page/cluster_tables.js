// The sentences and tables of clusters.

const GIANT = 0.9;
const UNSURE = 0.2; // mean margin, below which two clusters are hardly two
const MANY_OUTLIERS = 0.05;
const FEW = 5; // series for each cluster

const seriesOf = (count) => plural(count, "series", "series");

const clusterSentences = (clustered) => {
  const { answered, count, total } = clustered;
  const sizes = clustered.members.map((_, label) => clustered.size(label));
  const largest = sizes.indexOf(Math.max(...sizes));
  const empty = sizes.filter((size) => !size).length;
  const margins = answered.answer("margin");
  const outliers = clustered.outliers.length;
  const sentences = [
    `${seriesOf(total)} in ${plural(count, "cluster")}: cluster ${largest} has ${percent(sizes[largest] / total)}.`,
  ];
  if (clustered.described && answered.size < total)
    sentences.push(`Drawn and listed are ${seriesOf(answered.size)}, chosen at random.`);
  if (empty) sentences.push(`${plural(empty, "cluster")} ${empty === 1 ? "has" : "have"} no series here.`);
  if (answered.size < FEW * count) return sentences; // which say little of the model
  if (sizes[largest] > GIANT * total && count > 1)
    sentences.push(
      "One cluster has nearly all: try more clusters, `scaling` series if only shapes matter, or more epochs.",
    );
  if (mean(margins) < UNSURE)
    sentences.push(
      `The mean margin is ${short(mean(margins))}: most series lie between two clusters. ` +
        "Fewer clusters or more training may separate them.",
    );
  sentences.push(
    outliers > MANY_OUTLIERS * answered.size
      ? `${seriesOf(outliers)} ${outliers === 1 ? "fits" : "fit"} nowhere (${percent(outliers / answered.size)}): ` +
          "they are unlike those of the training, or there are too few clusters."
      : `${seriesOf(outliers)} of ${whole(answered.size)} ${outliers === 1 ? "fits" : "fit"} nowhere.`,
  );
  return sentences;
};

const clusterTable = (clustered) => {
  const { answered, described, distances, total } = clustered;
  const margins = answered.answer("margin");
  const outlier = answered.answer("outlier");
  const rows = clustered.members.map((members, label) => {
    const size = clustered.size(label);
    const of = (values) => (members.length ? short(mean(members.map((series) => values[series]))) : "");
    const nearest = described
      ? `${described[label].file}, row ${described[label].row}`
      : members.length
        ? answered.origin(members[0])
        : "";
    const silhouette = described ? [short(described[label].silhouette ?? NaN)] : [];
    const away = members.filter((series) => outlier[series] === 1).length;
    return [label, whole(size), percent(size / total), of(distances), of(margins), ...silhouette, away, nearest];
  });
  const head = [
    "cluster",
    "series",
    "share",
    "mean distance",
    "mean margin",
    ...(described ? ["silhouette"] : []),
    "fit nowhere",
    "medoid",
  ];
  return table("Clusters", head, rows);
};

// The classes of a `test` channel against the clusters.
const classTable = (clustered) => {
  const { answered, labels } = clustered;
  const classes = [...new Set(answered.labels)].sort((a, b) => a - b);
  const rows = classes.map((each) => [
    short(each),
    ...clustered.members.map(
      (_, label) => labels.filter((own, series) => own === label && answered.labels[series] === each).length,
    ),
  ]);
  return table(
    "Series of each class by cluster",
    ["class", ...clustered.members.map((_, label) => `cluster ${label}`)],
    rows,
  );
};

const outlierTable = (clustered, pick) => {
  const { answered, distances, labels } = clustered;
  const listed = clustered.outliers.slice(0, LISTED_SERIES);
  if (!listed.length)
    return element("p", {}, "None: every series lies as near to its cluster as those of the training.");
  const rows = listed.map((series) => [
    answered.origin(series),
    labels[series],
    short(distances[series]),
    short(answered.answer("margin")[series]),
  ]);
  return table("The farthest first", ["series", "nearest cluster", "distance", "margin"], rows, (number) =>
    pick(listed[number]),
  );
};
