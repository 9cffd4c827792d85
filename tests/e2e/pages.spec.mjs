// The pages of the documents: seen before they go, and gone as they were seen.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ANNA } from "./composer.mjs";
import { carpet, file, pdf, png, sha256 } from "./documents.mjs";
import { Faxes, settled } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const DOCUMENTS = process.env.FAX_DOCUMENTS ?? join(import.meta.dirname, "../../target/documents");
const kept = async (name) => ({ name, mimeType: "", buffer: await readFile(join(DOCUMENTS, name)) });
/** Text of so many pages. */
const text = (name, pages) => ({ name, mimeType: "text/plain", buffer: Buffer.from(Array.from({ length: pages }, (_, n) => `Page ${n + 1}`).join("\f")) });

const EXACT = "Exactly these pages are uploaded.";
const LIKELY = "The fax service renders this document itself. A fax machine will most likely print it like this.";
const BY_NEED = "Goes as shown, because pages of it were left out, turned or moved.";

const NO_LONGER = "A document could not go as it was shown, so nothing was sent. Look at the documents, then send again.";
const UNLIKE = "The fax service renders this document itself, and may print what is missing here.";

/** The real worker with something in front of it, in the first `workers` of them: `before` gets each question, the name of its document and
    what there is to do about it, and says whether it has dealt with it. */
async function inFront(page, before, workers = Infinity) {
  let begun = 0;
  await page.route("**/fax-widget/pages.js*", async (route) => {
    if (/[?]real$/.test(route.request().url()) || begun++ >= workers) return route.continue();
    await route.fulfill({
      contentType: "text/javascript",
      body: `import "./pages.js?real";
        const [real, post, names, added] = [onmessage, postMessage.bind(self), new Map(), new Map()];
        self.postMessage = (answer, transfer) => post({ ...answer, ...added.get(answer.id) }, transfer);
        onmessage = (event) => {
          const { id, do: what, document, file } = event.data;
          if (what === "open") names.set(document, file.name);
          const tools = { answer: (answer) => post({ id, ...answer }), add: (more) => added.set(id, more), end: () => { throw new Error("the end"); } };
          if (!(${before})(event.data, names.get(document), tools)) real(event);
        };`,
    });
  });
  return () => begun;
}

/** The points of a page that stands large, as one text of `0` and `1`: its digest. */
async function pointsOnScreen(composer) {
  const canvas = composer.asFaxed.locator("canvas");
  await expect(canvas).toHaveJSProperty("width", 1728);
  return canvas.evaluate(async (canvas) => {
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const points = new Uint8Array(data.length / 4);
    for (let at = 0; at < points.length; at++) points[at] = data[4 * at] < 128 ? 1 : 0;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", points));
    return `${canvas.width}x${canvas.height} ${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  });
}

/** The same of a page that arrived. */
async function pointsArrived(page, sandbox, path) {
  const picture = await (await fetch(`${sandbox.origin}${path}`)).arrayBuffer();
  return page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const points = new Uint8Array(data.length / 4);
    for (let at = 0; at < points.length; at++) points[at] = data[4 * at] < 128 ? 1 : 0;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", points));
    return `${canvas.width}x${canvas.height} ${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }, [...new Uint8Array(picture)]);
}

/** Pel by pel. */
async function closer(composer) {
  for (let n = 0; n < 3; n++) await composer.pageTool("Larger").click();
}

/** The fax that arrived, when its pages were rendered. */
async function arrived(sandbox) {
  let fax;
  await expect.poll(async () => ((fax = (await sandbox.inbox())[0])?.pages ?? []).length).toBeGreaterThan(0);
  return fax;
}

/** Looks at every page in turn, from the first to the last. */
async function lookThrough(composer) {
  const seen = [];
  const count = await composer.pageButtons.count();
  await composer.pageButtons.first().click();
  await closer(composer);
  for (let place = 1; place <= count; place++) {
    await expect(composer.pageHeading).toHaveText(`Page ${place} of ${count}`);
    seen.push(await pointsOnScreen(composer));
    if (place < count) await composer.pageTool("Next page").click();
  }
  await composer.pageBack.click();
  return seen;
}

test("nothing that shows pages is fetched before the first document is there", async ({ opened: composer, page }) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await composer.addRecipient(ANNA);
  await page.waitForTimeout(1_000);
  expect(asked.filter((path) => /pages|renderer|fonts|cmaps/.test(path))).toEqual([]);
  expect(page.workers()).toHaveLength(0);
  await composer.choose(await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  expect(asked.filter((path) => /\/pages\.js$/.test(path))).toHaveLength(1);
  expect(asked.every((path) => !/^https?:/.test(path))).toBe(true);
});

test("pages, size and time on the line stay in view wherever the form and the review are scrolled to", async ({ opened: composer, page }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  const scrolls = async () => {
    for (const to of [0, 200, 100_000]) {
      await page.evaluate((to) => scrollTo(0, to), to);
      await expect(composer.pagesTotal).toBeInViewport({ ratio: 1 });
    }
  };
  await scrolls();
  await composer.proceed.click();
  await expect(composer.review).toBeVisible();
  await scrolls();
});

test("what has the focus is not behind the total", async ({ opened: composer, page }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  await page.evaluate(() => scrollTo(0, 0));
  await composer.heading.focus();
  const behind = [];
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    behind.push(await composer.element.evaluate((widget) => {
      const root = widget.shadowRoot;
      const { top } = root.activeElement?.getBoundingClientRect() ?? {};
      const total = root.querySelector('[part~="pages-total"]').getBoundingClientRect();
      // What is higher than the screen may reach behind it; something of it is to be seen above.
      return root.activeElement && top > total.top - 24 && top < total.bottom ? root.activeElement.outerHTML.slice(0, 80) : "";
    }));
  }
  expect(behind.filter(Boolean)).toEqual([]);
});

test("pages, size and time on the line are told, on the form and in the review", async ({ opened: composer }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"), await kept("picture.jpg"), carpet(), file("letter.docx"));
  await expect(composer.pageButtons).toHaveCount(4);
  await expect(composer.pagesTotal).toHaveText(/^4 pages and 1 document whose pages are not known · \d+ kB · at least \d+ (sec|min) on the line, \d+ (sec|min) on a slow one$/);
  await expect(composer.pagesOf("letter.docx")).toHaveText("Pages of such a document cannot be shown here. It goes as it is.");
  await composer.proceed.click();
  await expect(composer.review.locator('[part~="pages-total"]')).toHaveText(/^4 pages and 1 document/);
  await expect(composer.review.locator('[part~="page"]')).toHaveCount(4);
  // Standard takes about half the time.
  const seconds = async () => {
    const [, number, unit] = /at least (\d+) (\w+)/.exec(await composer.pagesTotal.textContent()) ?? [];
    return Number(number) * (unit === "min" ? 60 : 1);
  };
  await composer.back.click();
  await expect.poll(seconds).toBeGreaterThan(0);
  const fine = await seconds();
  await composer.standard.check();
  await expect.poll(seconds).toBeLessThan(fine);
});

test("what was shown is what arrives, to the pel: pictures by themselves, others where a person wants it", async ({ opened: composer, page, sandbox }) => {
  const photo = await kept("picture.jpg");
  await composer.fillIn(ANNA, await kept("letter.pdf"), photo);
  await composer.chooseCover("None");
  await expect(composer.pageButtons).toHaveCount(3);
  await expect(composer.asShown("letter.pdf")).not.toBeChecked();
  await expect(composer.pagesOf("letter.pdf")).toContainText(LIKELY);
  await expect(composer.asShown("picture.jpg")).toBeChecked();
  await expect(composer.pagesOf("picture.jpg")).toContainText(EXACT);
  await composer.asShown("letter.pdf").check();
  await expect(composer.pagesOf("letter.pdf")).toContainText(EXACT);
  const seen = await lookThrough(composer);
  await composer.reviewSendAndSeeAccepted();
  const fax = await arrived(sandbox);
  expect(fax.attachments.map(({ name, contentType }) => [name, contentType])).toEqual([["pages.tif", "image/tiff"]]);
  expect(fax.pages).toHaveLength(3);
  for (const [place, path] of fax.pages.entries()) expect(await pointsArrived(page, sandbox, path), path).toBe(seen[place]);
});

for (const [how, set, fits, size] of [
  ["at standard resolution", (composer) => composer.standard.check(), "letter.pdf", /^1728x1078 /],
  ["on A4", (composer) => composer.element.evaluate((widget) => (widget.lang = "en-GB")), "letter.pdf", /^1728x2291 /],
  ["of a scan with several pages", () => {}, "coarse.tif", /^1728x2156 /],
]) {
  test(`what was shown is what arrives, to the pel: ${how}`, async ({ opened: composer, page, sandbox }) => {
    await composer.fillIn(ANNA, await kept(fits));
    await composer.chooseCover("None");
    await expect(composer.pageButtons).toHaveCount(2);
    await set(composer);
    await composer.asShown(fits).check();
    const seen = await lookThrough(composer);
    for (const points of seen) expect(points).toMatch(size);
    await composer.reviewSendAndSeeAccepted();
    const fax = await arrived(sandbox);
    expect(await Promise.all(fax.pages.map((path) => pointsArrived(page, sandbox, path)))).toEqual(seen);
  });
}

test("in another language the pages are on the paper of its region, small ones too", async ({ opened: composer }) => {
  await composer.choose(await kept("letter.pdf"));
  const shape = () => composer.pageButtons.last().locator("canvas").evaluate(({ width, height }) => (height / width).toFixed(2));
  await expect.poll(shape).toBe((279.4 / 215).toFixed(2));
  await composer.element.evaluate((widget) => (widget.lang = "en-GB"));
  await expect.poll(shape).toBe((297 / 215).toFixed(2));
});

test("pages are left out, turned and moved, and that is what goes", async ({ opened: composer, page, sandbox }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"), await kept("text.txt"));
  await composer.chooseCover("None");
  await expect(composer.pageButtons).toHaveCount(4);
  const [first, second, third, fourth] = await lookThrough(composer);
  // The second goes to the front, the first is turned, the last stays out.
  await composer.pageButtons.nth(1).click();
  await composer.pageTool("Move earlier").click();
  await expect(composer.pageHeading).toHaveText("Page 1 of 4");
  await composer.pageTool("Next page").click();
  await composer.pageTool("Turn").click();
  await expect.poll(() => pointsOnScreen(composer)).not.toBe(first);
  const turned = await pointsOnScreen(composer);
  await composer.pageTool("Next page").click();
  await composer.pageTool("Next page").click();
  await composer.pageTool("Leave out").click();
  await expect(composer.pageTool("Put back")).toBeVisible();
  await composer.pageBack.click();
  await expect(composer.pageButtons.last()).toHaveAccessibleName(/Left out$/);
  for (const name of ["letter.pdf", "text.txt"]) {
    await expect(composer.asShown(name)).toBeChecked();
    await expect(composer.asShown(name)).toBeDisabled();
    await expect(composer.pagesOf(name)).toContainText(BY_NEED);
  }
  await expect(composer.pagesTotal).toHaveText(/^3 pages · /);
  await composer.reviewSendAndSeeAccepted();
  const fax = await arrived(sandbox);
  const came = await Promise.all(fax.pages.map((path) => pointsArrived(page, sandbox, path)));
  expect(came).toEqual([second, turned, third]);
  expect(came).not.toContain(fourth);
});

test("what was done to the pages is still done when the widget is taken out of the page and put back", async ({ opened: composer, sandbox }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await composer.chooseCover("None");
  await composer.pageButtons.last().click();
  await composer.pageTool("Leave out").click();
  await composer.pageTool("Turn").click();
  await composer.pageBack.click();
  await expect(composer.pagesTotal).toHaveText(/^1 page · /);
  await composer.element.evaluate(async (widget) => {
    const around = widget.parentNode;
    widget.remove();
    await new Promise((resolve) => setTimeout(resolve, 100));
    around.append(widget);
  });
  await expect(composer.pageButtons).toHaveCount(2);
  await expect(composer.pagesTotal).toHaveText(/^1 page · /);
  await composer.reviewSendAndSeeAccepted();
  expect((await arrived(sandbox)).pages).toHaveLength(1);
});

test("when all pages are left out that is said at once", async ({ opened: composer }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await composer.pageButtons.first().click();
  await composer.pageTool("Leave out").click();
  await composer.pageTool("Next page").click();
  await composer.pageTool("Leave out").click();
  await expect(composer.pagesTotal).toHaveText(/^0 pages · /);
  await composer.pageBack.click();
  await expect(composer.flaws).toHaveText(["All pages are left out. Put at least one back."]);
  await composer.pageButtons.first().click();
  await composer.pageTool("Put back").click();
  await composer.pageBack.click();
  await expect(composer.flaws).toHaveCount(0);
});

test("what was done to the pages comes back with the draft, and nothing else of them goes", async ({ faxes, composer, page, sandbox }) => {
  await faxes.set({ persist: true });
  await composer.open();
  await composer.fillIn(ANNA, await kept("letter.pdf"), await kept("text.txt"));
  await composer.chooseCover("None");
  await expect(composer.pageButtons).toHaveCount(4);
  await composer.pageButtons.nth(2).click();
  await composer.pageTool("Move earlier").click();
  await composer.pageTool("Previous page").click();
  await composer.pageTool("Leave out").click();
  await composer.pageBack.click();
  await expect(composer.pagesTotal).toHaveText(/^3 pages · /);
  await page.waitForTimeout(1_500); // it is saved a moment after a change
  await page.reload();
  await expect(composer.heading).toBeVisible();
  // At once: nobody has looked at the documents.
  await composer.element.evaluate((widget) => new Promise((resolve) => {
    const look = () => (widget.fax.attachments.length ? resolve() : setTimeout(look, 20));
    look();
  }));
  await composer.element.evaluate((widget) => widget.submit());
  const fax = await arrived(sandbox);
  expect(fax.attachments.map(({ name }) => name)).toEqual(["pages.tif"]);
  expect(fax.pages).toHaveLength(3);
});

test("a draft whose pages were changed does not go without the part of the program that shows pages", async ({ faxes, composer, page, sandbox, expected }) => {
  await faxes.set({ persist: true });
  await composer.open();
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  await composer.pageButtons.first().click();
  await composer.pageTool("Leave out").click();
  await composer.pageBack.click();
  await page.waitForTimeout(1_500);
  expected.push(FAILED_REQUEST, /Failed to fetch/);
  await page.route("**/fax-widget_pages_*.wasm", (route) => route.abort());
  await page.reload();
  await expect(composer.documentRows).toHaveCount(1);
  await composer.reviewAndSend();
  await expect(composer.failure).toBeVisible();
  expect(await sandbox.inbox()).toEqual([]);
});

test("a page moves from one document into another, and each goes in its place", async ({ opened: composer, sandbox }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"), file("table.csv", "text/csv"), png("scan.png"));
  await expect(composer.pageButtons).toHaveCount(3);
  await composer.pageButtons.last().click();
  await composer.pageTool("Move earlier").click();
  await composer.pageTool("Move earlier").click();
  await composer.pageBack.click();
  await composer.reviewSendAndSeeAccepted();
  const fax = await arrived(sandbox);
  expect(fax.attachments.map(({ name }) => name)).toEqual(["pages.tif", "table.csv"]);
});

for (const [wish, checked] of [["shown", [true, true]], ["as-is", [false, false]], ["auto", [false, true]]]) {
  test(`the page around decides what goes as shown: ${wish}`, async ({ opened: composer, sandbox }) => {
    await composer.set({ pages: wish });
    const files = [pdf("a.pdf"), png("b.png")];
    await composer.fillIn(ANNA, ...files);
    await expect(composer.pageButtons).toHaveCount(2);
    for (const [place, { name }] of files.entries()) {
      expect(await composer.asShown(name).isChecked(), name).toBe(checked[place]);
    }
    await composer.reviewSendAndSeeAccepted();
    const [{ attachments }] = await sandbox.inbox();
    const as = { shown: ["pages.tif"], "as-is": files.map(({ name }) => name), auto: ["a.pdf", "b.tif"] };
    expect(attachments.map(({ name }) => name)).toEqual(as[wish]);
    if (wish === "as-is") expect(attachments.map(({ sha256 }) => sha256)).toEqual(files.map(({ buffer }) => sha256(buffer)));
  });
}

test("a script that sends at once waits for the pages", async ({ opened: composer, sandbox }) => {
  await composer.element.evaluate(async (widget, [to, bytes]) => {
    widget.fax = { to: [{ phoneNumber: to }], attachments: [new File([new Uint8Array(bytes)], "scan.png", { type: "image/png" })] };
    await widget.submit();
  }, [ANNA, [...png().buffer]]);
  const [fax] = await sandbox.inbox();
  expect(fax.attachments.map(({ contentType }) => contentType)).toEqual(["image/tiff"]);
});

test("a photo of a phone goes as some tens of kilobytes", async ({ opened: composer, sandbox }) => {
  await composer.addRecipient(ANNA);
  const size = await composer.element.evaluate(async (widget) => {
    const canvas = new OffscreenCanvas(4000, 3000);
    const context = canvas.getContext("2d");
    const light = context.createLinearGradient(0, 0, 4000, 3000);
    light.addColorStop(0, "#fff");
    light.addColorStop(1, "#ddd");
    context.fillStyle = light;
    context.fillRect(0, 0, 4000, 3000);
    context.fillStyle = "#222";
    context.font = "90px sans-serif";
    for (let y = 300; y < 2800; y += 160) context.fillText("The quick brown fox jumps over the lazy dog, and again", 300, y);
    // The grain of a sensor, which is what makes it large.
    const data = context.getImageData(0, 0, 4000, 3000);
    for (let at = 0; at < data.data.length; at += 4) {
      const grain = Math.random() * 16 - 8;
      for (let c = 0; c < 3; c++) data.data[at + c] += grain;
    }
    context.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
    widget.addFiles([new File([blob], "IMG_2041.JPG", { type: blob.type })]);
    return blob.size;
  });
  expect(size).toBeGreaterThan(3_000_000);
  await expect(composer.pageButtons).toHaveCount(1);
  await composer.reviewSendAndSeeAccepted();
  const [fax] = await sandbox.inbox();
  expect(fax.attachments[0].size * 20).toBeLessThan(size);
});

test.describe("told before it costs", () => {
  test("characters that cannot be shown: their number, and nothing goes as shown by itself", async ({ opened: composer, sandbox }) => {
    await composer.set({ pages: "shown" });
    const note = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("診断書 please") };
    await composer.fillIn(ANNA, note);
    await expect(composer.pagesOf("note.txt")).toContainText("3 characters of it cannot be shown here and became question marks.");
    await expect(composer.pagesOf("note.txt")).toContainText(UNLIKE);
    await expect(composer.asShown("note.txt")).not.toBeChecked();
    await composer.pageButtons.first().click();
    await expect(composer.pageHint).toHaveText(UNLIKE);
    await composer.pageBack.click();
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments[0].sha256).toBe(sha256(note.buffer));
  });

  test("what is damaged in part or lacks a font, a picture or further pictures", async ({ opened: composer, page }) => {
    await inFront(page, (question, name, { add }) => {
      if (question.do === "open" && name === "half.png") add({ isPartial: true });
      if (question.do === "page" && name === "some.png") add({ lacks: ["font", "picture", "frames"] });
    });
    await composer.choose(png("half.png"), png("some.png"), png("whole.png"));
    await expect(composer.pagesOf("half.png")).toContainText("A part of this document is damaged and missing here.");
    for (const said of ["A font of this document", "A picture in this document", "Of several pictures"]) await expect(composer.pagesOf("some.png")).toContainText(said);
    for (const name of ["half.png", "some.png"]) {
      await expect(composer.asShown(name)).not.toBeChecked();
      await expect(composer.pagesOf(name)).toContainText(UNLIKE);
    }
    await expect(composer.asShown("whole.png")).toBeChecked();
  });

  test("a page that cannot be shown: the others are, and it can be left out", async ({ opened: composer, page, sandbox }) => {
    await inFront(page, (question, name, { answer }) => question.do === "page" && question.page === 1 && (answer({ refusal: "damaged" }), true));
    await composer.fillIn(ANNA, await kept("coarse.tif"));
    await composer.chooseCover("None");
    const pages = composer.pagesOf("coarse.tif");
    await expect(pages).toContainText("1 page of it cannot be shown here.");
    await expect(composer.asShown("coarse.tif")).not.toBeChecked();
    await expect(composer.pagesTotal).toHaveText(/^2 pages · .* · at least \d+ sec on the line, \d+ sec on a slow one$/);
    await composer.pageButtons.last().click();
    await expect(composer.asFaxed).toContainText("This page cannot be shown here.");
    await composer.pageBack.click();
    // It goes as it is, or without that page; as shown with it, it does not.
    await composer.asShown("coarse.tif").check();
    await expect(composer.flaws).toContainText(["A page of this document cannot be prepared."]);
    await pages.getByRole("button", { name: "Leave out" }).click();
    await expect(composer.flaws).toHaveCount(0);
    await expect(pages).toContainText(BY_NEED);
    await composer.reviewSendAndSeeAccepted();
    expect((await arrived(sandbox)).pages).toHaveLength(1);
  });

  test("what it is in truth, where its name says otherwise and nothing of it can be shown", async ({ opened: composer, page }) => {
    await inFront(page, (question, name, { add }) => {
      if (question.do === "open" && name === "photo.jpg") add({ kind: "heic" });
      if (question.do === "open" && name === "letter.pdf") add({ kind: "zip" });
      if (question.do === "open" && name === "letter.docx") add({ kind: "zip" });
    });
    const of = (name, text) => ({ name, mimeType: "", buffer: Buffer.from(text) });
    await composer.choose(of("photo.jpg", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"), of("letter.pdf", "PK\x03\x04\x14\0\x06\0"), of("letter.docx", "PK\x03\x04\x14\0\x06\0"), of("text.docx", "no more than text"));
    await expect(composer.pagesOf("photo.jpg")).toHaveText("This is a HEIC picture, which cannot be faxed. Save it as JPEG or PDF and add that.");
    for (const name of ["letter.pdf", "text.docx"]) await expect(composer.pagesOf(name)).toContainText("Its content is of another kind than its name says, so the fax service may not be able to print it.");
    await expect(composer.pagesOf("letter.docx")).toHaveText("Pages of such a document cannot be shown here. It goes as it is.");
  });

  test("a password that is typed and sent at once", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, await kept("locked.pdf"));
    await composer.pagesOf("locked.pdf").getByLabel("Password").fill("swordfish");
    await composer.element.evaluate((widget) => {
      const button = [...widget.shadowRoot.querySelectorAll("button")].find(({ textContent }) => textContent === "Show pages");
      button.click();
      return widget.submit();
    });
    expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["locked.tif"]);
  });

  test("a password: a wrong one is said, the right one shows the pages, which then go as they are shown", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, await kept("locked.pdf"));
    const pages = composer.pagesOf("locked.pdf");
    await expect(pages).toContainText("This document is protected with a password. The fax service may not be able to open it.");
    const password = pages.getByLabel("Password");
    await password.fill("wrong");
    await password.press("Enter");
    await expect(pages).toContainText("That password does not open it.");
    await expect(composer.form).toBeVisible(); // Enter was for the password
    await composer.pagesOf("locked.pdf").getByLabel("Password").fill("swordfish");
    await pages.getByRole("button", { name: "Show pages" }).click();
    await expect(composer.pageButtons).toHaveCount(2);
    await expect(composer.asShown("locked.pdf")).toBeChecked();
    await composer.reviewSendAndSeeAccepted();
    const fax = await arrived(sandbox);
    expect(fax.attachments.map(({ name }) => name)).toEqual(["locked.tif"]);
  });

  test("a damaged document, which can go as it is", async ({ opened: composer, sandbox }) => {
    const broken = { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 and nothing that is one") };
    await composer.fillIn(ANNA, broken);
    await expect(composer.pagesOf("broken.pdf")).toContainText("This document seems to be damaged");
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments[0].sha256).toBe(sha256(broken.buffer));
  });

  test("a name whose kind is another than that of its bytes, and the button that helps", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, { ...png(), name: "scan.pdf" });
    const pages = composer.pagesOf("scan.pdf");
    await composer.asShown("scan.pdf").uncheck();
    await expect(pages).toContainText("Its content is of another kind than its name says.");
    await pages.getByRole("button", { name: "Send as shown" }).click();
    await expect(composer.asShown("scan.pdf")).toBeChecked();
    await expect(pages).not.toContainText("Its content is of another kind");
  });

  test("colours and greys, and a page that takes minutes, with the button that helps", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, await kept("photographs.pdf"), carpet());
    await expect(composer.pagesOf("photographs.pdf")).toContainText(/become/);
    const pages = composer.pagesOf("carpet.png");
    await expect(pages).toContainText(/Page 3 takes about \d+ min on the line\./);
    await pages.getByRole("button", { name: "Use standard resolution" }).click();
    await expect(composer.standard).toBeChecked();
  });

  test("more than 200 pages together", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, text("a.txt", 120), text("b.txt", 90));
    await expect(composer.flaws).toContainText(["Together the documents have 210 pages; a fax can have 200. Leave pages out or send two faxes."], { timeout: 20_000 });
    await composer.proceed.click();
    await expect(composer.summary).toBeFocused();
    expect(await sandbox.inbox()).toEqual([]);
    await composer.removeDocument("b.txt").click();
    await expect(composer.flaws).toHaveCount(0);
  });

  test("one document with more than 200 pages", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, text("long.txt", 202));
    await expect(composer.flaws).toHaveText(["Together the documents have 202 pages; a fax can have 200. Leave pages out or send two faxes."]);
    await composer.proceed.click();
    await expect(composer.summary).toBeFocused();
    // What is over can be left out.
    await composer.chooseCover("None");
    await composer.pageButtons.last().click();
    await composer.pageTool("Leave out").click();
    await composer.pageTool("Previous page").click();
    await composer.pageTool("Leave out").click();
    await composer.pageBack.click();
    await expect(composer.flaws).toHaveCount(0);
    await composer.reviewSendAndSeeAccepted();
    expect((await arrived(sandbox)).pages).toHaveLength(200);
  });

  test("one with more than can be looked through is refused", async ({ opened: composer }) => {
    await composer.fillIn(ANNA, text("endless.txt", 401));
    await expect(composer.flaws).toHaveText(["This document has more than 200 pages, the most that a fax can have. Send a part of it."]);
    await composer.proceed.click();
    await expect(composer.summary).toBeFocused();
  });
});

test.describe("what can go wrong", () => {
  test("without the worker’s program, documents go as they are", async ({ opened: composer, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/pages_bg.wasm", (route) => route.abort());
    const scan = png();
    await composer.fillIn(ANNA, scan);
    await expect(composer.pagesOf(scan.name)).toHaveText("Pages cannot be shown in this browser at the moment. The document goes as it is.");
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments[0].sha256).toBe(sha256(scan.buffer));
  });

  test("without the part of the program that shows pages, too", async ({ opened: composer, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST, /Failed to fetch/);
    await page.route("**/fax-widget_pages_*.wasm", (route) => route.abort());
    const scan = png();
    await composer.fillIn(ANNA, scan);
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments[0].sha256).toBe(sha256(scan.buffer));
  });

  test("a worker that ends is started again for the next document", async ({ opened: composer, page }) => {
    await composer.choose(await kept("letter.pdf"));
    await expect(composer.pageButtons).toHaveCount(2);
    const [worker] = page.workers();
    await worker.evaluate(() => setTimeout(() => { throw new Error("the end"); })).catch(() => {});
    await composer.choose(png("scan.png"));
    await expect(composer.pageButtons).toHaveCount(3);
    await expect(composer.pagesOf("letter.pdf")).toContainText("2 pages");
  });

  test("a worker that ends over a page is started again, and that page is put to it once more", async ({ opened: composer, page, expected }) => {
    expected.push(/the end/);
    const begun = await inFront(page, (question, name, { end }) => question.do === "page" && end(), 1);
    await composer.choose(await kept("letter.pdf"), png("scan.png"));
    await expect(composer.pagesTotal).toHaveText(/^3 pages · \d+ kB · about /);
    await expect(composer.pagesOf("letter.pdf")).not.toContainText("cannot be shown");
    expect(begun()).toBe(2);
  });

  test("a document over which every worker ends is held against no other, and can go as it is", async ({ opened: composer, page, sandbox, expected }) => {
    expected.push(/the end/);
    await inFront(page, (question, name, { answer, end }) => {
      if (question.do === "page" && name === "hostile.png") return answer({ refusal: "damaged", isOver: true }), true;
      if (question.do === "open" && name === "worse.pdf") end();
    });
    const files = [{ ...png(), name: "hostile.png" }, { ...(await kept("letter.pdf")), name: "worse.pdf" }, png("scan.png")];
    await composer.fillIn(ANNA, ...files);
    for (const name of ["hostile.png", "worse.pdf"]) await expect(composer.pagesOf(name)).toHaveText("The pages of this document cannot be shown: making them failed twice. It goes as it is.");
    await expect(composer.asShown("scan.png")).toBeChecked();
    await composer.reviewSendAndSeeAccepted();
    const [{ attachments }] = await sandbox.inbox();
    expect(attachments.map(({ name }) => name)).toEqual(["hostile.png", "worse.pdf", "scan.tif"]);
    expect(attachments.slice(0, 2).map(({ sha256 }) => sha256)).toEqual(files.slice(0, 2).map(({ buffer }) => sha256(buffer)));
  });

  test("a worker that says nothing for half a minute is ended, and only what it was busy with is given up", async ({ composer, page }) => {
    await page.clock.install();
    await composer.open();
    await inFront(page, (question, name) => question.do === "page" && name === "endless.pdf");
    await composer.choose({ ...(await kept("letter.pdf")), name: "endless.pdf" }, png("scan.png"), { ...png(), name: "second.png" });
    await expect(composer.pageButtons).toHaveCount(2); // the others wait
    await page.waitForTimeout(500);
    // Someone looks at a page meanwhile, which has to wait too.
    await composer.pageButtons.first().click();
    await composer.pageTool("Next page").click();
    await page.clock.fastForward(31_000);
    await composer.pageBack.click();
    await expect(composer.pageButtons).toHaveCount(2);
    await page.waitForTimeout(1_000);
    await page.clock.fastForward(31_000); // the page that was looked at
    await expect(composer.asShown("second.png")).toBeChecked();
    await expect(async () => {
      await page.waitForTimeout(1_000);
      await page.clock.fastForward(31_000);
      expect(await composer.pagesOf("endless.pdf").textContent()).toContain("2 pages of it cannot be shown here.");
    }).toPass();
    for (const name of ["scan.png", "second.png"]) await expect(composer.asShown(name)).toBeChecked();
    await expect(composer.pagesTotal).toHaveText(/at least/);
    await expect(composer.pagesTotal).not.toHaveText(/prepared/);
  });

  test("a page that fails on the way does not go in another way than it was shown", async ({ opened: composer, page, sandbox }) => {
    await inFront(page, (question, name, { answer }) => question.do === "page" && question.page === 1 && (setTimeout(answer, 3_000, { refusal: "damaged" }), true));
    await composer.fillIn(ANNA, await kept("coarse.tif"));
    await expect(composer.pagesOf("coarse.tif")).toContainText(EXACT);
    await composer.reviewAndSend();
    await expect(composer.documents).toContainText(NO_LONGER);
    await expect(composer.chooseButton).toBeFocused();
    expect(await sandbox.inbox()).toEqual([]);
    await expect(composer.pagesOf("coarse.tif")).toContainText("1 page of it cannot be shown here.");
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["coarse.tif"]);
  });

  test("where the page wants everything as shown, nothing goes without what shows it", async ({ opened: composer, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST, /Failed to fetch/);
    await composer.set({ pages: "shown" });
    await page.route("**/fax-widget_pages_*.wasm", (route) => route.abort());
    await composer.fillIn(ANNA, pdf("a.pdf"));
    await composer.reviewAndSend();
    await expect(composer.failure).toBeVisible();
    expect(await sandbox.inbox()).toEqual([]);
  });

  test("without fonts a page cannot be shown at the moment", async ({ opened: composer, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/fonts/*", (route) => route.abort());
    await composer.choose(await kept("text.txt"));
    await expect(composer.pagesOf("text.txt")).toHaveText("Pages cannot be shown in this browser at the moment. The document goes as it is.");
  });

  test("a document that is taken away while it is read leaves nothing behind", async ({ opened: composer }) => {
    await composer.choose(text("long.txt", 150), png("scan.png"));
    await composer.removeDocument("long.txt").click();
    await expect(composer.pageButtons).toHaveCount(1);
    await expect(composer.pagesTotal).toHaveText(/^1 page · /);
  });

  test("a widget that leaves the page ends its worker", async ({ opened: composer, page }) => {
    await composer.choose(png());
    await expect(composer.pageButtons).toHaveCount(1);
    expect(page.workers()).toHaveLength(1);
    await composer.element.evaluate((widget) => widget.remove());
    await expect.poll(() => page.workers().length).toBe(0);
  });

  test("what is looked at goes away under it", async ({ opened: composer }) => {
    await composer.choose(png());
    await composer.pageButtons.first().click();
    await expect(composer.pageScreen).toBeVisible();
    await composer.element.evaluate((widget) => (widget.fax = { to: [], attachments: [] }));
    await expect(composer.form).toBeVisible();
  });
});

test("by keyboard alone: a page is opened, gone through, turned, left out and left", async ({ opened: composer, page }) => {
  await composer.choose(await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  await composer.pageButtons.first().focus();
  await page.keyboard.press("Enter");
  await expect(composer.pageHeading).toBeFocused();
  await page.keyboard.press("PageDown");
  await expect(composer.pageHeading).toHaveText("Page 2 of 2");
  await expect(composer.status).toHaveText("Page 2 of 2");
  await page.keyboard.press("PageUp");
  await composer.pageTool("Turn").focus();
  await page.keyboard.press("Enter");
  await expect(composer.status).toHaveText("Turned.");
  await expect(composer.pageTool("Turn")).toBeFocused();
  await composer.pageTool("Leave out").focus();
  await page.keyboard.press("Space");
  await expect(composer.pageTool("Put back")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(composer.pageButtons.first()).toBeFocused();
  await expect(composer.pageButtons.first()).toHaveAccessibleName(/letter\.pdf.*Left out$/);
});

test("a page is looked at in either resolution, closer, and beside its original", async ({ opened: composer }) => {
  await composer.choose(await kept("letter.pdf"));
  await composer.pageButtons.first().click();
  await expect(composer.pageHint).toHaveText(LIKELY);
  const canvas = composer.asFaxed.locator("canvas");
  const height = () => canvas.evaluate((canvas) => canvas.height);
  const width = () => canvas.evaluate((canvas) => canvas.clientWidth);
  // As many points as the screen has, so that the browser leaves none out.
  const pictures = [canvas, composer.original.locator("canvas")];
  const spare = (canvas) => canvas.evaluate((canvas) => Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio));
  for (const picture of pictures) await expect.poll(() => spare(picture)).toBeLessThan(1);
  const fitting = await width();
  await composer.pageTool("Larger").click();
  expect(await width()).toBeGreaterThan(1.5 * fitting);
  for (const picture of pictures) await expect.poll(() => spare(picture)).toBeLessThan(1);
  for (let n = 0; n < 2; n++) await composer.pageTool("Larger").click();
  await expect(canvas).toHaveJSProperty("width", 1728);
  await expect.poll(height).toBeGreaterThan(2_000);
  expect(await width()).toBeGreaterThan(2 * fitting);
  await expect(composer.original.locator("canvas")).toHaveJSProperty("width", 1728);
  await expect(composer.useResolution).toHaveCount(0);
  await expect(composer.pagesTotal).toHaveText(/^2 pages · .* on the line/);
  await composer.pageTool("Standard").click();
  await expect(composer.pageHint).toHaveText("The fax goes in the other resolution.");
  await expect(composer.asFaxed.locator("canvas")).toHaveJSProperty("width", 1728);
  await expect.poll(height).toBeLessThan(1_200);
  // On paper a line of it is twice as high.
  const shape = await composer.asFaxed.locator("canvas").evaluate((canvas) => canvas.clientHeight / canvas.clientWidth);
  expect(shape).toBeCloseTo(11 / 8.5, 1);
  await composer.useResolution.click();
  expect((await composer.fax()).faxResolution).toBe("Low");
  await expect(composer.pageHint).toHaveText(LIKELY);
  await composer.pageTool("Leave out").click();
  await expect(composer.pageHint).toHaveText("Left out");
  await expect(composer.pagesTotal).toHaveText(/^1 page · /);
});

test("a page that is looked at follows the window’s size", async ({ opened: composer, page }) => {
  await composer.choose(await kept("letter.pdf"));
  await composer.pageButtons.first().click();
  const pictures = [composer.asFaxed.locator("canvas"), composer.original.locator("canvas")];
  const widths = (canvas) => canvas.evaluate((canvas) => [canvas.width, Math.round(canvas.clientWidth * devicePixelRatio)]);
  const before = [];
  for (const picture of pictures) {
    await expect.poll(async () => new Set(await widths(picture)).size).toBe(1);
    before.push((await widths(picture))[0]);
  }
  // A telephone on its side, and upright.
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [at, picture] of pictures.entries()) {
    await expect.poll(async () => new Set(await widths(picture)).size).toBe(1);
    expect((await widths(picture))[0]).not.toBe(before[at]);
  }
});

test("the service’s own rendering stands beside what was shown", async ({ opened: composer, page, sandbox }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"));
  await expect(composer.pageButtons).toHaveCount(2);
  await composer.reviewSendAndSeeAccepted();
  const { id } = await arrived(sandbox);
  await settled(sandbox, id);
  const faxes = new Faxes(page, sandbox.origin);
  await faxes.element.locator('[part~="show-document"]').first().click();
  const received = composer.element.locator('[part~="received-page"]');
  await expect(received).toHaveCount(3); // and the cover page
  await expect(received.nth(0).locator("figure")).toHaveCount(1);
  for (const place of [1, 2]) await expect(received.nth(place).locator("figcaption")).toHaveText(["As the service rendered it", "As it was shown here"]);
});

test("pages are not laid beside each other where nothing tells which became which", async ({ opened: composer, page, sandbox }) => {
  await composer.fillIn(ANNA, await kept("letter.pdf"), file("report.docx"));
  await expect(composer.pageButtons).toHaveCount(2);
  await composer.reviewSendAndSeeAccepted();
  const { id } = await arrived(sandbox);
  await settled(sandbox, id);
  await new Faxes(page, sandbox.origin).element.locator('[part~="show-document"]').first().click();
  const received = composer.element.locator('[part~="received-page"]');
  await expect(received.first()).toBeVisible();
  expect(await received.count()).toBeGreaterThan(3);
  await expect(received.locator("figcaption")).toHaveText(Array(await received.count()).fill("As the service rendered it"));
});

test.describe("for scripts", () => {
  test("renderPages() gives the pages as one file", async ({ opened: composer }) => {
    await composer.choose(await kept("letter.pdf"), png());
    const made = await composer.element.evaluate(async (widget) => {
      const { file, pageCount, seconds } = await widget.renderPages();
      const bytes = new Uint8Array(await file.arrayBuffer());
      return { name: file.name, type: file.type, pageCount, seconds, start: [...bytes.slice(0, 4)], size: bytes.length };
    });
    expect(made).toMatchObject({ name: "pages.tif", type: "image/tiff", pageCount: 3, start: [0x49, 0x49, 42, 0] });
    expect(made.seconds).toBeGreaterThan(5);
    expect(made.size).toBeGreaterThan(5_000);
  });

  test("renderPages() says what it cannot", async ({ opened: composer }) => {
    const error = () => composer.element.evaluate((widget) => widget.renderPages().then(() => "rendered", ({ name, code, outcome, parameterName }) => [name, code, outcome, parameterName]));
    expect(await error()).toEqual(["FaxError", "invalid", "not-sent", "attachment"]);
    await composer.choose(file("letter.docx"));
    expect(await error()).toEqual(["FaxError", "invalid", "not-sent", "attachment"]);
  });

  test("FaxClient.renderPages() needs no widget", async ({ opened: composer, page }) => {
    const result = await page.evaluate(async (bytes) => {
      const { FaxClient } = await import(new URL("fax-widget/client.js", location.href));
      const client = new FaxClient({ token: "sandbox" });
      const files = [new File([new Uint8Array(bytes)], "scan.png")];
      const [high, low] = [await client.renderPages(files), await client.renderPages(files, { faxResolution: "Low" })];
      const failed = await client.renderPages([new File(["x"], "a.docx")]).catch(({ code }) => code);
      const wrong = await client.renderPages(files, { faxResolution: "Middle" }).catch(({ code }) => code);
      return [high.pageCount, high.file.type, low.seconds < high.seconds, failed, wrong];
    }, [...png().buffer]);
    expect(result).toEqual([1, "image/tiff", true, "invalid", "invalid"]);
    await expect(composer.form).toBeVisible();
    expect(page.workers()).toHaveLength(0);
  });
});
