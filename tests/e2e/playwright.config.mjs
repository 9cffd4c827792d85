import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  outputDir: join(tmpdir(), "fax-e2e-results"),
  fullyParallel: true,
  workers: 2,
  // On a machine that does something else besides, one test of hundreds may come too late. It is tried once more and named as flaky;
  // scripts/test takes more than three of those for a failure.
  retries: 1,
  forbidOnly: true,
  timeout: 30_000,
  reporter: "line",
  use: {
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    timezoneId: "America/New_York",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update",
      ],
    },
  },
});
