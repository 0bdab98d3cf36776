// Charts one below the other with rows on one common axis: drag to zoom, the wheel and the keyboard too.

const STEP = 0.25; // of what is seen, that a key or a button moves
const FACTOR = 2;
let timelines = 0; // the charts of each move together

// Return an element with the panels, each {label, ...} for `figure`, of rows that are numbered from `start`. Its
// `show(first, last)` zooms to these numbers, and its `redraw()` draws all again. `onrow(row)` is called with the place
// of the row under the pointer.
const timeline = (panels, start, rows, onrow) => {
  const end = start + rows - 1;
  timelines++;
  let seen = [start, end];
  const x = Float64Array.from({ length: rows }, (_, row) => start + row);

  const show = (first, last) => {
    const width = Math.min(Math.max(last - first, 4), end - start);
    const from = Math.min(Math.max(first, start), end - width);
    seen = [from, from + width];
    for (const each of figures) each.chart.setScale("x", { min: seen[0], max: seen[1] });
  };
  const move = (share) => show(seen[0] + share * (seen[1] - seen[0]), seen[1] + share * (seen[1] - seen[0]));
  const zoom = (factor, at = 0.5) => {
    const [middle, width] = [seen[0] + at * (seen[1] - seen[0]), (seen[1] - seen[0]) * factor];
    show(middle - at * width, middle + (1 - at) * width);
  };
  const actions = {
    ArrowLeft: () => move(-STEP),
    ArrowRight: () => move(STEP),
    "+": () => zoom(1 / FACTOR),
    "-": () => zoom(FACTOR),
    Home: () => show(start, end),
  };
  const buttons = Object.entries({
    "◀ Left": "ArrowLeft",
    "Right ▶": "ArrowRight",
    "+ Zoom in": "+",
    "− Zoom out": "-",
    "Show all": "Home",
  });

  const select = (chart) => {
    if (chart.select.width > 0)
      show(chart.posToVal(chart.select.left, "x"), chart.posToVal(chart.select.left + chart.select.width, "x"));
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  };
  const figures = panels.map(({ label, hooks = {}, ...panel }) =>
    figure(label, {
      x,
      ...panel,
      cursor: {
        y: false,
        sync: { key: `rows ${timelines}`, setSeries: false },
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
        bind: { dblclick: () => null },
      },
      hooks: {
        ...hooks,
        setSelect: [select],
        setCursor: [(chart) => chart.cursor.idx !== null && chart.cursor.left >= 0 && onrow(chart.cursor.idx)],
      },
    }),
  );
  for (const each of figures) {
    const over = each.chart.over;
    over.addEventListener("dblclick", () => show(start, end));
    over.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.shiftKey) return; // else the page could not be scrolled
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1 / FACTOR : FACTOR, event.offsetX / over.clientWidth);
    });
  }
  const made = element(
    "div",
    {
      class: "timeline",
      tabindex: "0",
      role: "group",
      "aria-label": "Charts by row: arrow keys move, + and - zoom, Home shows all",
      onkeydown: (event) => {
        if (!actions[event.key] || event.target !== made) return;
        event.preventDefault();
        actions[event.key]();
      },
    },
    element(
      "div",
      { class: "buttons" },
      buttons.map(([name, key]) => element("button", { type: "button", onclick: actions[key] }, name)),
    ),
    figures,
    element("p", { class: "hint" }, "Drag to zoom; Ctrl and the wheel zoom too, a double click shows all."),
  );
  show(start, end);
  return Object.assign(made, {
    show,
    redraw: () => figures.forEach((each) => each.chart.redraw(false)),
    seen: () => seen,
  });
};
