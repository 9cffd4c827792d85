// Three looks of the widget on one page, each with its style sheet's text under it. They send to the practice service
// alone: where that is not, they show themselves and send nothing.
import { exampleFax, practice } from "./practice.js";
import "./fax-widget/auto.js";

const widgets = document.querySelectorAll("fax-widget");
const [config, fax] = await Promise.all([practice(), exampleFax()]);
document.querySelector("#no-service").hidden = Boolean(config);
for (const widget of widgets) {
  widget.fax = fax;
  if (config) Object.assign(widget, config);
  else widget.addEventListener("fax-submit", (event) => event.preventDefault());
}

// The looks are parted by the comment that begins each.
const sheet = await (await fetch("looks.css")).text();
for (const part of sheet.split(/(?=^\/\* )/m)) {
  const look = /fax-widget\.(\w+)/.exec(part)?.[1];
  if (look) document.querySelector(`[data-look="${look}"]`).textContent = part.trim();
}
