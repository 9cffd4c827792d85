// Measures the release build in a browser, against a sandbox of its own, and prints each figure beside its limit.
// Ends with 1 where one is over. scripts/bench says how to call it.
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "@playwright/test";

const SIZE = 50_000_000; // the most that the service takes
const PAIRS = 15;
const TRIES = 5;
const SLOWDOWN = 4;

const quick = process.argv.includes("--check");
const json = process.argv.includes("--json");

const target = fileURLToPath(new URL("../target/", import.meta.url));
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, "bench-"));
const site = join(folder, "site");
let sandbox, browser;

async function close() {
  await browser?.close();
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

/** What a browser downloads for the widget, from a server that compresses well. */
function download() {
  const parts = readdirSync(join(site, "fax-widget"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const compressed = parts.map((entry) => {
    const bytes = readFileSync(join(entry.parentPath ?? entry.path, entry.name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return brotliCompressSync(bytes, { params }).length;
  });
  return compressed.reduce((sum, size) => sum + size, 0);
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
        globalThis.wasmMemory = (made.instance ?? made).exports.memory;
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
      // Everything is as it is when a person presses the button: the form filled in and shown, the store empty.
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

/** The longest task on the main thread, in milliseconds, from `act` until all of `entries` stand. The least of some
 * tries: other programs on this machine only ever add to it. The browser reports tasks from 50 ms on. */
async function longestTask(origin, prepare, act, part, entries) {
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
    await page.locator(`fax-widget [part=${part}]`).nth(entries - 1).waitFor();
    await page.waitForTimeout(1_000); // layout and pictures come after
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    longest.push(await page.evaluate(() => globalThis.longest()));
    await page.context().close();
  }
  return Math.min(...longest);
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
  figure("Download of the widget, brotli", download(), 90_000, "bytes");
  if (!json && loadavg()[0] > availableParallelism()) {
    console.log(`  (this machine is busy, load ${loadavg()[0].toFixed(1)}: times come out longer than they are)`);
  }
  const origin = await start();

  const file = join(folder, "large.pdf");
  writeFileSync(file, randomFillSync(Buffer.allocUnsafe(SIZE)));
  for (const encoding of ["form-data", "mixed"]) {
    // "Under 1 MiB"; memory comes in pages of 64 KiB.
    figure(`Memory that sending 50 MB takes, ${encoding}`, (await growth(origin, file, encoding)) / 1024, 1023, "KiB");
  }

  // Times depend on what else the machine does.
  if (quick) return;
  const paste = (page) => page.keyboard.press("ControlOrMeta+V");
  const recipients = await longestTask(origin, prepareRecipients, paste, "recipient", 200);
  figure(`Longest task, pasting 200 recipients, CPU ${SLOWDOWN} times slower`, recipients, 200, "ms");
  const add = (page) => page.evaluate(() => document.querySelector("fax-widget").addFiles(globalThis.documents));
  const files = await longestTask(origin, prepareFiles, add, "document", 50);
  figure(`Longest task, adding 50 files, CPU ${SLOWDOWN} times slower`, files, 200, "ms");

  const pairs = await ratios(origin, file);
  figure("Time to send 50 MB, over fetch alone", median(pairs.map(([submit, bare]) => submit / bare)), 1.05, "times", 3);
  const [submit, bare] = [0, 1].map((at) => median(pairs.map((pair) => pair[at])));
  if (!json) console.log(`  (submit() ${submit.toFixed(0)} ms, fetch alone ${bare.toFixed(0)} ms; median of ${PAIRS} pairs in turns)`);
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
