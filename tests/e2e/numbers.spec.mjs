// Before a fax goes, each number shows what is known of it: here, and in the page's directory.
import { ANNA, BEN, bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { failing, settled, STUCK, RECEIVED } from "./faxes.mjs";
import { expect, test } from "./fixtures.mjs";

test.use({ sandboxOptions: { pace: 100 } });

/** Sends a fax and lets it be followed to its end, where it has one. */
async function sendTo(composer, faxes, sandbox, number) {
  await composer.fillIn(number, pdf());
  await composer.reviewSendAndSeeAccepted();
  if (number !== STUCK) await settled(sandbox, await composer.messageId.textContent());
  await faxes.letPass(15);
  await composer.newFax.click();
}

async function review(composer, ...numbers) {
  for (const number of numbers) await composer.addRecipient(number);
  await composer.choose(pdf());
  await composer.proceed.click();
  await expect(composer.reviewHeading).toBeFocused();
}

test.describe("what this browser knows", () => {
  test("never, sent with its time, failed and why, under way", async ({ composer, faxes, page, sandbox }) => {
    test.setTimeout(60_000);
    await page.clock.install();
    await composer.open();
    for (const number of [BEN, bad(1), bad(2), bad(2), failing(99), STUCK]) await sendTo(composer, faxes, sandbox, number);
    await review(composer, ANNA, BEN, bad(1), bad(2), failing(99), STUCK);
    await expect(faxes.known).toHaveText([
      "No earlier fax from this browser is known",
      /^Last fax went through, [A-Z][a-z]{2} \d+, 20\d\d, \d+:\d\d\s[AP]M$/,
      "The last fax failed: The line was busy",
      "The last 2 faxes failed: Nobody answered",
      "The last fax failed: LineOnFire",
      "Tried from this browser, outcome not known yet",
    ]);
  });

  test("a number is the same however it is written, and one that worked again is good again", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    await sendTo(composer, faxes, sandbox, ANNA);
    await review(composer, "+1 (650) 555-0100");
    await expect(faxes.known).toHaveText([/^Last fax went through/]);
  });

  test("what was forgotten is not known any more", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    await sendTo(composer, faxes, sandbox, ANNA);
    await composer.form.locator('[part~="faxes-link"]').click();
    await faxes.forget.click();
    await faxes.compose.click();
    await review(composer, ANNA);
    await expect(faxes.known).toHaveText(["No earlier fax from this browser is known"]);
  });

  test("also where a fax is sent again to others", async ({ faxes }) => {
    await faxes.open({ messageIds: RECEIVED[0] });
    await faxes.button("Forward", faxes.asked).click();
    await faxes.numbers.fill(ANNA);
    await expect(faxes.known).toHaveText(["No earlier fax from this browser is known"]);
  });
});

test.describe("directory", () => {
  const directory = (composer, source) =>
    composer.element.evaluate((widget, source) => (widget.directory = source && new Function("number", source)), source);

  const ANSWERS = {
    "a name": ["return 'Lakeside Clinic'", "In the directory: Lakeside Clinic"],
    "a name, later": ["return new Promise((resolve) => setTimeout(() => resolve('Lakeside Clinic'), 50))", "In the directory: Lakeside Clinic"],
    "null": ["return null", "Not in the directory"],
    "nothing": ["", "Not in the directory"],
    "an empty name": ["return '  '", "Not in the directory"],
    "something that is no name": ["return {}", "Not in the directory"],
    "an error": ["throw new Error('down')", "Not in the directory"],
    "an error, later": ["return Promise.reject(new Error('down'))", "Not in the directory"],
  };
  for (const [what, [source, said]] of Object.entries(ANSWERS)) {
    test(`answers with ${what}`, async ({ opened: composer, faxes }) => {
      await directory(composer, source);
      await review(composer, ANNA);
      await expect(faxes.known).toHaveText([`${said}No earlier fax from this browser is known`]);
    });
  }

  test("is asked with the number as it is dialled, once", async ({ opened: composer, faxes, page }) => {
    await directory(composer, "(window.asked ??= []).push(number); return 'Anna'");
    await review(composer, "+1 (650) 555-0100", BEN);
    await expect(faxes.known).toContainText(["In the directory: Anna", "In the directory: Anna"]);
    await composer.back.click();
    await composer.proceed.click();
    await expect(faxes.known).toContainText(["In the directory: Anna", "In the directory: Anna"]);
    expect((await page.evaluate(() => window.asked)).sort()).toEqual([ANNA, BEN]);
  });

  test("that has the number under another name says so", async ({ opened: composer, faxes }) => {
    await directory(composer, "return 'Ben Example'");
    await composer.addRecipient(ANNA, "Anna Example");
    await composer.addRecipient(BEN, "ben example");
    await composer.choose(pdf());
    await composer.proceed.click();
    await expect(faxes.known).toContainText(["The directory has this number as Ben Example", "In the directory: Ben Example"]);
  });

  test("none: nothing is said of one", async ({ opened: composer, faxes }) => {
    await review(composer, ANNA);
    await expect(faxes.known).toHaveText(["No earlier fax from this browser is known"]);
  });
});

test.describe("unknown numbers typed twice", () => {
  test("before that nothing goes", async ({ composer, faxes, page, sandbox }) => {
    await faxes.set({ retypeUnknown: true });
    await composer.open();
    await review(composer, ANNA, BEN);
    await expect(faxes.retypes).toHaveCount(2);
    await composer.send.click();
    await expect(faxes.retypes.first()).toBeFocused();
    expect(sandbox.posts()).toBe(0);
    await page.keyboard.type("+1 650 555 0101");
    await expect(composer.review).toContainText("This is not the same number.");
    await expect(faxes.retypes.first()).toHaveAttribute("aria-invalid", "true");
    await composer.send.click();
    expect(sandbox.posts()).toBe(0);
    await faxes.retypes.first().fill("+1 650 555-0100");
    await faxes.retypes.last().fill("16505550101");
    await expect(composer.review).not.toContainText("This is not the same number.");
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("the one that is still missing gets the focus", async ({ composer, faxes, sandbox }) => {
    await faxes.set({ retypeUnknown: true });
    await composer.open();
    await review(composer, ANNA, BEN);
    await faxes.retypes.first().fill(ANNA);
    await composer.send.click();
    await expect(faxes.retypes.last()).toBeFocused();
    expect(sandbox.posts()).toBe(0);
  });

  test("cannot be pasted", async ({ composer, faxes }) => {
    await faxes.set({ retypeUnknown: true });
    await composer.open();
    await review(composer, ANNA);
    await faxes.retypes.focus();
    await composer.pasteText(ANNA);
    await expect(faxes.retypes).toHaveValue("");
  });

  test("one that the directory or this browser knows need not be", async ({ composer, faxes, page, sandbox }) => {
    await faxes.set({ retypeUnknown: true });
    await page.clock.install();
    await composer.open();
    await composer.element.evaluate((widget) => (widget.directory = (number) => (number === "+16505550101" ? "Ben" : null)));
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await faxes.retypes.fill(ANNA);
    await composer.send.click();
    await settled(sandbox, await composer.messageId.textContent());
    await faxes.letPass(15);
    await composer.newFax.click();
    await review(composer, ANNA, BEN);
    await expect(faxes.known).toContainText([/Last fax went through/, "In the directory: Ben"]);
    await expect(faxes.retypes).toHaveCount(0);
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
  });

  test("also without the review", async ({ composer, faxes, sandbox }) => {
    await faxes.set({ retypeUnknown: true, review: "off" });
    await composer.open();
    await composer.fillIn(ANNA, pdf());
    await composer.proceed.click();
    await expect(faxes.retypes).toBeFocused();
    expect(sandbox.posts()).toBe(0);
    await faxes.retypes.fill(ANNA);
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
  });

  test("also where a fax is sent again to others", async ({ faxes, sandbox }) => {
    await faxes.open({ messageIds: RECEIVED[0], retypeUnknown: true });
    await faxes.button("Forward", faxes.asked).click();
    await faxes.numbers.fill(ANNA);
    await faxes.send.click();
    await expect(faxes.retypes).toBeFocused();
    expect(sandbox.posts()).toBe(0);
    await faxes.retypes.fill(ANNA);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
  });
});
