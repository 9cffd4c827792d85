// The static site: one <fax-widget>, set up by config.json beside index.html. Its keys are the element's camelCase
// properties, so the same files serve the sandbox and the real service.
import "./fax-widget/auto.js";
import { languageOf, sentencesOf } from "./fax-widget/language.js";

const root = document.documentElement;
const widget = document.querySelector("fax-widget");

// The first of the visitor's languages that is spoken here; English is in the page.
speak(navigator.languages.find((tag) => /^en\b/i.test(tag) || sentencesOf(tag)) ?? "en");

const config = await settings();
if (config?.lang) speak(config.lang);
// Without them the form would send elsewhere than it is meant to.
if (config) Object.assign(widget, config);
else widget.remove();
document.querySelector("#unreadable").hidden = Boolean(config);
document.querySelector("#sandbox").hidden = ![config?.token, config?.clientId].includes("sandbox");

/** What config.json says: nothing where there is none, and undefined where it cannot be read. */
async function settings() {
  try {
    const response = await fetch(new URL("./config.json", import.meta.url), { cache: "no-store" });
    if (response.status >= 400 && response.status < 500) return {};
    if (!response.ok) return undefined;
    const { ...config } = await response.json(); // fails for what is no object
    return config;
  } catch {
    return undefined;
  }
}

/** Has the page and its widget in another language. */
async function speak(tag) {
  if (tag.toLowerCase() === root.lang.toLowerCase()) return;
  root.lang = tag;
  root.dir = ""; // a language brings its own
  root.dir = languageOf(root).isRtl ? "rtl" : "ltr";
  const sentences = await sentencesOf(tag);
  if (!sentences || root.lang !== tag) return;
  document.title = document.querySelector("h1").textContent = sentences.sendAFax;
  document.querySelector("#unreadable").textContent = sentences.settingsUnreadable;
  const loading = widget.querySelector("#loading");
  if (loading) loading.textContent = sentences.loadingForm;
}
