// The page of a server: rows are sent to the model, and the answer is drawn.


const showServer = ({ models }) => {
  if (!models.length) return section("No model", element("p", {}, "This server has no model yet: load one by POST /models, then load this page again."));
  const status = element("div", { role: "status" });
  const result = element("div", {});
  const form = new Form(models, (text, model, form) => ask(text, model, form, status, result));
  return [form.element, status, result];
};

class Form {
  constructor(models, onrows) {
    this.models = models;
    this.onrows = onrows;
    this.chosen = 0;
    this.ids = element("input", { type: "number", min: 0, value: models[0].hyperparameters["id-columns"] ?? 0, id: "ids" });
    this.file = element("input", { type: "file", id: "file", accept: ".csv,.txt,text/csv", onchange: () => this.send(this.file.files[0]) });
    this.pasted = element("textarea", { id: "pasted", rows: 4, spellcheck: "false", placeholder: "0.1,0.2,0.1,-0.3" });
    this.facts = element("div", {});
    const drop = element(
      "div",
      { class: "drop", ondragover: (event) => event.preventDefault(), ondrop: (event) => this.drop(event) },
      element("p", {}, element("label", { for: "file" }, "Drop a CSV file here, or choose one: "), this.file),
      element("p", {}, element("label", { for: "pasted" }, "Or paste rows:")),
      this.pasted,
      element("p", {}, element("button", { type: "button", onclick: () => this.paste() }, "Send the pasted rows")),
      details("Ids", element("p", {}, element("label", { for: "ids" }, "Columns before the numbers that are ids or times: "), this.ids)),
    );
    const names = models.map(({ name }) => name);
    const chooser = models.length > 1 ? choice("Model", names, (place) => this.choose(place)) : undefined;
    this.element = section("Ask the model", chooser, this.facts, drop);
    this.choose(0);
  }

  choose(place) {
    this.chosen = place;
    const { algorithm, columns, threshold, hyperparameters } = this.models[place];
    const names = columns.length ? [["columns", columns.join(", ")]] : [];
    const alarm = threshold === null ? [] : [["threshold", short(threshold)]];
    this.ids.value = hyperparameters["id-columns"] ?? 0;
    this.facts.replaceChildren(definitions([["algorithm", algorithm], ...names, ...alarm]), details("Hyperparameters", definitions(Object.entries(hyperparameters))));
  }

  drop(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) this.send(event.dataTransfer.files[0]);
  }

  paste() {
    this.send(new File([this.pasted.value], "pasted.csv"));
  }

  async send(file) {
    if (file) await this.onrows(file, this.models[this.chosen], Math.max(0, Math.floor(Number(this.ids.value))));
  }
}

// Send a file, and draw the answer or say what is wrong.
const ask = async (file, model, ids, status, result) => {
  result.replaceChildren();
  status.replaceChildren(element("p", {}, `${file.name}: the model is at work ...`));
  const started = performance.now();
  const text = (await file.text()).trimEnd();
  const hasHeader = beginsWithNames(text, ids);
  const type = `text/csv; header=${hasHeader ? "present" : "absent"}; ids=${ids}`;
  try {
    const response = await fetch(model.path, { method: "POST", body: text, headers: { "Content-Type": type, Accept: `text/csv; header=present; verbose=${model.verbose}` } });
    const body = await response.text();
    if (!response.ok) return showFault(JSON.parse(body).message, text, status);
    const answered = answeredOfRequest(parseCSV(text, ids, hasHeader), parseCSV(body.trimEnd(), ids, true), file.name, hasHeader, model);
    result.replaceChildren(...[showAnswered(answered, model)].flat());
    const seconds = (performance.now() - started) / 1000;
    const link = element("a", { href: URL.createObjectURL(new Blob([body], { type: "text/csv" })), download: `answer-${file.name}` }, "Download the answer as CSV");
    status.replaceChildren(element("p", {}, `${file.name}: ${plural(answered.size, "row")} answered and drawn in ${short(seconds)} s. `, link));
  } catch (error) {
    status.replaceChildren(element("p", { class: "fault", role: "alert" }, `The server did not answer, or not as expected: ${error.message}.`));
  }
  return undefined;
};

const answeredOfRequest = (given, answer, name, hasHeader, model) => {
  const width = answer.header.length;
  const column = (place) => Float32Array.from(answer.lengths, (_, row) => answer.values[row * width + place]);
  return new Answered({
    title: name,
    total: given.lengths.length,
    first: 1 + Number(hasHeader),
    origin: (row) => `row ${whole(row + 1 + Number(hasHeader))}`,
    ids: (row) => given.ids[row] ?? [],
    columns: given.header ?? model.columns,
    lengths: given.lengths,
    values: given.values,
    answers: new Map(answer.header.map((each, place) => [each, column(place)])),
  });
};

// The sentence of a fault, and the rows that it names.
const showFault = (message, text, status) => {
  const row = Number(/\brows? ([\d,]+)/.exec(message)?.[1].replaceAll(",", ""));
  const lines = text.split("\n");
  const first = Math.max(0, row - 3);
  const shownLines = row <= lines.length ? lines.slice(first, row + 2) : [];
  const rows = shownLines.map((each, place) => {
    const number = first + place + 1;
    const content = `${number}: ${each.slice(0, 200)}${each.length > 200 ? " ..." : ""}\n`;
    return number === row ? element("mark", {}, content) : content;
  });
  status.replaceChildren(element("div", { class: "fault", role: "alert" }, element("p", {}, message), rows.length ? element("pre", { tabindex: "0" }, rows) : ""));
};
