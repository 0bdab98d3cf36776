// Numbers, and how the page writes them.

const whole = (number) => number.toLocaleString("en-US");

// Four digits; nothing for what is missing.
const short = (number) => {
  if (number === null || number === undefined || Number.isNaN(number)) return "";
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e15) return whole(number);
  if (size >= 1e6 || size < 1e-4) return number.toExponential(3);
  return Number(number.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 8 });
};

const percent = (share) => `${short(100 * share)} %`;

const plural = (count, one, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`;

const known = (values) => Float64Array.from(values).filter((value) => !Number.isNaN(value));

// The quantile of sorted values, between the two that are nearest.
const quantile = (sorted, share) => {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The lowest and the highest of some values, from one place to before another.
const extent = (values, first = 0, end = values.length) => {
  let low = Infinity;
  let high = -Infinity;
  for (let place = first; place < end; place++) {
    const value = values[place];
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
};

const argmin = (values) => {
  let best = -1;
  for (let place = 0; place < values.length; place++)
    if (best < 0 ? !Number.isNaN(values[place]) : values[place] < values[best]) best = place;
  return best;
};

// At most `count` of the numbers from 0 to before `size`, evenly spread.
const spread = (size, count) =>
  Array.from({ length: Math.min(size, count) }, (_, place) => Math.floor((place * size) / Math.min(size, count)));

const correlation = (one, other) => {
  const pairs = Array.from(one, (value, place) => [value, other[place]]).filter(
    ([a, b]) => !Number.isNaN(a) && !Number.isNaN(b),
  );
  const [middle, otherMiddle] = [0, 1].map((side) => mean(pairs.map((pair) => pair[side])));
  let [square, otherSquare, product] = [0, 0, 0];
  for (const [a, b] of pairs) {
    square += (a - middle) ** 2;
    otherSquare += (b - otherMiddle) ** 2;
    product += (a - middle) * (b - otherMiddle);
  }
  return product / Math.sqrt(square * otherSquare);
};
