// Labelled series: what each cluster consists of, and a map of all.

const MEMBERS = 30; // drawn in a panel
const MEASURED = 300; // members that a median and a band are taken of
const LISTED_SERIES = 50;

class Clustered {
  // described: by cluster, what the training knows of it; nothing on the page.
  constructor(answered, model, described) {
    const variables = model.hyperparameters.variables ?? 1;
    Object.assign(this, { answered, variables, described, variable: 0 });
    this.labels = answered.answer("label");
    this.distances = answered.answer("distance");
    this.count = Math.max(model.hyperparameters.clusters, extent(this.labels)[1] + 1);
    this.members = Array.from({ length: this.count }, () => []);
    this.labels.forEach((label, series) => this.members[label].push(series));
    for (const members of this.members) members.sort((a, b) => this.distances[a] - this.distances[b]);
  }

  // The size of a cluster in the training, if this is a sample of it.
  size(label) {
    return this.described ? this.described[label].size : this.members[label].length;
  }

  get total() {
    return this.members.reduce((sum, _, label) => sum + this.size(label), 0);
  }

  // The cells of one variable of a series.
  values(series) {
    const row = this.answered.row(series);
    const steps = row.length / this.variables;
    return row.subarray(this.variable * steps, (this.variable + 1) * steps);
  }

  // The series that stands for a cluster: that of the training or, on the page, the nearest to the centroid.
  medoid(label) {
    const given = this.described?.[label].medoid;
    if (!given?.length) return this.members[label].length ? this.values(this.members[label][0]) : new Float64Array();
    const steps = given.length / this.variables;
    return given
      .slice(this.variable * steps, (this.variable + 1) * steps)
      .filter((_, step) => step % this.answered.stride === 0);
  }

  // The numbers of the steps that are here, from 1.
  steps(count) {
    return Float64Array.from({ length: count }, (_, step) => 1 + step * this.answered.stride);
  }

  // Those whose values are here: a report keeps some.
  drawn(label, count) {
    const here = this.members[label].filter((series) => this.answered.lengths[series] > 0);
    return spread(here.length, count).map((place) => here[place]);
  }

  get outliers() {
    const outlier = this.answered.answer("outlier");
    return Array.from(outlier.keys())
      .filter((series) => outlier[series] === 1)
      .sort((a, b) => this.distances[b] - this.distances[a]);
  }
}

const showClusters = (answered, model, described) => {
  const clustered = new Clustered(answered, model, described);
  const one = element("div", { tabindex: "-1" });
  const number = element("input", { type: "number", min: 1, max: answered.size });
  number.addEventListener("change", () => number.validity.valid && number.value && pick(number.value - 1));
  const panels = element("div", { class: "grid" });
  const pick = (series) => {
    replace(one, seriesDetails(clustered, series));
    one.focus();
  };
  const draw = () => {
    const filled = clustered.members.flatMap((members, label) => (members.length ? [label] : []));
    replace(
      panels,
      filled.map((label) => clusterPanel(clustered, label, pick)),
    );
  };
  draw();
  const variables = Array.from({ length: clustered.variables }, (_, number) => `variable ${number + 1}`);
  return section(
    answered.title,
    element("div", { class: "summary" }, paragraphs(clusterSentences(clustered))),
    clustered.variables > 1
      ? choice("Variable", variables, (variable) => ((clustered.variable = variable), draw()))
      : undefined,
    panels,
    element("p", {}, element("label", {}, `Show series 1 to ${whole(answered.size)}, by its number: `, number)),
    one,
    clusterTable(clustered),
    answered.labels ? classTable(clustered) : undefined,
    element("h3", {}, "Map"),
    attempt(() => featureMap(clustered, pick)),
    element("h3", {}, "Series that fit nowhere"),
    outlierTable(clustered, pick),
  );
};
