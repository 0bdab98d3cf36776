// What the document is: the report of a training, or the page of a server.

const data = await readData();
const main = document.getElementById("main");
const parts = attempt(() => (data.training ? showTraining(data.training) : showServer(data)));
replace(
  main,
  [parts].flat(Infinity).filter((part) => part !== undefined),
);
document.body.dataset.ready = "true";
