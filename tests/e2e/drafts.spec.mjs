// A draft outlives the page where the page asks for that: encrypted, for a day, and never longer than it is a draft.
import { ANNA, BEN, bad, Composer } from "./composer.mjs";
import { file, pdf, png, sha256 } from "./documents.mjs";
import { Faxes } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const RESTORED = /^Your draft from [A-Z][a-z]{2} \d+, 20\d\d, \d+:\d\d\s[AP]M is back\.$/;

/**
 * What lies in the browser's database, as it lies there: how many drafts and pieces of files, and where they are read, all their bytes and
 * texts, and the keys. Counting alone does not hold up what writes them.
 */
async function kept(page, { isRead = true } = {}) {
  return page.evaluate(async (isRead) => {
    const found = { heads: 0, pieces: 0, text: "", extractable: [] };
    const latin = (bytes) => new TextDecoder("latin1").decode(bytes);
    const read = (value) => {
      if (value instanceof ArrayBuffer) found.text += latin(value);
      else if (ArrayBuffer.isView(value)) found.text += latin(value.buffer);
      else if (value instanceof CryptoKey) found.extractable.push(value.extractable);
      else if (value instanceof Blob) throw new Error("a blob lies there as it is");
      else if (typeof value === "object" && value) for (const [key, inner] of Object.entries(value)) found.text += ` ${key} `, read(inner);
      else found.text += ` ${value} `;
    };
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const records = () => database.transaction(store).objectStore(store);
        found[store] += await settled(records().count());
        if (isRead) for (const record of await settled(records().getAll())) read(record);
      }
      database.close();
    }
    if (isRead) for (const storage of [localStorage, sessionStorage]) found.text += ` ${JSON.stringify(storage)} `;
    return found;
  }, isRead);
}

/** Waits until so many drafts and pieces of files are there. */
async function expectKept(page, heads, pieces = undefined) {
  await expect.poll(() => kept(page, { isRead: false })).toMatchObject(pieces === undefined ? { heads } : { heads, pieces });
}

async function openKeeping(faxes, composer) {
  await faxes.set({ persist: true });
  await composer.open();
}

test.describe("survives", () => {
  test("a reload, and goes out byte for byte", async ({ faxes, composer, page, sandbox }) => {
    const files = [pdf("contract.pdf", 6_000_000), png("scan.png"), file("notes.txt", "text/plain", 100)];
    await openKeeping(faxes, composer);
    await composer.set({ pages: "as-is" });
    await composer.addRecipient(ANNA, "Anna Example");
    await composer.addRecipient(BEN);
    await composer.choose(...files);
    await composer.chooseCover("Urgent");
    await composer.coverText.fill("Line one\nZeile zwei");
    await composer.standard.check();
    await composer.country.selectOption("DE");
    await composer.sendLater("2031-01-15T09:30");
    await expectKept(page, 1, 4); // the first file in two pieces
    const before = await composer.fax();
    await page.reload();
    await expect(composer.notice).toHaveText([RESTORED]);
    await expect(composer.documentNames).toHaveText(["contract.pdf", "scan.png", "notes.txt"]);
    expect(await composer.fax()).toEqual(before);
    await composer.set({ pages: "as-is" });
    await composer.reviewSendAndSeeAccepted();
    const [fax] = await sandbox.inbox();
    expect(fax.to).toMatchObject([{ phoneNumber: ANNA, name: "Anna Example" }, { phoneNumber: BEN }]);
    expect(fax.attachments.map((found) => [found.name, found.contentType, found.sha256])).toEqual([
      ["contract.pdf", "application/pdf", sha256(files[0].buffer)],
      ["scan.png", "image/png", sha256(files[1].buffer)],
      ["notes.txt", "text/plain", sha256(files[2].buffer)],
    ]);
  });

  test("a closed tab", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expectKept(page, 1, 1);
    const second = await page.context().newPage();
    await page.close();
    const other = new Composer(second, composer.origin);
    await openKeeping(new Faxes(second, composer.origin), other);
    await expect(other.notice).toHaveText([RESTORED]);
    await expect(other.documentNames).toHaveText(["contract.pdf"]);
  });

  test("what is typed and not added yet", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.number.fill("+1 650");
    await composer.name.fill("Anna");
    await expectKept(page, 1);
    await page.reload();
    await expect(composer.number).toHaveValue("+1 650");
    await expect(composer.name).toHaveValue("Anna");
  });

  test("a failure", async ({ faxes, composer, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await openKeeping(faxes, composer);
    await composer.fillIn(bad(403), pdf());
    await composer.reviewAndSend();
    await expect(composer.failure).toBeFocused();
    await expectKept(page, 1, 1);
    await page.reload();
    await expect(composer.documentNames).toHaveText(["contract.pdf"]);
    expect(await sandbox.inbox()).toHaveLength(0);
  });

  test("two tabs, each with its own", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.addRecipient(ANNA);
    await expectKept(page, 1);
    const second = await page.context().newPage();
    const [otherFaxes, other] = [new Faxes(second, composer.origin), new Composer(second, composer.origin)];
    await openKeeping(otherFaxes, other);
    await expect(other.recipientRows).toHaveCount(0);
    await other.addRecipient(BEN);
    await expectKept(page, 2);
    await page.reload();
    await second.reload();
    await expect(composer.recipientRows).toContainText(["+1 650 555 0100"]);
    await expect(other.recipientRows).toContainText(["+1 650 555 0101"]);
  });
});

test.describe("is deleted", () => {
  test("when the fax was accepted", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expectKept(page, 1, 1);
    await composer.reviewSendAndSeeAccepted();
    await expectKept(page, 0, 0);
    await page.reload();
    await expect(composer.heading).toBeVisible();
    await expect(composer.recipientRows).toHaveCount(0);
    await expect(composer.notice).toHaveCount(0);
  });

  test("when it is discarded", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expectKept(page, 1, 1);
    await composer.discard.click();
    await composer.discardYes.click();
    await expectKept(page, 0, 0);
  });

  test("when the page no longer asks for it", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expectKept(page, 1, 1);
    await composer.set({ persist: false });
    await expectKept(page, 0, 0);
  });

  test("with each file that is removed", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf("a.pdf"), pdf("b.pdf"));
    await expectKept(page, 1, 2);
    await composer.removeDocument("a.pdf").click();
    await expectKept(page, 1, 1);
  });

  test("after 24 hours, and not before", async ({ faxes, composer, page }) => {
    await page.clock.install();
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await page.clock.runFor(1_000);
    await expectKept(page, 1, 1);
    await page.clock.fastForward("23:50:00");
    await page.reload();
    await expect(composer.notice).toHaveText([RESTORED]);
    await expect(composer.documentNames).toHaveText(["contract.pdf"]);
    await page.clock.runFor(2_000); // restoring saves it anew, where it does
    await page.goto("about:blank");
    await page.clock.fastForward("24:01:00");
    await page.goto(`${composer.origin}/`);
    await expect(composer.heading).toBeVisible();
    await expectKept(page, 0, 0);
    await expect(composer.recipientRows).toHaveCount(0);
    await expect(composer.notice).toHaveCount(0);
  });
});

for (const accepted of [true, false]) {
  test(`the page goes away in the middle of sending, and the fax was ${accepted ? "" : "not "}accepted`, async ({ faxes, composer, page, sandbox }) => {
    test.setTimeout(60_000);
    await page.clock.install();
    await openKeeping(faxes, composer);
    await composer.fillIn(bad(accepted ? 409 : 408), pdf());
    await page.clock.runFor(1_000);
    await expectKept(page, 1, 1);
    await composer.reviewAndSend();
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(1);
    if (accepted) await expect.poll(() => sandbox.inbox()).toHaveLength(1);
    await page.reload();
    if (accepted) {
      await expect(composer.messageId).toHaveText(String((await sandbox.inbox())[0].id), { timeout: 25_000 });
      await expectKept(page, 0, 0);
      await page.reload();
      await expect(composer.heading).toBeVisible();
      await expect(composer.documentRows).toHaveCount(0);
    } else {
      await expect(composer.lookingFor).toBeVisible();
      await page.clock.fastForward("00:31");
      await expect(composer.notTaken.or(composer.failure.filter({ hasText: "The fax was not sent" }))).toBeVisible({ timeout: 25_000 });
      await composer.expectDraft({ to: [{ phoneNumber: bad(408) }], attachments: ["contract.pdf"] });
    }
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });
}

test("a page that fills in the form by itself gets back what was added to that, and to nothing else", async ({ faxes, composer, page }) => {
  await faxes.set({ persist: true, to: ANNA });
  await composer.open();
  await composer.choose(pdf());
  await expectKept(page, 1, 1);
  await page.reload();
  await expect(composer.notice).toHaveText([RESTORED]);
  await expect(composer.documentNames).toHaveText(["contract.pdf"]);
  await faxes.set({ persist: true, to: BEN });
  await page.reload();
  await expect(composer.recipientRows).toContainText(["+1 650 555 0101"]);
  await expect(composer.documentRows).toHaveCount(0);
  await composer.choose(pdf("other.pdf"));
  await expectKept(page, 2, 2);
  await faxes.set({ persist: true, to: ANNA });
  await page.reload();
  await expect(composer.documentNames).toHaveText(["contract.pdf"]);
  await expect(composer.recipientRows).toContainText(["+1 650 555 0100"]);
});

test("a time that has passed meanwhile is cleared, and said", async ({ faxes, composer, page, sandbox }) => {
  await page.clock.install({ time: new Date("2030-06-01T12:00:00Z") });
  await openKeeping(faxes, composer);
  await composer.fillIn(ANNA, pdf());
  await composer.sendLater("2030-06-01T09:30");
  await page.clock.runFor(1_000);
  await expectKept(page, 1, 1);
  await page.goto("about:blank");
  await page.clock.fastForward("04:00:00");
  await page.goto(`${composer.origin}/`);
  await expect(composer.notice).toHaveText([
    RESTORED, "The time it was to be sent at has passed, so it was cleared. Choose when to send it.",
  ]);
  await expect(composer.later).toBeChecked();
  await expect(composer.sendTime).toHaveValue("");
  await composer.proceed.click();
  await expect(composer.summary).toContainText("Choose the date and time to send at, or send now.");
  expect(sandbox.posts()).toBe(0);
});

test("nothing that a person typed or chose can be read in the database", async ({ faxes, composer, page }) => {
  const secret = { name: "diagnosis.txt", mimeType: "text/plain", buffer: Buffer.from("the very secret diagnosis") };
  await openKeeping(faxes, composer);
  await composer.addRecipient(ANNA, "Anna Example");
  await composer.choose(secret);
  await composer.coverText.fill("For your eyes only");
  await expectKept(page, 1, 1);
  const { text, extractable } = await kept(page);
  expect(text).not.toMatch(/650\D*555|diagnosis|Anna|eyes only|phoneNumber|text\/plain|very secret/);
  expect(text.replaceAll("\0", "")).not.toMatch(/6505550100|diagnosis|Anna|eyes only/); // nor as UTF-16
  expect(extractable.length).toBeGreaterThan(0);
  expect(extractable).not.toContain(true);
});

test("without persist nothing of it is stored", async ({ opened: composer, page }) => {
  await composer.fillIn(ANNA, pdf("diagnosis.pdf"));
  await composer.coverText.fill("For your eyes only");
  await composer.number.fill("+49 30");
  await page.waitForTimeout(1_500);
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
  expect((await kept(page)).text).not.toMatch(/650|diagnosis|eyes only|\+49/);
  await page.reload();
  await expect(composer.heading).toBeVisible();
  await expect(composer.recipientRows).toHaveCount(0);
});

test.describe("trouble is said, and never thrown", () => {
  test("no room for it", async ({ faxes, composer, page }) => {
    await page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
    });
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expect(composer.notice).toHaveText(["This device has no room to keep the draft. It is lost if you leave this page."]);
    await composer.reviewSendAndSeeAccepted();
  });

  test("room for what was typed, but not for the files", async ({ faxes, composer, page }) => {
    await page.addInitScript(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === "pieces") throw new DOMException("no room", "QuotaExceededError");
        return put.call(this, value, key);
      };
    });
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expect(composer.notice).toHaveText(["This device has no room to keep the draft. It is lost if you leave this page."]);
    await page.reload();
    await expect(composer.recipientRows).toContainText(["+1 650 555 0100"]);
    await expect(composer.documentNames).toHaveCount(0);
  });

  test("a browser that keeps nothing", async ({ faxes, composer, page }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("private window", "SecurityError");
      };
    });
    await openKeeping(faxes, composer);
    await expect(composer.notice).toHaveText(["This browser cannot keep the draft. It is lost if you leave this page."]);
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
  });

  test("what lies there and cannot be read any more is let go of", async ({ faxes, composer, page }) => {
    await openKeeping(faxes, composer);
    await composer.fillIn(ANNA, pdf());
    await expectKept(page, 1, 1);
    await page.evaluate(async () => {
      const settled = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const database = await settled(indexedDB.open("fax-widget"));
      const store = database.transaction("heads", "readwrite").objectStore("heads");
      const [key] = await settled(store.getAllKeys());
      const head = await settled(store.get(key));
      const damage = (value) => {
        for (const inner of Object.values(value)) {
          if (inner instanceof ArrayBuffer) new Uint8Array(inner).fill(7);
          else if (ArrayBuffer.isView(inner)) inner.fill(7);
          else if (typeof inner === "object" && inner && !(inner instanceof CryptoKey)) damage(inner);
        }
      };
      damage(head);
      await settled(store.put(head, key));
      database.close();
    });
    await page.reload();
    await expect(composer.heading).toBeVisible();
    await expectKept(page, 0, 0);
    await expect(composer.recipientRows).toHaveCount(0);
    await expect(composer.notice).toHaveText(["A draft was kept here, but this browser can no longer read it. It was deleted."]);
  });
});
