// Elements of the page.

const element = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined));
  return made;
};

// What `make` returns, or a sentence in its place: the rest can still be seen.
const attempt = (make) => {
  try {
    return make();
  } catch (error) {
    console.error(error);
    return element("p", { class: "fault" }, `This part could not be drawn: ${error.message}.`);
  }
};

const section = (title, ...children) => element("section", {}, element("h2", {}, title), ...children);

// A sentence with what stands in backquotes as code.
const prose = (tag, sentence) =>
  element(
    tag,
    {},
    sentence.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part)),
  );

const paragraphs = (sentences) => sentences.map((sentence) => prose("p", sentence));

const list = (sentences) =>
  element(
    "ul",
    {},
    sentences.map((sentence) => prose("li", sentence)),
  );

// A table. If `onrow` is given, the first cell of a row is a button that calls it with the row's number.
const table = (caption, head, rows, onrow) => {
  const body = rows.map((row, number) => {
    const [first, ...others] = row;
    const label = onrow
      ? element("button", { type: "button", onclick: () => onrow(number) }, String(first))
      : String(first);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, label),
      others.map((cell) => element("td", {}, String(cell))),
    );
  });
  const names = element(
    "tr",
    {},
    head.map((name) => element("th", { scope: "col" }, name)),
  );
  return element(
    "div",
    { class: "table", tabindex: "0", role: "group", "aria-label": caption },
    element("table", {}, element("caption", {}, caption), element("thead", {}, names), element("tbody", {}, body)),
  );
};

const choice = (label, options, onchange) => {
  const select = element("select", { onchange: () => onchange(select.selectedIndex) });
  select.append(...options.map((option) => element("option", {}, option)));
  return element("label", {}, `${label} `, select);
};

const definitions = (pairs) =>
  element(
    "dl",
    {},
    pairs.map(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))]),
  );

const details = (summary, ...children) => element("details", {}, element("summary", {}, summary), ...children);
