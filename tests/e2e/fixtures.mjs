// What every test has: a sandbox of its own, the page object, and a page that may not complain.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { Composer } from "./composer.mjs";
import { Embedder, Sandbox } from "./servers.mjs";

export { expect };

/** Failed requests are printed by the browser itself; a test that makes them says so. */
export const FAILED_REQUEST = /^Failed to load resource: /;

export const test = base.extend({
  sandboxOptions: [{}, { option: true }],

  sandbox: async ({ sandboxOptions }, use) => {
    const sandbox = await Sandbox.start(sandboxOptions);
    await use(sandbox);
    await sandbox.stop();
  },

  embedder: async ({ sandbox }, use) => {
    const embedder = await Embedder.start(sandbox);
    await use(embedder);
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
      page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
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
  composer: async ({ page, sandbox }, use) => use(new Composer(page, sandbox.origin)),

  /** The page object on the sandbox's own page, opened and ready. */
  opened: async ({ composer }, use) => {
    await composer.open();
    await use(composer);
  },
});
