// What a page gives the widget, replaced or watched while a test runs. A test that fails drops nothing, so whatever is
// left of it is put back when the next one begins.
let undo = [];

export function restore() {
  for (const put_back of undo.reverse()) put_back();
  undo = [];
}

function replace(object, name, descriptor) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { ...own, ...descriptor });
  undo.push(() => Object.defineProperty(object, name, own));
}

export function replace_fetch(fetch) {
  const own = window.fetch;
  replace(window, "fetch", { value: (what, ...rest) => (what instanceof Request ? fetch(what) : own(what, ...rest)) });
}

/** The arguments of every call from now on; the calls go through. */
export function watch(object, name) {
  const calls = [];
  const own = object[name];
  replace(object, name, {
    value(...values) {
      calls.push(values);
      return own.apply(this, values);
    },
  });
  return calls;
}

/** Everything that makes elements of text, for as long as the test runs. */
export function watch_markup() {
  const seen = [];
  const setter = (prototype, name) => {
    const own = Object.getOwnPropertyDescriptor(prototype, name).set;
    replace(prototype, name, {
      set(value) {
        seen.push(name);
        own.call(this, value);
      },
    });
  };
  setter(Element.prototype, "innerHTML");
  setter(Element.prototype, "outerHTML");
  setter(ShadowRoot.prototype, "innerHTML");
  const method = (prototype, name) => {
    const own = prototype[name];
    if (!own) return;
    replace(prototype, name, {
      value(...values) {
        seen.push(name);
        return own.apply(this, values);
      },
    });
  };
  method(Element.prototype, "insertAdjacentHTML");
  method(Element.prototype, "setHTMLUnsafe");
  method(Document.prototype, "write");
  method(Range.prototype, "createContextualFragment");
  method(DOMParser.prototype, "parseFromString");
  return seen;
}

/** Keeps a list of the timers that are set and neither gone off nor cleared. One longer than `most` goes off after `most`. */
export function watch_timers(most) {
  const running = new Map();
  const set = [];
  for (const [begin, end] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
    const [own_begin, own_end] = [window[begin], window[end]];
    replace(window, begin, {
      value(run, delay = 0, ...values) {
        set.push(delay);
        const id = own_begin.call(window, () => {
          if (begin === "setTimeout") running.delete(id);
          run(...values);
        }, Math.min(delay, most));
        running.set(id, delay);
        return id;
      },
    });
    replace(window, end, {
      value(id) {
        running.delete(id);
        own_end.call(window, id);
      },
    });
  }
  return { running: (least) => [...running.values()].filter((delay) => delay >= least), set };
}

export function go_offline() {
  replace(Navigator.prototype, "onLine", { get: () => false });
}

/** An answer that breaks off after its first bytes. */
export function half_an_answer() {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'));
      controller.error(new TypeError("network error"));
    },
  });
  return new Response(body, { status: 200 });
}

/** A file of so many megabytes, of which no more than one is ever in the page's memory. */
export function large_file(name, type, megabytes) {
  const megabyte = new Blob([new Uint8Array(1 << 20).fill(37)]);
  return new File(Array(megabytes).fill(megabyte), name, { type });
}

export function entries(form) {
  return [...form];
}
