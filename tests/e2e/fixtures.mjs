// What every test has: a sandbox of its own, the page object, and a page that may not complain.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { Composer } from "./composer.mjs";
import { Faxes } from "./faxes.mjs";
import { Embedder, Sandbox } from "./servers.mjs";

export { expect };

/** Failed requests are printed by the browser itself; a test that makes them says so. */
export const FAILED_REQUEST = /^Failed to load resource: /;

/** What the page still asks when a test ends, as it does while it follows a fax, is let go before the sandbox is; so is
    what a test asks for it. */
async function leave(page) {
  if (page.isClosed()) return;
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto("about:blank");
}

export const test = base.extend({
  sandboxOptions: [{}, { option: true }],

  sandbox: async ({ sandboxOptions, page }, use) => {
    const sandbox = await Sandbox.start(sandboxOptions);
    await use(sandbox);
    await leave(page);
    const wipes = (await sandbox.requests()).filter(({ wipes }) => wipes);
    await sandbox.stop();
    expect(wipes, "a DELETE without an id, which deletes every message").toEqual([]);
  },

  embedder: async ({ sandbox, page }, use) => {
    const embedder = await Embedder.start(sandbox);
    await use(embedder);
    await leave(page);
    await embedder.stop();
  },

  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "fax-e2e-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },

  /** Console errors and warnings, page errors and violations of the page's policy fail the test, but for those whose
      pattern the test pushes here. */
  expected: async ({}, use) => use([]),

  quiet: [
    async ({ page, expected }, use) => {
      const complaints = [];
      page.on("console", (message) => {
        if (["error", "warning", "assert"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack || error}`));
      page.on("filechooser", () => {}); // from the start: no dialog may ever open
      page.on("crash", () => complaints.push("the page crashed"));
      await page.addInitScript(() =>
        addEventListener("securitypolicyviolation", (event) =>
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
        ),
      );
      await use();
      const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(unexpected, "what the browser complained of").toEqual([]);
    },
    { auto: true },
  ],

  /** The page object, with nothing opened yet. */
  composer: async ({ page, sandbox }, use) => {
    await use(new Composer(page, sandbox.origin));
    await leave(page);
  },

  /** The page object of the resend view, with nothing opened yet. */
  faxes: async ({ page, sandbox }, use) => {
    await use(new Faxes(page, sandbox.origin));
    await leave(page);
  },

  /** The page object on the sandbox's own page, opened and ready. */
  opened: async ({ composer }, use) => {
    await composer.open();
    await use(composer);
  },
});
