// The static site: one <fax-widget>, set up by config.json beside index.html. Its keys are the element's camelCase
// properties, so the same files serve the sandbox and the real service.
import "./fax-widget/auto.js";

const widget = document.querySelector("fax-widget");
const response = await fetch(new URL("./config.json", import.meta.url), { cache: "no-store" }).catch(() => undefined);
const config = response?.ok ? await response.json().catch(() => undefined) : undefined;
Object.assign(widget, config);
document.querySelector("#sandbox").hidden = config?.token !== "sandbox";
