// Every state, in every scheme, for everyone: axe finds nothing, nothing is wider than a small phone, and every target
// can be hit.
import AxeBuilder from "@axe-core/playwright";
import { ANNA, bad } from "./composer.mjs";
import { file, pdf, png } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

/** Brings the widget into a state, and out of it again to the form. */
const STATES = {
  empty: async () => {},
  invalid: async (composer) => {
    await composer.addRecipient("call me");
    await composer.choose(file("photo.heic", "image/heic"), { ...pdf("blank.pdf"), buffer: Buffer.alloc(0) });
    await composer.chooseCover("None");
    await composer.coverText.fill("Hello");
    await composer.later.check();
    await composer.proceed.click();
    await expect(composer.summary).toBeFocused();
  },
  filled: async (composer) => {
    await composer.setFax({ to: [] }, []);
    await composer.addRecipient(ANNA, "Anna Example");
    await composer.addRecipient("+49 30 901820", "Praxis mit einem sehr langen Namen ohne Ende GmbH & Co. KG");
    await composer.choose(png("scan.png"), pdf("a-very-long-name-without-any-place-to-break-it-2026-11-23-final-final.pdf"));
    await composer.chooseCover("Modern");
    await composer.coverText.fill("Hello");
    await composer.sendLater("2031-01-15T09:30");
    await composer.addRecipient(ANNA);
    await expect(composer.notice).toBeVisible();
  },
  editing: async (composer) => {
    await composer.editRecipient("+1 650 555 0100").click();
    await expect(composer.editedNumber).toBeFocused();
  },
  "discard asked": async (composer, page) => {
    await page.keyboard.press("Escape");
    await composer.discard.click();
    await expect(composer.discardYes).toBeFocused();
  },
  review: async (composer) => {
    await composer.discardNo.click();
    await composer.proceed.click();
    await expect(composer.reviewHeading).toBeFocused();
  },
  scheduled: async (composer) => {
    await composer.send.click();
    await expect(composer.messageId).toBeVisible();
  },
  sending: async (composer) => {
    await composer.newFax.click();
    await composer.fillIn(bad(408), pdf());
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("Uploading");
  },
  "failed, unknown": async (composer) => {
    await composer.cancelButton.click();
    await expect(composer.failure).toBeFocused();
  },
  "review, unsettled": async (composer) => {
    await composer.proceed.click();
    await expect(composer.doubt).toBeVisible();
  },
  waiting: async (composer) => {
    await composer.setFax({ to: [{ phoneNumber: bad(429) }] });
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("The fax service is busy");
  },
  "failed, not sent": async (composer) => {
    await composer.cancelButton.click();
    await expect(composer.failure).toBeFocused();
  },
  accepted: async (composer) => {
    await composer.setFax({ to: [{ phoneNumber: ANNA, name: "Anna" }] });
    await composer.reviewAndSend();
    await expect(composer.messageId).toBeVisible();
  },
};

const SCHEMES = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  "forced colours": { forcedColors: "active" },
};

test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

for (const [scheme, media] of Object.entries(SCHEMES)) {
  test(`axe, ${scheme}`, async ({ composer, page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ ...media, reducedMotion: "reduce" });
    await composer.open();
    for (const [state, reach] of Object.entries(STATES)) {
      await reach(composer, page);
      await page.waitForTimeout(150); // colours fade into each other
      const { violations } = await new AxeBuilder({ page }).options({ rules: { "target-size": { enabled: true } } }).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.any.map((check) => check.message).join("; ")}`));
      expect.soft(found, state).toEqual([]);
    }
  });
}

for (const width of [320, 390]) {
  test(`nothing is wider than ${width} px, and every target can be hit`, async ({ composer, page }) => {
    test.setTimeout(60_000);
    await page.setViewportSize({ width, height: 800 });
    await composer.open();
    for (const [state, reach] of Object.entries(STATES)) {
      await reach(composer, page);
      const found = await composer.element.evaluate((widget) => {
        const found = [];
        const edge = document.documentElement.clientWidth;
        if (document.scrollingElement.scrollWidth > edge) found.push(`the page scrolls: ${document.scrollingElement.scrollWidth} px`);
        for (const node of widget.shadowRoot.querySelectorAll("*")) {
          if (!node.checkVisibility() || node.closest(".unseen, svg svg, svg > *")) continue;
          const { left, right, width, height } = node.getBoundingClientRect();
          const name = `<${node.localName} class="${node.getAttribute("class") ?? ""}"> ${node.textContent.trim().slice(0, 40)}`;
          if (left < -0.5 || right > edge + 0.5) found.push(`${name}: ${Math.round(left)} to ${Math.round(right)} px`);
          const isTarget = node.matches("button, select, textarea, a, .radio, input:not([type=radio])");
          if (isTarget && Math.min(width, height) < 24) found.push(`${name}: a target of ${width} by ${height} px`);
          // A row that is too full lets its tools overlap.
          if (node.matches(".row > *") && node.nextElementSibling) {
            const next = node.nextElementSibling.getBoundingClientRect();
            if (next.width && next.left < right - 1 && next.top < node.getBoundingClientRect().bottom - 1) found.push(`${name}: overlaps what follows`);
          }
        }
        return found;
      });
      expect.soft(found, state).toEqual([]);
    }
  });
}

test("every control says its own flaw, and is invalid where it has one", async ({ opened: composer }) => {
  await composer.coverText.fill("x".repeat(1_025));
  await expect(composer.coverText).toHaveAccessibleDescription(/Shorten it by 1/);
  await composer.chooseButton.focus();
  await composer.proceed.click();
  await expect(composer.number).toHaveAccessibleDescription(/Enter at least one fax number/);
  await expect(composer.chooseButton).toHaveAccessibleDescription(/Add at least one document/);
  await expect(composer.summary).toHaveAccessibleName("Before this fax can go");
});

test("a page in another language tells sizes and dates its way", async ({ opened: composer, page }) => {
  await page.evaluate(() => document.querySelector("fax-widget").setAttribute("lang", "de"));
  await composer.choose(pdf("a.pdf", 1_500_000));
  await expect(composer.documentCount).toContainText("1,5 MB");
});
