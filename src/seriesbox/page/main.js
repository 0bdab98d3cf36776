// Draws the report of a training, or the page of a server, while the document is read: before its load event, and
// before the browser meets the sentence for those that cannot draw it.

const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const parts = attempt(() => (data.training ? showTraining(data.training) : showServer(data)));
replace(
  main,
  [parts].flat(Infinity).filter((part) => part !== undefined),
);
document.body.dataset.ready = "true";
