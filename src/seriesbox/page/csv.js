// CSV of numbers, which may have a header, and texts in its first columns.

const [QUOTE, COMMA, LINE] = [34, 44, 10];
const NO_NAME = /^(n\/?a|null|none|missing|nan|inf(inity)?|true|false)$/i;

// A reader of one cell after the other. It stops at the comma or the end of the line behind the cell.
class Cells {
  constructor(text) {
    this.text = text;
    this.place = 0;
  }

  get isAtEnd() {
    return this.place >= this.text.length;
  }

  next() {
    const { text, place } = this;
    if (text.charCodeAt(place) === QUOTE) {
      let end = text.indexOf('"', place + 1);
      while (end >= 0 && text.charCodeAt(end + 1) === QUOTE) end = text.indexOf('"', end + 2);
      this.place = end < 0 ? text.length : end + 1;
      this.seek(); // a carriage return may follow
      return text.slice(place + 1, end < 0 ? text.length : end).replaceAll('""', '"');
    }
    this.seek();
    return text.slice(place, this.place).trim();
  }

  // Go to the next comma or end of a line.
  seek() {
    const { text } = this;
    let end = this.place;
    while (end < text.length && text.charCodeAt(end) !== COMMA && text.charCodeAt(end) !== LINE) end++;
    this.place = end;
  }

  // Go behind a comma, and return true, or behind the end of a line.
  skip() {
    return this.text.charCodeAt(this.place++) === COMMA;
  }

  line() {
    const texts = [];
    do texts.push(this.next());
    while (this.skip());
    return texts;
  }
}

const countCells = (text) => {
  let cells = 1;
  for (let place = 0; place < text.length; place++) {
    const letter = text.charCodeAt(place);
    if (letter === COMMA || letter === LINE) cells++;
  }
  return cells;
};

// Return {header, ids, lengths, values}: the cells of a row follow those of the row before, and `lengths` says how many
// it has. An empty cell is NaN, and so is one that is no number.
const parseCSV = (text, idColumns, hasHeader) => {
  const cells = new Cells(text);
  const header = hasHeader ? cells.line().slice(idColumns) : null;
  const values = new Float64Array(countCells(text));
  const [lengths, ids] = [[], []];
  let count = 0;
  while (!cells.isAtEnd) {
    const [texts, start] = [[], count];
    let column = 0;
    do {
      const content = cells.next();
      if (column++ < idColumns) texts.push(content);
      else values[count++] = content === "" ? NaN : Number(content);
    } while (cells.skip());
    lengths.push(count - start);
    if (idColumns) ids.push(texts);
  }
  return { header, ids, lengths: Int32Array.from(lengths), values: values.subarray(0, count) };
};

// Whether the first row names columns, as in `tables/csv_header.py`: words, empty cells, and numbers that count.
const beginsWithNames = (text, idColumns) => {
  const cells = new Cells(text).line().slice(idColumns);
  const isName = (cell) => /^[\p{L}_]/u.test(cell) && !NO_NAME.test(cell);
  const others = cells.map((cell, number) => [cell, number]).filter(([cell]) => cell !== "" && !isName(cell));
  const counted = [0, 1].some((first) => others.every(([cell, number]) => cell === String(number + first)));
  return counted && cells.some(isName);
};
