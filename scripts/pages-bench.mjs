// Measures the worker that renders pages beside PDF.js, in one browser, on the same documents. scripts/bench.mjs prints what comes of it.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const ROUNDS = 5; // of each document, by either in turns; the first warms up
const STARTS = 9; // of either, in turns
/** Ten pages each, as pages/examples/documents.rs writes them. */
const DOCUMENTS = { text: "text.pdf", scanned: "scanned.pdf", copied: "copied.pdf", drawings: "drawings.pdf", photographs: "photographs.pdf" };
const PHOTOGRAPH = "photograph.jpg";
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".pdf": "application/pdf" };

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Both programs and the documents, at one origin. */
export class Renderers {
  static async serve({ site, documents, modules }) {
    const pages = new Renderers();
    const roots = { "/site/": site, "/documents/": documents, "/pdfjs/": join(modules, "pdfjs-dist") };
    pages.site = site;
    pages.documents = documents;
    pages.server = createServer(async ({ url }, answer) => {
      const { pathname } = new URL(url, "http://localhost");
      const [place, root] = Object.entries(roots).find(([place]) => pathname.startsWith(place)) ?? [];
      const file = place ? await readFile(join(root, normalize(pathname.slice(place.length)))).catch(() => undefined) : "<!doctype html><title>Pages</title><link rel=icon href=data:,>";
      answer.writeHead(file === undefined ? 404 : 200, { "content-type": place ? TYPES[extname(pathname)] ?? "application/octet-stream" : "text/html", "cache-control": "no-store" });
      answer.end(file);
    });
    await new Promise((resolve) => pages.server.listen(0, "127.0.0.1", resolve));
    pages.origin = `http://127.0.0.1:${pages.server.address().port}/`;
    return pages;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Bytes, with brotli, that the worker takes for a document that brings its own fonts. */
  async download() {
    const sizes = await Promise.all(["pages.js.br", "pages_bg.wasm.br"].map((name) => stat(join(this.site, "fax-widget", name))));
    return sizes.reduce((sum, { size }) => sum + size, 0);
  }

  async #page(browser) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(this.origin);
    await page.evaluate(inPage);
    return page;
  }

  /** Milliseconds for each page of each document: `[name, ours, theirs]`, medians. Ours ends with the encoded page, theirs with its points. */
  async warm(browser) {
    const page = await this.#page(browser);
    const results = [];
    for (const [name, file] of Object.entries(DOCUMENTS)) {
      const times = { ours: [], theirs: [] };
      for (let round = 0; round < ROUNDS; round++) {
        for (const which of round % 2 ? ["ours", "theirs"] : ["theirs", "ours"]) {
          const taken = await page.evaluate(([which, file]) => globalThis[which].pages(file), [which, file]);
          if (round) times[which].push(...taken);
        }
      }
      results.push([name, median(times.ours), median(times.theirs)]);
    }
    await page.context().close();
    return results;
  }

  /** Milliseconds from nothing to the first thumbnail of a text of ten pages: `[ours, theirs]`, medians. */
  async cold(browser) {
    const times = { ours: [], theirs: [] };
    for (let start = 0; start < STARTS; start++) {
      for (const which of start % 2 ? ["ours", "theirs"] : ["theirs", "ours"]) {
        const page = await this.#page(browser);
        times[which].push(await page.evaluate(([which, file]) => globalThis[which].first(file), [which, DOCUMENTS.text]));
        await page.context().close();
      }
    }
    return [median(times.ours), median(times.theirs)];
  }

  /** Of a photograph of 12 megapixels: milliseconds to the encoded page, and how many times smaller that is. */
  async photograph(browser) {
    const page = await this.#page(browser);
    const { times, bytes } = await page.evaluate((file) => ours.photograph(file), PHOTOGRAPH);
    await page.context().close();
    return { time: median(times), times: (await stat(join(this.documents, PHOTOGRAPH))).size / bytes };
  }
}

function inPage() {
  const WIDTH = 1728;
  const THUMBNAIL = 216;
  const loaded = async (file) => (await fetch(`/documents/${file}`)).blob();

  class Ours {
    constructor() {
      this.waiting = new Map();
      this.worker = new Worker("/site/fax-widget/pages.js", { type: "module" });
      this.worker.onmessage = ({ data }) => this.waiting.get(data.id)?.(data);
    }
    ask(request) {
      return new Promise((resolve) => {
        const id = this.waiting.size + 1;
        this.waiting.set(id, resolve);
        this.worker.postMessage({ id, ...request });
      });
    }
    async open(file) {
      return (await this.ask({ do: "open", document: 1, file, isText: false, password: "" })).pages;
    }
    page(page, more = {}) {
      return this.ask({ do: "page", document: 1, page, resolution: "High", paper: "Letter", turn: "auto", thumbnail: 0, picture: false, ...more });
    }
  }

  let warm;
  globalThis.ours = {
    async pages(name) {
      warm ??= new Ours();
      const count = await warm.open(await loaded(name));
      const times = [];
      for (let number = 0; number < count; number++) {
        const began = performance.now();
        const { coded } = await warm.page(number);
        times.push(performance.now() - began);
        if (!coded) throw new Error(`${name} was refused`);
      }
      return times;
    },
    async first(name) {
      const file = await loaded(name);
      const began = performance.now();
      const worker = new Ours();
      await worker.open(file);
      const { thumbnail } = await worker.page(0, { thumbnail: THUMBNAIL });
      if (thumbnail.width !== THUMBNAIL) throw new Error("no thumbnail");
      return performance.now() - began;
    },
    async photograph(name) {
      const [file, worker, times] = [await loaded(name), new Ours(), []];
      let bytes;
      for (let round = 0; round < 7; round++) {
        const began = performance.now();
        await worker.open(file);
        const { width, height, coded } = await worker.page(0);
        if (round) times.push(performance.now() - began);
        bytes = (await worker.ask({ do: "file", pages: [{ width, height, resolution: "High", coded }] })).file.length;
      }
      return { times, bytes };
    },
  };

  const theirs = async () => {
    const pdfjs = await import("/pdfjs/build/pdf.min.mjs");
    pdfjs.GlobalWorkerOptions.workerSrc = "/pdfjs/build/pdf.worker.min.mjs";
    return pdfjs;
  };
  const open = async (pdfjs, file, worker) =>
    pdfjs.getDocument({ data: await file.arrayBuffer(), worker, wasmUrl: "/pdfjs/wasm/", iccUrl: "/pdfjs/iccs/", cMapUrl: "/pdfjs/cmaps/", standardFontDataUrl: "/pdfjs/standard_fonts/" }).promise;
  const draw = async (page, width) => {
    const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, Math.round(viewport.height)];
    await page.render({ canvas, viewport }).promise;
    // What was drawn is painted when somebody looks.
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
    return canvas;
  };
  let worker;
  globalThis.theirs = {
    async pages(name) {
      const pdfjs = await theirs();
      worker ??= new pdfjs.PDFWorker();
      const document = await open(pdfjs, await loaded(name), worker);
      const times = [];
      for (let number = 1; number <= document.numPages; number++) {
        const page = await document.getPage(number);
        const began = performance.now();
        await draw(page, WIDTH);
        times.push(performance.now() - began);
      }
      await document.loadingTask.destroy();
      return times;
    },
    async first(name) {
      const file = await loaded(name);
      const began = performance.now();
      const document = await open(await theirs(), file);
      await draw(await document.getPage(1), THUMBNAIL);
      return performance.now() - began;
    },
  };
}
