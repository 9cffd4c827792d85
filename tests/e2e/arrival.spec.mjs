// What was chosen is what arrives: every byte, name, type, order and field.
import { basename } from "node:path";
import { ANNA, BEN, bad } from "./composer.mjs";
import { file, onDisk, pdf, png, sha256, sha256OfFile } from "./documents.mjs";
import { expect, test } from "./fixtures.mjs";

const ENCODINGS = { "form-data": "form-data-fields", mixed: "mixed" };

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

async function onlyFax(sandbox) {
  const inbox = await sandbox.inbox();
  expect(inbox).toHaveLength(1);
  return inbox[0];
}

function expectAttachments(fax, files) {
  const arrived = fax.attachments.map(({ name, contentType, size, sha256 }) => ({ name, contentType, size, sha256 }));
  expect(arrived).toEqual(files);
}

test("a fax can be sent at once, with no account", async ({ composer, sandbox, page }) => {
  await page.goto(`${sandbox.origin}/`);
  await composer.fillIn(ANNA, pdf());
  await composer.reviewSendAndSeeAccepted();
  const fax = await onlyFax(sandbox);
  expect(fax.to.map((to) => to.phoneNumber)).toEqual([ANNA]);
  expect(await page.context().cookies()).toEqual([]);
});

for (const [encoding, stored] of Object.entries(ENCODINGS)) {
  test.describe(encoding, () => {
    test("one file", async ({ opened: composer, sandbox }) => {
      const contract = pdf("contract.pdf", 123_457);
      await composer.set({ encoding });
      await composer.fillIn(ANNA, contract);
      await composer.reviewSendAndSeeAccepted();
      const fax = await onlyFax(sandbox);
      expect(fax.encoding).toBe(stored);
      expect(fax.accountId + fax.extensionId).toBe("~~");
      expectAttachments(fax, [
        { name: "contract.pdf", contentType: "application/pdf", size: 123_457, sha256: sha256(contract.buffer) },
      ]);
      expect(fax.fields).not.toHaveProperty("coverIndex");
      expect(fax.fields).not.toHaveProperty("coverPageText");
      expect(fax.fields).not.toHaveProperty("sendTime");
      expect(fax.fields).not.toHaveProperty("isoCode");
      expect(fax.fields).not.toHaveProperty("country");
      expect(fax.fields.faxResolution).toBe("High");
    });

    test("many files, in the order shown and each with its own type", async ({ opened: composer, sandbox }) => {
      const files = [
        [pdf("a.pdf"), "a.pdf", "application/pdf"],
        [png("b.png"), "b.png", "image/png"],
        [file("notes.txt", "text/plain"), "notes.txt", "text/plain"],
        [file("my letter (2).docx", DOCX), "my_letter_2.docx", DOCX],
        [file("table.csv", "application/vnd.ms-excel"), "table.csv", "text/csv"],
        [file("UPPER.TIF", ""), "UPPER.TIF", "image/tiff"],
        [pdf("a.pdf"), "a.pdf", "application/pdf"],
      ];
      await composer.set({ encoding, pages: "as-is" });
      await composer.fillIn(ANNA, ...files.map(([chosen]) => chosen));
      await expect(composer.documentNames).toHaveText(files.map(([chosen]) => chosen.name));
      await composer.reviewSendAndSeeAccepted();
      expectAttachments(
        await onlyFax(sandbox),
        files.map(([{ buffer }, name, contentType]) => ({ name, contentType, size: buffer.length, sha256: sha256(buffer) })),
      );
    });

    test("names in any script are shown as they are and travel in ASCII", async ({ opened: composer, sandbox }) => {
      const names = ["診断書.pdf", "Überweisung Müller.pdf", "договор №7.pdf", "تقرير.pdf", "📄 scan.pdf", "quo\"te;a=b.pdf"];
      const files = names.map((name) => pdf(name));
      await composer.set({ encoding });
      await composer.fillIn(ANNA, ...files);
      await expect(composer.documentNames).toHaveText(names);
      await composer.proceed.click();
      await expect(composer.reviewDocuments).toHaveText(names);
      await composer.send.click();
      await expect(composer.messageId).toBeVisible();
      const { attachments } = await onlyFax(sandbox);
      expect(attachments.map((found) => found.sha256)).toEqual(files.map(({ buffer }) => sha256(buffer)));
      for (const { name } of attachments) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*\.pdf$/);
    });

    test("50,000,000 bytes from the disk", async ({ opened: composer, sandbox, folder }) => {
      test.setTimeout(90_000);
      const path = await onDisk(folder, "scans.tiff", 50_000_000);
      await composer.set({ encoding });
      await composer.fillIn(ANNA, path);
      await expect(composer.documentCount).toHaveText("1 document, 50 MB");
      await composer.reviewAndSend();
      await expect(composer.messageId).toBeVisible({ timeout: 60_000 });
      expectAttachments(await onlyFax(sandbox), [
        { name: "scans.tiff", contentType: "image/tiff", size: 50_000_000, sha256: await sha256OfFile(path) },
      ]);
    });

    test("every field", async ({ opened: composer, sandbox }) => {
      await composer.set({ encoding });
      await composer.addRecipient(ANNA);
      await composer.addRecipient("+1 (650) 555-0101");
      await composer.choose(pdf());
      await composer.chooseCover("Urgent");
      await composer.coverText.fill("Line one\nZeile zwei – 第三行 <b>&amp;</b> \"quoted\"");
      await composer.standard.check();
      await composer.country.selectOption("DE");
      await composer.sendLater("2031-01-15T09:30");
      await composer.reviewSendAndSeeAccepted();
      const { to, fields } = await onlyFax(sandbox);
      expect(to.map((recipient) => recipient.phoneNumber)).toEqual([ANNA, BEN]);
      expect(to.every((recipient) => !("name" in recipient))).toBe(true);
      expect(String(fields.coverIndex)).toBe("13");
      const lines = "Line one\nZeile zwei – 第三行 <b>&amp;</b> \"quoted\"";
      expect(fields.coverPageText.replaceAll("\r\n", "\n")).toBe(lines);
      expect(fields.faxResolution).toBe("Low");
      expect(fields.sendTime).toBe("2031-01-15T14:30:00.000Z"); // America/New_York in winter
      expect(fields.isoCode ?? fields.country?.isoCode).toBe("DE");
    });

    test("no cover page is index 0", async ({ opened: composer, sandbox }) => {
      await composer.set({ encoding });
      await composer.fillIn(ANNA, pdf());
      await composer.chooseCover("None");
      await composer.reviewSendAndSeeAccepted();
      const { fields } = await onlyFax(sandbox);
      expect(String(fields.coverIndex)).toBe("0");
    });

    test("1,024 characters of cover text, line ends included", async ({ opened: composer, sandbox }) => {
      const text = `${"é\n".repeat(400)}${"x".repeat(224)}`;
      await composer.set({ encoding });
      await composer.fillIn(ANNA, pdf());
      await composer.coverText.fill(text);
      await composer.reviewSendAndSeeAccepted();
      const { fields } = await onlyFax(sandbox);
      expect(fields.coverPageText).toBe(text);
    });
  });
}

test("form-data: a name turns the fields into one JSON part", async ({ opened: composer, sandbox }) => {
  await composer.addRecipient(ANNA, "Änne \"Q\" O’Neil");
  await composer.addRecipient(BEN);
  await composer.choose(pdf());
  await composer.chooseCover("Modern");
  await composer.coverText.fill("Two\nlines");
  await composer.reviewSendAndSeeAccepted();
  const fax = await onlyFax(sandbox);
  expect(fax.encoding).toBe("form-data-json");
  expect(fax.to.map(({ phoneNumber, name }) => [phoneNumber, name])).toEqual([
    [ANNA, "Änne \"Q\" O’Neil"],
    [BEN, undefined],
  ]);
  expect(fax.fields).toMatchObject({ coverIndex: 12, coverPageText: "Two\nlines", faxResolution: "High" });
});

test("form-data: flat fields name each recipient once, however many there are", async ({ composer, embedder, sandbox }) => {
  await composer.openEmbedded(embedder, '<fax-widget endpoint="/proxy/fax"></fax-widget>');
  const numbers = Array.from({ length: 25 }, (_, n) => `+165055501${String(n).padStart(2, "0")}`);
  await composer.number.focus();
  await composer.pasteText(numbers.join("\n"));
  await expect(composer.recipientCount).toHaveText("25 recipients");
  await composer.choose(pdf());
  await composer.reviewSendAndSeeAccepted();
  const fields = embedder.proxied[0].body.match(/; name="[^"]*"/g).map((name) => name.slice(8, -1));
  expect(fields).toEqual(["faxResolution", ...numbers.map(() => "to"), "attachment"]);
  expect((await onlyFax(sandbox)).to.map((to) => to.phoneNumber)).toEqual(numbers);
});

test("mixed: names arrive too", async ({ opened: composer, sandbox }) => {
  await composer.set({ encoding: "mixed" });
  await composer.addRecipient(ANNA, "佐藤");
  await composer.choose(pdf());
  await composer.reviewSendAndSeeAccepted();
  expect((await onlyFax(sandbox)).to).toMatchObject([{ phoneNumber: ANNA, name: "佐藤" }]);
});

test.describe("in Berlin", () => {
  test.use({ timezoneId: "Europe/Berlin" });

  test("a chosen time is that time there, and goes as UTC", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.sendLater("2031-07-15T09:30");
    await expect(composer.delivery).toContainText("In your time zone, Europe/Berlin");
    await composer.proceed.click();
    await expect(composer.fact("When")).toContainText(/Tuesday, July 15, 2031 at 9:30\sAM/);
    await expect(composer.send).toHaveText("Schedule fax");
    await composer.send.click();
    await expect(composer.acceptedHeading).toHaveText("Accepted, to go out later");
    await expect(composer.accepted).toContainText(/July 15, 2031 at 9:30\sAM/);
    expect((await onlyFax(sandbox)).fields.sendTime).toBe("2031-07-15T07:30:00.000Z");
  });
});

test("an account and an extension are in the path", async ({ opened: composer, sandbox }) => {
  await composer.set({ account: "11112222", extension: "22223333" });
  await composer.fillIn(ANNA, pdf());
  await composer.reviewSendAndSeeAccepted();
  expect(await onlyFax(sandbox)).toMatchObject({ accountId: "11112222", extensionId: "22223333" });
});

test("a file that comes with the wrong type goes with the right one", async ({ opened: composer, sandbox, folder }) => {
  const path = await onDisk(folder, "sheet.xlsb");
  await composer.fillIn(ANNA, file("letter.pdf", "text/html"));
  await composer.choose(path);
  await composer.reviewSendAndSeeAccepted();
  const { attachments } = await onlyFax(sandbox);
  expect(attachments.map(({ name, contentType }) => [name, contentType])).toEqual([
    ["letter.pdf", "application/pdf"],
    [basename(path), "application/vnd.ms-excel.sheet.binary.macroenabled.12"],
  ]);
  expect(attachments[1].sha256).toBe(await sha256OfFile(path));
});

test("on another origin, with CORS", async ({ composer, embedder, sandbox }) => {
  await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}"></fax-widget>`);
  await composer.set({ token: "sandbox" });
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  const contract = pdf();
  await composer.fillIn(ANNA, contract);
  await composer.reviewSendAndSeeAccepted();
  expect((await onlyFax(sandbox)).attachments[0].sha256).toBe(sha256(contract.buffer));
});

test("through a proxy that has the token, with and without cookies", async ({ composer, embedder, sandbox, page }) => {
  await page.context().addCookies([{ name: "session", value: "s", url: embedder.origin }]);
  await composer.openEmbedded(embedder, '<fax-widget endpoint="/proxy/fax"></fax-widget>');
  await composer.fillIn(ANNA, pdf());
  await composer.reviewSendAndSeeAccepted();
  await composer.newFax.click();
  await composer.set({ credentials: "same-origin" });
  await composer.fillIn(bad(9), pdf());
  await composer.reviewSendAndSeeAccepted();
  expect(embedder.proxied.map(({ headers }) => [headers.cookie, headers.authorization])).toEqual([
    [undefined, undefined],
    ["session=s", undefined],
  ]);
  expect(await sandbox.inbox()).toHaveLength(2);
});
