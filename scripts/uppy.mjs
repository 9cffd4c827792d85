// The widget beside what a page would otherwise have for choosing and sending files: Uppy's dashboard with its XHR upload,
// bundled the way its documentation says. Each is the smallest page that holds it, from one server and with the same
// headers. A page can be used when the form or the dashboard stands in the document with its listeners; neither waits to
// be painted.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { buildSync } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

// The README's own lines for the widget, and those that Uppy's documentation has.
const [, LINES] = readFileSync(join(ROOT, "README.md"), "utf8").match(/^## In a web page$[^]*?^```html\n([^]*?)^<fax-widget/m);
const PAGES = {
  widget: `${LINES}<body><fax-widget endpoint="/upload"></fax-widget>`,
  uppy: `<link rel="stylesheet" href="uppy.css">
    <script type="module" src="uppy.js"></script>
    <body><div id="uppy"></div>`,
};

// The last line stands in for fax-ready, and throws where the button is not there.
const UPPY = `
  import Uppy from "@uppy/core";
  import Dashboard from "@uppy/dashboard";
  import XHRUpload from "@uppy/xhr-upload";
  import "@uppy/core/css/style.min.css";
  import "@uppy/dashboard/css/style.min.css";
  new Uppy().use(Dashboard, { target: "#uppy", inline: true }).use(XHRUpload, { endpoint: "/upload" });
  document.querySelector("#uppy button.uppy-Dashboard-browse").dispatchEvent(new Event("uppy-ready", { bubbles: true }));
`;

/** The button that opens the browser's choice of files. */
const BROWSE = { widget: "fax-widget [part~=choose-files]", uppy: "#uppy button.uppy-Dashboard-browse" };

// A slow phone on a slow line: what browsers' own tools offer as "fast 3G".
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Both pages, served to a browser of this machine. */
export class Pages {
  #files = new Map();
  #server = createServer((request, answer) => this.#answer(request, answer));

  /** With the widget of the folder `site`. */
  static async serve(site) {
    const pages = new Pages();
    for (const entry of readdirSync(join(site, "fax-widget"), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isFile() && extname(file) in TYPES) pages.#add(relative(site, file).split(sep).join("/"), readFileSync(file));
    }
    const { outputFiles } = buildSync({
      stdin: { contents: UPPY, resolveDir: ROOT },
      bundle: true, minify: true, format: "esm", target: "esnext", outdir: "/", entryNames: "uppy", write: false,
    });
    for (const { path, contents } of outputFiles) pages.#add(path.split(sep).at(-1), contents);
    for (const [name, lines] of Object.entries(PAGES)) {
      pages.#add(`${name}.html`, Buffer.from(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">${lines}`));
    }
    await once(pages.#server.listen(0, "127.0.0.1"), "listening");
    return pages;
  }

  // As small as a server that compresses well makes it.
  #add(path, bytes) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    this.#files.set(`/${path}`, { type: TYPES[extname(path)], bytes: brotliCompressSync(bytes, { params }) });
  }

  #answer({ url }, answer) {
    const file = this.#files.get(url);
    if (!file) return answer.writeHead(404).end();
    const headers = { "Content-Type": file.type, "Content-Encoding": "br", "Content-Length": file.bytes.length, "Cache-Control": "no-cache" };
    return answer.writeHead(200, headers).end(file.bytes);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** How many bytes the files are whose paths match, compressed. */
  size(pattern) {
    return [...this.#files].reduce((sum, [path, { bytes }]) => sum + (pattern.test(path) ? bytes.length : 0), 0);
  }

  /** How many bytes a page has asked for by the time it can be used, itself included, compressed; and how many in `all`, with what it
   * asks for right after that by itself. */
  async bytes(browser, name) {
    const { page, time } = await this.#open(browser, name);
    await page.waitForLoadState("networkidle");
    const asked = await page.evaluate((time) => {
      const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      return all.map(({ name, startTime }) => [new URL(name).pathname, startTime <= time]);
    }, time);
    // That it can be used, and not only says so.
    await Promise.all([page.waitForEvent("filechooser"), page.locator(BROWSE[name]).click()]);
    await page.context().close();
    const weigh = (asked) => [...new Set(asked.map(([path]) => path))].reduce((sum, path) => sum + (this.#files.get(path)?.bytes.length ?? 0), 0);
    return { usable: weigh(asked.filter(([, before]) => before)), all: weigh(asked) };
  }

  /** When a page can be used, in milliseconds from the start of the navigation, on a slow line with a processor that is
   * `slowdown` times slower and with nothing cached. */
  async time(browser, name, slowdown) {
    const { page, time } = await this.#open(browser, name, slowdown);
    await page.context().close();
    return time;
  }

  async #open(browser, name, slowdown) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      globalThis.usable = new Promise((resolve) => {
        for (const ready of ["fax-ready", "uppy-ready"]) addEventListener(ready, () => resolve(performance.now()));
      });
    });
    if (slowdown) {
      const devtools = await context.newCDPSession(page);
      await devtools.send("Network.enable");
      await devtools.send("Network.emulateNetworkConditions", LINE);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    }
    await page.goto(`http://127.0.0.1:${this.#server.address().port}/${name}.html`, { waitUntil: "commit" });
    // The first of them ends the wait for a page that fails, or comes to nothing.
    const failed = page.waitForEvent("pageerror").then((error) => Promise.reject(error));
    return { page, time: await Promise.race([failed, page.evaluate(() => globalThis.usable)]) };
  }
}
