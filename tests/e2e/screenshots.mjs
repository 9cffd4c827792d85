// Pictures of every state: node tests/e2e/screenshots.mjs FOLDER
// The picture of the README, www/screenshot.png: node tests/e2e/screenshots.mjs --readme
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { bad, Composer } from "./composer.mjs";
import config from "./playwright.config.mjs";
import { file, pdf, png } from "./documents.mjs";
import { Sandbox } from "./servers.mjs";

const CLINIC = "+1 650 555 0100";
const OFFICE = "+49 30 901820";

async function fill(composer, number = CLINIC) {
  await composer.addRecipient(number, "Lakeside Clinic, Records");
  await composer.addRecipient(OFFICE, "Insurance office");
  await composer.choose(
    pdf("Referral letter.pdf", 284_310),
    png("Scan of the consent form.png", 620, 800),
    file("Medication list.docx", "", 48_200),
  );
  await composer.chooseCover("Confidential");
  await composer.coverText.fill("For the attention of the records department.\nThree documents follow. Please call us if a page is missing.");
}

/** Every state by its name; each starts at the empty form. */
const STATES = {
  empty: async () => {},
  filled: async (composer) => fill(composer),
  invalid: async (composer) => {
    await fill(composer, "1-800-CLINIC");
    await composer.choose(file("Photo.heic", "image/heic"), { ...pdf("Blank.pdf"), buffer: Buffer.alloc(0) });
    await composer.chooseCover("None");
    await composer.later.check();
    await composer.proceed.click();
    await composer.summary.waitFor();
  },
  review: async (composer) => {
    await fill(composer);
    await composer.proceed.click();
    await composer.review.waitFor();
  },
  sending: async (composer) => {
    await fill(composer, bad(408));
    await composer.reviewAndSend();
    await composer.currentStep.getByText("0:02 so far").waitFor();
  },
  waiting: async (composer) => {
    await fill(composer, bad(429));
    await composer.reviewAndSend();
    await composer.currentStep.getByText("Next try").waitFor();
  },
  accepted: async (composer) => {
    await fill(composer);
    await composer.reviewSendAndSeeAccepted();
  },
  scheduled: async (composer) => {
    await fill(composer);
    await composer.sendLater("2031-01-15T09:30");
    await composer.reviewSendAndSeeAccepted();
  },
  "failed-not-sent": async (composer) => {
    await fill(composer, bad(403));
    await composer.reviewAndSend();
    await composer.failure.waitFor();
  },
  "failed-unknown": async (composer) => {
    await fill(composer, bad(503));
    await composer.reviewAndSend();
    await composer.failure.waitFor();
  },
  "review-unsettled": async (composer) => {
    await STATES["failed-unknown"](composer);
    await composer.proceed.click();
    await composer.doubt.waitFor();
  },
  offline: async (composer) => {
    await fill(composer);
    await composer.page.context().setOffline(true);
    await composer.reviewAndSend();
    await composer.failure.waitFor();
  },
};

async function take(browser, { width, colorScheme, state, path, deviceScaleFactor = 1, fullPage = true }) {
  const sandbox = await Sandbox.start();
  const { locale, timezoneId } = config.use;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor, locale, timezoneId });
  try {
    const page = await context.newPage();
    const composer = new Composer(page, sandbox.origin);
    await composer.open();
    await STATES[state](composer);
    await page.mouse.move(0, 0);
    await page.waitForTimeout(250);
    if (fullPage) await page.screenshot({ path, fullPage });
    else await composer.element.screenshot({ path });
  } finally {
    await context.close();
    await sandbox.stop();
  }
}

const [argument] = process.argv.slice(2);
if (!argument) {
  console.error("usage: node tests/e2e/screenshots.mjs FOLDER | --readme");
  process.exit(2);
}
const browser = await chromium.launch(config.use.launchOptions);
try {
  if (argument === "--readme") {
    const path = join(import.meta.dirname, "../../www/screenshot.png");
    await take(browser, { width: 1040, colorScheme: "light", state: "filled", path, fullPage: false });
  } else {
    await mkdir(argument, { recursive: true });
    for (const state of Object.keys(STATES)) {
      for (const width of [390, 1280]) {
        for (const colorScheme of ["light", "dark"]) {
          await take(browser, { width, colorScheme, state, path: join(argument, `${state}-${width}-${colorScheme}.png`) });
        }
      }
    }
  }
} finally {
  await browser.close();
}
