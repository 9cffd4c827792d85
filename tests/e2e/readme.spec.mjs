// The README's own snippets, taken out of it and run. A block that nobody runs fails the test.
import { accessSync, constants, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ANNA } from "./composer.mjs";
import { onePage, pdf } from "./documents.mjs";
import { expect, test } from "./fixtures.mjs";
import { BLOCKS, under } from "./readme.mjs";

const ROOT = join(import.meta.dirname, "../..");
const read = (path) => readFileSync(join(ROOT, path), "utf8");

/** Blocks that another test runs, and how its file names them. */
const ELSEWHERE = {
  "In a Leptos application: rust": ["tests/readme.rs", "```rust"], // the same as tests/browser/leptos_app.rs, which is compiled and run
  "From npm: js": ["tests/package/readme.spec.mjs", "From npm: js"],
  "In a frame: html": ["tests/e2e/frame.spec.mjs", 'under("In a frame", "html")'],
};

/** Blocks that are files of tests/hosting to the letter, and how the tests that run those name them. */
const HOSTING = {
  "site.conf": ["tests/e2e/hosting.spec.mjs", 'Nginx.start("site"'],
  "pinned.html": ["tests/e2e/integrity.spec.mjs", "hosting/pinned.html"],
  "proxy.conf": ["tests/e2e/proxy.spec.mjs", 'Nginx.start("proxy"'],
  "proxied.html": ["tests/e2e/proxy.spec.mjs", "proxied.html"],
  "session.js": ["tests/e2e/proxy.spec.mjs", "session.js"],
};

const HERE = ["Try it: sh", "In a web page: html", "Without the form: js"];

test("every block is run somewhere", () => {
  const files = Object.keys(HOSTING);
  expect(readdirSync(join(ROOT, "tests/hosting")).sort()).toEqual(files.toSorted());
  const left = BLOCKS.filter(({ under, language, text }) => {
    const name = `${under}: ${language}`;
    const [file, words] = ELSEWHERE[name] ?? HOSTING[files.find((file) => read(`tests/hosting/${file}`) === text)] ?? [];
    return !HERE.includes(name) && !(file && read(file).includes(words));
  });
  expect(left.map(({ under, language }) => `${under}: ${language}`)).toEqual([]);
});

test("Try it", () => {
  const [lines] = under("Try it", "sh");
  const called = lines.trim().split("\n").map((line) => line.split(" ")[0]);
  expect(called).toEqual(["scripts/start", "scripts/test"]); // every start and every test
  for (const path of called) accessSync(join(ROOT, path), constants.X_OK);
});

test("In a web page", async ({ composer, embedder, page, sandbox }) => {
  const [snippet, ...rest] = under("In a web page", "html");
  expect(rest).toEqual([]);
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.route("**/fax-token", (route) => route.fulfill({ contentType: "text/plain", body: "sandbox" }));
  await composer.openEmbedded(embedder, snippet.replaceAll("https://platform.ringcentral.com", sandbox.origin));
  await composer.fillIn(ANNA, pdf());
  await composer.reviewSendAndSeeAccepted();
  const [{ id }] = await sandbox.inbox();
  expect(said).toEqual([`message ${id}`]);
});

test("Without the form", async ({ embedder, page, sandbox }) => {
  const [snippet] = under("Without the form", "js");
  await page.goto(embedder.origin);
  const end = await page.evaluate(
    async ([code, server, text]) => {
      globalThis.given = {
        server, tokenProvider: async () => "sandbox", file: new File([text], "a.pdf"), signal: undefined,
        onProgress() {}, onStatus: (message) => (globalThis.last = message),
      };
      const head = "const { server, tokenProvider, file, signal, onProgress, onStatus } = globalThis.given;\n";
      const module = new Blob([head, code.replace("./fax-widget/", `${location.origin}/fax-widget/`)], { type: "text/javascript" });
      await import(URL.createObjectURL(module));
      return globalThis.last?.messageStatus;
    },
    [snippet, sandbox.origin, onePage().toString()],
  );
  expect(end).toBe("Sent");
  expect((await sandbox.inbox()).map(({ to }) => to[0].phoneNumber)).toEqual([ANNA, "+16505550101"]);
});
