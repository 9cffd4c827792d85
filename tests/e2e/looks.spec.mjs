// Three looks on one page, made of custom properties and parts alone; and those, documented to the last.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ANNA, Composer } from "./composer.mjs";
import { axeFaultsInEveryScheme, layoutFaults, SCHEMES } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { documented, parts, properties } from "./parts.mjs";

const LOOKS = ["plain", "clinic", "dashboard"];
const STYLES = readFileSync(join(import.meta.dirname, "../../www/looks.css"), "utf8");

/** Opens the page, and gives a page object for each form on it. */
async function open(page, origin) {
  await page.goto(`${origin}/looks.html`);
  const forms = LOOKS.map((look) => new Composer(page, origin, page.locator(`fax-widget.${look}`)));
  for (const form of forms) await expect(form.documentRows).toHaveCount(2);
  return forms;
}

/** All three at once, in one state after another. */
const STATES = {
  "filled in": async () => {},
  "with mistakes": async (form) => {
    await form.element.evaluate((widget) => {
      widget.fax = { to: [{ phoneNumber: "call me" }], attachments: [new File([], "blank.pdf")], sendTime: "2020-01-31T09:00" };
      widget.submit().catch(() => {});
    });
    await expect(form.summary).toBeVisible();
  },
  review: async (form, _, i) => {
    await form.setFax({ to: [{ phoneNumber: `+1650555012${i}`, name: "Records" }] });
    await form.proceed.click();
    await expect(form.reviewHeading).toBeVisible();
  },
  accepted: async (form) => {
    await form.send.click();
    await expect(form.messageId).toHaveText(/^\d+$/);
  },
  "the account’s list": async (form) => {
    await form.faxesLink.click();
    await form.element.locator('[part~="tab"]').nth(1).click();
    await expect(form.element.locator('[part~="fax-row"]').first()).toBeVisible();
  },
};

test("every custom property and part is documented, and nothing else is", () => {
  const { properties: told, parts: named } = documented();
  expect(told).toEqual(properties());
  expect(named).toEqual(parts());
});

test("the looks use what there is, and nothing but custom properties and parts", async ({ page, sandbox }) => {
  await open(page, sandbox.origin);
  const rules = await page.evaluate(async () => {
    const sheet = [...document.styleSheets].find(({ href }) => href.endsWith("/looks.css"));
    const flat = (rules) => [...rules].flatMap((rule) => (rule.selectorText ? [rule] : flat(rule.cssRules)));
    return flat(sheet.cssRules).map(({ selectorText, style }) => ({ selectors: selectorText.split(", "), sets: [...style] }));
  });
  expect(rules.length).toBeGreaterThan(40);
  const known = new Set(properties());
  for (const { selectors, sets } of rules) {
    for (const selector of selectors) {
      const [, part] = /^fax-widget\.(?:plain|clinic|dashboard)(?:::part\(([\w-]+)\)(?:::before)?)?$/.exec(selector) ?? expect.soft(selector).toBe("a look or one of its parts");
      if (part) expect.soft(parts()).toContain(part);
      else expect.soft(sets.filter((name) => !known.has(name))).toEqual([]);
    }
  }
});

/** Where each custom property arrives: a part, what of it, and for those that are no colour a value and what becomes of it. */
const ARRIVES = {
  "--fax-accent": ["primary", "background-color"],
  "--fax-on-accent": ["primary", "color"],
  "--fax-surface": ["widget", "background-color"],
  "--fax-field": ["control", "background-color"],
  "--fax-text": ["widget", "color"],
  "--fax-muted": ["hint", "color"],
  "--fax-line": ["footer", "border-top-color"],
  "--fax-edge": ["control", "border-top-color"],
  "--fax-tint": ["radio", "background-color"],
  "--fax-bad": ["error", "color"],
  "--fax-doubt": ["notice", "color"],
  "--fax-good": ["status", "color"],
  "--fax-focus": ["send", "outline-color"],
  "--fax-focus-width": ["send", "outline-width", "9px"],
  "--fax-font": ["widget", "font-family", "Marker"],
  "--fax-font-size": ["widget", "font-size", "17.5px"],
  "--fax-heading-font": ["heading", "font-family", "Marker"],
  "--fax-radius": ["widget", "border-top-left-radius", "33px"],
  "--fax-control-radius": ["control", "border-top-left-radius", "31px"],
  "--fax-button-radius": ["button", "border-top-left-radius", "29px"],
  "--fax-border": ["widget", "border-top", "3px dotted rgb(1, 2, 3)"],
  "--fax-shadow": ["widget", "box-shadow", "rgb(1, 2, 3) 1px 1px 7px 0px"],
  "--fax-control-height": ["control", "min-height", "77px"],
  "--fax-space": ["screen", "row-gap", "40px", "60px"],
  "--fax-max-width": ["screen", "max-width", "501px"],
};

test("every custom property arrives", async ({ opened: composer, page }) => {
  expect(Object.keys(ARRIVES).sort()).toEqual(properties());
  for (const number of ["call me", ANNA, ANNA]) await composer.addRecipient(number);
  await expect(composer.notice).toBeVisible();
  await composer.tabTo(composer.proceed);
  for (const [name, [part, style, value = "rgb(1, 2, 3)", arrived = value]] of Object.entries(ARRIVES)) {
    if (name === "--fax-good") await composer.set({ view: "resend", messageIds: "1900000001" });
    const place = composer.element.locator(`[part~="${part}"]`).first();
    await expect(place).not.toHaveCSS(style, arrived);
    await composer.element.evaluate((widget, [name, value]) => widget.style.setProperty(name, value), [name, value]);
    await expect.soft(place, name).toHaveCSS(style, arrived);
    await composer.element.evaluate((widget, name) => widget.style.removeProperty(name), name);
    if (name === "--fax-good") {
      await composer.set({ view: "send" });
      await composer.tabTo(composer.proceed);
    }
  }
});

test("three forms on one page send each its own fax, and look it", async ({ page, sandbox }) => {
  const forms = await open(page, sandbox.origin);
  const fonts = await Promise.all(forms.map((form) => form.element.locator('[part~="widget"]').evaluate((node) => getComputedStyle(node).font)));
  expect(new Set(fonts).size).toBe(3);
  for (const [i, form] of forms.entries()) await form.setFax({ to: [{ phoneNumber: `+1650555012${i}` }] }, [`form${i}.pdf`]);
  // All at the same time.
  await Promise.all(forms.map((form) => form.submit()));
  for (const form of forms) await expect(form.messageId).toHaveText(/^\d+$/);
  const arrived = (await sandbox.inbox()).map(({ to, attachments }) => [to[0].phoneNumber, attachments[0].name]).sort();
  expect(arrived).toEqual([0, 1, 2].map((i) => [`+1650555012${i}`, `form${i}.pdf`]));
});

/** Where colours are forced, axe holds the text's own colour against the ground that the browser forces, and a look that is dark has none that
    fits both. */
const { light, dark } = SCHEMES;

test("axe, light and dark", async ({ page, sandbox }) => {
  test.setTimeout(120_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const forms = await open(page, sandbox.origin);
  for (const [state, reach] of Object.entries(STATES)) {
    for (const [i, form] of forms.entries()) await reach(form, page, i);
    // Each by itself: in one state, their regions have one name.
    for (const look of LOOKS) expect.soft(await axeFaultsInEveryScheme(page, `#${look}`, `#${look}`, { light, dark }), `${look}, ${state}`).toEqual([]);
  }
  expect.soft(await axeFaultsInEveryScheme(page, "header", "header", { light, dark }), "the head of the page").toEqual([]);
});

for (const width of [320, 640, 1280]) {
  test(`nothing is wider than ${width} px, and every target can be hit`, async ({ page, sandbox }) => {
    test.setTimeout(60_000);
    await page.setViewportSize({ width, height: 900 });
    const forms = await open(page, sandbox.origin);
    for (const [state, reach] of Object.entries(STATES)) {
      for (const [i, form] of forms.entries()) {
        await reach(form, page, i);
        expect.soft(await layoutFaults(form.element), `${LOOKS[i]}, ${state}`).toEqual([]);
      }
    }
  });
}

test("each look's own style sheet stands under it", async ({ page, sandbox }) => {
  await open(page, sandbox.origin);
  for (const look of LOOKS) {
    const section = page.locator(`#${look}`);
    await section.locator("summary").click();
    const shown = await section.locator("pre").innerText();
    expect(shown.startsWith("/* ")).toBe(true);
    expect(STYLES).toContain(shown.trim());
    for (const other of LOOKS) expect(shown.includes(`fax-widget.${other}`)).toBe(other === look);
  }
});

test("where the practice service is not, nothing is sent", async ({ page, embedder, sandbox, expected }) => {
  expected.push(FAILED_REQUEST); // no config.json
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  const [form] = await open(page, embedder.origin);
  await expect(page.locator("#no-service")).toBeVisible();
  // Even with a token of the host's own.
  await form.set({ server: sandbox.origin, token: "sandbox" });
  expect(await form.submit()).toMatchObject({ error: { code: "cancelled", outcome: "not-sent" } });
  expect(posts).toEqual([]);
});
