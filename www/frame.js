// <fax-widget> for pages whose content security policy refuses WebAssembly: the same element, with the widget in a frame
// from another site. This file stands alone, so that it can be served from anywhere, and has to stay below 3 kB minified;
// whatever can be decided at the other end, in embed.js, is decided there. In Node it does nothing.
//
// The two speak through the port of a channel. It is handed to the origin that the frame is to be from and to no other,
// and nothing goes over it before the frame has said that this page may embed it.

// The first five have no attribute; of the next three it is either there or not.
const PROPERTIES = (
  "token tokenProvider directory messages fax persist retypeUnknown keepSignIn server account extension endpoint credentials " +
  "clientId redirectUri encoding view messageIds to isoCode faxResolution coverIndex coverPageText sendTime theme review " +
  "remember pages"
).split(" ");
const NAMES = PROPERTIES.map((property) => property.replace(/[A-Z]/g, "-$&").toLowerCase());

const { assign } = Object;
const make = (tag) => document.createElement(tag);
const asError = (fields) => assign(Error(fields.message), fields);
const failure = (outcome, code = "cancelled", message = code) => asError({ name: "FaxError", code, message, outcome });

/** Makes an element what `<fax-widget>` is, with the same properties, methods and events; `src` is the frame's address. */
function connect(element) {
  const root = element.attachShadow({ mode: "open" });
  const place = make("slot"); // what the page put inside shows until the widget stands
  const state = {}; // what the widget has to know
  let early = { ...element }; // properties that were set before the widget had any
  let absent = { fax: { to: [], attachments: [], faxResolution: "High" } }; // what properties are that nobody has set
  let looks = []; // the style properties that the widget wants to know
  let port; // to the widget, once it has accepted this page
  let said; // how often this side has spoken: what was told before the other side heard all of it is old
  let failed; // why there is no widget
  let calls = []; // [name, value, resolve, reject]: with a port what was not answered yet, without one what is to be said

  const post = (name, value, id) => {
    said++;
    port && port.postMessage([name, typeof value === "function" || value, id]); // a function stays here, and is asked for
  };

  const look = () => {
    const style = getComputedStyle(element);
    let node = element;
    let dir;
    // A language that is stated nearer than any direction brings its own.
    while (node && ((dir ||= node.dir), !node.lang)) node = node.parentElement ?? node.getRootNode().host;
    post("look", [element.baseURI, node?.lang, dir, looks.map((name) => style.getPropertyValue(name))]);
  };

  const set = (name, value) => {
    state.over = 0; // a draft that the page sets is not the one that was accepted
    post(name, (state[name] = value));
    look();
  };

  /** There is no widget any more, or none yet: rejects what somebody waits for. */
  const drop = (error) => {
    port && port.close(); // an answer that is on its way is to nobody's call
    port = 0;
    calls = calls.filter(([, , , reject]) => !reject || reject(error));
  };

  // What a frame that is no more had begun may have been accepted.
  const leave = () => port && drop(failure("unknown"));

  const tell = (name, detail) =>
    element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable: name == "fax-submit", detail }));

  const fail = (error) => {
    drop((failed = error));
    place.role = "alert";
    place.textContent = error.message; // shows where the page put nothing inside
    tell("fax-error", error);
  };

  const hear = async (frame, own, [name, value, id, end]) => {
    let answer;
    if (value?.message) value = asError(value); // nothing else has one
    if (name == "yes") {
      failed = 0;
      port = own;
      said = 0;
      [absent, looks, frame.style.transition] = value;
      // What was called for waits in the element there, which takes its state from what follows.
      calls.forEach(([name, value], place) => post(name, value, place + 1));
      for (const name in state) post(name, state[name]);
      look();
    } else if (name == "no") fail(value);
    else if (name == "size") {
      [frame.height, frame.title] = value;
      place.remove();
    } else if (name == "draft") value.heard == said && assign(state, value);
    else if (name == "answer") {
      const call = calls[id];
      delete calls[id];
      id = call[end]?.(value); // which is nothing
    } else if (/^fax-/.test(name)) answer = tell(name, value);
    else try { answer = await state[name](value); } catch {} // what the page's function throws is not for others
    if (id) own.postMessage(["answer", answer, id]);
  };

  PROPERTIES.forEach((property, place) => {
    const name = NAMES[place];
    Object.defineProperty(element, property, {
      get: () =>
        place < 4 || place > 7 ? state[name] ?? absent[property]
        : place > 4 ? element.hasAttribute(name)
        // Whole, also where the page set a part and the other side has not answered yet.
        : { ...absent.fax, ...state.fax },
      set(value) {
        if (place < 5) set(name, value);
        else if ((value ?? false) === false) element.removeAttribute(name);
        else element.setAttribute(name, value);
      },
    });
  });

  for (const name of ["addFiles", "submit", "resend", "renderPages", "cancel", "reset"]) {
    element[name] = (value) => {
      if (name == "reset") delete state.fax;
      if (name == "cancel" && !port) drop(failure("not-sent"));
      const send = (...ends) => {
        post(name, value, calls.push([name, value, ...ends]));
        failed && drop(failed);
      };
      return /mit|end/.test(name) ? new Promise(send) : send(); // submit, resend and renderPages
    };
  }

  return {
    set,
    leave,
    enter() {
      assign(element, early);
      early = 0;
      const address = new URL(element.getAttribute("src") ?? "../embed.html", import.meta.url);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":host(:not([hidden])),iframe{display:block}iframe{width:100%;border:0}");
      root.adoptedStyleSheets = [sheet];
      const frame = assign(make("iframe"), {
        title: "Fax",
        part: "frame",
        height: 0,
        allow: "clipboard-write",
        referrerPolicy: "no-referrer",
        src: address.origin + address.pathname, // no script, that is
        onload() {
          leave();
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => hear(frame, port1, data);
          frame.contentWindow.postMessage("fax-widget", address.origin, [port2]);
        },
        // A change of style has no event, but for that of a transition.
        ontransitionrun: look,
      });
      root.replaceChildren(place, frame);
      failed = 0;
      setTimeout(() => {
        port || failed || (frame.isConnected && fail(failure("not-sent", "timeout", "No answer at " + address)));
      }, 30_000);
    },
  };
}

globalThis.customElements?.define("fax-widget", class extends HTMLElement {
  static observedAttributes = [...NAMES.slice(5), "lang", "dir"];
  #inner = connect(this);
  connectedCallback() { this.#inner.enter(); }
  disconnectedCallback() { this.#inner.leave(); }
  connectedMoveCallback() {} // moveBefore() keeps the frame
  attributeChangedCallback(name, _, value) { this.#inner.set(name, value); }
});
