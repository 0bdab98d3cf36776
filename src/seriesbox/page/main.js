// What the document is: the report of a training, or the page of a server.

const data = await readData();
const main = document.getElementById("main");
main.replaceChildren(...(data.training ? showTraining(data.training) : [showServer(data)]).flat(Infinity));
document.body.dataset.ready = "true";
