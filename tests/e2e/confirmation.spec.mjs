// A sheet to file or to show: what the service reported of a transmission, and what that does not prove.
import { ANNA, bad } from "./composer.mjs";
import { pdf, png } from "./documents.mjs";
import { held, posted, RECEIVED, settled } from "./faxes.mjs";
import { expect, test } from "./fixtures.mjs";

test.use({ sandboxOptions: { pace: 50 } });

const MOMENT = /^[A-Z][a-z]+day, [A-Z][a-z]+ \d+, 20\d\d at \d+:\d\d\s[AP]M E[SD]T$/;
const PROOF = "This sheet shows what the fax service reported about the transmission. It does not prove that anybody read the fax.";

/** The sheet of a fax that reached Anna and met a busy line. */
async function openSheet(faxes, sandbox) {
  const id = await posted(sandbox, [ANNA, bad(1)]);
  await settled(sandbox, id);
  await faxes.open({ messageIds: id });
  await faxes.button("Confirmation sheet", faxes.askedFor(id)).click();
  await expect(faxes.sheetHeading).toBeFocused();
  return id;
}

test("shows id, status, times with their zone, pages and every recipient with status", async ({ faxes, sandbox }) => {
  const id = await openSheet(faxes, sandbox);
  const fact = (term) => faxes.fact(term, faxes.sheet);
  await expect(faxes.sheet.getByRole("heading")).toHaveText(`Fax transmission report, message ${id}`);
  await expect(fact("Message ID")).toHaveText(id);
  await expect(fact("Status")).toHaveText("Not sent to 1 of 2");
  await expect(fact("From")).toHaveText(/^\+\d/);
  for (const term of ["Accepted by the service", "Last change", "Printed"]) await expect(fact(term)).toHaveText(MOMENT);
  const { faxPageCount } = await held(sandbox, id);
  await expect(fact("Pages")).toHaveText(new RegExp(`^${faxPageCount} pages?$`));
  const rows = faxes.sheet.getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1).getByRole("cell")).toHaveText(["+1 650 555 0100", "Sent"]);
  await expect(rows.nth(2).getByRole("cell")).toHaveText(["+999 000 0001", "Not sent: The line was busy (LineBusy)"]);
});

test("says what it proves, and what not", async ({ faxes, sandbox }) => {
  await openSheet(faxes, sandbox);
  await expect(faxes.sheet.getByText(PROOF)).toBeVisible();
});

test("of a scheduled fax tells its time", async ({ opened: composer, faxes }) => {
  await composer.fillIn(ANNA, pdf());
  await composer.sendLater("2031-01-15T09:30");
  await composer.reviewSendAndSeeAccepted();
  await faxes.button("Confirmation sheet", composer.accepted).click();
  await expect(faxes.fact("Goes out", faxes.sheet)).toHaveText(/^Wednesday, January 15, 2031 at 9:30\sAM EST$/);
  await expect(faxes.fact("Status", faxes.sheet)).toHaveText(/^Goes out/);
});

test("of a received fax tells who it came from", async ({ faxes }) => {
  await faxes.open({ messageIds: RECEIVED[0] });
  await faxes.button("Confirmation sheet", faxes.asked).click();
  await expect(faxes.fact("Status", faxes.sheet)).toHaveText("Received");
  await expect(faxes.fact("From", faxes.sheet)).toHaveText(/^\+\d/);
  await expect(faxes.sheet.getByRole("table")).toHaveCount(0);
});

test("leads back to the fax", async ({ faxes, sandbox }) => {
  const id = await openSheet(faxes, sandbox);
  await faxes.sheetScreen.locator('[part~="back"]').click();
  await expect(faxes.faxHeading).toBeFocused();
  await expect(faxes.fact("Message ID")).toHaveText(id);
});

test("Print prints the sheet alone, in a frame of its own, which is gone afterwards", async ({ faxes, page, sandbox }) => {
  await page.addInitScript(() => {
    window.print = () => {
      const { title, body, adoptedStyleSheets } = document;
      const rules = adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
      (top.printed ??= []).push({ alone: window !== top, title, text: body.innerText, children: body.children.length, rules });
    };
  });
  const id = await openSheet(faxes, sandbox);
  await faxes.print.click();
  const printed = await page.evaluate(() => window.printed);
  expect(printed).toHaveLength(1);
  const [{ alone, title, text, children, rules }] = printed;
  expect(alone).toBe(true);
  expect(children).toBe(1);
  expect(title).toBe(`Fax transmission report, message ${id}`);
  for (const part of [id, "+1 650 555 0100", "Not sent: The line was busy (LineBusy)", PROOF]) expect(text).toContain(part);
  expect(text).not.toMatch(/Print$|All faxes|Send a fax/m);
  expect(rules.some((rule) => rule.startsWith("@page"))).toBe(true);
  const frames = page.frames().length;
  await page.frames().at(-1).evaluate(() => void setTimeout(() => dispatchEvent(new Event("afterprint"))));
  await expect.poll(() => page.frames().length).toBe(frames - 1);
  await expect(faxes.print).toBeFocused();
});

/** From here on the service keeps pages as pictures, and gives one when `there` is. */
async function withPicture(page, there = Promise.resolve()) {
  await page.route("**/message-store/*", async (route) => {
    const response = await route.fetch();
    const message = await response.json();
    message.attachments[0].contentType = "image/png";
    await route.fulfill({ response, json: message });
  });
  await page.route("**/content/*", async (route) => {
    await there;
    await route.fulfill({ contentType: "image/png", body: png().buffer });
  });
}

test("Print waits for the first page, and its address is given back when the sheet is left", async ({ faxes, page, sandbox }) => {
  await page.addInitScript(() => {
    window.print = () => (top.printed ??= []).push([...document.images].map((image) => image.naturalWidth));
    window.revoked = [];
    const { revokeObjectURL } = URL;
    URL.revokeObjectURL = (url) => (window.revoked.push(url), revokeObjectURL.call(URL, url));
  });
  let come;
  await withPicture(page, new Promise((resolve) => (come = resolve)));
  await openSheet(faxes, sandbox);
  await faxes.print.click();
  await faxes.print.click();
  expect(await page.evaluate(() => window.printed)).toBeUndefined();
  come();
  await expect.poll(() => page.evaluate(() => window.printed)).toEqual([[40]]);
  const url = await faxes.sheet.getByRole("img").getAttribute("src");
  expect(await page.evaluate(() => window.revoked)).not.toContain(url);
  await faxes.sheetScreen.locator('[part~="back"]').click();
  await expect(faxes.faxHeading).toBeFocused();
  expect(await page.evaluate(() => window.revoked)).toContain(url);
});

test("shows the first page where the service keeps it as a picture", async ({ faxes, page, sandbox }) => {
  await withPicture(page);
  await openSheet(faxes, sandbox);
  const picture = faxes.sheet.getByRole("img", { name: "The first page" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image) => image.naturalWidth)).toBe(40);
});
