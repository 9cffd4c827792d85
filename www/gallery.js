// The gallery: one widget at a time, brought into the state that the address names, `#review?theme=dark&width=390&lang=ar`.
// It sends by itself, and therefore only where the practice service is, which dials nobody.
import { practice } from "./practice.js";
import { GROUPS } from "./states.js";

const STATES = Object.entries(GROUPS).flatMap(([group, states]) => states.map((state) => ({ ...state, group })));

/** Milliseconds in which a widget that is out of sight has found what became of its fax. */
const SETTLING = 20_000;

const OPTIONS = ["look", "theme", "width", "lang"];

/** Milliseconds until a state that does not come counts as not reached. */
const PATIENCE = 30_000;

const find = (selector) => document.querySelector(selector);
const config = await practice();
const place = find("#place");
const options = find(".options");
let isLoaded = false; // the widget's program
let leave = () => {}; // what stands now makes place
let turn = 0; // goes up with every state that is shown

/** Text in which what stands between backticks is code. */
function write(element, text) {
  element.replaceChildren(
    ...text.split("`").map((part, i) => {
      if (i % 2 === 0) return part;
      const code = document.createElement("code");
      code.textContent = part;
      return code;
    }),
  );
}

/** The state and the options that the address names; undefined where it names none. */
function asked() {
  const [id, query] = decodeURIComponent(location.hash.slice(1)).split("?");
  const state = STATES.find((state) => state.id === id);
  const chosen = new URLSearchParams(query);
  return state && { state, ...Object.fromEntries(OPTIONS.map((name) => [name, chosen.get(name) ?? ""])) };
}

function address(id) {
  const chosen = new URLSearchParams([...new FormData(options)].filter(([, value]) => value));
  return `#${id}${chosen.size ? `?${chosen}` : ""}`;
}

/** The lines of a state's function, as they stand in states.js. */
function lines(state) {
  const inside = state.reach.toString().split("\n").slice(1, -1);
  const indent = Math.min(...inside.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return inside.map((line) => line.slice(indent)).join("\n");
}

/** What a state's function is given. `signal` says that the state has been left. */
function tools(widget, signal) {
  const undo = [];
  const pretend = (object, name, value) => {
    const before = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { configurable: true, writable: true, value });
    undo.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]));
  };
  const given = {
    widget,
    /** Resolves after some milliseconds, and is rejected as soon as the state is left. */
    after: (milliseconds) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
        setTimeout(resolve, milliseconds);
      }),
    /** Gives an object of the browser another value for as long as the state is shown. */
    pretend,
    /** Answers fetches whose address begins with or contains `address`; `pass` asks the real fetch, which is also asked what
        is held back when the state is left. */
    answer(address, respond) {
      const { fetch } = window;
      pretend(window, "fetch", (input, init) => {
        // A request that is made of another takes its body: only for one that is answered here.
        if (!(input.url ?? String(input)).includes(address)) return fetch(input, init);
        const request = new Request(input, init);
        return Promise.resolve(respond(request, (request) => fetch(request))).catch((error) => {
          if (!signal.aborted) throw error;
          return fetch(request);
        });
      });
    },
    /** The element of a part, as soon as there is one. */
    async part(name, { within, nth = 0 } = {}) {
      const selector = `${within ? `[part~="${within}"] ` : ""}[part~="${name}"]`;
      for (const begin = performance.now(); performance.now() < begin + PATIENCE; await given.after(50)) {
        signal.throwIfAborted();
        const found = given.widget.shadowRoot?.querySelectorAll(selector)[nth];
        if (found) return found;
      }
      throw new Error(`no part “${name}” came up`);
    },
    /** Presses a part as a person would. */
    async press(name, which) {
      (await given.part(name, which)).click();
    },
    /** Resolves with the first event of a name whose detail fits. */
    heard: (name, fits) =>
      new Promise((resolve) => given.widget.addEventListener(name, ({ detail }) => fits(detail) && resolve(detail), { signal })),
    /** Takes the widget out of the page and puts another in its place. */
    anew() {
      given.widget.remove();
      given.widget = make();
      return given.widget;
    },
  };
  return { given, undo: () => undo.reverse().forEach((step) => step()) };
}

function make() {
  const widget = document.createElement("fax-widget");
  Object.assign(widget, config);
  dress(widget);
  place.append(widget);
  return widget;
}

/** Look, colours, width and language, which change while a state is shown. */
function dress(widget) {
  const { look, width, lang, theme: asked } = Object.fromEntries(new FormData(options));
  const theme = look === "dashboard" ? "dark" : asked; // it has no other
  widget.className = look;
  place.className = [look, theme, (look || theme || width) && "framed"].filter(Boolean).join(" ");
  place.style.setProperty("--width", width ? `${width}px` : "none");
  if (theme) widget.setAttribute("theme", theme);
  else widget.removeAttribute("theme");
  widget.lang = lang || "en";
}

async function show(state) {
  const mine = ++turn;
  place.removeAttribute("data-reached");
  leave();
  const stop = new AbortController();
  if (!state.fresh) {
    await import("./fax-widget/auto.js");
    isLoaded = true;
  }
  if (mine !== turn) return;
  const { given, undo } = tools(make(), stop.signal);
  leave = () => {
    leave = () => {};
    stop.abort();
    undo();
    makePlace(state, given.widget);
  };
  place.setAttribute("aria-busy", "true");
  const focused = find("nav a:focus");
  try {
    await state.reach(given);
    if (state.fresh) {
      isLoaded = true;
      await import("./fax-widget/auto.js");
    }
    if (state.shows) await given.part(state.shows);
    if (mine === turn) place.dataset.reached = state.id;
  } catch (error) {
    if (mine === turn) find("#problem").textContent = `This state was not reached: ${error.message}.`;
  }
  if (mine !== turn) return;
  place.removeAttribute("aria-busy");
  focused?.focus({ preventScroll: true }); // whoever goes through the list goes on from there
}

/** A fax of which it is not known what became is looked for to the end, out of sight. */
function makePlace(state, widget) {
  state.leave?.(widget);
  if (!state.settles) return widget.remove();
  widget.hidden = true;
  place.after(widget);
  setTimeout(() => widget.remove(), SETTLING);
}

function turnTo() {
  const { state, ...chosen } = asked() ?? {};
  if (!state) return location.hash && place.firstChild ? undefined : location.replace(`#${STATES[0].id}`);
  // A widget that shall not start needs a page in which none has started.
  if (isLoaded && (state.fresh || find("[aria-current=true]")?.dataset.fresh)) return location.reload();
  for (const [name, value] of Object.entries(chosen)) options.elements[name].value = value;
  const at = STATES.indexOf(state);
  find("#title").textContent = state.title;
  write(find("#about"), state.about);
  write(find("#how"), state.how ?? "");
  find("#lines").textContent = lines(state) || "// nothing: this is how it opens";
  find("#problem").textContent = "";
  for (const link of document.querySelectorAll("[data-state]")) {
    link.href = address(link.dataset.state);
    const isCurrent = link.dataset.state === state.id;
    if (isCurrent) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    const list = find(".index");
    const { offsetTop, offsetHeight } = link;
    const isSeen = offsetTop >= list.scrollTop && offsetTop + offsetHeight <= list.scrollTop + list.clientHeight;
    if (isCurrent && !isSeen) list.scrollTop = offsetTop - list.clientHeight / 2; // the list alone, not the page
  }
  for (const [id, next] of [["#before", STATES[at - 1]], ["#after", STATES[at + 1]]]) {
    find(id).hidden = !next;
    if (next) Object.assign(find(id), { href: address(next.id), textContent: next.title });
  }
  document.title = `${state.title} · Gallery of the fax form`;
  return show(state);
}

function index() {
  const link = (href, text) => Object.assign(document.createElement("a"), { href, textContent: text });
  const list = (title, links) => {
    const head = Object.assign(document.createElement("h2"), { textContent: title });
    const items = document.createElement("ul");
    items.append(...links.map((link) => {
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    find(".index nav").append(head, items);
  };
  for (const [group, states] of Object.entries(GROUPS)) {
    list(group, states.map(({ id, title, fresh }) => {
      const to = link(`#${id}`, title);
      to.dataset.state = id;
      if (fresh) to.dataset.fresh = "yes";
      return to;
    }));
  }
  const others = [...options.elements.lang.options].slice(1).map(({ value, text }) => {
    const to = link(`#filled?lang=${value}`, text);
    to.lang = value;
    return to;
  });
  list("For everyone", [link("#review?theme=dark", "Dark"), link("#filled?width=320", "320 pixels wide"), ...others]);
}

find("#no-service").hidden = config?.token === "sandbox";
if (config?.token === "sandbox") {
  find("#states").hidden = false;
  index();
  const wide = matchMedia("(min-width: 62rem)");
  const fold = () => (find(".index").open = wide.matches);
  wide.addEventListener("change", fold);
  fold();
  find(".index nav").addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) fold();
  });
  options.addEventListener("submit", (event) => {
    event.preventDefault();
    turnTo();
  });
  options.addEventListener("change", () => {
    history.replaceState(null, "", address(asked().state.id));
    for (const link of document.querySelectorAll("[data-state]")) link.href = address(link.dataset.state);
    for (const widget of place.children) dress(widget);
  });
  addEventListener("hashchange", turnTo);
  turnTo();
}

for (const snippet of document.querySelectorAll("#integrations pre")) {
  const copy = Object.assign(document.createElement("button"), { textContent: "Copy", type: "button" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(snippet.textContent);
    copy.textContent = "Copied";
  });
  snippet.closest("article").querySelector("h3").after(copy);
}
