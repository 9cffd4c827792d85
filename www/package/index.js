// fax-widget: what a page imports. Nothing is registered and nothing is fetched by importing it, and it may be imported
// where there is no DOM. index.d.ts describes all of it.
import { start } from "./element.js";

export { FaxClient } from "./client.js";
export { defineFaxWidget, FaxWidgetElement } from "./element.js";

export async function init({ wasm } = {}) {
  await start(wasm);
}

export class FaxError extends Error {
  constructor(message, details) {
    super(message);
    Object.assign(this, details);
    this.name = "FaxError";
  }

  // The errors of the WebAssembly module are told apart by their name; so are those out of a frame.
  static [Symbol.hasInstance](value) {
    return typeof value === "object" && value !== null && value.name === "FaxError";
  }
}
