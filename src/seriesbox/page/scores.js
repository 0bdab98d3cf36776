// Scored rows: the recording with its forecast, the scores, and the events below a threshold that can be moved.

const WORST = 10;
const LISTED = 100; // events in the table
const AROUND = 60; // rows shown beside an event, on either side

class Scored {
  constructor(answered, model) {
    Object.assign(this, {
      answered,
      gap: model.hyperparameters["event-gap"] || model.hyperparameters["context-length"],
      own: model.threshold,
    });
    this.scores = answered.answer("score");
    this.sorted = Float32Array.from(this.scores)
      .filter((score) => !Number.isNaN(score))
      .sort();
    this.columns = answered.after("forecast_");
    this.column = 0;
    this.setThreshold(this.own);
  }

  setThreshold(threshold) {
    this.threshold = threshold;
    this.alarms = countBelow(this.sorted, threshold);
    this.events = eventsOf(this.scores, threshold, this.gap);
  }

  // The threshold with this many alarms.
  thresholdOf(alarms) {
    return alarms < this.sorted.length ? this.sorted[alarms] : this.sorted[alarms - 1] + 1;
  }

  name(column) {
    return this.answered.columns[column] ?? `column ${this.columns[column]}`;
  }

  // The column that has the largest share of a row's surprise, with that.
  blamed(row) {
    const shares = this.columns.map((name) => this.answered.answer(`share_${name}`));
    return shares
      .map((share, column) => [share[row], column])
      .reduce((most, each) => (each[0] > most[0] ? each : most), [-1, 0]);
  }
}

const showScores = (answered, model) => {
  const scored = new Scored(answered, model);
  if (!scored.sorted.length)
    return section(answered.title, element("p", {}, "No row has a score: the recording is no longer than a context."));
  const summary = element("div", { class: "summary", "aria-live": "polite" });
  const found = element("div", {});
  const charts = element("div", {});
  const readout = element("p", { class: "readout" });
  const rows = element("div", { tabindex: "-1" });

  const describe = (row) => {
    const score = short(scored.scores[row]);
    const cell = short(answered.row(row)[scored.column]);
    const forecast = short(answered.answer(`forecast_${scored.columns[scored.column]}`)[row]);
    readout.textContent = `${answered.origin(row)}: value ${cell}, forecast ${forecast}, score ${score}`;
  };
  let lines;
  const draw = () => {
    lines = timeline(scorePanels(scored), answered.first, answered.size, describe);
    replace(charts, lines);
  };
  const go = (first, last) => {
    const width = Math.max(last - first, AROUND);
    lines.show(answered.first + first - width, answered.first + last + width);
    rows.replaceChildren(rowTable(scored, first, last));
    rows.focus({ preventScroll: true });
    charts.scrollIntoView({ block: "nearest" });
  };
  const bins = histogram("How many rows have which score.", scored.scores, "score", () => scored.threshold);
  const changed = () => {
    summary.replaceChildren(...paragraphs(scoreSentences(scored)));
    found.replaceChildren(eventTable(scored, go));
    lines?.redraw();
    bins.chart.redraw(false);
  };
  const slider = thresholdSlider(scored, changed);
  const columns = scored.columns.map((_, column) => scored.name(column));
  draw();
  changed();
  return section(
    answered.title,
    summary,
    slider,
    columns.length > 1 ? choice("Column", columns, (column) => ((scored.column = column), draw())) : undefined,
    charts,
    readout,
    rows,
    found,
    element("h3", {}, "The most anomalous stretches"),
    attempt(() => worstCharts(scored, go)),
    answered.labels ? attempt(() => precisionFigure(scored)) : undefined,
    element("h3", {}, "Scores"),
    bins,
    element("h3", {}, "Errors"),
    attempt(() => errorTables(scored)),
  );
};

// A slider over the number of alarms, finer where they are few, and a field for the threshold itself.
const thresholdSlider = (scored, changed) => {
  const [steps, most] = [1000, Math.log1p(scored.sorted.length)];
  const ofAlarms = (alarms) => Math.round((steps * Math.log1p(alarms)) / most);
  const slider = element("input", { type: "range", min: 0, max: steps, id: "threshold-slider" });
  const field = element("input", { type: "number", step: "any", "aria-label": "Threshold" });
  const update = (threshold) => {
    scored.setThreshold(threshold);
    slider.setAttribute("aria-valuetext", `${short(threshold)}, ${plural(scored.alarms, "anomaly", "anomalies")}`);
    changed();
  };
  const set = (threshold) => {
    field.value = Number(threshold.toPrecision(6));
    slider.value = ofAlarms(countBelow(scored.sorted, threshold));
    update(threshold);
  };
  slider.addEventListener("input", () => {
    const threshold = scored.thresholdOf(Math.round(Math.expm1((slider.value / steps) * most)));
    field.value = Number(threshold.toPrecision(6));
    update(threshold);
  });
  field.addEventListener("change", () => field.value !== "" && set(Number(field.value)));
  field.value = Number(scored.threshold.toPrecision(6));
  slider.value = ofAlarms(scored.alarms);
  return element(
    "div",
    { class: "threshold" },
    element("label", { for: "threshold-slider" }, "Threshold: fewer or more alarms"),
    slider,
    field,
    element("button", { type: "button", onclick: () => set(scored.own) }, "The model's own"),
  );
};
