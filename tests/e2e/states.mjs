// Every state of every screen, in the order in which a person may come to it. Those tests walk through them that look
// for the same in each.
import { ANNA, BEN, bad } from "./composer.mjs";
import { file, pdf, png } from "./documents.mjs";
import { failing, fill, held, posted, RECEIVED, STUCK } from "./faxes.mjs";
import { expect } from "./fixtures.mjs";

/** Brings the widget into a state, and out of it again to the form. */
export const FORM_STATES = {
  empty: async () => {},
  invalid: async (composer) => {
    await composer.addRecipient("call me");
    await composer.choose(file("photo.heic", "image/heic"), { ...pdf("blank.pdf"), buffer: Buffer.alloc(0) });
    await composer.chooseCover("None");
    await composer.coverText.fill("Hello");
    await composer.later.check();
    await composer.proceed.click();
    await expect(composer.summary).toBeFocused();
  },
  filled: async (composer) => {
    await composer.setFax({ to: [] }, []);
    await composer.addRecipient(ANNA, "Anna Example");
    await composer.addRecipient("+49 30 901820", "Praxis mit einem sehr langen Namen ohne Ende GmbH & Co. KG");
    await composer.choose(png("scan.png"), pdf("a-very-long-name-without-any-place-to-break-it-2026-11-23-final-final.pdf"));
    await composer.chooseCover("Modern");
    await composer.coverText.fill("Hello");
    await composer.sendLater("2031-01-15T09:30");
    await composer.addRecipient(ANNA);
    await expect(composer.notice).toBeVisible();
  },
  "one page": async (composer) => {
    await composer.pageButtons.first().click();
    for (const picture of [composer.asFaxed, composer.original]) {
      const spare = () => picture.locator("canvas").evaluate((canvas) => Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio));
      await expect.poll(spare).toBeLessThan(1);
    }
  },
  editing: async (composer) => {
    await composer.pageBack.click();
    await composer.editRecipient("+1 650 555 0100").click();
    await expect(composer.editedNumber).toBeFocused();
  },
  "discard asked": async (composer, page) => {
    await page.keyboard.press("Escape");
    await composer.discard.click();
    await expect(composer.discardYes).toBeFocused();
  },
  review: async (composer) => {
    await composer.discardNo.click();
    await composer.proceed.click();
    await expect(composer.reviewHeading).toBeFocused();
  },
  scheduled: async (composer) => {
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
  },
  sending: async (composer) => {
    await composer.newFax.click();
    await composer.fillIn(bad(408), pdf());
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("Uploading");
  },
  "failed, unknown": async (composer) => {
    await composer.cancelButton.click();
    await expect(composer.ownDoubt).toBeFocused();
  },
  "review, unsettled": async (composer) => {
    await composer.proceed.click();
    await expect(composer.earlierTry).toBeVisible();
  },
  waiting: async (composer) => {
    await composer.setFax({ to: [{ phoneNumber: bad(429) }] });
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("The fax service is busy");
  },
  "failed, not sent": async (composer) => {
    await composer.cancelButton.click();
    await expect(composer.failure).toBeFocused();
  },
  accepted: async (composer) => {
    await composer.setFax({ to: [{ phoneNumber: ANNA, name: "Anna" }] });
    await composer.reviewAndSend();
    await expect(composer.messageId).toBeVisible({ timeout: 10_000 }); // the wait that was stopped holds for all
  },
  "asked whether once more": async (composer) => {
    await composer.setFax({ to: [{ phoneNumber: ANNA }] });
    await composer.reviewAndSend();
    await expect(composer.repeat).toBeFocused();
  },
  "cannot be known": async (composer) => {
    await composer.set({ token: "no-messages" });
    await composer.setFax({ to: [{ phoneNumber: bad(499) }] });
    await composer.reviewAndSend();
    await expect(composer.lookAgain).toBeVisible();
  },
  looking: async (composer, page) => {
    await page.route(/\/message-store\?/, () => {}); // it never comes to an end
    await composer.set({ token: "sandbox" });
    await expect(composer.lookingFor).toBeVisible();
  },
};

/** The faxes that the states show. */
export async function prepare(sandbox) {
  await fill(sandbox, 30, 20);
  const sent = await posted(sandbox, ANNA);
  const failed = await posted(sandbox, [failing(1), failing(15), failing(20), failing(32), failing(99)]);
  const partial = await posted(sandbox, [ANNA, bad(1), BEN]);
  const queued = await posted(sandbox, [STUCK]);
  for (const id of [sent, failed, partial]) {
    await expect.poll(async () => (await held(sandbox, id)).to.some((to) => to.messageStatus === "Queued")).toBe(false);
  }
  return { sent, failed, partial, queued };
}

/** Brings the widget into a state, one after another. */
export const FAX_STATES = {
  "list, nothing remembered": async (faxes) => {
    await faxes.open();
    await expect(faxes.nothingRemembered).toBeVisible();
  },
  "the account’s list": async (faxes, { sent }) => {
    await faxes.account.click();
    await expect(faxes.rows.first()).toBeVisible();
    await faxes.choice(sent).check();
    await expect(faxes.resendChosen).toBeVisible();
  },
  "ids, some wrong": async (faxes, { sent, partial }) => {
    await faxes.ask(`${sent} 12ab 99999999999999999999 999999 ${RECEIVED[0]} ${partial}`);
    await expect(faxes.problems).toHaveCount(3);
  },
  "one that failed": async (faxes, { failed }) => {
    await faxes.openListed(failed);
    await expect(faxes.remedies()).toHaveCount(5);
  },
  "its document, being prepared": async (faxes) => {
    await faxes.page.route("**/content/*", (route) => route.fulfill({ status: 400, json: { errorCode: "MSG-368" } }));
    await faxes.button("Show document").click();
    await expect(faxes.document).toContainText("still preparing");
  },
  "one that failed for some": async (faxes, { partial }) => {
    await faxes.allFaxes.click();
    await faxes.openListed(partial);
  },
  "its sheet": async (faxes) => {
    await faxes.button("Confirmation sheet").click();
    await expect(faxes.sheetHeading).toBeFocused();
  },
  "sending again": async (faxes) => {
    await faxes.sheetScreen.locator('[part~="back"]').click();
    await faxes.button("Send again to those it failed for").click();
    await expect(faxes.formHeading).toBeFocused();
  },
  "sending again, with flaws": async (faxes) => {
    await faxes.toOthers.check();
    await faxes.numbers.fill("call me, +16505550103");
    await faxes.later.check();
    await faxes.send.click();
    await expect(faxes.formBanner).toBeFocused();
  },
  "a batch under way": async (faxes, { partial }) => {
    await faxes.page.route("**/fax", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await route.continue().catch(() => {});
    });
    await faxes.back.click();
    await faxes.allFaxes.click();
    await faxes.ask(`${partial} ${RECEIVED[0]}`);
    await faxes.resendChosen.click();
    await faxes.numbers.fill(`${BEN}, ${bad(406)}`);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText(["Sending…", "Waiting"]);
  },
  "its end": async (faxes) => {
    await faxes.page.unroute("**/fax");
    await expect(faxes.batchDone).toBeVisible({ timeout: 10_000 });
  },
  "the same once more": async (faxes, { sent }) => {
    await faxes.batchDone.click();
    for (const turn of [1, 2]) {
      await faxes.ask(sent);
      await faxes.button("Send again to all", faxes.asked).click();
      await faxes.send.click();
      if (turn === 1) await faxes.batchDone.click();
    }
    await expect(faxes.formBanner).toContainText("within the last hour");
  },
  "remembered": async (faxes) => {
    await faxes.back.click();
    await faxes.allFaxes.click();
    await faxes.remembered.click();
    await expect(faxes.rows.first()).toBeVisible();
  },
  "one that waits": async (faxes, { queued }) => {
    await faxes.account.click();
    await faxes.openListed(queued);
  },
  "asked whether to cancel": async (faxes) => {
    await faxes.button("Cancel this fax").click();
    await expect(faxes.confirmCancel()).toBeFocused();
  },
  "cancelled": async (faxes) => {
    await faxes.confirmCancel().click();
    await expect(faxes.headline()).toHaveText("Cancelled");
  },
  "the service cannot be read": async (faxes) => {
    await faxes.page.route("**/message-store?*", (route) => route.fulfill({ status: 503, json: { errorCode: "CMN-201" } }));
    await faxes.allFaxes.click();
    await faxes.direction.selectOption("Inbound");
    await expect(faxes.end).toContainText("could not be read");
  },
  "in doubt": async (faxes, _, composer) => {
    await faxes.compose.click();
    await composer.fillIn(bad(499), pdf());
    await composer.reviewAndSend();
    await expect(faxes.doubts.first()).toBeVisible({ timeout: 30_000 });
    await expect(faxes.doubts).toContainText("I have checked it myself", { timeout: 30_000 });
  },
  "in doubt, in the list": async (faxes, _, composer) => {
    await composer.form.locator('[part~="faxes-link"]').click();
    await expect(faxes.doubts).toBeVisible();
  },
  "the doubt settled: it was accepted": async (faxes) => {
    await faxes.page.unroute("**/message-store?*");
    await faxes.doubts.getByRole("button", { name: "Look again" }).click();
    await expect(faxes.doubts).toHaveCount(0, { timeout: 20_000 });
  },
};
