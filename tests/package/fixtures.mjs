// What a test of the package has: a project with the package in it, served, and, with a page, one that may not complain.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeTests, test as plain } from "@playwright/test";
import { test as inBrowser } from "../e2e/fixtures.mjs";
import { Project, pack } from "./project.mjs";

export { expect, FAILED_REQUEST } from "../e2e/fixtures.mjs";

const temporary = async (use) => {
  const folder = await mkdtemp(join(tmpdir(), "fax-package-"));
  await use(folder);
  await rm(folder, { recursive: true, force: true });
};

/** Without a browser. */
export const packed = plain.extend({
  /** The package as an archive, packed once. */
  archive: [async ({}, use) => temporary(async (folder) => use(await pack(folder))), { scope: "worker" }],

  /** Makes a project; `Project.make` tells what of. */
  project: async ({ archive }, use) => temporary((folder) => use((name, packages) => Project.make(folder, name, archive, packages))),

  /** Sees that a server is stopped when the test ends; gives its address. */
  serving: async ({}, use) => {
    const servers = [];
    await use(async (starting) => {
      const server = await starting;
      servers.push(server);
      return server.origin;
    });
    for (const server of servers) await server.stop();
  },
});

export const test = mergeTests(inBrowser, packed);
