// A page that pins the widget's files to their digests, as it is shown to people, with the digests that the build prints.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ANNA, Composer } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { DIST } from "./servers.mjs";

const ROOT = join(import.meta.dirname, "../..");
const WRONG = `sha384-${createHash("sha384").update("another file").digest("base64")}`;
/** No page can pin what a worker runs, so this one has none. */
const NO_WORKER = /worker-src 'none'|^policy: worker-src /;
const NO_DIGEST = /Failed to find a valid digest in the 'integrity' attribute|SRI's integrity checks failed/;

/** What the build prints: path and digest. */
async function printed() {
  const { stdout } = await promisify(execFile)("node", [join(ROOT, "scripts/integrity.mjs"), DIST]);
  return Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(" ").reverse()));
}

/** Opens the page with these digests, under a policy that names its two inline scripts and allows no other. */
async function open(page, embedder, sandbox, digests) {
  const snippet = await readFile(join(ROOT, "tests/hosting/pinned.html"), "utf8");
  const pinned = [];
  const filled = snippet.replaceAll("https://platform.ringcentral.com", sandbox.origin).replace(/"\.\/([^"]+)"([^"]*)"sha384-…"/g, (_, path, between) => {
    pinned.push(path);
    return `"./${path}"${between}"${digests[path]}"`;
  });
  expect(filled).not.toContain("…");
  const inline = [...filled.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  // From the server itself: a page that the test answers for is of no address space, and may not ask a local service.
  embedder.pages["/pinned"] = {
    "content-security-policy":
      `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${inline.join(" ")}; img-src 'self' blob: data:; ` +
      `connect-src 'self' ${sandbox.origin}; worker-src 'none'; require-trusted-types-for 'script'`,
    body: `<!doctype html><html lang="en"><title>Pinned</title><link rel="icon" href="data:,"><body>${filled}</body></html>`,
  };
  const asked = [];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === embedder.origin && /\.(js|wasm)$/.test(pathname)) asked.push(pathname.slice(1));
  });
  await page.goto(`${embedder.origin}/pinned`);
  await page.evaluate(() => (document.querySelector("fax-widget").token = "sandbox"));
  return { composer: new Composer(page, embedder.origin), asked, pinned };
}

test("the digests that the build prints let a page start, and a fax go", async ({ embedder, page, sandbox, expected }) => {
  expected.push(NO_WORKER);
  const digests = await printed();
  const { composer, asked, pinned } = await open(page, embedder, sandbox, digests);
  await composer.fillIn(ANNA, pdf());
  await composer.reviewSendAndSeeAccepted();
  expect(await sandbox.inbox()).toHaveLength(1);
  // Nothing came that is not pinned: by the page, or in the glue that it pins.
  const others = asked.filter((path) => !pinned.includes(path));
  expect(others.map((path) => path.replace(/_\w{8}\.wasm$/, "")).sort()).toEqual(["pages", "rest", "shared"].map((part) => `fax-widget/fax-widget_${part}`));
  const glue = await readFile(join(DIST, "fax-widget/fax-widget.js"), "utf8");
  for (const path of others) expect(glue).toContain(digests[path]);
});

for (const path of ["fax-widget/element.js", "fax-widget/fax-widget.js"]) {
  test(`another ${path} does not run`, async ({ embedder, page, sandbox, expected }) => {
    expected.push(NO_DIGEST);
    const { composer } = await open(page, embedder, sandbox, { ...(await printed()), [path]: WRONG });
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => customElements.get("fax-widget"))).toBe(undefined);
    await expect(composer.heading).toHaveCount(0);
  });
}

test("another program does not start, and the page says so", async ({ embedder, page, sandbox, expected }) => {
  expected.push(NO_DIGEST);
  const { composer } = await open(page, embedder, sandbox, { ...(await printed()), "fax-widget/fax-widget_bg.wasm": WRONG });
  await expect(composer.element).toContainText("The fax form could not be started");
  await expect(composer.heading).toHaveCount(0);
});

test("another second part does not run, and nothing is sent", async ({ embedder, page, sandbox, expected }) => {
  expected.push(NO_DIGEST, FAILED_REQUEST, /Failed to fetch/);
  await page.route("**/*_rest_*.wasm", async (route) => {
    const response = await route.fetch();
    // A section with a name and nothing in it: as good a program as it was.
    const body = Buffer.concat([await response.body(), Buffer.from([0, 2, 1, 120])]);
    await route.fulfill({ response, body });
  });
  const { composer } = await open(page, embedder, sandbox, await printed());
  await composer.fillIn(ANNA, pdf());
  await composer.proceed.click();
  await expect(composer.failure).toContainText("could not be loaded");
  expect(await sandbox.inbox()).toEqual([]);
});
