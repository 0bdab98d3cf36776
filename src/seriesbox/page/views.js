// The view of an answer, by what it consists of.

const PLAIN_ROWS = 100;

const showAnswered = (answered, model, described) => attempt(() => view(answered, model, described));

const view = (answered, model, described) => {
  if (answered.has("score") && model.threshold !== null) return showScores(answered, model);
  if (answered.has("label") && answered.has("distance"))
    return showClusters(answered, model, answered.labels ? undefined : described);
  return showPlain(answered);
};

// The answer as it is, of a model that says no more.
const showPlain = (answered) => {
  const names = [...answered.answers.keys()];
  const rows = spread(Math.min(answered.size, PLAIN_ROWS), PLAIN_ROWS).map((row) => [
    answered.origin(row),
    ...answered.ids(row),
    ...names.map((name) => short(answered.answer(name)[row])),
  ]);
  const ids = answered.ids(0).map((_, number) => `id ${number + 1}`);
  const caption =
    answered.size > rows.length ? `The first ${rows.length} of ${plural(answered.size, "answer")}` : "The answers";
  return section(
    answered.title,
    element("p", {}, "This model gives no verbose answers, so there is nothing to draw."),
    table(caption, ["row", ...ids, ...names], rows),
  );
};
