// Starts the worker that makes pages of documents (pages.js); fetched when the first document is there.

const options = { type: "module" };
let policy;

/** A new worker. */
export function startRenderer() {
  const address = new URL("pages.js", import.meta.url);
  try {
    return new Worker(trusted(address.href), options);
  } catch (error) {
    if (error.name !== "SecurityError") throw error;
  }
  // A browser starts none that lies on another site, as with a page that takes the widget from one. A line that imports it
  // will do there.
  const line = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" }));
  const worker = new Worker(trusted(line), options);
  worker.addEventListener("message", () => URL.revokeObjectURL(line), { once: true });
  return worker;
}

/** What a page that requires trusted types takes for the address of a script. */
function trusted(address) {
  if (!globalThis.trustedTypes) return address;
  policy ??= trustedTypes.createPolicy("fax-widget", { createScriptURL: (address) => address });
  return policy.createScriptURL(address);
}
