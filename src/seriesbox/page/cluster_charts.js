// The charts of clusters.

const MAPPED = 3000;

// A cluster as its medoid, its median and band, and some members. A click picks the member nearest to the pointer.
const clusterPanel = (clustered, label, pick) => {
  const members = clustered.drawn(label, MEMBERS);
  const lines = members.map((series) => clustered.values(series));
  const measured = clustered.drawn(label, MEASURED).map((series) => clustered.values(series));
  const medoid = clustered.medoid(label);
  const steps = Math.max(1, medoid.length, ...measured.map((values) => values.length));
  const padded = (values) => drawable(Float64Array.from({ length: steps }, (_, step) => values[step] ?? NaN));
  const [low, middle, high] = quantilesByStep(measured, steps, [0.1, 0.5, 0.9]).map(padded);
  const tint = () => clusterColor(label);
  const own = (values, options) => ({ ...line("ink"), stroke: tint, values, ...options });
  const size = plural(clustered.size(label), "series", "series");
  const text = `Cluster ${label}: ${size}, of which ${whole(lines.length)} are drawn.`;
  const made = figure(text, {
    legend: [
      [`cluster-${label % PALETTE}`, "members, their median (thick), and the band of four fifths"],
      ["ink", "the medoid"],
    ],
    x: clustered.steps(steps),
    series: [
      own(high, { width: 0 }),
      own(low, { width: 0 }),
      ...lines.map((values) => own(padded(values), { width: 0.5, alpha: 0.5 })),
      own(middle, { width: 3 }),
      own(padded(medoid), { stroke: () => color("ink"), width: 1.5 }),
    ],
    bands: [{ series: [1, 2], fill: () => color("soft") }],
    xLabel: "step",
  });
  made.chart.over.addEventListener("click", () => {
    const { idx, top } = made.chart.cursor;
    if (idx === null || !lines.length) return;
    const value = made.chart.posToVal(top, "y");
    const away = Float64Array.from(lines, (values) => Math.abs((values[idx] ?? NaN) - value));
    const nearest = argmin(away);
    if (nearest >= 0) pick(members[nearest]);
  });
  return element("div", {}, element("h3", {}, `Cluster ${label}`), made);
};

// By quantile, its value at every step that half of the series have.
const quantilesByStep = (series, steps, shares) => {
  const quantiles = shares.map(() => new Float64Array(steps).fill(NaN));
  for (let step = 0; step < steps; step++) {
    const values = known(series.filter((each) => each.length > step).map((each) => each[step])).sort();
    if (2 * values.length >= series.length && values.length)
      shares.forEach((share, place) => (quantiles[place][step] = quantile(values, share)));
  }
  return quantiles;
};

// All series in the plane in which their features differ most. The pointer tells which is which, a click picks it.
const featureMap = (clustered, pick) => {
  const { answered, labels } = clustered;
  const series = spread(answered.size, MAPPED);
  const columns = answered.after("feature_").map((name) => answered.answer(`feature_${name}`));
  const [across, up] = principalPlaces(columns.map((column) => series.map((each) => column[each])));
  const order = Array.from(series.keys()).sort((a, b) => across[a] - across[b]);
  const x = Float64Array.from(order, (place) => across[place]);
  const ofCluster = (label) => order.map((place) => (labels[series[place]] === label ? up[place] : null));
  const readout = element("p", { class: "readout" }, "Point at a series.");
  let nearest = -1;
  const find = (chart) => {
    const { left, top } = chart.cursor;
    if (left < 0) return;
    const away = order.map((place) =>
      Math.hypot(chart.valToPos(across[place], "x") - left, chart.valToPos(up[place], "y") - top),
    );
    nearest = series[order[argmin(away)]];
    const [distance, margin] = [clustered.distances, answered.answer("margin")].map((each) => short(each[nearest]));
    const place = `${answered.origin(nearest)}: cluster ${labels[nearest]}`;
    readout.textContent = `${place}, distance ${distance}, margin ${margin}`;
  };
  const made = figure("The features of every series, in the plane in which they differ most (principal components).", {
    x,
    legend: clustered.members.slice(0, PALETTE).map((_, label) => [`cluster-${label}`, `cluster ${label}`]),
    series: clustered.members.map((_, label) => ({ ...dots(() => clusterColor(label), 6), values: ofCluster(label) })),
    height: 340,
    hooks: { setCursor: [find] },
  });
  made.chart.over.addEventListener("click", () => nearest >= 0 && pick(nearest));
  const repeated = element(
    "p",
    { class: "hint" },
    `Colours repeat after ${PALETTE} clusters: point at a series to see its own.`,
  );
  return [made, readout, clustered.count > PALETTE ? repeated : ""];
};

// One series beside the medoid of its cluster.
const seriesDetails = (clustered, series) => {
  const { answered, labels } = clustered;
  const answer = (name) => short(answered.answer(name)[series]);
  const label = labels[series];
  const facts = definitions([
    ["series", [answered.origin(series), ...answered.ids(series)].join(", ")],
    ["cluster", `${label} (the next one is ${answer("second")})`],
    ["distance from the centroid", answer("distance")],
    ["margin", `${answer("margin")} (1 is sure, 0 on the fence)`],
  ]);
  const values = clustered.values(series);
  if (!values.length) return section("One series", facts, element("p", {}, "The report has no values of this series."));
  const medoid = clustered.medoid(label);
  const steps = Math.max(values.length, medoid.length);
  const padded = (each) => drawable(Float64Array.from({ length: steps }, (_, step) => each[step] ?? NaN));
  const chart = figure("The series beside its cluster.", {
    legend: [
      [`cluster-${label % PALETTE}`, "the series"],
      ["ink", "the medoid of its cluster"],
    ],
    x: clustered.steps(steps),
    series: [
      { ...line("ink"), values: padded(medoid) },
      { ...line("ink"), stroke: () => clusterColor(label), width: 2, values: padded(values) },
    ],
    xLabel: "step",
  });
  const written = details(
    "Its values",
    element("p", { class: "values" }, Array.from(answered.row(series), short).join(", ")),
  );
  return section("One series", facts, chart, written);
};
