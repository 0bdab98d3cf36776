// The form of the page: which model, and which rows.

// onrows: is called with a file, the model and the number of columns that are ids.
class Form {
  constructor(models, onrows) {
    this.models = models;
    this.onrows = onrows;
    this.chosen = 0;
    this.ids = element("input", { type: "number", min: 0, id: "ids" });
    this.file = element("input", {
      type: "file",
      id: "file",
      accept: ".csv,.txt,text/csv",
      onchange: () => this.send(this.file.files[0]),
      onclick: () => (this.file.value = ""), // so that a file that was corrected can be chosen again
    });
    this.pasted = element("textarea", { id: "pasted", rows: 4, spellcheck: "false", placeholder: "0.1,0.2,0.1,-0.3" });
    this.facts = element("div", {});
    const drop = element(
      "div",
      { class: "drop" },
      element("p", {}, element("label", { for: "file" }, "Drop a CSV file here, or choose one: "), this.file),
      element("p", {}, element("label", { for: "pasted" }, "Or paste rows:")),
      this.pasted,
      element("p", {}, element("button", { type: "button", onclick: () => this.paste() }, "Send the pasted rows")),
      details("Ids", element("label", { for: "ids" }, "Columns before the numbers that are ids or times: "), this.ids),
    );
    const names = models.map(({ name }) => name);
    const chooser = models.length > 1 ? choice("Model", names, (place) => this.choose(place)) : undefined;
    this.element = section("Ask the model", chooser, this.facts, drop);
    this.choose(0);
    document.addEventListener("dragover", (event) => event.preventDefault()); // else a browser would open the file
    document.addEventListener("drop", (event) => this.drop(event));
  }

  choose(place) {
    this.chosen = place;
    const { algorithm, columns, rows_are_independent, threshold, hyperparameters } = this.models[place];
    const meaning = rows_are_independent
      ? "A row is one series. The answer says which series are alike, and which are like none."
      : "A row is one time step, and a column one measured quantity. The answer says which rows are anomalies.";
    const names = columns.length ? [["columns", columns.join(", ")]] : [];
    const alarm = threshold === null ? [] : [["threshold", short(threshold)]];
    this.ids.value = hyperparameters["id-columns"] ?? 0;
    this.facts.replaceChildren(
      element("p", {}, meaning),
      definitions([["algorithm", algorithm], ...names, ...alarm]),
      details("Hyperparameters", definitions(Object.entries(hyperparameters))),
    );
  }

  drop(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) this.send(event.dataTransfer.files[0]);
  }

  paste() {
    this.send(new File([this.pasted.value], "pasted.csv"));
  }

  async send(file) {
    if (file) await this.onrows(file, this.models[this.chosen], Math.max(0, Math.floor(Number(this.ids.value))));
  }
}
