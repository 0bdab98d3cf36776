// The two directions in which rows differ most (principal component analysis).

const FITTED_ROWS = 2000;
const ITERATIONS = 50;

// Return the places of N rows along the two directions, from their columns, each (N,).
const principalPlaces = (columns) => {
  const rows = spread(columns[0].length, FITTED_ROWS);
  const centred = columns.map((column) => {
    const middle = mean(rows.map((row) => column[row]));
    return Float64Array.from(column, (value) => value - middle);
  });
  return [0, 1].map(() => {
    const direction = strongest(centred, rows);
    const places = new Float64Array(columns[0].length);
    centred.forEach((column, number) => column.forEach((value, row) => (places[row] += value * direction[number])));
    // What is left for the next direction.
    centred.forEach((column, number) => places.forEach((place, row) => (column[row] -= place * direction[number])));
    return places;
  });
};

// Return the unit vector along which some rows of centred columns vary most, by power iteration.
const strongest = (columns, rows) => {
  let direction = columns.map((column) => Math.sqrt(rows.reduce((sum, row) => sum + column[row] ** 2, 0)));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const places = rows.map((row) => columns.reduce((sum, column, number) => sum + column[row] * direction[number], 0));
    const turned = columns.map((column) => rows.reduce((sum, row, place) => sum + column[row] * places[place], 0));
    const length = Math.hypot(...turned) || 1;
    direction = turned.map((value) => value / length);
  }
  return direction;
};
