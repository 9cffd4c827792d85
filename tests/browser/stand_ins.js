// What a page gives the widget, replaced or watched while a test runs. A test that fails drops nothing, so whatever is
// left of it is put back when the next one begins.
let undo = [];

export function restore() {
  for (const put_back of undo.reverse()) put_back();
  undo = [];
  // What one test sent is no business of the next.
  localStorage.clear();
  sessionStorage.clear();
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

/**
 * Keeps a list of the timers that are set and neither gone off nor cleared. One longer than `most` goes off after
 * `most`, and the clock then shows as if all of its time had passed.
 */
export function watch_timers(most) {
  const running = new Map();
  const set = [];
  const own_now = Date.now;
  let ahead = 0;
  replace(Date, "now", { value: () => own_now.call(Date) + ahead });
  for (const [begin, end] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
    const [own_begin, own_end] = [window[begin], window[end]];
    replace(window, begin, {
      value(run, delay = 0, ...values) {
        set.push(delay);
        const id = own_begin.call(window, () => {
          if (begin === "setTimeout") {
            running.delete(id);
            ahead += Math.max(0, delay - most);
          }
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

// ----- what a browser keeps

const STORES = ["heads", "pieces"];

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function with_stores(work) {
  const database = await result(indexedDB.open("fax-widget"));
  try {
    const transaction = database.transaction(STORES, "readwrite");
    return await work(...STORES.map((name) => transaction.objectStore(name)));
  } finally {
    database.close();
  }
}

export function new_tab() {
  sessionStorage.clear();
}

export async function forget_everything() {
  new_tab();
  await result(indexedDB.deleteDatabase("fax-widget"));
}

/** All keys and all values, those of the heads first: `[key, value]`. */
export function everything_kept() {
  return with_stores(async (...stores) => {
    const found = stores.map((store) => [result(store.getAllKeys()), result(store.getAll())]);
    const lists = [];
    for (const [keys, values] of found) {
      const all = await values;
      lists.push((await keys).map((key, n) => [key, all[n]]));
    }
    return lists.flat();
  });
}

/** Every byte and every letter of such a list, as Latin-1. */
export function spelled_out(value) {
  if (value instanceof ArrayBuffer) return spelled_out(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value).replaceAll("\0", "");
  if (Array.isArray(value)) return value.map(spelled_out).join(" ");
  if (value instanceof CryptoKey) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Another byte at the end of what is encrypted in a record; `place` is its place in `everything_kept`. */
export async function damage(place) {
  const [key, value] = (await everything_kept())[place];
  const cipher = new Uint8Array(Array.isArray(key) ? value[1] : value.at(-1)[1]);
  cipher[cipher.length - 1] ^= 1;
  await with_stores((heads, pieces) => result((Array.isArray(key) ? pieces : heads).put(value, key)));
}

/** Each of two records in the other's place. */
export async function exchange(a, b) {
  const all = await everything_kept();
  await with_stores(async (_, pieces) => {
    await result(pieces.put(all[a][1], all[b][0]));
    await result(pieces.put(all[b][1], all[a][0]));
  });
}

export function pass_time(milliseconds) {
  const own = Date.now;
  replace(Date, "now", { value: () => own() + milliseconds });
}

/** No space for pieces from now on: a put throws, or its transaction ends with the error, as browsers have it. */
export function fill_up(throws) {
  const own = IDBObjectStore.prototype.put;
  replace(IDBObjectStore.prototype, "put", {
    value(value, key) {
      if (this.name !== "pieces") return own.call(this, value, key);
      const full = new DOMException("no space", "QuotaExceededError");
      if (throws) throw full;
      const request = own.call(this, value, key);
      Object.defineProperty(this.transaction, "error", { value: full });
      this.transaction.abort();
      return request;
    },
  });
}

export function take_away(name) {
  const owner = { indexedDB: window, subtle: Crypto.prototype, locks: Navigator.prototype }[name];
  replace(owner, name, { get: () => undefined });
}

/** A file that was moved after it was chosen. */
export function moved_file(name) {
  const file = new File(["moved"], name);
  file.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("moved", "NotFoundError")) });
  return file;
}

export async function is_extractable(key) {
  const exported = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
  return key.extractable || exported;
}
