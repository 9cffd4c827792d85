// The npm package, in projects that are made, built and thrown away. Browser and limits are the end-to-end tests'.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import endToEnd from "../e2e/playwright.config.mjs";

export default defineConfig(endToEnd, {
  testDir: import.meta.dirname,
  outputDir: join(tmpdir(), "fax-package-results"),
  timeout: 60_000, // of which a busy machine takes most to build a project
});
