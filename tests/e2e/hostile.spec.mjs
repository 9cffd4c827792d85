// Names and messages from strangers: shown as the text that they are. They make no element, break no header, turn no sentence
// around them and push nothing off the screen.
import { ANNA, bad } from "./composer.mjs";
import { posted, RECEIVED, settled } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const HOSTILE = {
  markup: `<img src=x onerror="document.title='ran'"><script>document.title='ran'</script><a href="javascript:1">&amp;</a>]]>`,
  // Ends what keeps it apart, turns what follows, and opens what it does not close.
  bidi: "a\u2069\u2069\u202efdp.\u2067b\u202d",
  lines: "a\r\nContent-Type: text/html\r\n\r\n<p>\u2028b\u2029c\u0085d\u0000e\u001b[31m\"; x=\\\"",
  placeholders: "{name} {n} %s %22 ${1}",
  long: "W".repeat(3_000),
  wide: "\u{12031}\ufdfd".repeat(80),
  high: `Z${"\u0351\u0321".repeat(60)}`,
};

/** Elements that no screen of the widget has, and attributes that would run something. */
const foreign = (page) =>
  page.evaluate(() => {
    const found = [];
    const look = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (["script", "style", "iframe", "object", "embed", "b", "base", "meta", "form"].includes(element.localName) && element.closest("head") === null && element.part?.length === 0) found.push(element.outerHTML.slice(0, 80));
        if (element.localName === "img" && !element.src.startsWith("blob:")) found.push(element.outerHTML.slice(0, 80));
        for (const { name, value } of element.attributes) {
          if (/^on/i.test(name) || /^\s*javascript:/i.test(value)) found.push(`${name}=${value.slice(0, 80)}`);
        }
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document.body);
    return [...found, ...(document.title === "ran" ? ["it ran"] : [])];
  });

/** What stands out over the edges of the widget. */
const overflowing = (page) =>
  page.evaluate(() => {
    const widget = document.querySelector("fax-widget");
    const edge = widget.getBoundingClientRect();
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const element of widget.shadowRoot.querySelectorAll("*")) {
      if (element.closest(".unseen") || element.closest("select")) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 0 && (right > edge.right + 1 || left < edge.left - 1)) found.push(`${element.localName}.${element.className} ${Math.round(left)} to ${Math.round(right)}`);
    }
    return found;
  });

/** Whether the letters of some words stand on the screen in the order they are written in, wherever they occur. */
const inOrder = (locator, words) =>
  locator.evaluate((element, words) => {
    const range = document.createRange();
    let found = 0;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + 1)) {
        found++;
        let before;
        for (let place = at; place < at + words.length; place++) {
          range.setStart(node, place);
          range.setEnd(node, place + 1);
          const { left, top, width } = range.getBoundingClientRect();
          if (width === 0) continue;
          if (before && Math.abs(top - before.top) < 4 && left < before.left) return `turned: ${words.slice(0, place - at + 1)}`;
          before = { left, top };
        }
      }
    }
    return found > 0 ? "in order" : "not there";
  }, words);

async function expectTidy(page) {
  // Entries that are not on the screen are not laid out until they are: of those the browser has the measures of another width.
  await page.evaluate(() => {
    const all = new CSSStyleSheet();
    all.replaceSync(".entries > * { content-visibility: visible !important; }");
    document.querySelector("fax-widget").shadowRoot.adoptedStyleSheets.push(all);
  });
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflowing(page), `at ${width} pixels`).toEqual([]);
  }
  expect(await foreign(page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Sets a fax with a name for the recipient, a name for the document and a text for the cover. */
const setFax = (composer, name, fileName, to = ANNA) =>
  composer.element.evaluate(
    (widget, [name, fileName, to]) =>
      void (widget.fax = { to: [{ phoneNumber: to, name }], attachments: [new File(["x"], fileName)], coverIndex: 3, coverPageText: name.slice(0, 1_000) }),
    [name, fileName, to],
  );

test.beforeEach(({ page }) => {
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog opened: ${dialog.message()}`);
  });
});

for (const [kind, text] of Object.entries(HOSTILE)) {
  test.describe(kind, () => {
    test("in the form and on the review", async ({ opened: composer, page }) => {
      await setFax(composer, text, `${text}.pdf`);
      const fileName = await composer.element.evaluate((widget) => widget.fax.attachments[0].name);
      expect(await composer.documentNames.evaluate((element) => element.textContent)).toBe(fileName);
      expect(await composer.recipientRows.locator(".name").evaluate((element) => element.textContent)).toBe(text);
      await expect(composer.coverText).toHaveValue(text.slice(0, 1_000).replace(/\r\n?/g, "\n"));
      await expectTidy(page);
      await composer.proceed.click();
      await expect(composer.reviewHeading).toBeVisible();
      expect(await composer.reviewNames.evaluate((element) => element.textContent)).toBe(text);
      expect(await composer.reviewDocuments.evaluate((element) => element.textContent)).toBe(fileName);
      await expectTidy(page);
    });

    test("in what is wrong with a document or a number", async ({ opened: composer, page }) => {
      await setFax(composer, "", `${text}.zip`, text);
      await composer.element.evaluate((widget, text) => widget.addFiles([new File([], `${text}.pdf`), new File(["x"], text)]), text);
      // What is found in the documents meanwhile moves the button, and a press that it slips away from is none.
      await expect(async () => {
        await composer.proceed.click();
        await expect(composer.summary).toBeVisible({ timeout: 1_000 });
      }).toPass();
      const flaws = composer.documents;
      expect(await inOrder(flaws, "files cannot be faxed. Save it as a PDF and add that.")).toBe("in order");
      expect(await inOrder(flaws, "is empty. Choose another file.")).toBe("in order");
      await expectTidy(page);
      // What is said aloud when it is removed.
      await composer.documentRows.first().getByRole("button").last().click();
      expect(await foreign(page)).toEqual([]);
    });

    for (const encoding of ["form-data", "mixed"]) {
      test(`on the way to the service, as ${encoding}`, async ({ opened: composer, sandbox }) => {
        await composer.set({ encoding });
        await setFax(composer, text, `${text}.pdf`);
        await composer.element.evaluate((widget, text) => widget.addFiles([new File(["second"], `${text}.html`, { type: "text/html" })]), text);
        const { message, error } = await composer.submit();
        expect(error).toBe(undefined);
        expect(message.type).toBe("Fax");
        const [fax, ...others] = await sandbox.inbox();
        expect(others).toEqual([]);
        expect(fax.to).toEqual([expect.objectContaining({ phoneNumber: ANNA, name: text.replace(/\p{Cc}/gu, " ").trim() })]);
        expect(fax.fields.coverPageText).toBe(text.slice(0, 1_000));
        expect(fax.attachments.map(({ contentType, size }) => [contentType, size])).toEqual([["application/pdf", 1], ["text/html", 6]]);
        for (const { name } of fax.attachments) expect(name).toMatch(/^[\w.-]{1,110}\.(pdf|html)$/);
      });
    }

    test.describe("from the service", () => {
      test.use({ sandboxOptions: { pace: 20 } });

      test("in a fax that it holds", async ({ faxes, page, sandbox }) => {
        const id = await posted(sandbox, ["+9990000001", ANNA]);
        await settled(sandbox, id);
        await page.route(/\/message-store[/?](?!.*\/content\/)/, async (route) => {
          const response = await route.fetch({ maxRetries: 2 }); // a connection that lay idle may be closed
          const spoil = (message) => {
            message.subject = text;
            for (const end of [message.from, ...(message.to ?? [])]) Object.assign(end ?? {}, { name: text, location: text });
            if (message.to?.[0]) Object.assign(message.to[0], { phoneNumber: text, faxErrorCode: text });
            if (message.to?.[1]) message.to[1].messageStatus = text;
            if (String(message.id) === RECEIVED[0]) Object.assign(message, { messageStatus: text, from: { phoneNumber: text } });
            return message;
          };
          const body = await response.json();
          const json = body.records ? { ...body, records: body.records.map(spoil) } : Array.isArray(body) ? body.map((entry) => ({ ...entry, body: spoil(entry.body) })) : spoil(body);
          await route.fulfill({ response, json });
        });
        await faxes.open();
        await faxes.account.click();
        await expect(faxes.rows).toHaveCount(3);
        await expectTidy(page);
        await faxes.openListed(id);
        expect(await faxes.recipients().first().locator(".name").evaluate((element) => element.textContent)).toBe(text);
        await expect(faxes.remedies()).toHaveCount(1);
        if (kind !== "lines") {
          // What follows the number, and what stands around the code.
          expect(await inOrder(faxes.remedies(), "The fax service gave a reason that is not documented: ")).toBe("in order");
        }
        await expectTidy(page);
        await faxes.button("Confirmation sheet").click();
        await expect(faxes.sheet).toBeVisible();
        await expectTidy(page);
        await faxes.open({ messageIds: RECEIVED[0] });
        await expect(faxes.asked).toBeVisible();
        await expectTidy(page);
      });

      test("in its cover pages and in what it refuses", async ({ composer, page, expected }) => {
        expected.push(FAILED_REQUEST);
        await page.route("**/fax-cover-page?*", (route) =>
          route.fulfill({ json: { records: [{ id: "0", name: "None" }, { id: "3", name: text }] } }),
        );
        const error = { errorCode: text, message: text, parameterName: text };
        await page.route("**/extension/~/fax", (route) => route.fulfill({ status: 400, json: { ...error, errors: [error] } }));
        await page.goto(`${composer.origin}/`);
        await expect(composer.coverPage.getByRole("option")).toHaveCount(3);
        await setFax(composer, "Anna", "a.pdf");
        expect(await composer.chosenCover.evaluate((option) => option.textContent)).toBe(text);
        await expectTidy(page);
        await composer.proceed.click();
        await expect(composer.reviewHeading).toBeVisible();
        await expectTidy(page);
        await composer.send.click();
        await expect(composer.failure).toContainText("The fax service refused it.");
        await expectTidy(page);
        const refused = await composer.submit();
        expect(refused.error).toMatchObject({ code: "refused", outcome: "not-sent" });
        // The service's own words may quote what was sent: none are passed on.
        expect(JSON.stringify(refused.error)).not.toContain(JSON.stringify(text).slice(1, 40));
        await expect(composer.failure).not.toContainText(text.slice(0, 20));
      });
    });
  });
}

test.describe("what was typed for an id", () => {
  for (const [kind, text] of Object.entries(HOSTILE)) {
    test(kind, async ({ faxes, page }) => {
      await faxes.open();
      await faxes.element.evaluate((widget, text) => (widget.messageIds = text), text.replace(/[\s,;]+/g, "."));
      await expect(faxes.problems.first()).toBeVisible();
      expect(await inOrder(faxes.problems.first(), "is not a message ID")).toBe("in order");
      await expectTidy(page);
    });
  }
});

test("a directory’s name for a number turns nothing around it", async ({ opened: composer, page }) => {
  await composer.element.evaluate((widget, text) => (widget.directory = () => text), HOSTILE.bidi);
  await setFax(composer, "Anna", "a.pdf");
  await composer.proceed.click();
  const known = composer.review.locator(".known");
  await expect(known).toContainText("The directory has this number as");
  expect(await inOrder(known, "The directory has this number as ")).toBe("in order");
  await expectTidy(page);
});

test("an error’s page in place of an answer is not shown", async ({ opened: composer, page, expected }) => {
  expected.push(FAILED_REQUEST);
  await setFax(composer, "Anna", "a.pdf", bad(413));
  const { error } = await composer.submit();
  expect(error).toMatchObject({ code: "too-large", status: 413 });
  expect(error.message).not.toMatch(/[<>]/);
  await expectTidy(page);
});
