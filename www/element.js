// <fax-widget>: the custom element around the WebAssembly component. It defines the class and registers nothing, and
// importing it is safe where there is no DOM. WebAssembly cannot extend HTMLElement, so this file has to exist; it
// passes on what it is given and decides nothing.
import init, { mount, setRenderer } from "./fax-widget.js";
import { styles } from "./styles.js";
import { answer } from "./sign_in.js";
import { cannotStart, languageOf, sentencesOf } from "./language.js";

const ATTRIBUTES = [
  "server", "account", "extension", "endpoint", "credentials", "encoding", "remember", "review", "theme", "persist", "pages",
  "retype-unknown", "client-id", "redirect-uri", "keep-sign-in",
  "to", "iso-code", "fax-resolution", "cover-index", "cover-page-text", "send-time",
  "message-ids", "view",
];

const SWITCHES = ["persist", "retype-unknown", "keep-sign-in"];

const DEFAULTS = {
  server: "https://platform.ringcentral.com", account: "~", extension: "~", credentials: "omit",
  encoding: "form-data", pages: "auto", review: "on", theme: "auto", view: "send", remember: "session",
};

let starting; // the module is fetched once a page, when the first element needs it
let source; // where it comes from, where the page has said so
let sheet;
let isDefined = false;

/** Fetches and starts the WebAssembly module; later calls join the first. `wasm` is an address, a Response, a compiled
 * module or its bytes, a promise of one, or a function that gives one, which is called once more where it did not start;
 * without it, it is the file beside this one. Rejects with a FaxError. */
export function start(wasm) {
  if (!starting) source = wasm ?? source;
  starting ??= init({ module_or_path: (typeof source === "function" ? source() : source) ?? new URL("./fax-widget_bg.wasm", import.meta.url) }).then(
    () => setRenderer(async () => (await import("./renderer.js")).startRenderer()),
    async (cause) => {
      starting = undefined; // a lost connection is no reason never to try again
      throw faxError(navigator.onLine ? "network" : "offline", await cannotStart("en"), cause);
    },
  );
  return starting;
}

// What the Rust side makes for everything that it is there for.
function faxError(code, message, cause) {
  return Object.assign(new Error(message, cause && { cause }), { name: "FaxError", code, outcome: "not-sent" });
}

// A press counts where it began: what is found in a document meanwhile may move the button away from under the mouse. Moved by a
// person's hand, the mouse lets go, as ever: on the screen, for a page may move the frame that the button is in.
function hold({ target, isTrusted, pointerId, pointerType, screenX, screenY }) {
  const button = target.closest("button");
  if (!button || !isTrusted || pointerType !== "mouse") return;
  button.setPointerCapture(pointerId);
  const move = ({ screenX: x, screenY: y }) => {
    if (Math.hypot(x - screenX, y - screenY) > 8 && button.hasPointerCapture(pointerId)) button.releasePointerCapture(pointerId);
  };
  button.addEventListener("pointermove", move);
  button.addEventListener("lostpointercapture", () => button.removeEventListener("pointermove", move), { once: true });
}

const Base = globalThis.HTMLElement ?? class {};

export class FaxWidgetElement extends Base {
  static observedAttributes = ATTRIBUTES;

  #root;
  #mounted; // the Rust side, while the element stands in a document
  #fax; // the draft, while there is no Rust side to hold it
  #doubt; // the name of an attempt at that draft of which nobody knows whether it was accepted
  #pages; // what was done to the pages of that draft
  #failed; // why the Rust side cannot start
  #early = []; // what was asked for while there is no Rust side: {run, reject?}
  #token;
  #tokenProvider;
  #directory;
  #messages;
  #spoken = []; // what decides on the language, as it was last passed on
  #around = new MutationObserver(() => this.#speak()); // the page around may change its language

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.addEventListener("pointerdown", hold);
    // What the page put inside shows until the widget stands.
    this.#root.append(document.createElement("slot"));
  }

  connectedCallback() {
    this.#upgrade();
    if (!this.#mounted) return void this.#mount();
    // It was moved: to where another language is spoken, it may be.
    this.#watch();
    this.#speak();
  }

  // Moving an element in the document takes it out and puts it in; only what stays out has left.
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.#unmount();
    });
  }

  attributeChangedCallback(name, before, value) {
    // A person may have changed the view meanwhile: setting it again leads back.
    if ((before === value && name !== "view") || !this.#mounted) return;
    this.#mounted.set(name, value ?? undefined);
  }

  get token() { return this.#token; }
  set token(token) {
    this.#token = token ?? undefined;
    this.#mounted?.setToken(this.#token);
  }

  get tokenProvider() { return this.#tokenProvider; }
  set tokenProvider(provider) {
    this.#tokenProvider = provider ?? undefined;
    this.#mounted?.setTokenProvider(this.#tokenProvider);
  }

  get directory() { return this.#directory; }
  set directory(directory) {
    this.#directory = directory ?? undefined;
    this.#mounted?.setDirectory(this.#directory);
  }

  get messages() { return this.#messages; }
  set messages(messages) {
    this.#messages = messages ? { ...messages } : undefined;
    this.#speak();
  }

  get fax() {
    return this.#mounted ? this.#mounted.fax : this.#fax ?? { to: [], attachments: [], faxResolution: "High" };
  }
  set fax(fax) {
    if (this.#mounted) return void (this.#mounted.fax = fax);
    this.#fax = fax;
    this.#pages = undefined;
    this.#early = this.#early.filter(({ reject }) => reject); // files that were added before are not in it
  }

  addFiles(files) {
    const list = [...files];
    if (this.#mounted) this.#mounted.addFiles(list);
    else this.#early.push({ run: (mounted) => mounted.addFiles(list) });
  }

  submit() {
    return this.#ask((mounted) => mounted.submit());
  }

  resend(request) {
    return this.#ask((mounted) => mounted.resend(request));
  }

  renderPages() {
    return this.#ask((mounted) => mounted.renderPages());
  }

  cancel() {
    this.#mounted?.cancel();
    this.#refuse(faxError("cancelled", "cancelled"));
  }

  reset() {
    this.#fax = this.#doubt = this.#pages = undefined;
    this.#early = this.#early.filter(({ reject }) => reject);
    this.#mounted?.reset();
  }

  // Now, or when the Rust side is there.
  #ask(run) {
    if (this.#mounted) return run(this.#mounted);
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#early.push({ run: (mounted) => resolve(run(mounted)), reject });
    });
  }

  // Nobody waits any longer for what was asked for before the Rust side is there.
  #refuse(error) {
    for (const { reject } of this.#early) reject?.(error);
    this.#early = this.#early.filter(({ reject }) => !reject);
  }

  async #mount() {
    const { tag } = languageOf(this);
    const returned = await answer; // a window that was opened for a sign-in closes here
    // Before the program is here: until then a browser has nothing to do.
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
    }
    try {
      await Promise.all([start(), sentencesOf(tag)]);
    } catch (error) {
      return this.#apologize(faxError(error.code, this.#messages?.cannotStart ?? (await cannotStart(tag)), error.cause));
    }
    if (!this.isConnected || this.#mounted) return;
    this.#root.adoptedStyleSheets = [sheet];
    const mounted = mount(this);
    this.#mounted = mounted;
    this.#failed = undefined;
    for (const name of ATTRIBUTES) {
      if (this.hasAttribute(name)) mounted.set(name, this.getAttribute(name));
    }
    if (returned) mounted.set("returned", returned);
    this.#speak();
    this.#watch();
    try {
      if (this.#fax !== undefined) {
        mounted.arrange(this.#pages);
        mounted.fax = this.#fax;
      }
    } catch (error) {
      reportError(error); // a fax that is none; the form opens empty
    }
    if (this.#doubt !== undefined) mounted.doubt(this.#doubt);
    this.#fax = this.#doubt = this.#pages = undefined;
    if (this.#token) mounted.setToken(this.#token);
    if (this.#tokenProvider) mounted.setTokenProvider(this.#tokenProvider);
    if (this.#directory) mounted.setDirectory(this.#directory);
    const place = document.createElement("div");
    this.#root.replaceChildren(place);
    mounted.show(place);
    for (const { run } of this.#early.splice(0)) run(mounted);
  }

  // WebAssembly cannot start: it did not arrive, or the browser or the page's policy refuses it.
  #apologize(error) {
    // It was told already where an element that was moved waited twice for the same start.
    if (!this.isConnected || this.#mounted || this.#failed) return;
    const place = document.createElement("p");
    place.setAttribute("part", "error");
    place.setAttribute("role", "alert");
    place.textContent = error.message;
    this.#root.replaceChildren(place);
    this.#failed = error;
    this.#refuse(error);
    this.dispatchEvent(new CustomEvent("fax-error", { detail: error, bubbles: true, composed: true }));
    const again = () => {
      this.#failed = undefined;
      if (this.isConnected) this.#mount();
    };
    addEventListener("online", again, { once: true });
  }

  #unmount() {
    // What was to be sent is not sent when it comes back one day.
    this.#refuse(faxError("cancelled", "cancelled"));
    this.#failed = undefined;
    if (!this.#mounted) return;
    const mounted = this.#mounted;
    this.#mounted = undefined;
    this.#spoken = [];
    this.#around.disconnect();
    // An element that comes back comes back with its draft, what was done to its pages, and what is not known of it.
    [this.#fax, this.#doubt, this.#pages] = mounted.unmount();
    this.#root.replaceChildren(document.createElement("slot"));
  }

  #watch() {
    this.#around.disconnect();
    for (let node = this; node; node = node.getRootNode().host) {
      this.#around.observe(node.getRootNode(), { subtree: true, attributes: true, attributeFilter: ["lang", "dir"] });
    }
  }

  #speak() {
    if (!this.#mounted) return;
    const { tag, isRtl } = languageOf(this);
    const sentences = sentencesOf(tag);
    if (sentences instanceof Promise) return void sentences.then(() => this.#speak());
    const spoken = [tag, isRtl, sentences, this.#messages];
    if (spoken.every((value, place) => value === this.#spoken[place])) return;
    this.#spoken = spoken;
    const all = sentences || this.#messages ? { ...sentences, ...this.#messages } : undefined;
    // The digits that numbers of phones and of faxes are written with. Where only English is spoken, that is said to those
    // who read the page aloud.
    this.#mounted.speak(/^ar\b(?!.*-u-)/i.test(tag) ? `${tag}-u-nu-latn` : tag, all ? "" : "en", isRtl, all);
  }

  // Properties that were set before the class was defined hide the accessors: take them off and set them again.
  #upgrade() {
    for (const name of Object.keys(this)) {
      if (name in FaxWidgetElement.prototype) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
  }
}

for (const attribute of ATTRIBUTES) {
  const property = attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  Object.defineProperty(FaxWidgetElement.prototype, property, {
    configurable: true,
    enumerable: true,
    get() {
      return SWITCHES.includes(attribute)
        ? this.hasAttribute(attribute)
        : this.getAttribute(attribute) ?? DEFAULTS[property] ?? null;
    },
    set(value) {
      if (SWITCHES.includes(attribute)) this.toggleAttribute(attribute, Boolean(value));
      else if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

/** Registers the element, once, under a name of the page's choice. Does nothing where there is no DOM. */
export function defineFaxWidget(tag = "fax-widget") {
  const registry = globalThis.customElements;
  if (registry && !registry.get(tag)) {
    // A class can be registered under one name only.
    registry.define(tag, isDefined ? class extends FaxWidgetElement {} : FaxWidgetElement);
    isDefined = true;
  }
}
