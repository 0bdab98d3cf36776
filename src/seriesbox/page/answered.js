// Rows, and what the model answered to each: those of a report, or those that the page has sent.

class Answered {
  // total: the number of rows that these were taken from. first: what the first row is numbered, if rows are in order.
  // origin: returns what a row is called, by its number from 0; ids: returns the texts that came with it.
  // lengths, values: the cells of a row follow those of the row before.
  // stride: of a long series, every n-th step is here.
  // answers: by the name of a column, the number of every row. labels: of every row, if they are known.
  constructor({
    title,
    total,
    first = 1,
    origin,
    ids = () => [],
    columns,
    lengths,
    values,
    stride = 1,
    answers,
    labels = null,
  }) {
    Object.assign(this, { title, total, first, origin, ids, columns, lengths, values, stride, answers, labels });
    this.starts = new Int32Array(lengths.length);
    for (let row = 1; row < lengths.length; row++) this.starts[row] = this.starts[row - 1] + lengths[row - 1];
  }

  get size() {
    return this.lengths.length;
  }

  // The cells of a row.
  row(number) {
    return this.values.subarray(this.starts[number], this.starts[number] + this.lengths[number]);
  }

  // A column of the rows, which all have one width.
  column(number) {
    return Float64Array.from(this.starts, (start) => this.values[start + number]);
  }

  answer(name) {
    return this.answers.get(name);
  }

  // The names of the answer's columns that begin with a text, without it.
  after(prefix) {
    return [...this.answers.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  has(name) {
    return this.answers.has(name);
  }
}

// An array as `report/drawn.py` writes it: base64 of its bytes, or pairs of a value and how often it follows itself.
const arrayOf = (Kind, written) =>
  typeof written === "string"
    ? new Kind(Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0)).buffer)
    : Kind.from(written.flatMap(([value, count]) => Array(count).fill(value ?? NaN)));

// The rows of a report, as `report/drawn.py` wrote them.
const answeredOfSample = (sample) => {
  const [lengths, file, row] = [sample.lengths, sample.file, sample.row].map((each) => arrayOf(Int32Array, each));
  return new Answered({
    ...sample,
    first: row[0],
    origin: (number) => `${sample.files[file[number]]}, row ${whole(row[number])}`,
    lengths,
    values: arrayOf(Float32Array, sample.values),
    answers: new Map(Object.entries(sample.answers).map(([name, each]) => [name, arrayOf(Float32Array, each)])),
    labels: sample.labels && arrayOf(Float32Array, sample.labels),
  });
};
