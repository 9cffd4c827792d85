// Measures the release build in a browser, against a sandbox of its own, and prints each figure beside its limit.
// Ends with 1 where one is over. scripts/bench says how to call it.
import { execFileSync, spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { budget } from "./budget.mjs";
import { Renderers } from "./pages-bench.mjs";
import { Pages } from "./uppy.mjs";

const SIZE = 50_000_000; // the most that the service takes
const PAIRS = 15;
const STARTS = 31; // of the widget and of Uppy each, in turns
const TRIES = 5;
const SLOWDOWN = 4;

const quick = process.argv.includes("--check");
const json = process.argv.includes("--json");

const target = fileURLToPath(new URL("../target/", import.meta.url));
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, "bench-"));
const site = join(folder, "site");
let sandbox, browser, pages, renderers;

async function close() {
  await browser?.close();
  pages?.close();
  renderers?.close();
  if (sandbox?.exitCode === null) {
    sandbox.kill();
    await once(sandbox, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => close().finally(() => process.exit(130)));

const figures = [];

function figure(name, value, limit, unit, digits = 0) {
  const within = value <= limit;
  figures.push({ name, value, limit, unit, within });
  if (json) return;
  const shown = (number) => `${number.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
  console.log(`${name.padEnd(58)} ${shown(value).padStart(12)}   limit ${shown(limit).padEnd(12)} ${within ? "" : "OVER"}`.trimEnd());
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** A size beside its budget, and the word to lower that where it has become roomy. */
function download(name, bytes, most) {
  figure(name, bytes, most, "bytes");
  if (bytes < most * 0.95 && !json) console.log(`  (lower its budget in scripts/budget.json: ${Math.ceil(bytes / 500) * 500} would do)`);
}

async function start() {
  // A fax stays queued for an hour, so that no delivery runs beside what is measured.
  const options = ["--listen", "127.0.0.1:0", "--site", site, "--store", join(folder, "faxes.sqlite"), "--pace", "3600000"];
  sandbox = spawn(join(target, "service/fax-sandbox"), options, { stdio: ["ignore", "pipe", "ignore"] });
  const line = await Promise.race([
    once(createInterface(sandbox.stdout), "line"),
    once(sandbox, "exit").then(() => { throw new Error("the sandbox ended before it served"); }),
  ]);
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false,
  });
  return line[0].replace("listening on ", "");
}

/** A page with a widget that stands, in a browser context of its own. */
async function open(origin) {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.addInitScript(() => {
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const real = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        const made = await real.apply(WebAssembly, given);
        globalThis.wasmMemory ??= (made.instance ?? made).exports.memory; // the rest works on that of the first
        return made;
      };
    }
  });
  await page.goto(origin, { waitUntil: "networkidle" });
  await page.locator("fax-widget input[type=tel]").waitFor();
  return page;
}

async function choose(page, file) {
  await page.locator("fax-widget input[type=file]").setInputFiles(file);
  await page.waitForFunction(() => document.querySelector("fax-widget").fax.attachments.length === 1);
}

/** How far WebAssembly's memory, which never shrinks, has grown when a large file has been chosen and sent. */
async function growth(origin, file, encoding) {
  const page = await open(origin);
  const size = () => page.evaluate(() => globalThis.wasmMemory.buffer.byteLength);
  const before = await size();
  await choose(page, file);
  await page.evaluate(async (encoding) => {
    const widget = document.querySelector("fax-widget");
    widget.encoding = encoding;
    widget.fax = { ...widget.fax, to: [{ phoneNumber: "+16505550100" }] };
    await widget.submit();
  }, encoding);
  const after = await size();
  await page.context().close();
  return after - before;
}

/** Times of `submit()` as multiples of what the same FormData takes with nothing but fetch, in turns. */
async function ratios(origin, file) {
  const page = await open(origin);
  await choose(page, file);
  const times = await page.evaluate(async (pairs) => {
    const widget = document.querySelector("fax-widget");
    const draft = { ...widget.fax, to: [{ phoneNumber: "+16505550100" }] };
    const time = async (send) => {
      // Everything is as it is when a person presses the button: the form filled in and shown, the store empty. The
      // widget's own count of faxes a minute would have it wait.
      for (const name of Object.keys(localStorage)) if (name.includes(".rate.")) localStorage.removeItem(name);
      widget.fax = draft;
      await fetch("/inbox", { method: "DELETE" });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const from = performance.now();
      await send();
      return performance.now() - from;
    };
    const submit = () => widget.submit();
    // What the widget puts into its FormData is written down once, to be posted again without it.
    const parts = [];
    const append = FormData.prototype.append;
    FormData.prototype.append = function (...part) {
      parts.push(part);
      return append.apply(this, part);
    };
    await time(submit);
    FormData.prototype.append = append;

    const bare = async () => {
      const body = new FormData();
      for (const part of parts) body.append(...part);
      const headers = { Authorization: "Bearer sandbox" };
      const response = await fetch("/restapi/v1.0/account/~/extension/~/fax", { method: "POST", headers, body });
      if (!response.ok) throw new Error(`the sandbox said ${response.status}`);
      await response.json();
    };
    await time(bare);

    const times = [];
    for (let pair = 0; pair < pairs; pair++) {
      // Either goes first as often as the other.
      const first = await time(pair % 2 ? bare : submit);
      const second = await time(pair % 2 ? submit : bare);
      times.push(pair % 2 ? [second, first] : [first, second]);
    }
    return times;
  }, PAIRS);
  await page.context().close();
  return times;
}

/** The longest task on the main thread, in milliseconds, from `act` until `end` has come. The least of some
 * tries: other programs on this machine only ever add to it. The browser reports tasks from 50 ms on. */
async function longestTask(origin, prepare, act, end) {
  const longest = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const page = await open(origin);
    await prepare(page);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
    await page.evaluate(() => {
      globalThis.tasks = [0];
      const note = (entries) => globalThis.tasks.push(...entries.map((task) => task.duration));
      const observer = new PerformanceObserver((list) => note(list.getEntries()));
      observer.observe({ type: "longtask" });
      globalThis.longest = () => {
        note(observer.takeRecords());
        return Math.max(...globalThis.tasks);
      };
    });
    await act(page);
    await end(page.locator("fax-widget"));
    await page.waitForTimeout(1_000); // layout and pictures come after
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    longest.push(await page.evaluate(() => globalThis.longest()));
    await page.context().close();
  }
  return Math.min(...longest);
}

/** The slowest frame while a list of 10,000 faxes is scrolled from end to end and back, and the heap that it takes. */
async function longList(origin) {
  const page = await open(origin);
  await page.evaluate(async () => {
    const headers = { "X-Fax-Sandbox": "fill", "Content-Type": "application/json" };
    const filled = await fetch("/inbox/fill", { method: "POST", headers, body: JSON.stringify({ count: 10_000, days: 90 }) });
    if (!filled.ok) throw new Error(`the sandbox said ${filled.status}`);
    document.querySelector("fax-widget").view = "resend";
  });
  const widget = page.locator("fax-widget");
  await widget.getByRole("button", { name: "All of this account" }).click();
  await widget.getByRole("textbox", { name: "From" }).fill("2020-01-01");
  await widget.locator("[part~=faxes] .fax-row").first().waitFor();
  const scroll = widget.locator(".scroll");
  // Down to the end, which is where no more pages are to be read.
  while (!(await widget.getByText("and no more").isVisible())) {
    await scroll.evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await page.waitForTimeout(100);
  }
  const rows = await scroll.locator("[role=listitem]").first().getAttribute("aria-setsize");
  if (Number(rows) < 10_000) throw new Error(`the list holds ${rows} faxes`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  const slowest = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    slowest.push(await scroll.evaluate(async (list) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      let slowest = 0;
      const step = list.scrollHeight / 120; // a page of rows, and many more, at every frame
      for (let at = 0; at < 240; at++) {
        const from = await frame();
        list.scrollTop += at < 120 ? -step : step;
        slowest = Math.max(slowest, (await frame()) - from);
      }
      return slowest;
    }));
  }
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const memory = await page.evaluate(() => globalThis.wasmMemory.buffer.byteLength);
  await page.context().close();
  return { slowest: Math.min(...slowest), heap: (usedSize + memory) / 1e6 };
}

/** Questions in ten seconds, at the most, after 50 faxes that stay queued. */
async function questions(origin) {
  const page = await open(origin);
  await page.evaluate(async () => {
    const place = `${location.origin}/restapi/v1.0/account/~/extension/~/fax`;
    const faxes = [];
    for (let n = 0; n < 50; n++) {
      const body = new FormData();
      body.append("to", "+9990000009");
      body.append("attachment", new File(["text"], "a.txt"));
      const answer = await fetch(place, { method: "POST", headers: { Authorization: "Bearer sandbox" }, body });
      const { id } = await answer.json();
      const to = [{ phoneNumber: "+9990000009", messageStatus: "Queued" }];
      faxes.push({ id: String(id), place, accepted: Date.now(), to });
    }
    sessionStorage.setItem("fax-widget.faxes", JSON.stringify(faxes));
  });
  const times = [];
  page.on("request", (request) => request.url().includes("/message-store") && times.push(Date.now()));
  await page.reload();
  await page.waitForTimeout(46_000);
  await page.context().close();
  if (times.length < 3) throw new Error(`${times.length} questions in 46 seconds: they are not followed`);
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 9_950).length));
}

async function prepareRecipients(page) {
  const numbers = Array.from({ length: 200 }, (_, n) => `+1650555${String(n).padStart(4, "0")}`);
  await page.evaluate((text) => navigator.clipboard.writeText(text), numbers.join("\n"));
  await page.locator("fax-widget input[type=tel]").focus();
}

/** 30 pictures and 20 PDFs of a page, kept in the page. */
async function prepareFiles(page) {
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext("2d");
    globalThis.documents = [];
    for (let n = 0; n < 50; n++) {
      context.fillStyle = `hsl(${n * 7} 60% 60%)`;
      context.fillRect(0, 0, 640, 480);
      context.fillStyle = "black";
      context.font = "200px sans-serif";
      context.fillText(n, 100, 300);
      const picture = await canvas.convertToBlob({ type: "image/jpeg" });
      const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"];
      let pdf = "%PDF-1.4\n", table = "0000000000 65535 f \n";
      objects.forEach((object, at) => {
        table += `${String(pdf.length).padStart(10, "0")} 00000 n \n`;
        pdf += `${at + 1} 0 obj${object}endobj\n`;
      });
      pdf += `xref\n0 4\n${table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF\n`;
      globalThis.documents.push(n % 5 < 3 ? new File([picture], `picture ${n}.jpg`, { type: "image/jpeg" }) : new File([pdf], `page ${n}.pdf`, { type: "application/pdf" }));
    }
  });
}

async function measure() {
  cpSync(fileURLToPath(new URL("../dist/", import.meta.url)), site, { recursive: true }); // a build may replace it meanwhile
  const { site: most } = budget();
  if (!json && loadavg()[0] > availableParallelism()) {
    console.log(`  (this machine is busy, load ${loadavg()[0].toFixed(1)}: times come out longer than they are)`);
  }
  const origin = await start();

  pages = await Pages.serve(site);
  const [widget, uppy] = [await pages.bytes(browser, "widget"), await pages.bytes(browser, "uppy")];
  download("Download until the form can be used, brotli", widget.usable, most.form);
  figure("Download until it can be used, over Uppy's", widget.usable / uppy.usable, 1.3, "times", 2);
  // A form can be filled in when it stands; what reviews and sends is asked for right behind it.
  if (!json) console.log(`  (until a fax can be sent: ${widget.all.toLocaleString("en")} bytes; Uppy, which sends no fax, is all there: ${uppy.all.toLocaleString("en")})`);
  download("Download of the rest, brotli", pages.size(/fax-widget_(rest|shared)_\w+\.wasm$/), most.rest);
  download("Download of what shows pages, brotli", pages.size(/fax-widget_pages_\w+\.wasm$|renderer\.js$/), most.preview);

  renderers = await Renderers.serve({ site, documents: join(folder, "documents"), modules: fileURLToPath(new URL("../node_modules/", import.meta.url)) });
  figure("Download of the worker that renders pages, brotli", await renderers.download(), most.worker, "bytes");

  const file = join(folder, "large.pdf");
  writeFileSync(file, randomFillSync(Buffer.allocUnsafe(SIZE)));
  for (const encoding of ["form-data", "mixed"]) {
    // "Under 1 MiB"; memory comes in pages of 64 KiB.
    figure(`Memory that sending 50 MB takes, ${encoding}`, (await growth(origin, file, encoding)) / 1024, 1023, "KiB");
  }

  // Times depend on what else the machine does.
  if (quick) return;
  const starts = [];
  for (let turn = 0; turn < STARTS; turn++) {
    // Either goes first as often as the other.
    const first = await pages.time(browser, turn % 2 ? "uppy" : "widget", SLOWDOWN);
    const second = await pages.time(browser, turn % 2 ? "widget" : "uppy", SLOWDOWN);
    starts.push(turn % 2 ? [second, first] : [first, second]);
  }
  figure("Time until it can be used on a slow phone, over Uppy's", median(starts.map(([widget, uppy]) => widget / uppy)), 1, "times", 2);
  if (!json) {
    const [widget, uppy] = [0, 1].map((at) => median(starts.map((pair) => pair[at])));
    console.log(`  (the widget ${widget.toFixed(0)} ms, Uppy ${uppy.toFixed(0)} ms; median of ${STARTS} pairs in turns; 1.6 Mbit/s, 150 ms, CPU ${SLOWDOWN} times slower)`);
  }

  const paste = (page) => page.keyboard.press("ControlOrMeta+V");
  const recipients = await longestTask(origin, prepareRecipients, paste, (widget) => widget.locator("[part~=recipient]").nth(199).waitFor());
  figure(`Longest task, pasting 200 recipients, CPU ${SLOWDOWN} times slower`, recipients, 200, "ms");
  const add = (page) => page.evaluate(() => document.querySelector("fax-widget").addFiles(globalThis.documents));
  const made = async (widget) => {
    const documents = widget.locator("[part~=document]");
    await documents.nth(49).waitFor();
    // While pages are made, one more comes and another goes.
    await widget.evaluate((widget) => widget.addFiles([globalThis.documents[0]]));
    await documents.nth(50).waitFor();
    await documents.nth(20).getByRole("button", { name: /^Remove / }).click();
    await widget.locator("[part~=pages-total]").filter({ hasText: /^50 pages (?!.*prepared)/ }).waitFor({ timeout: 120_000 });
  };
  const files = await longestTask(origin, prepareFiles, add, made);
  figure(`Longest task, adding 50 files, CPU ${SLOWDOWN} times slower`, files, 200, "ms");

  const list = await longList(origin);
  figure(`Slowest frame, scrolling 10,000 faxes, CPU ${SLOWDOWN} times slower`, list.slowest, 50, "ms");
  figure("Heap with 10,000 faxes listed, WebAssembly's included", list.heap, 60, "MB", 1);
  figure("Requests in 10 s, following 50 queued faxes", await questions(origin), 1, "requests");

  const pairs = await ratios(origin, file);
  figure("Time to send 50 MB, over fetch alone", median(pairs.map(([submit, bare]) => submit / bare)), 1.05, "times", 3);
  const [submit, bare] = [0, 1].map((at) => median(pairs.map((pair) => pair[at])));
  if (!json) console.log(`  (submit() ${submit.toFixed(0)} ms, fetch alone ${bare.toFixed(0)} ms; median of ${PAIRS} pairs in turns)`);

  await measurePages();
}

/** Pages from the worker beside PDF.js. */
async function measurePages() {
  const documents = join(target, "service/examples/documents");
  execFileSync("cargo", ["build", "--quiet", "--profile", "service", "-p", "fax-pages", "--example", "documents"], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync(documents, [renderers.documents, "figures"]);
  for (const [name, ours, theirs] of await renderers.warm(browser)) {
    figure(`Time to a coded page, over PDF.js's to its points, ${name}`, ours / theirs, 0.8, "times", 2);
    if (!json) console.log(`  (the worker ${ours.toFixed(1)} ms, PDF.js ${theirs.toFixed(1)} ms; median of pages, warm)`);
  }
  const [ours, theirs] = await renderers.cold(browser);
  figure("Time to the first thumbnail of ten pages, cold, over PDF.js's", ours / theirs, 1, "times", 2);
  if (!json) console.log(`  (the worker ${ours.toFixed(0)} ms, PDF.js ${theirs.toFixed(0)} ms)`);
  const photograph = await renderers.photograph(browser);
  figure("Time to the page of a photograph of 12 megapixels", photograph.time, 250, "ms");
  figure("Upload of that photograph, over the photograph", 1 / photograph.times, 1 / 20, "times", 3);
}

try {
  await measure();
} finally {
  await close();
}
const over = figures.filter(({ within }) => !within).length;
if (json) console.log(JSON.stringify(figures, null, 2));
else console.log(`\n${figures.length - over} within their limits, ${over} over`);
process.exitCode = over ? 1 : 0;
