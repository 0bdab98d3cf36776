// The sentences and tables of scored rows.

const FREQUENT = 0.02; // share of alarms that nobody looks at
const MANY_COLUMNS = 12;

const scoreSentences = (scored) => {
  const { answered, alarms, events, sorted, threshold } = scored;
  const lowest = argmin(scored.scores);
  const share = alarms / sorted.length;
  const sentences = [
    `${plural(alarms, "row")} of ${whole(sorted.length)} with a score ${alarms === 1 ? "is" : "are"} anomalous, ` +
      `in ${plural(events.length, "event")}: ` +
      `their scores are below ${short(threshold)}. The lowest, ${short(sorted[0])}, is at ${answered.origin(lowest)}.`,
  ];
  if (answered.total > answered.size)
    sentences.push(`Shown are ${whole(answered.size)} of ${plural(answered.total, "row")}.`);
  if (share > FREQUENT)
    sentences.push(
      `That is ${percent(share)} of the rows: an alarm this frequent is soon ignored. ` +
        "Move the threshold down, or train on data like this.",
    );
  if (!alarms)
    sentences.push("Nothing is below the threshold. If something should be, move it up and see which rows come first.");
  return sentences;
};

const eventTable = (scored, go) => {
  const { answered, events } = scored;
  if (!events.length) return "";
  const listed = [...events].sort((a, b) => a.lowest - b.lowest).slice(0, LISTED);
  const rows = listed.map((event) => {
    const [share, column] = scored.blamed(event.at);
    const blamed = scored.columns.length > 1 ? [`${scored.name(column)} (${percent(share)})`] : [];
    return [answered.origin(event.first), whole(event.last - event.first + 1), short(event.lowest), ...blamed];
  });
  const head = ["first row", "rows", "lowest score", ...(scored.columns.length > 1 ? ["column to blame"] : [])];
  const caption =
    listed.length < events.length ? `The ${LISTED} worst of ${whole(events.length)} events` : "Events, the worst first";
  const counted = "Rows are counted from 1, and a header is one.";
  return table(`${caption}. ${counted}`, head, rows, (number) => go(listed[number].first, listed[number].last));
};

// The rows of an event and a few beside it.
const rowTable = (scored, first, last) => {
  const { answered } = scored;
  const [from, end] = [Math.max(0, first - 5), Math.min(answered.size, Math.min(last, first + LISTED) + 6)];
  const ids = answered.ids(from).map((_, number) => `id ${number + 1}`);
  const head = [
    "row",
    ...ids,
    "score",
    "anomaly",
    ...scored.columns.flatMap((_, column) => [scored.name(column), "forecast"]),
  ];
  const rows = Array.from({ length: end - from }, (_, place) => {
    const row = from + place;
    const cells = scored.columns.flatMap((name, column) => [
      short(answered.row(row)[column]),
      short(answered.answer(`forecast_${name}`)[row]),
    ]);
    return [
      answered.origin(row),
      ...answered.ids(row),
      short(scored.scores[row]),
      scored.scores[row] < scored.threshold ? "yes" : "",
      ...cells,
    ];
  });
  return table("The rows of the event, and some beside it", head, rows);
};

const labelSentences = (scored) => {
  const { answered } = scored;
  const labelled = eventsOf(
    answered.labels.map((label) => -label),
    0,
    1,
  );
  const isHit = ({ first, last }) => scored.scores.subarray(first, last + 1).some((score) => score < scored.own);
  const hit = labelled.filter(isHit);
  const missed = labelled.filter((event) => !hit.includes(event));
  const sentences = [
    `By the model's threshold, ${whole(hit.length)} of ${plural(labelled.length, "labelled event")} ` +
      `in these rows ${labelled.length === 1 ? "is" : "are"} found.`,
  ];
  if (missed.length)
    sentences.push(
      `Missed: ${missed
        .slice(0, WORST)
        .map((event) => answered.origin(event.first))
        .join("; ")}.`,
    );
  return sentences;
};

// The errors of every column, and how those of two go together.
const errorTables = (scored) => {
  const { answered } = scored;
  const errors = scored.columns.map((name, column) => {
    const forecast = answered.answer(`forecast_${name}`);
    return answered.column(column).map((value, row) => value - forecast[row]);
  });
  const rows = errors.map((error, column) => {
    const sizes = known(error).map(Math.abs).sort();
    return [
      scored.name(column),
      short(mean(known(error))),
      short(quantile(sizes, 0.5)),
      short(quantile(sizes, 0.99)),
      short(sizes.at(-1) ?? NaN),
    ];
  });
  const made = [
    table(
      "Errors of the forecast, in input units",
      ["column", "mean", "median size", "99 % are below", "largest"],
      rows,
    ),
  ];
  if (errors.length > 1 && errors.length <= MANY_COLUMNS) {
    const names = errors.map((_, column) => scored.name(column));
    const together = errors.map((one, column) => [
      names[column],
      ...errors.map((other) => correlation(one, other).toFixed(2)),
    ]);
    made.push(
      table(
        "How errors of two columns go together: 1 is as one, 0 not at all, -1 against each other",
        ["column", ...names],
        together,
      ),
    );
  }
  return made;
};
