// The worker that renders pages, spoken to as the widget speaks to it, under the policy that the site runs under. Its documents are those
// that pages/examples/documents.rs wrote, with the pages that this machine made of them.
import { createServer } from "node:http";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test as base } from "./fixtures.mjs";
import { DIST, TYPES } from "./servers.mjs";

const DOCUMENTS = process.env.FAX_DOCUMENTS ?? join(import.meta.dirname, "../../target/documents");
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
  "require-trusted-types-for 'script'";

/** The site, an empty page of it, and the documents; notes what is asked for, and may hold other bytes than dist/ does. */
class Shelf {
  static async start() {
    const shelf = new Shelf();
    shelf.asked = [];
    shelf.instead = new Map();
    shelf.server = createServer(async ({ url }, answer) => {
      const { pathname } = new URL(url, "http://localhost");
      const name = decodeURIComponent(pathname).slice(1);
      shelf.asked.push(name);
      const file = shelf.instead.has(name) ? shelf.instead.get(name)
        : name === "" ? "<!doctype html><title>Pages</title><link rel=icon href=icon.svg><input type=file>"
        : await readFile(name.startsWith("documents/") ? join(DOCUMENTS, normalize(name.slice(10))) : join(DIST, normalize(name))).catch(() => undefined);
      answer.writeHead(file === undefined ? 404 : 200, {
        "content-type": name === "" ? TYPES[".html"] : TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      });
      answer.end(file);
    });
    await new Promise((resolve) => shelf.server.listen(0, "127.0.0.1", resolve));
    shelf.origin = `http://127.0.0.1:${shelf.server.address().port}`;
    return shelf;
  }

  /** What was asked for of the worker's files, and is not asked for again. */
  supplies() {
    return this.asked.splice(0).filter((name) => /^fax-widget\/(fonts\/|cmaps|pages_rest)/.test(name))
      .map((name) => name.slice(11).replace(/_rest_\w+/, "_rest")).sort();
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What runs in the page: starts a worker and speaks with it. Pictures come back as points of one channel. */
function speak() {
  const policy = trustedTypes.createPolicy("test", { createScriptURL: (url) => url });
  globalThis.start = () =>
    new Promise((resolve) => {
      const worker = new Worker(policy.createScriptURL("/fax-widget/pages.js"), { type: "module" });
      const waiting = new Map();
      let last = 0;
      globalThis.answers = [];
      worker.onmessage = ({ data }) => {
        globalThis.answers.push(Object.keys(data));
        if ("isReady" in data) resolve(data.isReady);
        else {
          waiting.get(data.id)(data);
          waiting.delete(data.id);
        }
      };
      worker.onerror = () => resolve("error");
      globalThis.ask = (request) => new Promise((resolve) => {
        waiting.set(++last, resolve);
        worker.postMessage({ id: last, ...request });
      });
    });
  globalThis.points = (bitmap) => {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  };
  globalThis.stored = async (name) => (await fetch(`/documents/${name}`)).blob();
  globalThis.open = async (document, name, more = {}) =>
    ask({ do: "open", document, file: typeof name === "string" ? await stored(name) : name, isText: false, password: "", ...more });
  globalThis.page = (document, page = 0, more = {}) =>
    ask({ do: "page", document, page, resolution: "High", paper: "Letter", turn: "auto", thumbnail: 0, picture: false, ...more });
}

const test = base.extend({
  shelf: async ({}, use) => {
    const shelf = await Shelf.start();
    await use(shelf);
    await shelf.stop();
  },
  /** A page with a worker that is ready. */
  ready: async ({ page, shelf }, use) => {
    await page.goto(shelf.origin);
    await page.evaluate(speak);
    expect(await page.evaluate(() => start())).toBe(true);
    await use(page);
  },
});

test("every kind is opened, and says what it is", async ({ ready }) => {
  const kinds = {
    "letter.pdf": ["pdf", 2], "grey.tif": ["tiff", 2], "coarse.tif": ["tiff", 2], "picture.png": ["png", 1], "picture.jpg": ["jpeg", 1],
    "picture.gif": ["gif", 1], "picture.bmp": ["bmp", 1], "picture.webp": ["webp", 1], "text.txt": ["text", 2],
  };
  for (const [name, [kind, pages]] of Object.entries(kinds)) {
    const opened = await ready.evaluate((name) => open(1, name), name);
    expect(opened, name).toEqual({ id: expect.any(Number), kind, pages, unknownCharacters: 0, isPartial: false, lacks: [] });
  }
  expect(await ready.evaluate(() => open(1, new Blob(["abc 你好"])))).toMatchObject({ kind: "text", unknownCharacters: 2 });
  expect(await ready.evaluate(() => open(1, new Blob(["a\x01b"]), { isText: true }))).toMatchObject({ kind: "text" });
  expect(await ready.evaluate(() => open(1, new Blob([new Uint8Array([0x63, 0x61, 0x66, 0xe9])]), { isText: true }))).toMatchObject({ kind: "text", unknownCharacters: 0 });
});

test("what a page lacks is told, and that a file breaks off", async ({ ready }) => {
  const told = await ready.evaluate(async () => {
    const told = [];
    const half = async (name) => (await stored(name)).slice(0, ((await stored(name)).size * 0.6) | 0);
    const tiff = await stored("coarse.tif");
    for (const file of ["letter.pdf", "japanese.pdf", "picture.jpg", await half("picture.jpg"), tiff.slice(0, tiff.size / 2)]) {
      const { isPartial: isShort } = await open(1, file);
      const { lacks, isPartial } = await page(1);
      told.push([isShort, isPartial, ...lacks]);
    }
    return told;
  });
  // The TIFF's first page is one strip, which ends behind the half.
  expect(told).toEqual([[false, false], [false, false, "font"], [false, false], [false, true], [true, true]]);
  // Two frames of one point each.
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const gif = [...Buffer.from("GIF89a"), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, ...frame, ...frame, 0x3b];
  expect(await ready.evaluate((gif) => open(1, new Blob([new Uint8Array(gif)])), gif)).toMatchObject({ kind: "gif", lacks: ["frames"] });
});

test("what is too large is refused without being read", async ({ ready }) => {
  const answer = await ready.evaluate(() => {
    const parts = Array.from({ length: 51 }, () => new Uint8Array(1 << 20));
    return open(1, new Blob(["%PDF-1.7\n", ...parts]));
  });
  expect(answer).toEqual({ id: expect.any(Number), refusal: "too-large", kind: "pdf" });
});

test("what the browser makes is what this machine makes, to the bit", async ({ ready }) => {
  test.setTimeout(180_000);
  const files = (await readdir(DOCUMENTS)).filter((name) => name.endsWith(".g4"));
  expect(files.length, `pages in ${DOCUMENTS}, which scripts/test fills`).toBeGreaterThan(40);
  const byDocument = new Map();
  for (const file of files) {
    const name = file.split(".").slice(0, 2).join(".");
    byDocument.set(name, [...(byDocument.get(name) ?? []), file]);
  }
  const differ = [];
  for (const [name, files] of byDocument) {
    differ.push(...(await ready.evaluate(async ([name, files]) => {
      await open(1, name, { password: name.startsWith("locked") ? "swordfish" : "" });
      const differ = [];
      for (const file of files) {
        const [resolution, paper, number] = file.split(".").slice(2);
        const { coded } = await page(1, Number(number), { resolution, paper });
        const expected = new Uint8Array(await (await stored(file)).arrayBuffer());
        if (coded?.length !== expected.length || coded.some((byte, at) => byte !== expected[at])) differ.push(file);
      }
      return differ;
    }, [name, files])));
  }
  expect(differ).toEqual([]);
});

test("a page, its thumbnail and its picture are one", async ({ ready }) => {
  const seen = await ready.evaluate(async () => {
    await open(1, "letter.pdf");
    const high = await page(1, 0, { thumbnail: 216, picture: true });
    const low = await page(1, 0, { thumbnail: 216, resolution: "Low", paper: "A4" });
    const [large, small] = [high.picture, high.thumbnail].map((bitmap) => points(bitmap).filter((_, at) => at % 4 === 0));
    const black = large.filter((grey) => grey === 0).length, white = large.filter((grey) => grey === 255).length;
    return {
      high: [high.width, high.height, high.picture.width, high.picture.height], low: [low.width, low.height],
      all: black + white === high.width * high.height, black: black / large.length - high.black,
      thumbnails: [high, low].map(({ thumbnail }) => [thumbnail.width, thumbnail.height]),
      greys: small.some((grey) => grey > 20 && grey < 235),
      mean: 1 - small.reduce((sum, grey) => sum + grey, 0) / small.length / 255 - high.black,
      seconds: high.seconds, bytes: high.coded.length, rest: [high.dithered, high.coloured, high.turn, high.scale],
      keys: Object.keys(low).sort(),
    };
  });
  expect(seen.high).toEqual([1728, 2156, 1728, 2156]);
  expect(seen.low).toEqual([1728, 1145]);
  expect(seen.all, "nothing but black and white").toBe(true);
  expect(Math.abs(seen.black)).toBeLessThan(1e-9);
  // 215 mm by 279.4 and by 297.
  expect(seen.thumbnails).toEqual([[216, 281], [216, 298]]);
  expect(seen.greys).toBe(true);
  expect(Math.abs(seen.mean)).toBeLessThan(0.005);
  const around = (rate) => 3 + (seen.bytes * 8 * 264) / 256 / rate;
  expect(seen.seconds.map((seconds, at) => seconds - around([14400, 9600][at])).every((off) => Math.abs(off) < 1e-6)).toBe(true);
  expect(seen.rest).toEqual([0, 0, "upright", 1]);
  expect(seen.keys).toEqual(["black", "coded", "coloured", "dithered", "height", "id", "isPartial", "lacks", "scale", "seconds", "thumbnail", "turn", "width"]);
});

test("pages are turned as asked, and landscape ones by themselves", async ({ ready }) => {
  const turns = await ready.evaluate(async () => {
    await open(1, "landscape.pdf");
    const turns = [];
    for (const turn of ["auto", "upright", "right", "over", "left"]) turns.push((await page(1, 0, { turn })).turn);
    return turns;
  });
  expect(turns).toEqual(["right", "upright", "right", "over", "left"]);
});

test("originals come in their colours, upright, and as wide as asked", async ({ ready }) => {
  const originals = await ready.evaluate(async () => {
    const originals = {};
    for (const name of ["figures.pdf", "colours.tif", "grey.tif", "coarse.tif", "picture.png", "picture.jpg", "picture.gif", "picture.bmp", "picture.webp", "text.txt", "landscape.pdf"]) {
      await open(1, name);
      const { picture } = await ask({ do: "original", document: 1, page: 0, width: 300 });
      const data = points(picture);
      let [coloured, dark] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        coloured += Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 25;
        dark += data[at + 1] < 200;
      }
      originals[name] = [picture.width, picture.height, coloured > 100, dark > 50];
    }
    return originals;
  });
  expect(originals).toEqual({
    "figures.pdf": [300, 388, true, true], "colours.tif": [300, 388, false, true], "grey.tif": [300, 388, false, true],
    "coarse.tif": [300, expect.any(Number), false, true], "picture.png": [300, 225, true, true], "picture.jpg": [300, 225, true, true],
    "picture.gif": [300, 225, true, true], "picture.bmp": [300, 225, true, true], "picture.webp": [300, 225, true, true],
    "text.txt": [300, 399, false, true], "landscape.pdf": [300, 212, false, true],
  });
});

test("pages that were made become one file", async ({ ready }) => {
  const head = await ready.evaluate(async () => {
    await open(1, "letter.pdf");
    const pages = [];
    for (const number of [1, 0]) {
      const { width, height, coded } = await page(1, number);
      pages.push({ width, height, resolution: "High", coded });
    }
    const { file } = await ask({ do: "file", pages });
    const again = await open(2, new Blob([file]));
    const first = await page(2, 0);
    return {
      head: String.fromCharCode(...file.subarray(0, 2)), kind: again.kind, pages: again.pages,
      same: first.coded.every((byte, at) => byte === pages[0].coded[at]), none: await ask({ do: "file", pages: [] }),
    };
  });
  expect(head).toEqual({ head: "II", kind: "tiff", pages: 2, same: true, none: { id: expect.any(Number), refusal: "empty" } });
});

test("a locked document asks for its password", async ({ ready }) => {
  const answers = await ready.evaluate(async () => [
    await open(1, "locked.pdf"), await open(1, "locked.pdf", { password: "wrong" }), await page(1),
    await open(1, "locked.pdf", { password: "swordfish" }), (await page(1)).width,
  ]);
  const refused = (refusal, more) => ({ id: expect.any(Number), refusal, ...more });
  expect(answers).toEqual([
    refused("password-needed", { kind: "pdf" }), refused("password-needed", { kind: "pdf" }), refused("no-such-page"),
    { id: expect.any(Number), kind: "pdf", pages: 2, unknownCharacters: 0, isPartial: false, lacks: [] }, 1728,
  ]);
});

test("what cannot be rendered is refused, by the reason, and the worker goes on", async ({ ready }) => {
  const refusals = await ready.evaluate(async () => {
    const letter = await stored("letter.pdf");
    const half = letter.slice(0, 200);
    const page_of = (count) => new Blob(["a\f".repeat(count)]);
    const heic = new Blob([new Uint8Array([0, 0, 0, 24]), "ftypheic", new Uint8Array(4), "mif1heic"]);
    const bomb = new Blob([new Uint8Array([
      0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 1, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 0, 0x49, 0xef, 0x6f, 0x3f,
    ])]);
    const refusals = [];
    for (const file of [new Blob([]), half, heic, new Blob(["PK\x03\x04\x14\0\x06\0"]), page_of(401), bomb, new Blob(["%PDF-1.7"])]) {
      const { refusal, kind } = await open(1, file);
      refusals.push(`${kind}: ${refusal}`);
    }
    await open(1, letter);
    for (const number of [2, 1e6]) refusals.push((await page(1, number)).refusal);
    refusals.push((await ask({ do: "original", document: 1, page: 9, width: 10 })).refusal);
    refusals.push((await page(7)).refusal, (await page(1)).refusal);
    return refusals;
  });
  expect(refusals).toEqual([
    "unknown: empty", "pdf: damaged", "heic: unsupported", "zip: unsupported", "text: too-many-pages", "png: too-large", "pdf: damaged",
    "no-such-page", "no-such-page", "no-such-page", "no-such-page", undefined,
  ]);
});

test("a document that was closed is gone, and the others are not", async ({ ready }) => {
  const answers = await ready.evaluate(async () => {
    await open(1, "letter.pdf");
    await open(2, "picture.png");
    return [await ask({ do: "close", document: 1 }), await page(1), (await page(2)).width, await ask({ do: "close", document: 9 })];
  });
  const id = expect.any(Number);
  expect(answers).toEqual([{ id }, { id, refusal: "no-such-page" }, 1728, { id }]);
});

test("fonts and character maps are fetched when a page needs them, once, from beside the worker", async ({ ready, shelf }) => {
  const make = (name) => ready.evaluate(async (name) => {
    await open(1, name);
    return (await page(1)).width;
  }, name);
  shelf.supplies();
  for (const [name, fetched] of [
    ["embedded.pdf", []], ["photographs.pdf", []], ["picture.jpg", []],
    ["letter.pdf", ["fonts/Helvetica-Bold", "fonts/Times-Roman"]], ["letter.pdf", []],
    ["text.txt", ["fonts/Courier"]],
    ["japanese.pdf", ["cmaps", "fonts/Helvetica"]], ["japanese.pdf", []],
    ["picture.webp", ["pages_rest.wasm"]], ["grey.tif", []],
  ]) {
    expect(await make(name), name).toBe(1728);
    expect(shelf.supplies(), name).toEqual(fetched);
  }
});

test("a page whose font cannot be fetched is refused, until it can", async ({ ready, shelf, expected }) => {
  expected.push(/^Failed to load resource: /);
  shelf.instead.set("fax-widget/fonts/Courier", undefined);
  const make = () => ready.evaluate(async () => {
    await open(1, "text.txt");
    const { width, refusal } = await page(1);
    return width ?? refusal;
  });
  expect(await make()).toBe("unsupported");
  // A host that has a page for everything.
  shelf.instead.set("fax-widget/fonts/Courier", "<!doctype html><title>Not found</title>");
  expect(await make()).toBe("unsupported");
  shelf.instead.clear();
  expect(await make()).toBe(1728);
});

test("where the rest of the program cannot be fetched the worker says that it is over", async ({ ready, shelf, expected }) => {
  expected.push(/^Failed to load resource: /);
  for (const name of await readdir(join(DIST, "fax-widget"))) if (/^pages_rest/.test(name)) shelf.instead.set(`fax-widget/${name}`, undefined);
  expect(await ready.evaluate(async () => (await open(1, "picture.jpg"), (await page(1)).width))).toBe(1728);
  expect(await ready.evaluate(() => open(1, "picture.webp"))).toEqual({ id: expect.any(Number), refusal: "damaged", isOver: true });
});

test("a host that keeps its files gzipped will do", async ({ page, shelf }) => {
  const rest = (await readdir(join(DIST, "fax-widget"))).find((name) => /^pages_rest\w+\.wasm$/.test(name));
  for (const name of ["fax-widget/pages_bg.wasm", `fax-widget/${rest}`, "fax-widget/fonts/Courier"]) shelf.instead.set(name, gzipSync(await readFile(join(DIST, name))));
  await page.goto(shelf.origin);
  await page.evaluate(speak);
  expect(await page.evaluate(() => start())).toBe(true);
  for (const name of ["text.txt", "picture.webp"]) {
    expect(await page.evaluate(async (name) => (await open(1, name), (await globalThis.page(1)).black), name)).toBeGreaterThan(0.001);
  }
});

for (const [what, bytes] of [["is missing", undefined], ["is something else", Buffer.from("<!doctype html>")], ["is cut off", Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 99])]]) {
  test(`where the program ${what} the worker says so`, async ({ page, shelf, expected }) => {
    expected.push(/^Failed to load resource: /);
    shelf.instead.set("fax-widget/pages_bg.wasm", bytes);
    await page.goto(shelf.origin);
    await page.evaluate(speak);
    expect(await page.evaluate(() => start())).toBe(false);
  });
}

/** The program with no more than two megabytes beyond what it starts with. */
function starved(program) {
  const bytes = Uint8Array.from(program);
  const number = (at) => (bytes[at] < 128 ? [bytes[at], at + 1] : (([rest, end]) => [(bytes[at] & 127) | (rest << 7), end])(number(at + 1)));
  for (let at = 8; at < bytes.length; ) {
    const [length, from] = number(at + 1);
    if (bytes[at] === 5) {
      const [least, limit] = number(from + 2);
      const most = least + 32;
      // As many bytes as before.
      for (let byte = limit, rest = most, end = number(limit)[1]; byte < end; byte++, rest >>= 7) bytes[byte] = (rest & 127) | (byte < end - 1 ? 128 : 0);
      return Buffer.from(bytes);
    }
    at = from + length;
  }
}

test("a program that runs out of memory says that it is over", async ({ page, shelf }) => {
  shelf.instead.set("fax-widget/pages_bg.wasm", starved(await readFile(join(DIST, "fax-widget/pages_bg.wasm"))));
  await page.goto(shelf.origin);
  await page.evaluate(speak);
  expect(await page.evaluate(() => start())).toBe(true);
  expect(await page.evaluate(() => open(1, new Blob(["a small one"])))).toMatchObject({ kind: "text" });
  expect(await page.evaluate(() => open(1, new Blob(["a ".repeat(4e6)])))).toEqual({ id: 2, refusal: "damaged", isOver: true });
  // Nobody is there any more.
  const silence = () => Promise.race([open(1, new Blob(["abc"])), new Promise((resolve) => setTimeout(() => resolve("silence"), 500))]);
  expect(await page.evaluate(silence)).toBe("silence");
});

test("a document that is gone since it was chosen is refused", async ({ ready, folder }) => {
  const path = join(folder, "gone.txt");
  await writeFile(path, "here");
  await ready.locator("input").setInputFiles(path);
  await rm(path);
  expect(await ready.evaluate(() => open(1, document.querySelector("input").files[0]))).toEqual({ id: expect.any(Number), refusal: "damaged" });
  expect(await ready.evaluate(() => open(1, new Blob(["still there"])))).toMatchObject({ kind: "text" });
});
