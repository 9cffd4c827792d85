import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  outputDir: join(tmpdir(), "fax-e2e-results"),
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // How long is waited for what is to come, on a machine that may be busy with other things. No time of the product's is
  // measured with these: a test that is about a time says which.
  timeout: 60_000,
  expect: { timeout: 15_000 },
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
