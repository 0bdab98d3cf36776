// The page of a server: rows are sent to a model, and the answer is drawn.

let sending = new AbortController();
let address = "";

// Send a file, and draw the answer or say what is wrong. An earlier file that is still on its way is given up.
const ask = async (file, model, ids, status, result) => {
  const say = (...content) => status.replaceChildren(element("p", {}, `${file.name}: `, ...content));
  const refuse = (...content) => status.replaceChildren(element("div", { class: "fault", role: "alert" }, ...content));
  sending.abort();
  sending = new AbortController();
  const { signal } = sending;
  replace(result);
  say("the model is at work ...");
  const started = performance.now();
  try {
    const text = (await file.text()).trimEnd();
    const hasHeader = beginsWithNames(text, ids);
    const headers = headersOf(model, hasHeader, ids);
    const response = await fetch(model.path, { method: "POST", body: text, headers, signal });
    const body = await response.text();
    if (signal.aborted) return;
    if (!response.ok) {
      const message = messageOf(response, body);
      refuse(element("p", {}, message), namedRows(message, text));
      return;
    }
    const [given, answer] = [parseCSV(text, ids, hasHeader), parseCSV(body.trimEnd(), ids, true)];
    replace(
      result,
      attempt(() => showAnswered(answeredOfRequest(given, answer, file.name, model.columns), model)),
    );
    const seconds = short((performance.now() - started) / 1000);
    say(`${plural(answer.lengths.length, "row")} answered and drawn in ${seconds} s. `, download(body, file.name));
  } catch (error) {
    if (!signal.aborted) refuse(`The server did not answer: ${error.message}.`);
  }
};

const headersOf = (model, hasHeader, ids) => ({
  "Content-Type": `text/csv; ids=${ids}${hasHeader ? "; header=present" : ""}`,
  Accept: `text/csv; header=present; verbose=${model.verbose}`,
});

// The sentence of a fault, which the server itself gives, or something in between.
const messageOf = (response, body) => {
  try {
    return JSON.parse(body).message;
  } catch {
    return `The answer is ${response.status} ${response.statusText}, and not the model's.`;
  }
};

const download = (body, name) => {
  URL.revokeObjectURL(address);
  address = URL.createObjectURL(new Blob([body], { type: "text/csv" }));
  return element("a", { href: address, download: `answer-${name}` }, "Download the answer as CSV");
};

// The rows of a request with their answers. known: the names of the model's columns, by which a header is matched.
const answeredOfRequest = (given, answer, name, known) => {
  const [rows, answers] = [given.lengths.length, answer.lengths.length];
  if (rows !== answers)
    throw new Error(`the file seems to have ${whole(rows)} rows, but ${whole(answers)} were answered`);
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
