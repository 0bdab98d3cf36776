// The charts of scored rows.

const CURVE_POINTS = 500;

const forecastOf = (scored) => scored.answered.answer(`forecast_${scored.columns[scored.column]}`);

// The values of one column with the forecast and its band, and the scores below.
const scorePanels = (scored) => {
  const { answered, column } = scored;
  const forecast = forecastOf(scored);
  const width = answered.answer(`expected_error_${scored.columns[column]}`);
  const band = (sign) => drawable(forecast.map((value, row) => value + sign * width[row]));
  const values =
    scored.columns.length === 1 && answered.values.length === answered.size ? answered.values : answered.column(column);
  const events = (chart) => drawEvents(chart, scored);
  return [
    {
      label: `${scored.name(column)} by row.`,
      legend: [
        ["ink", "value"],
        ["accent", "forecast"],
        ["band", "where values are expected"],
        ["event", "events"],
        ...(answered.labels ? [["label", "labelled anomalies"]] : []),
      ],
      height: 260,
      series: [
        { ...line("band"), values: band(1), width: 0 },
        { ...line("band"), values: band(-1), width: 0 },
        { ...line("accent"), values: drawable(forecast) },
        { ...line("ink"), values: drawable(values) },
      ],
      bands: [{ series: [1, 2], fill: () => color("band") }],
      hooks: { drawClear: [events] },
    },
    {
      label: "The score by row.",
      legend: [
        ["ink", "score"],
        ["alarm", "threshold: a row below it is an anomaly"],
      ],
      height: 180,
      series: [{ ...line("ink"), values: drawable(scored.scores) }],
      scales: {
        x: { time: false },
        y: { range: (chart, low, high) => roomy(chart, low === null ? low : Math.min(low, scored.threshold), high) },
      },
      xLabel: "row",
      hooks: { drawClear: [events], draw: [(chart) => drawThreshold(chart, scored.threshold)] },
    },
  ];
};

const drawThreshold = (chart, threshold) => {
  const place = chart.valToPos(threshold, "y", true);
  if (place < chart.bbox.top || place > chart.bbox.top + chart.bbox.height) return;
  chart.ctx.fillStyle = color("alarm");
  chart.ctx.fillRect(chart.bbox.left, place - 1, chart.bbox.width, 2);
};

// Shade the labelled rows and the events.
const drawEvents = (chart, { events, answered: { labels, size, first: start } }) => {
  const shade = (first, last) => {
    const [from, to] = [first - 0.5, last + 0.5].map((row) => chart.valToPos(start + row, "x", true));
    const left = Math.max(from, chart.bbox.left);
    const right = Math.min(to, chart.bbox.left + chart.bbox.width);
    if (right > left) chart.ctx.fillRect(left, chart.bbox.top, Math.max(right - left, 2), chart.bbox.height);
  };
  if (labels) {
    chart.ctx.fillStyle = color("label");
    for (let row = 0, first = -1; row <= size; row++) {
      if (labels[row] === 1 && first < 0) first = row;
      if (labels[row] !== 1 && first >= 0) [first] = [-1, shade(first, row - 1)];
    }
  }
  chart.ctx.fillStyle = color("event");
  for (const event of events) shade(event.first, event.last);
};

// A small chart for each of the lowest scores.
const worstCharts = (scored, go) => {
  const { answered } = scored;
  const forecast = forecastOf(scored);
  const charts = worstRows(scored.scores, WORST, AROUND).map((row) => {
    const [first, end] = [Math.max(0, row - AROUND), Math.min(answered.size, row + AROUND)];
    const [, column] = scored.blamed(row);
    const values = Float64Array.from({ length: end - first }, (_, place) => answered.row(first + place)[column]);
    const label = `Score ${short(scored.scores[row])} at ${answered.origin(row)}`;
    const chart = figure(label, {
      x: values.map((_, place) => answered.first + first + place),
      series: [
        {
          ...line("accent"),
          values: drawable(answered.answer(`forecast_${scored.columns[column]}`).slice(first, end)),
        },
        { ...line("ink"), values: drawable(values) },
      ],
      height: 130,
      hooks: { drawClear: [(each) => drawEvents(each, scored)] },
    });
    return element(
      "div",
      {},
      chart,
      element("button", { type: "button", onclick: () => go(row, row) }, "Show its rows"),
    );
  });
  return element("div", { class: "grid" }, charts);
};

// Precision and recall over the threshold.
const precisionFigure = (scored) => {
  const curve = precisionAndRecall(scored.scores, scored.answered.labels);
  const places = spread(curve.thresholds.length, CURVE_POINTS);
  const [x, precision, recall] = [curve.thresholds, curve.precision, curve.recall].map((each) =>
    places.map((place) => each[place]),
  );
  const chart = figure("Precision and recall of rows over the threshold.", {
    x,
    legend: [
      ["ink", "precision"],
      ["accent", "recall"],
      ["alarm", "the model's threshold"],
    ],
    series: [
      { ...line("ink"), values: precision },
      { ...line("accent"), values: recall },
    ],
    xLabel: "threshold",
    scales: { x: { time: false }, y: { range: [0, 1.05] } },
    hooks: { draw: [(each) => drawMark(each, scored.own)] },
  });
  return [element("h3", {}, "Labelled rows"), ...paragraphs(labelSentences(scored)), chart];
};
