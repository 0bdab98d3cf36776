// The page of a server: rows are sent to a model, and the answer is drawn.

// Send a file, and draw the answer or say what is wrong.
const ask = async (file, model, ids, status, result) => {
  const say = (...content) => status.replaceChildren(element("p", {}, `${file.name}: `, ...content));
  const refuse = (...content) => status.replaceChildren(element("div", { class: "fault", role: "alert" }, ...content));
  result.replaceChildren();
  say("the model is at work ...");
  const started = performance.now();
  try {
    const text = (await file.text()).trimEnd();
    const hasHeader = beginsWithNames(text, ids);
    const type = `text/csv; header=${hasHeader ? "present" : "absent"}; ids=${ids}`;
    const accept = `text/csv; header=present; verbose=${model.verbose}`;
    const headers = { "Content-Type": type, Accept: accept };
    const response = await fetch(model.path, { method: "POST", body: text, headers });
    const body = await response.text();
    if (response.ok) {
      const [given, answer] = [parseCSV(text, ids, hasHeader), parseCSV(body.trimEnd(), ids, true)];
      const answered = answeredOfRequest(given, answer, file.name, model.columns);
      result.replaceChildren(...[showAnswered(answered, model)].flat());
      const seconds = short((performance.now() - started) / 1000);
      say(`${plural(answered.size, "row")} answered and drawn in ${seconds} s. `, download(body, file.name));
    } else {
      const { message } = JSON.parse(body);
      refuse(element("p", {}, message), namedRows(message, text));
    }
  } catch (error) {
    refuse(`The server did not answer, or not as expected: ${error.message}.`);
  }
};

const download = (body, name) => {
  const href = URL.createObjectURL(new Blob([body], { type: "text/csv" }));
  return element("a", { href, download: `answer-${name}` }, "Download the answer as CSV");
};

// The rows of a request with their answers. known: the names of the model's columns, by which a header is matched.
const answeredOfRequest = (given, answer, name, known) => {
  const [width, first] = [answer.header.length, given.header ? 2 : 1];
  const column = (place) => Float32Array.from(answer.lengths, (_, row) => answer.values[row * width + place]);
  return new Answered({
    title: name,
    total: given.lengths.length,
    first,
    origin: (row) => `row ${whole(row + first)}`,
    ids: (row) => given.ids[row] ?? [],
    columns: known.length ? known : (given.header ?? []),
    lengths: given.lengths,
    values: inOrder(given, known),
    answers: new Map(answer.header.map((each, place) => [each, column(place)])),
  });
};

// The cells with the columns in the order that the model knows.
const inOrder = ({ header, lengths, values }, known) => {
  const places = known.map((name) => header?.indexOf(name) ?? -1);
  if (places.includes(-1) || places.every((place, number) => place === number)) return values;
  return Float64Array.from({ length: lengths.length * places.length }, (_, cell) => {
    const row = Math.floor(cell / places.length);
    return values[row * places.length + places[cell % places.length]];
  });
};

// The rows that a fault names, with those beside them.
const namedRows = (message, text) => {
  const row = Number(/\brows? ([\d,]+)/.exec(message)?.[1].replaceAll(",", ""));
  const lines = text.split("\n");
  if (!(row <= lines.length)) return undefined;
  const first = Math.max(0, row - 3);
  const shown = lines.slice(first, row + 2).map((each, place) => {
    const number = first + place + 1;
    const content = `${number}: ${each.slice(0, 200)}${each.length > 200 ? " ..." : ""}\n`;
    return number === row ? element("mark", {}, content) : content;
  });
  return element("pre", { tabindex: "0" }, shown);
};

const showServer = ({ models }) => {
  if (!models.length)
    return section(
      "No model",
      element("p", {}, "This server has no model yet: load one by POST /models, then load this page again."),
    );
  const status = element("div", { role: "status" });
  const result = element("div", {});
  const form = new Form(models, (file, model, ids) => ask(file, model, ids, status, result));
  return [form.element, status, result];
};
