// Every state, in every scheme, for everyone: axe finds nothing, nothing is wider than a small phone, and every target
// can be hit.
import { bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { axeFaultsInEveryScheme, layoutFaults } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { FORM_STATES } from "./states.mjs";

test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

test("axe in every scheme; and the focus is never lost to the page", async ({ composer, page }) => {
  test.setTimeout(150_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await composer.open();
  for (const [state, reach] of Object.entries(FORM_STATES)) {
    await reach(composer, page);
    if (state !== "empty") expect.soft(await composer.hasFocus(), state).toBe(true);
    expect.soft(await axeFaultsInEveryScheme(page), state).toEqual([]);
  }
});

for (const width of [320, 390]) {
  test(`nothing is wider than ${width} px, and every target can be hit`, async ({ composer, page }) => {
    test.setTimeout(60_000);
    await page.setViewportSize({ width, height: 800 });
    await composer.open();
    for (const [state, reach] of Object.entries(FORM_STATES)) {
      await reach(composer, page);
      expect.soft(await layoutFaults(composer.element), state).toEqual([]);
    }
  });
}

/** What moves, or would where something changed. */
const moving = (composer) =>
  composer.element.evaluate((widget) => {
    const moves = [...widget.shadowRoot.querySelectorAll("*")].filter((node) => {
      const { transitionDuration, animationName } = getComputedStyle(node);
      return animationName !== "none" || transitionDuration.split(", ").some((time) => time !== "0s");
    });
    return [...new Set(moves.map((node) => node.className.split?.(" ")[0] || node.localName))];
  });

test("nothing moves for those who asked for that", async ({ opened: composer, page }) => {
  expect(await moving(composer)).toEqual(expect.arrayContaining(["drop", "primary"]));
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await moving(composer)).toEqual([]);
  await composer.fillIn(bad(408), pdf());
  await composer.reviewAndSend();
  await expect(composer.currentStep).toContainText("Uploading");
  expect(await moving(composer)).toEqual([]);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  expect(await moving(composer)).toContain("mark");
});

test("every control says its own flaw, and is invalid where it has one", async ({ opened: composer }) => {
  await composer.coverText.fill("x".repeat(1_025));
  await expect(composer.coverText).toHaveAccessibleDescription(/Shorten it by 1/);
  await composer.chooseButton.focus();
  await composer.proceed.click();
  await expect(composer.number).toHaveAccessibleDescription(/Enter at least one fax number/);
  await expect(composer.chooseButton).toHaveAccessibleDescription(/Add at least one document/);
  await expect(composer.summary).toHaveAccessibleName("Before this fax can go");
});

/** What a screen reader is told by itself: each change of a live region, and what the focus moves to. */
const listen = (widget) => {
  globalThis.heard = [];
  const hear = (said) => said.trim() && globalThis.heard.push(said.replace(/\s+/g, " ").trim());
  new MutationObserver((changes) => {
    const regions = new Set();
    for (const { target, addedNodes } of changes) {
      const live = "[role=status], [role=alert], [aria-live]";
      const region = (target.closest ? target : target.parentElement)?.closest(live);
      if (region) regions.add(region);
      for (const node of addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE) for (const inside of [node, ...node.querySelectorAll("*")]) if (inside.matches(live)) regions.add(inside);
      }
    }
    for (const region of regions) hear(region.textContent);
  }).observe(widget.shadowRoot, { subtree: true, childList: true, characterData: true });
  widget.shadowRoot.addEventListener("focusin", ({ target }) => hear(`[${target.getAttribute("aria-label") ?? target.textContent.slice(0, 60)}]`));
};

test("each step of a fax is told once", async ({ opened: composer, page }) => {
  await composer.element.evaluate(listen);
  await composer.addRecipient("+16505550100");
  await composer.choose(pdf());
  await composer.choose(pdf("second.pdf"));
  await composer.reviewSendAndSeeAccepted();
  await page.waitForTimeout(300);
  const heard = (await page.evaluate(() => globalThis.heard)).filter((said) => !/^\[(|Add|Choose files|Review fax|Send fax)\]$/.test(said));
  expect(heard).toEqual([
    "1 recipient added.", "1 file added.", "1 file added.", "[Check before it goes]", "Checking the documents", "[Sending your fax]", "Uploading",
    "[Accepted by the fax service]",
  ]);
});

test("a failure is told once, and what helps with it", async ({ opened: composer, page, expected }) => {
  expected.push(FAILED_REQUEST);
  await composer.element.evaluate(listen);
  await composer.fillIn("+9990000403", pdf());
  await composer.reviewAndSend();
  await expect(composer.failure).toBeFocused();
  await page.waitForTimeout(300);
  const heard = await page.evaluate(() => globalThis.heard);
  expect(heard.filter((said) => said.includes("not sent"))).toEqual(["[The fax was not sent]"]);
});
