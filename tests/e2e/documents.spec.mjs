// Choosing, dropping, pasting, ordering and removing documents.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ANNA } from "./composer.mjs";
import { file, onDisk, pdf, png, sha256 } from "./documents.mjs";
import { expect, test } from "./fixtures.mjs";

test("files come by button, each with its name, size and kind", async ({ opened: composer }) => {
  await composer.choose(pdf("a.pdf", 1_234_567), file("notes.txt", "text/plain", 640), file("deck.pptx", "", 45_000));
  await expect(composer.documentRow("a.pdf")).toContainText("1.2 MB, PDF");
  await expect(composer.documentRow("notes.txt")).toContainText("640");
  await expect(composer.documentRow("notes.txt")).toContainText("Plain text");
  await expect(composer.documentRow("deck.pptx")).toContainText("45 kB, Presentation");
  await expect(composer.documentCount).toHaveText("3 documents, 1.3 MB");
  await expect(composer.status).toHaveText("3 files added.");
  await expect(composer.flaws).toHaveCount(0);
});

test("files come by drop", async ({ opened: composer, sandbox, folder }) => {
  const paths = [await onDisk(folder, "one.pdf"), await onDisk(folder, "two.doc", 70_000)];
  const { browser, x, y, data } = await composer.dragOver(...paths);
  await expect(composer.dropNow).toBeVisible();
  await browser.send("Input.dispatchDragEvent", { type: "drop", x, y, data });
  await expect(composer.documentNames).toHaveText(["one.pdf", "two.doc"]);
  await expect(composer.dropNow).toBeHidden();
  await composer.addRecipient(ANNA);
  await composer.reviewSendAndSeeAccepted();
  expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["one.pdf", "two.doc"]);
});

test("a drag that goes elsewhere on the page changes nothing", async ({ opened: composer, folder }) => {
  const { browser, data } = await composer.dragOver(await onDisk(folder, "one.pdf"));
  await expect(composer.dropNow).toBeVisible();
  await browser.send("Input.dispatchDragEvent", { type: "dragOver", x: 5, y: 5, data });
  await expect(composer.dropNow).toBeHidden();
  await expect(composer.documentRows).toHaveCount(0);
});

test("a folder is refused by name, and the files beside it are kept", async ({ opened: composer, folder }) => {
  await mkdir(join(folder, "Tax 2026"));
  await composer.drop(join(folder, "Tax 2026"), await onDisk(folder, "one.pdf"));
  const sentence = "“Tax 2026” is a folder and cannot be faxed. Open it and choose the files inside.";
  await expect(composer.notice).toHaveText(sentence);
  await expect(composer.status).toContainText(sentence);
  await expect(composer.documentNames).toHaveText(["one.pdf"]);
});

test("files and pictures come by paste", async ({ opened: composer, sandbox }) => {
  const scan = png("scan.png");
  await composer.set({ pages: "as-is" });
  await composer.chooseButton.focus();
  await composer.pastePicture(scan);
  await expect(composer.documentNames).toHaveText(["image.png"]);
  await composer.pasteFiles(pdf("copied.pdf"));
  await expect(composer.documentNames).toHaveText(["image.png", "copied.pdf"]);
  await composer.addRecipient(ANNA);
  await composer.reviewSendAndSeeAccepted();
  expect((await sandbox.inbox())[0].attachments.map(({ contentType }) => contentType)).toEqual([
    "image/png",
    "application/pdf",
  ]);
});

test("pasting a picture into the number field adds the picture, pasting text does not", async ({ opened: composer }) => {
  await composer.number.focus();
  await composer.pasteText("+1 650 555 0100");
  await expect(composer.number).toHaveValue("+1 650 555 0100");
  await expect(composer.documentRows).toHaveCount(0);
  await composer.pastePicture(png());
  await expect(composer.documentNames).toHaveText(["image.png"]);
  await expect(composer.number).toHaveValue("+1 650 555 0100");
});

test("pictures have a thumbnail, damaged ones a page", async ({ opened: composer }) => {
  await composer.choose(png("good.png", 40, 52), file("damaged.jpg", "image/jpeg"), pdf());
  await expect(composer.thumbnail("good.png")).toBeVisible();
  expect(await composer.thumbnail("good.png").evaluate((picture) => picture.decode().then(() => picture.naturalWidth))).toBe(40);
  // The picture fills its frame.
  const frame = await composer.thumbnailFrame("good.png").boundingBox();
  const picture = await composer.thumbnail("good.png").boundingBox();
  expect(picture.height).toBeGreaterThan(frame.height - 4);
  expect(picture.y).toBeGreaterThanOrEqual(frame.y);
  expect(picture.y + picture.height).toBeLessThanOrEqual(frame.y + frame.height + 0.5);
  await expect(composer.thumbnail("damaged.jpg")).toBeHidden();
  await expect(composer.thumbnail("contract.pdf")).toHaveCount(0);
});

test("the order changes with the buttons, and focus stays", async ({ opened: composer, page, sandbox }) => {
  await composer.choose(pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"));
  await composer.moveDown("a.pdf").focus();
  await page.keyboard.press("Enter");
  await expect(composer.documentNames).toHaveText(["b.pdf", "a.pdf", "c.pdf"]);
  await expect(composer.status).toHaveText("a.pdf is now document 2 of 3.");
  await expect(composer.moveDown("a.pdf")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(composer.documentNames).toHaveText(["b.pdf", "c.pdf", "a.pdf"]);
  await expect(composer.moveDown("a.pdf")).toBeFocused();
  // At the end there is nowhere to go, and the focus is still not lost.
  await page.keyboard.press("Enter");
  await expect(composer.documentNames).toHaveText(["b.pdf", "c.pdf", "a.pdf"]);
  await expect(composer.moveDown("a.pdf")).toBeFocused();
  await expect(composer.moveDown("a.pdf")).toHaveAttribute("aria-disabled", "true");
  await composer.moveUp("c.pdf").focus();
  await page.keyboard.press("Space");
  await expect(composer.documentNames).toHaveText(["c.pdf", "b.pdf", "a.pdf"]);
  await expect(composer.moveUp("c.pdf")).toBeFocused();
  await composer.addRecipient(ANNA);
  await composer.reviewSendAndSeeAccepted();
  expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["c.pdf", "b.pdf", "a.pdf"]);
});

test("the order changes with the mouse", async ({ opened: composer, page, sandbox }) => {
  await composer.choose(pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"));
  // What is said of the pages makes a document's row half as high again, and moves those below.
  for (const name of ["a.pdf", "b.pdf", "c.pdf"]) await expect(composer.pagesOf(name)).toContainText("1 page");
  const centre = async (name) => {
    const box = await composer.documentRow(name).boundingBox();
    return [box.x + 100, box.y + box.height / 2];
  };
  const [down, up] = [await centre("a.pdf"), await centre("c.pdf")];
  await page.mouse.move(...down);
  await page.mouse.down();
  await page.mouse.move(...(await centre("b.pdf")), { steps: 4 });
  await page.mouse.move(...up, { steps: 4 });
  await page.mouse.up();
  await expect(composer.documentNames).toHaveText(["b.pdf", "c.pdf", "a.pdf"]);
  await expect(composer.status).toHaveText("a.pdf is now document 3 of 3.");
  await composer.addRecipient(ANNA);
  await composer.reviewSendAndSeeAccepted();
  expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["b.pdf", "c.pdf", "a.pdf"]);
});

test("dragging a document of the list does not add it again", async ({ opened: composer }) => {
  await composer.choose(png("a.png"), pdf("b.pdf"));
  await composer.documentRow("a.png").dragTo(composer.dropZone);
  await expect(composer.documentRows).toHaveCount(2);
  await expect(composer.dropNow).toBeHidden();
});

test("a removed file is gone, and the focus goes on", async ({ opened: composer }) => {
  await composer.choose(pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"));
  await composer.removeDocument("b.pdf").click();
  await expect(composer.documentNames).toHaveText(["a.pdf", "c.pdf"]);
  await expect(composer.removeDocument("c.pdf")).toBeFocused();
  await expect(composer.status).toHaveText("b.pdf removed.");
  await composer.removeDocument("c.pdf").click();
  await expect(composer.removeDocument("a.pdf")).toBeFocused();
  await composer.removeDocument("a.pdf").click();
  await expect(composer.chooseButton).toBeFocused();
  await expect(composer.documentRows).toHaveCount(0);
});

test("the same file can be chosen again after it was removed, and twice", async ({ opened: composer, sandbox, folder }) => {
  const path = await onDisk(folder, "same.pdf");
  await composer.choose(path);
  await composer.removeDocument("same.pdf").click();
  await expect(composer.documentRows).toHaveCount(0);
  await composer.choose(path);
  await expect(composer.documentRows).toHaveCount(1);
  await composer.choose(path);
  await expect(composer.documentRows).toHaveCount(2);
  await composer.addRecipient(ANNA);
  await composer.reviewSendAndSeeAccepted();
  const [first, second] = (await sandbox.inbox())[0].attachments;
  expect(first.sha256).toBe(second.sha256);
});

test("choosing nothing changes nothing", async ({ opened: composer }) => {
  await composer.choose(pdf("a.pdf"));
  await composer.choose();
  await expect(composer.documentNames).toHaveText(["a.pdf"]);
});

test.describe("names full of markup and direction marks are text", () => {
  const NAMES = [
    '<img src=x onerror="document.title=\'owned\'">.pdf',
    "<script>document.title='owned'<\u2215script>.pdf",
    "&lt;b&gt; &amp; {name} {n}.pdf",
    "\u202Efdp.exe.pdf",
    "\u2066\u2067report\u202E.heic",
  ];

  test("in every place a file name is shown", async ({ opened: composer, page, sandbox }) => {
    await page.evaluate((names) => document.querySelector("fax-widget").addFiles(names.map((name) => new File(["x"], name))), NAMES);
    await expect(composer.documentNames).toHaveText(NAMES, { normalizeWhitespace: false });
    const titleAndStrays = () =>
      composer.element.evaluate((widget) => [
        document.title,
        widget.shadowRoot.querySelectorAll("script, b, img[src='x'], [onerror]").length,
      ]);
    expect(await titleAndStrays()).toEqual(["Send a fax", 0]);
    await composer.proceed.click();
    await expect(composer.summary).toBeVisible();
    // In a sentence a name with direction marks stands between isolates, so that it does not turn the rest.
    const isolated = `\u2068${NAMES[4]}\u2069\u2069\u2069`; // what it leaves open is closed; the last closes the embedding too
    await composer.removeDocument(isolated).click();
    await expect(composer.status).toHaveText(`${isolated} removed.`);
    await composer.addRecipient(ANNA, NAMES[0]);
    await composer.addRecipient("+16505550101", "\u202Eeman");
    await composer.proceed.click();
    await expect(composer.reviewDocuments).toHaveText(NAMES.slice(0, 4));
    await expect(composer.reviewNames).toHaveText([NAMES[0], "\u202Eeman"]);
    expect(await titleAndStrays()).toEqual(["Send a fax", 0]);
    await composer.send.click();
    await expect(composer.accepted).toContainText(NAMES[0]);
    expect(await titleAndStrays()).toEqual(["Send a fax", 0]);
    for (const { name } of (await sandbox.inbox())[0].attachments) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  test("a direction mark in a name does not turn the sentence around it", async ({ opened: composer, page }) => {
    await page.evaluate(() =>
      document.querySelector("fax-widget").addFiles([new File(["x"], "\u202Ecod.heic"), new File(["x"], "plain.heic")]),
    );
    // Whether the last word of a sentence reads from left to right.
    const reads = (sentence) =>
      sentence.evaluate((node) => {
        const text = node.firstChild;
        const at = text.data.lastIndexOf("add that");
        const left = (place) => {
          const range = document.createRange();
          range.setStart(text, place);
          range.setEnd(text, place + 1);
          return range.getBoundingClientRect().left;
        };
        return left(at) < left(at + 2) ? "forwards" : "backwards";
      });
    await expect(composer.flaws).toHaveCount(2);
    expect(await reads(composer.flaws.nth(1))).toBe("forwards");
    expect(await reads(composer.flaws.nth(0))).toBe("forwards");
  });

  test("a number with markup in it is quoted as text", async ({ opened: composer }) => {
    await composer.setFax({ to: [{ phoneNumber: "<b>650</b>", name: "&amp;" }] });
    await expect(composer.flaws).toHaveText("“<b>650</b>”: “<” does not belong in a fax number. Use digits only, with + in front.");
    await expect(composer.recipientRows).toContainText("<b>650</b>");
    await expect(composer.recipientRows).toContainText("&amp;");
  });
});
