// Recipients, cover page and delivery.
import { ANNA, BEN } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

test.describe("recipients", () => {
  test("are typed, with or without a name, and shown for reading", async ({ opened: composer }) => {
    await composer.addRecipient(" +1 (650) 555-0100 ", "Anna Example");
    await expect(composer.number).toBeFocused();
    await expect(composer.number).toHaveValue("");
    await expect(composer.name).toHaveValue("");
    await composer.addRecipient("+4930901820");
    await expect(composer.recipientRows).toHaveText([/\+1 650 555 0100\s*Anna Example/, /\+49 309 018 20/]);
    await expect(composer.recipientCount).toHaveText("2 recipients");
    await expect(composer.status).toHaveText("1 recipient added.");
  });

  test("Enter adds, and does not send", async ({ opened: composer, page }) => {
    await composer.choose(pdf());
    await composer.number.fill(ANNA);
    await page.keyboard.press("Enter");
    await expect(composer.recipientRows).toHaveCount(1);
    await expect(composer.review).toHaveCount(0);
    await expect(composer.number).toBeFocused();
  });

  test("are pasted, many at once, each with its own name", async ({ opened: composer }) => {
    await composer.number.focus();
    await composer.pasteText(`Anna Example <${ANNA}>\r\n+1 650 555 0101; +49 30 901820, +44 20 7946 0000\n\n`);
    await expect(composer.recipientRows).toHaveCount(4);
    await expect(composer.recipientRow("Anna Example")).toContainText("+1 650 555 0100");
    await expect(composer.status).toHaveText("4 recipients added.");
    await expect(composer.flaws).toHaveCount(0);
  });

  test("are kept once, whatever they are written like, and that is said", async ({ opened: composer, sandbox }) => {
    await composer.addRecipient(ANNA);
    await composer.addRecipient("+1 (650) 555-0100", "Anna");
    await expect(composer.recipientRows).toHaveCount(1);
    await expect(composer.notice).toHaveText("Already in the list and kept once: +1 (650) 555-0100");
    await expect(composer.status).toContainText("Already in the list");
    await composer.number.focus();
    await composer.pasteText(`${BEN}\n${BEN}\n${ANNA}`);
    await expect(composer.recipientRows).toHaveCount(2);
    await expect(composer.notice).toContainText(BEN);
    await expect(composer.notice).toContainText(ANNA);
    await composer.choose(pdf());
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].to.map((to) => to.phoneNumber)).toEqual([ANNA, BEN]);
  });

  test("a name given with the second copy is shown on the one that is kept", async ({ opened: composer }) => {
    await composer.addRecipient(ANNA);
    await composer.addRecipient("+1 650 555 0100", "Anna Example");
    expect((await composer.fax()).to).toEqual([{ phoneNumber: ANNA, name: "Anna Example" }]);
    await expect(composer.recipientRows).toContainText("Anna Example");
  });

  test("are edited, and the focus comes back", async ({ opened: composer, page, sandbox }) => {
    await composer.addRecipient("+1 650 555 010");
    await expect(composer.flaws).toHaveText("“+1 650 555 010” is too short: it has 10 digits and needs at least 11. Check for a missing one.");
    await composer.editRecipient("+1 650 555 010").click();
    await expect(composer.editedNumber).toBeFocused();
    await composer.editedNumber.fill(ANNA);
    await composer.editedName.fill("Anna");
    await composer.doneEditing.click();
    await expect(composer.editRecipient("+1 650 555 0100")).toBeFocused();
    await expect(composer.flaws).toHaveCount(0);
    await expect(composer.recipientRows).toHaveText(/\+1 650 555 0100\s*Anna/);
    // Escape leaves it as it was.
    await composer.editRecipient("+1 650 555 0100").click();
    await composer.editedNumber.fill("+49 30 901820");
    await page.keyboard.press("Escape");
    await expect(composer.recipientRows).toHaveText(/\+1 650 555 0100\s*Anna/);
    await expect(composer.editRecipient("+1 650 555 0100")).toBeFocused();
    // Enter is done.
    await composer.editRecipient("+1 650 555 0100").click();
    await composer.editedNumber.fill(BEN);
    await page.keyboard.press("Enter");
    await expect(composer.recipientRows).toHaveText(/\+1 650 555 0101\s*Anna/);
    await composer.choose(pdf());
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].to).toMatchObject([{ phoneNumber: BEN, name: "Anna" }]);
  });

  test("an entry edited into another becomes one with it, and that is said", async ({ opened: composer }) => {
    await composer.addRecipient(ANNA);
    await composer.addRecipient(BEN);
    await composer.editRecipient("+1 650 555 0101").click();
    await composer.editedNumber.fill("1 650 555 0100");
    await composer.doneEditing.click();
    await expect(composer.recipientRows).toHaveCount(1);
    await expect(composer.notice).toHaveText("Already in the list and kept once: 1 650 555 0100");
    await expect(composer.number).toBeFocused();
  });

  test("are removed, and the focus goes on", async ({ opened: composer }) => {
    await composer.addRecipient(ANNA);
    await composer.addRecipient(BEN);
    await composer.removeRecipient("+1 650 555 0100").click();
    await expect(composer.recipientRows).toHaveText(/\+1 650 555 0101/);
    await expect(composer.removeRecipient("+1 650 555 0101")).toBeFocused();
    await expect(composer.status).toHaveText("+1 650 555 0100 removed.");
    await composer.removeRecipient("+1 650 555 0101").click();
    await expect(composer.number).toBeFocused();
    await expect(composer.recipientRows).toHaveCount(0);
  });

  test("what still stands in the field goes too", async ({ opened: composer, sandbox }) => {
    await composer.choose(pdf());
    await composer.number.fill(ANNA);
    await composer.name.fill("Anna");
    await composer.proceed.click();
    await expect(composer.reviewNumbers).toHaveText(["+1 650 555 0100"]);
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
    expect((await sandbox.inbox())[0].to).toMatchObject([{ phoneNumber: ANNA, name: "Anna" }]);
  });

  test("an edit that is still open is not lost by going on", async ({ opened: composer, sandbox }) => {
    await composer.addRecipient(ANNA);
    await composer.choose(pdf());
    await composer.editRecipient("+1 650 555 0100").click();
    await composer.editedNumber.fill(BEN);
    await composer.proceed.click();
    await expect(composer.reviewNumbers).toHaveText(["+1 650 555 0101"]);
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
    expect((await sandbox.inbox())[0].to).toMatchObject([{ phoneNumber: BEN }]);
  });
});

test("a press counts though the button is moved from under the mouse, and not where the mouse was moved away", async ({ opened: composer, page }) => {
  await page.setViewportSize({ width: 1280, height: 2_000 }); // nothing is scrolled to keep it in its place
  await composer.addRecipient(ANNA);
  for (const goes of [true, false]) {
    await composer.proceed.scrollIntoViewIfNeeded();
    const { x, y } = await composer.proceed.boundingBox();
    await page.mouse.move(x + 20, y + 10);
    await page.mouse.down();
    if (goes) {
      await composer.element.evaluate((widget) => widget.addFiles([1, 2, 3, 4, 5, 6, 7, 8].map((n) => new File(["text"], `${n}.txt`))));
      await expect.poll(async () => (await composer.proceed.boundingBox()).y).toBeGreaterThan(y + 20);
    } else {
      await page.mouse.move(x + 20, y - 150, { steps: 5 });
    }
    await page.mouse.up();
    if (goes) {
      await expect(composer.reviewHeading).toBeVisible();
      await composer.back.click();
    }
  }
  await page.waitForTimeout(200);
  await expect(composer.reviewHeading).toHaveCount(0);
});

test.describe("cover page", () => {
  test("the list is the service's", async ({ opened: composer }) => {
    const names = await composer.coverPage.getByRole("option").allTextContents();
    expect(names.slice(0, 3)).toEqual(["Account’s default", "None", "Ancient"]);
    expect(names.at(-1)).toBe("Urgent");
    await expect(composer.coverPage).toHaveValue("");
  });

  test("where the list cannot be had, it can be tried again and a fax can still go", async ({ composer, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    let broken = true;
    await page.route("**/dictionary/fax-cover-page*", (route) => (broken ? route.fulfill({ status: 503, json: {} }) : route.continue()));
    await page.goto(`${sandbox.origin}/`);
    await expect(composer.coverListFailed).toBeVisible();
    await expect(composer.coverPage.getByRole("option")).toHaveText(["Account’s default", "None"]);
    broken = false;
    await composer.tryAgain.click();
    await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
    await expect(composer.coverListFailed).toHaveCount(0);
    expect(await composer.hasFocus(), "the focus went with the button").toBe(true);
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
  });

  test("the choice survives the list's arrival", async ({ composer, embedder, sandbox }) => {
    await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}" cover-index="13"></fax-widget>`);
    await expect(composer.chosenCover).toHaveText("Cover page 13");
    await composer.set({ token: "sandbox" });
    await expect(composer.chosenCover).toHaveText("Urgent");
    await expect(composer.coverPage).toHaveValue("13");
  });

  test("the text is counted as it is typed", async ({ opened: composer }) => {
    await expect(composer.coverTextCount).toHaveText("0 of 1,024 characters");
    await composer.coverText.pressSequentially("Hello 👋");
    await expect(composer.coverTextCount).toHaveText("8 of 1,024 characters");
    await composer.coverText.fill("x".repeat(1_024));
    await expect(composer.coverTextCount).toHaveText(/^1,?024 of 1,024 characters$/);
    await expect(composer.flaws).toHaveCount(0);
  });
});

test.describe("delivery", () => {
  test("fine, now and no country unless someone chooses", async ({ opened: composer }) => {
    await expect(composer.fine).toBeChecked();
    await expect(composer.now).toBeChecked();
    await expect(composer.sendTime).toHaveCount(0);
    await expect(composer.country).toHaveValue("");
    await composer.expectDraft({ to: [], attachments: [], faxResolution: "High" });
  });

  test("later asks for a time, now forgets it", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.later.check();
    await expect(composer.sendTime).toBeFocused();
    await expect(composer.delivery).toContainText("In your time zone, America/New_York");
    await composer.sendTime.fill("2031-01-15T09:30");
    await composer.now.check();
    await expect(composer.sendTime).toHaveCount(0);
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].fields).not.toHaveProperty("sendTime");
  });

  test("the country is one of ISO’s, under its name", async ({ opened: composer }) => {
    await composer.country.selectOption({ label: "United Kingdom" });
    expect(await composer.fax()).toMatchObject({ isoCode: "GB" });
    await composer.country.selectOption("");
    expect(await composer.fax()).not.toHaveProperty("isoCode");
  });
});

test.describe("discard", () => {
  test("asks first, and then empties everything", async ({ opened: composer }) => {
    await expect(composer.discard).toBeDisabled();
    await composer.fillIn(ANNA, pdf());
    await composer.coverText.fill("Hello");
    await composer.discard.click();
    await expect(composer.discardYes).toBeFocused();
    await composer.discardNo.click();
    await expect(composer.discard).toBeFocused();
    await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["contract.pdf"], coverPageText: "Hello" });
    await composer.discard.click();
    await composer.discardYes.click();
    await expect(composer.number).toBeFocused();
    expect(await composer.fax()).toEqual({ to: [], attachments: [], faxResolution: "High" });
    await expect(composer.coverText).toHaveValue("");
    await expect(composer.flaws).toHaveCount(0);
  });
});
