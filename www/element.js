// <fax-widget>: the custom element around the WebAssembly component. It defines the class and registers nothing, and
// importing it is safe where there is no DOM. WebAssembly cannot extend HTMLElement, so this file has to exist; it
// passes on what it is given and decides nothing.
import init, { mount, styles } from "./fax-widget.js";

const ATTRIBUTES = [
  "server", "account", "extension", "endpoint", "credentials", "encoding", "review", "theme",
  "to", "iso-code", "fax-resolution", "cover-index", "cover-page-text", "send-time",
];

const DEFAULTS = {
  server: "https://platform.ringcentral.com", account: "~", extension: "~", credentials: "omit",
  encoding: "form-data", review: "on", theme: "auto",
};

let starting; // the module is fetched once a page, when the first element needs it
let sheet;

/** Fetches and starts the WebAssembly module; later calls join the first. */
export function start(options) {
  starting ??= init(options ?? { module_or_path: new URL("./fax-widget_bg.wasm", import.meta.url) }).catch((error) => {
    starting = undefined; // a lost connection is no reason never to try again
    throw error;
  });
  return starting;
}

const Base = globalThis.HTMLElement ?? class {};

export class FaxWidgetElement extends Base {
  static observedAttributes = [...ATTRIBUTES, "lang"];

  #root;
  #mounted; // the Rust side, while the element stands in a document
  #fax; // the draft, while there is no Rust side to hold it
  #doubt = false; // whether an attempt at that draft may have been accepted
  #early = []; // what was asked for while there is no Rust side: {run, reject?}
  #token;
  #tokenProvider;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    // What the page put inside shows until the widget stands.
    this.#root.append(document.createElement("slot"));
  }

  connectedCallback() {
    this.#upgrade();
    if (!this.#mounted) this.#mount();
  }

  // Moving an element in the document takes it out and puts it in; only what stays out has left.
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.#unmount();
    });
  }

  attributeChangedCallback(name, before, value) {
    if (before === value || !this.#mounted) return;
    this.#mounted.set(name, name === "lang" ? this.#language() : value ?? undefined);
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

  get fax() {
    return this.#mounted ? this.#mounted.fax : this.#fax ?? { to: [], attachments: [], faxResolution: "High" };
  }
  set fax(fax) {
    if (this.#mounted) this.#mounted.fax = fax;
    else this.#fax = fax;
  }

  addFiles(files) {
    const list = [...files];
    if (this.#mounted) this.#mounted.addFiles(list);
    else this.#early.push({ run: (mounted) => mounted.addFiles(list) });
  }

  submit() {
    if (this.#mounted) return this.#mounted.submit();
    return new Promise((resolve, reject) => {
      this.#early.push({ run: (mounted) => resolve(mounted.submit()), reject });
    });
  }

  cancel() {
    this.#mounted?.cancel();
    const error = { name: "FaxError", code: "cancelled", outcome: "not-sent" };
    for (const { reject } of this.#early) reject?.(Object.assign(new Error(error.code), error));
    this.#early = this.#early.filter(({ reject }) => !reject);
  }

  reset() {
    this.#fax = undefined;
    this.#doubt = false;
    this.#early = this.#early.filter(({ reject }) => reject);
    this.#mounted?.reset();
  }

  async #mount() {
    await start();
    if (!this.isConnected || this.#mounted) return;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(styles());
    }
    this.#root.adoptedStyleSheets = [sheet];
    const mounted = mount(this);
    this.#mounted = mounted;
    for (const name of ATTRIBUTES) {
      if (this.hasAttribute(name)) mounted.set(name, this.getAttribute(name));
    }
    mounted.set("lang", this.#language());
    try {
      if (this.#fax !== undefined) mounted.fax = this.#fax;
    } catch (error) {
      reportError(error); // a fax that is none; the form opens empty
    }
    if (this.#doubt) mounted.doubt();
    this.#fax = undefined;
    this.#doubt = false;
    if (this.#token) mounted.setToken(this.#token);
    if (this.#tokenProvider) mounted.setTokenProvider(this.#tokenProvider);
    const place = document.createElement("div");
    this.#root.replaceChildren(place);
    mounted.show(place);
    for (const { run } of this.#early.splice(0)) run(mounted);
  }

  #unmount() {
    if (!this.#mounted) return;
    const mounted = this.#mounted;
    this.#mounted = undefined;
    // An element that comes back comes back with its draft, and with what is not known of it.
    [this.#fax, this.#doubt] = mounted.unmount();
    this.#root.replaceChildren(document.createElement("slot"));
  }

  #language() {
    for (let node = this; node; node = node.parentElement ?? node.getRootNode().host) {
      if (node.lang) return node.lang;
    }
    return "";
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
    get() { return this.getAttribute(attribute) ?? DEFAULTS[property] ?? null; },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

/** Registers the element, once, under a name of the page's choice. Does nothing where there is no DOM. */
export function defineFaxWidget(tag = "fax-widget") {
  const registry = globalThis.customElements;
  if (registry && !registry.get(tag)) {
    // A class can be registered under one name only.
    registry.define(tag, registry.getName?.(FaxWidgetElement) ? class extends FaxWidgetElement {} : FaxWidgetElement);
  }
}
