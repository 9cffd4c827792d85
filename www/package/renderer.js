// Starts the worker that makes pages of documents (pages.js); fetched when the first document is there.

let policy;

/** A new worker. */
export function startRenderer() {
  const Browsers = globalThis.Worker;
  // Bundlers know a worker by the one expression below, and it hands over a text, where a page that requires trusted types takes
  // none. So what it calls is, for the length of it, a function that has the address marked first.
  globalThis.Worker = function (address, options) {
    return start(Browsers, new URL(address, document.baseURI), options);
  };
  try {
    return new Worker(new URL("./pages.js", import.meta.url), { type: "module" });
  } finally {
    globalThis.Worker = Browsers;
  }
}

function start(Browsers, address, options) {
  try {
    return new Browsers(trusted(address.href), options);
  } catch (error) {
    if (error.name !== "SecurityError") throw error;
  }
  // A browser starts none that lies on another site, as with a page that takes its scripts from one. A line that imports it
  // will do there.
  const line = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" }));
  const worker = new Browsers(trusted(line), { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(line), { once: true });
  return worker;
}

/** What a page that requires trusted types takes for the address of a script. */
function trusted(address) {
  if (!globalThis.trustedTypes) return address;
  policy ??= trustedTypes.createPolicy("fax-widget", { createScriptURL: (address) => address });
  return policy.createScriptURL(address);
}
