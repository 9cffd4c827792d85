// The inside of a frame: one <fax-widget>, which a page of another origin sets up and hears through www/frame.js. Nothing
// stands here, and nothing is told, before a page has said hello whose origin this site lets embed it.
import { defineFaxWidget, FaxWidgetElement, start } from "./fax-widget/element.js";
import { answer as answered } from "./fax-widget/sign_in.js";

/** What a page may set of the widget's looks, in the order in which it tells them; see www/widget.css. The first is how some
    browsers let a page hear that the language around has changed. */
const LOOKS = [
  "-webkit-locale", "color-scheme",
  "--fax-accent", "--fax-on-accent", "--fax-surface", "--fax-field", "--fax-text", "--fax-muted", "--fax-line",
  "--fax-edge", "--fax-tint", "--fax-focus", "--fax-focus-width", "--fax-bad", "--fax-doubt", "--fax-good", "--fax-border",
  "--fax-radius", "--fax-control-radius", "--fax-button-radius", "--fax-control-height", "--fax-space", "--fax-max-width",
  "--fax-shadow", "--fax-font", "--fax-heading-font", "--fax-font-size",
];
const ATTRIBUTES = FaxWidgetElement.observedAttributes;
const EVENTS = ["fax-ready", "fax-change", "fax-submit", "fax-progress", "fax-accepted", "fax-status", "fax-error"];

const attributes = new Map(); // as the page around has set them
const questions = new Map(); // to the page around, by number: what waits for the answer
let widget;
let own; // the site's language, where the page around states none
let base; // the page around's own address, which relative ones of its are meant against
let port;
let asked = 0;
let heard = 0; // how often the page around has spoken
let isShown = false;
let isReady = false;
let isOver = false; // the draft was accepted, or may have been
let fax; // set before the widget is shown
const early = []; // calls from before that, which stand on what was set
let height = 0;
let told; // size and name, as the page around knows them

/** What a file of the site says: `none` where there is none, and undefined where it cannot be read. */
async function beside(name, none) {
  try {
    const response = await fetch(new URL(name, import.meta.url), { cache: "no-store" });
    if (response.status >= 400 && response.status < 500) return none;
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
const config = beside("./config.json", {});
const embedders = beside("./embedders.json");
start().catch(() => {}); // the element tries again, and says so

// Whoever opens this page by itself wants the site; a window that comes from a sign-in closes before that.
if (parent === window) answered.then(() => location.replace("./"));

addEventListener("message", async ({ data, origin, source, ports }) => {
  if (data !== "fax-widget" || source !== parent || ports.length !== 1 || port) return;
  [port] = ports;
  const named = await embedders;
  if (mayEmbed(origin, named)) {
    const set = await config;
    // Without its settings the form would send elsewhere than it is meant to.
    if (!set) return refuse("network", `the config.json of ${location.origin} cannot be read.`);
    // The token of a site is not for the pages that embed it.
    const { token, lang, ...settings } = set;
    return begin(settings, lang);
  }
  const why = named ? "because its embedders.json does not name it." : "because it has no embedders.json.";
  refuse("forbidden", `${location.origin} does not let ${origin} embed it, ${why}`);
});

function refuse(code, why) {
  tell("no", { name: "FaxError", code, message: `The fax form cannot be shown: ${why}`, outcome: "not-sent" });
}

/** Whether a page of this origin may have the widget in a frame: the site's own, and those that embedders.json names, as
    `https://example.com`, or `http://localhost:*` for every port. */
function mayEmbed(origin, named) {
  if (!/^https?:/.test(origin)) return false; // "null" is the origin of many
  const { protocol, hostname } = new URL(origin);
  return origin === location.origin || [named].flat().some((one) => one === origin || one === `${protocol}//${hostname}:*`);
}

/** Makes the widget, with the site's own settings, and tells the page around what it has to know. */
function begin(settings, lang) {
  own = lang;
  defineFaxWidget();
  widget = document.createElement("fax-widget");
  const properties = ATTRIBUTES.map((name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()));
  const absent = Object.fromEntries([...properties, "fax"].map((name) => [name, widget[name]]));
  Object.assign(widget, settings);
  for (const name of EVENTS) widget.addEventListener(name, passOn);
  port.onmessage = ({ data }) => hear(...data);
  // The last is a transition, too short to be seen: it is how the page around hears that a style has changed.
  tell("yes", [absent, LOOKS, LOOKS.map((name) => `${name} 1ms allow-discrete`).join()]);
}

function tell(name, ...rest) {
  port.postMessage([name, ...rest]);
}

/** Answers a call, by its place in the list of the page around; 2 and 3 are where resolve and reject stand. */
function answer(id, end, value) {
  tell("answer", value, id - 1, end);
}

/** Asks the page around. */
function ask(name, value) {
  return new Promise((resolve) => {
    questions.set(++asked, resolve);
    tell(name, value, asked);
  });
}

function passOn(event) {
  const { type, detail } = event;
  if (type === "fax-ready") isReady = true;
  if (type === "fax-change") isOver = false;
  if (type === "fax-progress" && detail.phase !== "checking") isOver = true;
  if (type === "fax-error" && detail.outcome === "not-sent") isOver = false;
  tellDraft();
  // Waited for where it is dispatched, src/view/events.rs.
  if (type === "fax-submit") event.verdict = ask(type, detail);
  else tell(type, detail instanceof Error ? plain(detail) : detail);
}

/** The page around has the draft at hand: reading `fax` cannot wait. Where the browser loads the frame anew it hands it to
    the next one, unless it is over: a browser that keeps nothing for frames would let that one send it a second time. */
function tellDraft() {
  if (isReady) tell("draft", { heard, fax: widget.fax, over: isOver });
}

/** An error as what a message can carry. */
function plain(error) {
  return { name: error.name, message: error.message || error.name, ...error };
}

/** What the page around may call. */
const METHODS = {
  addFiles: (files) => widget.addFiles(files),
  submit: () => widget.submit(),
  resend: (request) => widget.resend(request),
  renderPages: () => widget.renderPages(),
  cancel: () => widget.cancel(),
  reset: () => widget.reset(),
};

/** Those that it waits for. */
const PROMISES = ["submit", "resend", "renderPages"];

/** What it may set; a function stays there, and is asked for. */
const SETTERS = {
  look,
  token: (token) => { widget.token = token; },
  "token-provider": (isThere) => {
    widget.tokenProvider = isThere && (async (reason) => {
      const token = await ask("token-provider", reason);
      if (typeof token !== "string") throw new Error("no token");
      return token;
    });
  },
  directory: (isThere) => { widget.directory = isThere && ((number) => ask("directory", number)); },
  messages: (messages) => { widget.messages = messages; },
  fax: (given) => {
    if (isShown && given) widget.fax = given;
    else fax = given;
  },
  over: (was) => { isOver = was; },
};

async function hear(name, value, id) {
  if (name === "answer") {
    questions.get(id)?.(value);
    questions.delete(id);
    return;
  }
  if (!isShown && Object.hasOwn(METHODS, name)) return void early.push(() => hear(name, value, id));
  heard++;
  try {
    if (Object.hasOwn(METHODS, name)) {
      const result = METHODS[name](value);
      tellDraft();
      answer(id, 2, await result);
    } else if (Object.hasOwn(SETTERS, name)) SETTERS[name](value);
    else if (ATTRIBUTES.includes(name)) setAttribute(name, value);
  } catch (error) {
    if (id) answer(id, 3, plain(error));
    if (!PROMISES.includes(name)) reportError(error);
  }
  tellDraft();
}

function setAttribute(name, value) {
  attributes.set(name, value);
  if (!isShown) return; // all at once, when `base` is known
  if (value === null) widget.removeAttribute(name);
  else widget.setAttribute(name, isAddress(name, value) ? new URL(value, base).href : value);
}

/** Whether it is relative to the page around, as `endpoint="/fax"` is. */
function isAddress(name, value) {
  return ["server", "endpoint"].includes(name) && value.startsWith("/");
}

/** How the place of the widget looks, and with the first of these the widget stands. */
function look([address, lang, dir, styles]) {
  base = address;
  const root = document.documentElement;
  root.lang = lang || (own ?? "");
  root.dir = dir ?? "";
  LOOKS.forEach((name, place) => place > 0 && root.style.setProperty(name, styles[place]));
  if (!isShown) show();
}

function show() {
  isShown = true;
  for (const [name, value] of attributes) setAttribute(name, value);
  if (fax && !isOver) widget.fax = fax;
  isOver = false;
  document.body.append(widget);
  for (const run of early) run();
  new ResizeObserver(([{ borderBoxSize: [{ blockSize }] }]) => {
    height = Math.ceil(blockSize);
    tellSize();
  }).observe(document.body);
  new MutationObserver(tellSize).observe(widget.shadowRoot, { subtree: true, childList: true, characterData: true });
}

/** Tells how high the frame has to be, and what it is called: what the widget itself calls what it shows, in its language. */
function tellSize() {
  const name = widget.shadowRoot.querySelector("h2")?.textContent ?? document.title;
  const size = `${height} ${name}`;
  if (height > 0 && size !== told) tell("size", [height, name]);
  told = size;
}
