// Anomalies and events by a threshold, as `lstm_ad/events.py` and `lstm_ad/judgement.py` count them.

// Return the events: the rows of the first and the last anomaly, and the lowest score with its row. Anomalies with
// fewer than `gap` other rows between them are one event.
const eventsOf = (scores, threshold, gap) => {
  const events = [];
  let event = null;
  for (let row = 0; row < scores.length; row++) {
    if (!(scores[row] < threshold)) continue;
    if (event && row - event.last <= gap) event.last = row;
    else events.push((event = { first: row, last: row, lowest: Infinity, at: row }));
    if (scores[row] < event.lowest) [event.lowest, event.at] = [scores[row], row];
  }
  return events;
};

const countBelow = (sorted, threshold) => {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (sorted[middle] < threshold) first = middle + 1;
    else end = middle;
  }
  return first;
};

// Return the rows of the lowest scores, no two of them within `distance` rows.
const worstRows = (scores, count, distance) => {
  const order = Array.from(scores.keys())
    .filter((row) => !Number.isNaN(scores[row]))
    .sort((a, b) => scores[a] - scores[b]);
  const worst = [];
  for (const row of order) {
    if (worst.every((other) => Math.abs(other - row) > distance)) worst.push(row);
    if (worst.length === count) break;
  }
  return worst;
};

// Return precision and recall of all thresholds, as {thresholds, precision, recall}, from the lowest score on.
const precisionAndRecall = (scores, labels) => {
  const order = Array.from(scores.keys())
    .filter((row) => !Number.isNaN(scores[row]))
    .sort((a, b) => scores[a] - scores[b]);
  const anomalies = order.filter((row) => labels[row] === 1).length;
  const curve = { thresholds: [], precision: [], recall: [] };
  let found = 0;
  order.forEach((row, place) => {
    found += labels[row] === 1;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    curve.thresholds.push(scores[row]);
    curve.precision.push(found / (place + 1));
    curve.recall.push(found / anomalies);
  });
  return curve;
};
