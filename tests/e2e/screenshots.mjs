// Pictures of every state, or of some: node tests/e2e/screenshots.mjs FOLDER [STATE…]
// The picture of the README, www/screenshot.png: node tests/e2e/screenshots.mjs --readme
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { bad, Composer } from "./composer.mjs";
import config from "./playwright.config.mjs";
import { file, pdf, png } from "./documents.mjs";
import { failing, Faxes, fill as fillInbox, held, listed, posted, RECEIVED, STUCK } from "./faxes.mjs";
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

/** Faxes with every kind of end. */
async function faxesOf(sandbox) {
  await fillInbox(sandbox, 60, 25);
  const failed = await posted(sandbox, [failing(1), failing(15), failing(20), failing(32), failing(99)]);
  const partial = await posted(sandbox, ["+16505550100", bad(1), "+4930901820"]);
  const queued = await posted(sandbox, STUCK);
  for (const id of [failed, partial]) {
    while ((await held(sandbox, id)).to.some((to) => to.messageStatus === "Queued")) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { failed, partial, queued };
}

/** The states of the resend view by their names. */
const RESEND_STATES = {
  "faxes-none": async (faxes) => faxes.open(),
  "faxes-ids": async (faxes, { partial }) => faxes.open({ messageIds: `${partial} 12ab 999999 ${RECEIVED[0]}` }),
  "faxes-account": async (faxes, { partial }) => {
    await faxes.open();
    await faxes.account.click();
    await faxes.choice(partial).check();
  },
  "faxes-remembered": async (faxes, _, composer) => {
    await faxes.open({ view: "send" });
    await fill(composer, bad(1));
    await composer.reviewSendAndSeeAccepted();
    await composer.accepted.locator('[part~="faxes-link"]').click();
    await faxes.rows.first().waitFor();
  },
  "fax-failed": async (faxes, { failed }) => {
    await faxes.open();
    await faxes.account.click();
    await faxes.openListed(failed);
  },
  "fax-partial": async (faxes, { partial }) => {
    await faxes.open();
    await faxes.account.click();
    await faxes.openListed(partial);
  },
  "fax-queued": async (faxes, { queued }) => {
    await faxes.open();
    await faxes.account.click();
    await faxes.openListed(queued);
    await faxes.button("Cancel this fax").click();
  },
  "fax-document": async (faxes, { partial }) => {
    await RESEND_STATES["fax-partial"](faxes, { partial });
    await faxes.button("Show document").click();
    await faxes.openDocument.waitFor();
  },
  "fax-preparing": async (faxes, { queued }) => {
    await faxes.open();
    await faxes.account.click();
    await faxes.openListed(queued);
    await faxes.button("Show document").click();
    await faxes.document.getByText("still preparing").waitFor();
  },
  resend: async (faxes, { partial }) => {
    await RESEND_STATES["fax-partial"](faxes, { partial });
    await faxes.button("Send again to those it failed for").click();
  },
  "resend-others": async (faxes) => {
    await faxes.open({ messageIds: RECEIVED[0], retypeUnknown: true });
    await faxes.button("Forward", faxes.asked).click();
    await faxes.numbers.fill("+1 650 555 0100\ncall me");
    await faxes.later.check();
    await faxes.send.click();
  },
  batch: async (faxes, ids, _, sandbox) => {
    const some = (await listed(sandbox)).filter((id) => !Object.values(ids).includes(id)).slice(0, 12);
    await faxes.open({ messageIds: [ids.partial, RECEIVED[0], ...some].join() });
    await faxes.resendChosen.click();
    await faxes.numbers.fill("+16505550123");
    await faxes.send.click();
    await faxes.batch.getByText("Waiting for the service’s limit").waitFor();
  },
  "batch-end": async (faxes, { partial }) => {
    await faxes.open({ messageIds: `${partial},${RECEIVED[0]}` });
    await faxes.resendChosen.click();
    await faxes.numbers.fill(`${bad(406)}`);
    await faxes.send.click();
    await faxes.batchDone.waitFor();
  },
  sheet: async (faxes, { partial }) => {
    await RESEND_STATES["fax-partial"](faxes, { partial });
    await faxes.button("Confirmation sheet").click();
  },
  doubt: async (faxes, _, composer) => {
    await faxes.open({ view: "send" });
    await faxes.page.route("**/message-store?*", (route) => route.fulfill({ status: 503, json: {} }));
    await fill(composer, bad(499));
    await composer.reviewAndSend();
    await faxes.doubts.getByText("I have checked it myself").waitFor();
  },
  numbers: async (faxes, _, composer) => {
    await faxes.open({ view: "send", retypeUnknown: true });
    await faxes.element.evaluate((widget) => {
      widget.directory = (number) => ({ "+16505550100": "Lakeside Clinic", "+4930901820": null })[number];
    });
    await fill(composer);
    await composer.addRecipient("+1 650 555 0177");
    await composer.proceed.click();
    await faxes.retypes.first().fill("+49 30 90182");
  },
  "draft-restored": async (faxes, _, composer) => {
    await faxes.open({ view: "send", persist: true });
    await fill(composer);
    await faxes.page.waitForTimeout(1_500);
    await faxes.page.reload();
    await composer.notice.waitFor();
  },
  twin: async (faxes, _, composer) => {
    await faxes.open({ view: "send" });
    await composer.addRecipient(bad(497));
    await composer.addRecipient(STUCK);
    await composer.choose(pdf());
    await composer.reviewAndSend();
    await faxes.twin.waitFor();
  },
};

async function take(browser, { width, colorScheme, state, path, deviceScaleFactor = 1, fullPage = true }) {
  const sandbox = await Sandbox.start(state in STATES ? {} : { pace: 50 });
  const { locale, timezoneId } = config.use;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor, locale, timezoneId });
  try {
    const page = await context.newPage();
    const composer = new Composer(page, sandbox.origin);
    if (state in STATES) {
      await composer.open();
      await STATES[state](composer);
    } else {
      await RESEND_STATES[state](new Faxes(page, sandbox.origin), await faxesOf(sandbox), composer, sandbox);
    }
    await page.mouse.move(0, 0);
    await page.waitForTimeout(250);
    if (fullPage) await page.screenshot({ path, fullPage });
    else await composer.element.screenshot({ path });
  } finally {
    await context.close();
    await sandbox.stop();
  }
}

const [argument, ...only] = process.argv.slice(2);
if (!argument) {
  console.error("usage: node tests/e2e/screenshots.mjs FOLDER [STATE…] | --readme");
  process.exit(2);
}
const browser = await chromium.launch(config.use.launchOptions);
try {
  if (argument === "--readme") {
    const path = join(import.meta.dirname, "../../www/screenshot.png");
    await take(browser, { width: 1040, colorScheme: "light", state: "filled", path, fullPage: false });
  } else {
    await mkdir(argument, { recursive: true });
    for (const state of only.length ? only : [...Object.keys(STATES), ...Object.keys(RESEND_STATES)]) {
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
