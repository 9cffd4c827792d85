// Bad input: each flaw has a sentence that names the field and says what to do, nothing is posted, and the draft stays.
import { appendFile, rm } from "node:fs/promises";
import { ANNA } from "./composer.mjs";
import { empty, file, hollow, onDisk, pdf } from "./documents.mjs";
import { expect, test } from "./fixtures.mjs";

/** Asks to send, sees the sentence in the summary and under its field, and follows the summary to the field. */
async function expectFlaw(composer, sandbox, sentence, field) {
  const draft = await composer.fax();
  await composer.proceed.click();
  await expect(composer.summary).toBeFocused();
  await expect(composer.summary).toContainText("Before this fax can go");
  await expect(composer.summaryLinks).toHaveText([sentence]);
  await expect(composer.flaws).toHaveText([sentence]);
  await composer.summaryLinks.click();
  await expect(field).toBeFocused();
  const { error } = await composer.submit();
  expect(error).toMatchObject({ name: "FaxError", code: "invalid", outcome: "not-sent" });
  expect(error.message).not.toMatch(/\d{5}|\.(pdf|heic)/);
  expect(await composer.fax()).toEqual(draft);
  expect(sandbox.posts()).toBe(0);
  return error;
}

test.describe("numbers", () => {
  const NUMBERS = {
    "1-800-FLOWERS": "“1-800-FLOWERS”: “F” does not belong in a fax number. Use digits only, with + in front.",
    "+1 650 555 010": "“+1 650 555 010” is too short: it has 10 digits and needs at least 11. Check for a missing one.",
    "+1 650 555 01000": "“+1 650 555 01000” is too long: it has 12 digits and may have 11. Check for one too many.",
    12345: "“12345” is too short: it has 5 digits and needs at least 7. Check for a missing one.",
    "+4930123456789012": "“+4930123456789012” is too long: it has 16 digits and may have 15. Check for one too many.",
    "+": "“+” has no digits. Enter a fax number, such as +1 650 555 0100.",
    "+16505550100 ext. 4": "“+16505550100 ext. 4” ends in an extension, which a fax cannot dial. Enter the direct fax number.",
    "0049 30 901820": "“0049 30 901820”: write + and the country code in place of 00.",
    "+49 (0)30 901820": "“+49 (0)30 901820”: leave out the (0) after the country code.",
  };
  for (const [number, sentence] of Object.entries(NUMBERS)) {
    test(number, async ({ opened: composer, sandbox }) => {
      await composer.fillIn(number, pdf());
      const error = await expectFlaw(composer, sandbox, sentence, composer.editRecipient(number));
      expect(error.parameterName).toBe("to");
    });
  }

  test("none", async ({ opened: composer, sandbox }) => {
    await composer.choose(pdf());
    await expect(composer.flaws).toHaveCount(0);
    await expectFlaw(composer, sandbox, "Enter at least one fax number.", composer.number);
  });
});

test.describe("documents", () => {
  test("none", async ({ opened: composer, sandbox }) => {
    await composer.addRecipient(ANNA);
    await expect(composer.flaws).toHaveCount(0);
    const error = await expectFlaw(composer, sandbox, "Add at least one document.", composer.chooseButton);
    expect(error.parameterName).toBe("attachment");
  });

  test("of a kind that cannot be faxed", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, file("photo.heic", "image/heic"));
    const sentence = "“photo.heic”: .heic files cannot be faxed. Save it as a PDF and add that.";
    await expect(composer.flaws).toHaveText(sentence);
    await expectFlaw(composer, sandbox, sentence, composer.removeDocument("photo.heic"));
  });

  test("without an ending", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf("README"));
    const sentence = "“README” has no ending such as .pdf, so its kind is not known. Rename it or save it as a PDF.";
    await expectFlaw(composer, sandbox, sentence, composer.removeDocument("README"));
  });

  test("empty", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, empty("blank.pdf"));
    await expectFlaw(composer, sandbox, "“blank.pdf” is empty. Choose another file.", composer.removeDocument("blank.pdf"));
  });

  test("too large together", async ({ opened: composer, sandbox, folder }) => {
    await composer.fillIn(ANNA, await hollow(folder, "a.pdf", 30_000_000), await hollow(folder, "b.pdf", 21_000_000));
    const sentence = "Together the documents are 1 MB over the limit of 50 MB. Remove some or send them in two faxes.";
    await expect(composer.flaws).toHaveText(sentence);
    await expectFlaw(composer, sandbox, sentence, composer.chooseButton);
    await composer.removeDocument("b.pdf").click();
    await expect(composer.flaws).toHaveCount(0);
  });

  test("one byte too large", async ({ opened: composer, folder }) => {
    await composer.fillIn(ANNA, await hollow(folder, "a.pdf", 50_000_001));
    await expect(composer.flaws).toContainText("1 byte over the limit of 50 MB");
    // A sentence that says "50 MB, and the limit is 50 MB" explains nothing.
    await expect(composer.flaws).not.toContainText("are 50 MB together");
  });

  const CHANGES = {
    vanished: (path) => rm(path),
    "changed since": (path) => appendFile(path, "more"),
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    test(`${what}`, async ({ opened: composer, sandbox, folder }) => {
      const path = await onDisk(folder, "kept.pdf");
      const gone = await onDisk(folder, "letter.pdf");
      await composer.fillIn(ANNA, path, gone);
      await change(gone);
      await composer.reviewAndSend();
      const sentence = "“letter.pdf” was moved or changed after you chose it. Remove it and choose it again.";
      await expect(composer.summary).toBeFocused();
      await expect(composer.summaryLinks).toHaveText([sentence]);
      await expect(composer.documentRow("letter.pdf")).toContainText(sentence);
      await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["kept.pdf", "letter.pdf"] });
      const { error } = await composer.submit();
      expect(error).toMatchObject({ code: "invalid", outcome: "not-sent", parameterName: "attachment" });
      expect(sandbox.posts()).toBe(0);
      await composer.summaryLinks.click();
      await expect(composer.removeDocument("letter.pdf")).toBeFocused();
      await composer.removeDocument("letter.pdf").click();
      await composer.choose(await onDisk(folder, "letter.pdf"));
      await composer.reviewSendAndSeeAccepted();
      expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["kept.pdf", "letter.pdf"]);
    });
  }
});

test("a document that vanishes while it is read is no error of the page", async ({ opened: composer, page }) => {
  const isRead = await composer.element.evaluate(
    (widget) =>
      new Promise((resolve) => {
        const file = new File(["%PDF-1.7"], "letter.pdf");
        file.slice = () => ({ arrayBuffer: () => (resolve(true), Promise.reject(new DOMException("gone", "NotFoundError"))) });
        widget.addFiles([file]);
      }),
  );
  expect(isRead).toBe(true);
  await expect(composer.documentNames).toHaveText(["letter.pdf"]);
  await page.waitForTimeout(200); // what is rejected unheard is told a moment later; the fixture listens
});

test.describe("cover page", () => {
  test("a text of 1,025 characters", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.coverText.fill("x".repeat(1_025));
    const sentence = /^The cover text has 1,?025 characters, and the limit is 1,024\. Shorten it by 1\.$/;
    await expect(composer.flaws).toHaveText(sentence);
    const error = await expectFlaw(composer, sandbox, sentence, composer.coverText);
    expect(error.parameterName).toBe("coverPageText");
  });

  test("numbers are written alike in one sentence", async ({ opened: composer }) => {
    await composer.coverText.fill("x".repeat(1_025));
    await expect(composer.flaws).toContainText("has 1,025 characters, and the limit is 1,024");
    await expect(composer.coverTextCount).toHaveText("1,025 of 1,024 characters");
  });

  test("a text and no cover page", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.chooseCover("None");
    await composer.coverText.fill("Hello");
    const sentence =
      "There is text for a cover page, but no cover page is sent. Choose a cover page or clear the text.";
    await expectFlaw(composer, sandbox, sentence, composer.coverText);
    await composer.coverText.fill(" \n");
    await expect(composer.flaws).toHaveCount(0);
  });

  test("an index that is none", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.set({ coverIndex: "first" });
    await expectFlaw(composer, sandbox, "Choose a cover page from the list.", composer.coverPage);
  });
});

test.describe("time", () => {
  const TIMES = {
    "2020-01-01T09:00": "The time to send at has passed. Choose a later one, or send now.",
    "2027-03-14T02:30": "That time does not exist: the clocks go forward over it. Choose a time an hour later.",
    tomorrow: "The time to send at is not a date and time. Choose one, or send now.",
  };
  for (const [time, sentence] of Object.entries(TIMES)) {
    test(time, async ({ opened: composer, sandbox }) => {
      await composer.fillIn(ANNA, pdf());
      await composer.set({ sendTime: time });
      await expect(composer.flaws).toHaveText(sentence);
      const error = await expectFlaw(composer, sandbox, sentence, composer.sendTime);
      expect(error.parameterName).toBe("sendTime");
    });
  }

  test("not chosen yet", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.later.check();
    await expect(composer.flaws).toHaveCount(0);
    await expectFlaw(composer, sandbox, "Choose the date and time to send at, or send now.", composer.sendTime);
  });

  test("typed into the field", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.sendLater("2020-01-01T09:00");
    await expect(composer.flaws).toHaveText(TIMES["2020-01-01T09:00"]);
    await composer.sendTime.fill("2031-01-01T09:00");
    await expect(composer.flaws).toHaveCount(0);
  });

  test("passed while the form or the review was open", async ({ composer, page, sandbox }) => {
    await page.clock.install({ time: "2030-06-01T12:00:00Z" });
    await composer.open();
    await composer.fillIn(ANNA, pdf());
    await composer.sendLater("2030-06-01T08:05");
    await composer.proceed.click();
    await expect(composer.reviewHeading).toBeVisible();
    await page.clock.fastForward("10:00");
    await composer.send.click();
    await expect(composer.summaryLinks).toHaveText(["The time to send at has passed. Choose a later one, or send now."]);
    expect(sandbox.posts()).toBe(0);
  });
});

test.describe("what only a script can set", () => {
  test("a resolution", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.set({ faxResolution: "Ultra" });
    await expectFlaw(composer, sandbox, "Choose a resolution: fine or standard.", composer.fine);
  });

  test("a country", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.set({ isoCode: "UK" });
    const sentence = "“UK” is not a country code: the United Kingdom is GB. Choose it from the list.";
    await expectFlaw(composer, sandbox, sentence, composer.country);
  });
});

test("many flaws are listed in the order of the form, and go one by one", async ({ opened: composer }) => {
  await composer.addRecipient("call me");
  await composer.choose(empty("blank.pdf"), file("photo.heic", "image/heic"));
  await composer.chooseCover("None");
  await composer.coverText.fill("Hello");
  await composer.later.check();
  await composer.proceed.click();
  await expect(composer.summary).toBeFocused();
  await expect(composer.summaryLinks).toHaveText([/call me/, /blank\.pdf/, /photo\.heic/, /cover page/, /date and time/]);
  await composer.removeRecipient("call me").click();
  await expect(composer.summaryLinks).toHaveText([/at least one fax number/, /blank\.pdf/, /photo\.heic/, /cover page/, /date and time/]);
  await composer.addRecipient(ANNA);
  await composer.removeDocument("blank.pdf").click();
  await composer.removeDocument("photo.heic").click();
  await composer.choose(pdf());
  await composer.chooseCover("Modern");
  await composer.now.check();
  await expect(composer.summary).toHaveCount(0);
  await composer.reviewSendAndSeeAccepted();
});

test("an empty form complains of nothing until someone asks to send", async ({ opened: composer }) => {
  await expect(composer.flaws).toHaveCount(0);
  await composer.proceed.click();
  await expect(composer.summary).toBeFocused();
  await expect(composer.summaryLinks).toHaveText(["Enter at least one fax number.", "Add at least one document."]);
});
