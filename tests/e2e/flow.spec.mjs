// From the form over the review to the service, and every way out on the way.
import { ANNA, BEN, bad } from "./composer.mjs";
import { onDisk, pdf, sha256 } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const DRAFT = { to: [{ phoneNumber: bad(408) }], attachments: ["contract.pdf"], coverPageText: "Kept" };

test.describe("review", () => {
  test("shows numbers, documents, cover and time", async ({ opened: composer }) => {
    await composer.addRecipient(ANNA, "Anna Example");
    await composer.addRecipient("+4930901820");
    await composer.choose(pdf("a.pdf"), pdf("b.pdf", 5_000));
    await composer.chooseCover("Elegant");
    await composer.coverText.fill("First line\nsecond line");
    await composer.standard.check();
    await composer.country.selectOption("FR");
    await composer.sendLater("2031-01-15T21:30");
    await composer.proceed.click();
    await expect(composer.reviewHeading).toBeFocused();
    await expect(composer.reviewNumbers).toHaveText(["+1 650 555 0100", "+49 309 018 20"]);
    await expect(composer.reviewNames).toHaveText(["Anna Example", ""]);
    await expect(composer.reviewDocuments).toHaveText(["a.pdf", "b.pdf"]);
    await expect(composer.review).toContainText("2 documents, 7 kB");
    await expect(composer.fact("Cover page")).toHaveText("Elegant");
    await expect(composer.fact("Text")).toHaveText("First line\nsecond line");
    await expect(composer.fact("Resolution")).toHaveText("Standard");
    await expect(composer.fact("When")).toHaveText(/^Wednesday, January 15, 2031 at 9:30\sPM EST$/);
    await expect(composer.fact("Country of the numbers")).toHaveText("France");
    await expect(composer.send).toHaveText("Schedule fax");
  });

  test("says so where it is the default, and now", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await expect(composer.fact("Cover page")).toHaveText("Account’s default");
    await expect(composer.fact("When")).toHaveText("Now");
    await expect(composer.fact("Text")).toHaveCount(0);
    await expect(composer.send).toHaveText("Send fax");
  });

  test("Back mends", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await composer.back.click();
    await expect(composer.proceed).toBeFocused();
    await composer.addRecipient(BEN);
    await composer.proceed.click();
    await expect(composer.reviewNumbers).toHaveText(["+1 650 555 0100", "+1 650 555 0101"]);
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
    expect((await sandbox.inbox())[0].to).toHaveLength(2);
  });

  test("Escape goes back, and nothing was posted", async ({ opened: composer, page, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await expect(composer.reviewHeading).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(composer.proceed).toBeFocused();
    await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["contract.pdf"] });
    expect(sandbox.posts()).toBe(0);
  });

  test("off sends at once", async ({ opened: composer, sandbox }) => {
    await composer.set({ review: "off" });
    await expect(composer.proceed).toHaveText("Send fax");
    await composer.fillIn(ANNA, pdf());
    await composer.later.check();
    await expect(composer.proceed).toHaveText("Schedule fax");
    await composer.now.check();
    await composer.proceed.click();
    await expect(composer.messageId).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
  });
});

test("with the keyboard alone, from the page’s start to accepted", async ({ opened: composer, page, sandbox, folder }) => {
  const path = await onDisk(folder, "letter.pdf");
  await composer.tabTo(composer.number);
  await page.keyboard.type("+1 650 555 0100");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Anna");
  await page.keyboard.press("Enter");
  await expect(composer.number).toBeFocused();
  await composer.tabTo(composer.chooseButton);
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(path);
  await expect(composer.documentNames).toHaveText(["letter.pdf"]);
  await expect(composer.chooseButton).toBeFocused();
  await composer.tabTo(composer.coverPage);
  await page.keyboard.type("Form");
  await composer.tabTo(composer.coverText);
  await page.keyboard.type("Hello Anna");
  await composer.tabTo(composer.fine);
  await page.keyboard.press("ArrowDown");
  await expect(composer.standard).toBeChecked();
  await composer.tabTo(composer.now);
  await page.keyboard.press("ArrowDown");
  await expect(composer.sendTime).toBeFocused();
  await page.keyboard.type("01152031");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("0930AM");
  await expect(composer.sendTime).toHaveValue("2031-01-15T09:30");
  await composer.tabTo(composer.country);
  await page.keyboard.type("Germ");
  await composer.tabTo(composer.proceed);
  await page.keyboard.press("Enter");
  await expect(composer.reviewHeading).toBeFocused();
  await composer.tabTo(composer.send);
  await page.keyboard.press("Space");
  await expect(composer.acceptedHeading).toBeFocused();
  const [fax] = await sandbox.inbox();
  expect(fax.to).toMatchObject([{ phoneNumber: ANNA, name: "Anna" }]);
  expect(fax.fields).toMatchObject({
    coverIndex: 10, coverPageText: "Hello Anna", faxResolution: "Low", sendTime: "2031-01-15T14:30:00.000Z",
    country: { isoCode: "DE" },
  });
});

/** What the accepted screen says, but for the way to other faxes. */
const said = async (composer) => (await composer.accepted.innerText()).replace(await composer.faxesLink.innerText(), "");

test.describe("phases", () => {
  test("checking, uploading with size and time, accepted", async ({ composer, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.clock.install();
    await composer.open();
    await composer.listen("fax-progress");
    await composer.fillIn(bad(408), pdf("contract.pdf", 1_500_000));
    await composer.reviewAndSend();
    await expect(composer.progressHeading).toBeFocused();
    await expect(composer.progress).toContainText("Keep this page open until the fax service has answered.");
    await expect(composer.steps).toHaveText([/Checking the documents/, /Uploading 1\.5 MB/, /Accepted by the fax service/]);
    await expect(composer.currentStep).toContainText("Uploading 1.5 MB");
    await expect(composer.currentStep).toContainText(/0:0\d so far/);
    await page.clock.fastForward(61_000);
    await expect(composer.currentStep).toContainText(/1:0\d so far/);
    await expect(composer.progress).not.toContainText("%");
    await expect(composer.status).toHaveText("Uploading");
    expect((await composer.heard("fax-progress")).map(({ detail }) => detail)).toEqual([
      { phase: "checking" },
      { phase: "uploading", total: 1_500_000 },
    ]);
    await composer.cancelButton.click();
    await expect(composer.ownDoubt).toBeFocused();
  });

  test("accepted is not called sent", async ({ opened: composer, sandbox }) => {
    await composer.listen("fax-accepted");
    await composer.addRecipient(ANNA, "Anna");
    await composer.addRecipient(bad(9));
    await composer.choose(pdf());
    await composer.reviewAndSend();
    await expect(composer.acceptedHeading).toBeFocused();
    await expect(composer.acceptedHeading).toHaveText("Accepted by the fax service");
    await expect(composer.accepted).toContainText("Nothing has arrived yet");
    await expect(composer.accepted).toContainText("+1 650 555 0100");
    await expect(composer.accepted).toContainText("Waiting to be dialled");
    expect(await said(composer)).not.toMatch(/\b(sent|delivered)\b/i);
    expect(await composer.status.innerText()).not.toMatch(/\bsent\b/i);
    const [fax] = await sandbox.inbox();
    await expect(composer.messageId).toHaveText(String(fax.id));
    const [{ detail }] = await composer.heard("fax-accepted");
    expect(detail).toMatchObject({ id: fax.id, type: "Fax", messageStatus: "Queued" });
  });

  test("scheduled is not called sent either", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.sendLater("2031-01-15T09:30");
    await composer.reviewAndSend();
    await expect(composer.acceptedHeading).toHaveText("Accepted, to go out later");
    await expect(composer.accepted).toContainText(/Wednesday, January 15, 2031 at 9:30\sAM EST/);
    expect(await said(composer)).not.toMatch(/\b(sent|delivered)\b/i);
  });

  test("the id can be copied, and the next fax starts empty", async ({ opened: composer, page }) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await composer.fillIn(ANNA, pdf());
    await composer.coverText.fill("Hello");
    await composer.reviewSendAndSeeAccepted();
    await composer.copy.click();
    await expect(composer.status).toHaveText("Copied.");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await composer.messageId.textContent());
    await composer.newFax.click();
    await expect(composer.number).toBeFocused();
    expect(await composer.fax()).toEqual({ to: [], attachments: [], faxResolution: "High" });
    await expect(composer.flaws).toHaveCount(0);
    await expect(composer.summary).toHaveCount(0);
  });
});

test.describe("cancel", () => {
  test.beforeEach(async ({ opened: composer, expected }) => {
    expected.push(FAILED_REQUEST);
    await composer.fillIn(bad(408), pdf());
    await composer.coverText.fill("Kept");
    await composer.listen("fax-error");
  });

  test("during the upload: the outcome is not known, and the draft is kept", async ({ opened: composer, sandbox }) => {
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("Uploading");
    await composer.cancelButton.click();
    await expect(composer.ownDoubt).toBeFocused();
    await expect(composer.ownDoubt).toContainText("Looking whether a fax was accepted");
    await expect(composer.ownDoubt).toContainText("You stopped while the fax was on its way.");
    await composer.expectDraft(DRAFT);
    const [{ detail }] = await composer.heard("fax-error");
    expect(detail).toMatchObject({ name: "FaxError", code: "cancelled", outcome: "unknown" });
    expect(await sandbox.inbox()).toEqual([]);
    // Whoever sends again is told on every screen that it may be twice.
    await composer.proceed.click();
    await expect(composer.earlierTry).toContainText("the recipients may get this fax twice");
    await expect(composer.send).toHaveText("Send again");
    await composer.back.click();
    await expect(composer.doubt).toBeVisible();
  });

  test("in the wait after a 429: not sent, and nothing goes later", async ({ opened: composer, page, sandbox }) => {
    await composer.editRecipient("+999 000 0408").click();
    await composer.editedNumber.fill(bad(429));
    await composer.doneEditing.click();
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("The fax service is busy");
    await composer.cancelButton.click();
    await expect(composer.failure).toBeFocused();
    await expect(composer.failure).toContainText("The fax was not sent");
    await expect(composer.failure).toContainText("You stopped before anything was sent.");
    await expect(composer.failure).toContainText("Everything you entered is still here.");
    const [{ detail }] = await composer.heard("fax-error");
    expect(detail).toMatchObject({ code: "cancelled", outcome: "not-sent" });
    await composer.expectDraft({ ...DRAFT, to: [{ phoneNumber: bad(429) }] });
    await page.waitForTimeout(6_000); // longer than the wait that was cancelled
    expect(sandbox.posts()).toBe(1);
    expect(await sandbox.inbox()).toEqual([]);
    await expect(composer.doubt).toHaveCount(0);
  });

  test("by a page that calls it off: not sent", async ({ opened: composer, page, sandbox }) => {
    await page.evaluate(() => document.addEventListener("fax-submit", (event) => event.preventDefault()));
    await composer.reviewAndSend();
    await expect(composer.failure).toContainText("You stopped before anything was sent.");
    await composer.expectDraft(DRAFT);
    expect(sandbox.posts()).toBe(0);
  });
});

test.describe("one press, one fax", () => {
  test("a double click in the review", async ({ opened: composer, page, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await composer.send.dblclick();
    await expect(composer.messageId).toBeVisible();
    await page.waitForTimeout(300);
    expect(await sandbox.inbox()).toHaveLength(1);
    expect(sandbox.posts()).toBe(1);
  });

  test("a double click without a review", async ({ opened: composer, page, sandbox }) => {
    await composer.set({ review: "off" });
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.dblclick();
    await expect(composer.messageId).toBeVisible();
    await page.waitForTimeout(300);
    expect(await sandbox.inbox()).toHaveLength(1);
    expect(sandbox.posts()).toBe(1);
  });

  test("a double click on Review does not send", async ({ opened: composer, page, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.dblclick();
    await expect(composer.reviewHeading).toBeVisible();
    await page.waitForTimeout(300);
    expect(sandbox.posts()).toBe(0);
  });

  test("two scripts and two presses at once", async ({ opened: composer, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(ANNA, contract);
    await composer.proceed.click();
    const ids = await composer.element.evaluate(async (widget) => {
      const send = widget.shadowRoot.querySelector("[part~=send]");
      send.click();
      send.click();
      const messages = await Promise.all([widget.submit(), widget.submit()]);
      return messages.map(({ id }) => id);
    });
    const inbox = await sandbox.inbox();
    expect(inbox).toHaveLength(1);
    expect(ids).toEqual([inbox[0].id, inbox[0].id]);
    expect(inbox[0].attachments[0].sha256).toBe(sha256(contract.buffer));
    expect(sandbox.posts()).toBe(1);
  });
});
