// Charts, drawn by uPlot in the colours of the page.

const PALETTE = 8; // colours of clusters in style.css, which repeat
const shown = new Set();

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const clusterColor = (label) => color(`cluster-${label % PALETTE}`);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown.forEach((chart) => chart.redraw()));

const axis = (label, options = {}) => ({
  ...(label ? { label, labelSize: 18, labelFont: "12px system-ui" } : {}),
  font: "12px system-ui",
  stroke: () => color("muted"),
  grid: { stroke: () => color("line"), width: 1 },
  ticks: { stroke: () => color("line"), width: 1 },
  ...options,
});

const line = (stroke, options = {}) => ({
  stroke: () => color(stroke),
  width: 1.5,
  points: { show: false },
  ...options,
});
const dots = (stroke, size) => ({
  stroke,
  fill: stroke,
  paths: () => null,
  points: { show: true, size, width: 0, stroke, fill: stroke },
});

// Missing values as uPlot wants them.
const drawable = (values) => {
  if (!values.some(Number.isNaN)) return values;
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
};

// The limits of a vertical axis: the range of what is seen, and some room.
const roomy = (chart, low, high) => {
  if (low === null || !Number.isFinite(low)) return [0, 1];
  const room = 0.06 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
};

// Forget the charts in an element that is going to be replaced.
const forget = (holder) => {
  for (const chart of shown) {
    if (!holder.contains(chart.root)) continue;
    shown.delete(chart);
    chart.destroy();
  }
};

const replace = (holder, ...children) => {
  forget(holder);
  holder.replaceChildren(...children.flat(Infinity));
};

// What a colour of a chart stands for.
const swatch = ([name, text]) => [" ", element("span", { class: `swatch ${name}` }), ` ${text}`];

// Return a figure with a chart of {x, series: [{values, ...line}], bands}. `label` says what it shows, also to a reader
// who does not see it, and `legend` has pairs of a colour and what it stands for. The figure's `chart` is uPlot's.
const figure = (label, { x, series, legend = [], bands = [], height = 220, xLabel = "", yLabel = "", ...options }) => {
  const target = element("div", { class: "chart", role: "img", "aria-label": label });
  const chart = new uPlot(
    {
      width: 300,
      height,
      legend: { show: false },
      scales: { x: { time: false }, y: { range: roomy } },
      axes: [axis(xLabel, { size: 30 }), axis(yLabel, { size: 54 })],
      series: [{}, ...series.map(({ values, ...look }) => look)],
      bands,
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      ...options,
    },
    [x, ...series.map((each) => each.values)],
    target,
  );
  shown.add(chart);
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0 && width !== chart.width) chart.setSize({ width, height });
  }).observe(target);
  const made = element("figure", {}, target, element("figcaption", {}, label, legend.map(swatch)));
  made.chart = chart;
  return made;
};

// Return a figure of counts of values in bins, with a mark at `value()`.
const histogram = (label, values, xLabel, value) => {
  const sorted = known(values).sort();
  const low = Math.min(quantile(sorted, 0.001), Math.max(value(), sorted[0]));
  const high = sorted[sorted.length - 1];
  const bins = 60;
  const width = (high - low) / bins || 1;
  const counts = new Float64Array(bins);
  for (const each of sorted) counts[Math.max(0, Math.min(bins - 1, Math.floor((each - low) / width)))]++;
  return figure(label, {
    x: counts.map((_, bin) => low + (bin + 0.5) * width),
    series: [
      {
        ...line("accent"),
        values: counts,
        fill: () => color("soft"),
        paths: uPlot.paths.bars({ size: [1, Infinity] }),
      },
    ],
    legend: [["alarm", "the threshold"]],
    xLabel,
    yLabel: "rows",
    hooks: { draw: [(chart) => drawMark(chart, value())] },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, most * 1.05] } },
  });
};

// Draw an upright line at a place of the horizontal axis, if that is seen.
const drawMark = (chart, value) => {
  const { left, top, width, height } = chart.bbox;
  const place = chart.valToPos(value, "x", true);
  if (place < left || place > left + width) return;
  chart.ctx.fillStyle = color("alarm");
  chart.ctx.fillRect(place - 1, top, 2, height);
};
