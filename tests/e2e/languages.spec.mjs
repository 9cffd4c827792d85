// Six languages, sentences of the page's own, and nothing said in English by the way.
import { ANNA } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { DATA, layoutFaults, marked, unmarked } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { FAX_STATES, FORM_STATES, prepare } from "./states.mjs";

/** What the form's heading and its button are called. */
const LANGUAGES = {
  de: ["Neues Fax", "2 Empfänger"],
  fr: ["Nouveau fax", "2 destinataires"],
  es: ["Nuevo fax", "2 destinatarios"],
  ja: ["新規ファクス", "2件"],
  ar: ["فاكس جديد", "مستلمان"],
};

for (const [lang, [heading, recipients]] of Object.entries(LANGUAGES)) {
  test(`${lang}: fetched when it is spoken, and never before`, async ({ composer, embedder, sandbox, page }) => {
    const fetched = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}"></fax-widget>`);
    expect(fetched.filter((path) => path.includes("languages"))).toEqual([]);
    await composer.element.evaluate((widget, lang) => (widget.lang = lang), lang);
    await expect(composer.element.getByRole("heading", { name: heading, exact: true })).toBeVisible();
    await composer.setFax({ to: [{ phoneNumber: ANNA }, { phoneNumber: "+4930901820" }] });
    await expect(composer.recipientCount).toContainText(recipients);
    expect(fetched.filter((path) => path.includes("languages"))).toEqual([`/fax-widget/languages/${lang}.js`]);
  });
}

test.describe("the language is that of the page around", () => {
  const heading = (composer) => composer.form.locator("h2");

  test("from the start, and whenever an ancestor changes its own", async ({ composer, embedder, page }) => {
    embedder.body = `<div lang="fr"><section><fax-widget></fax-widget></section></div>`;
    await page.goto(embedder.origin);
    await expect(heading(composer)).toHaveText("Nouveau fax");
    await page.evaluate(() => (document.querySelector("div").lang = "es"));
    await expect(heading(composer)).toHaveText("Nuevo fax");
    await page.evaluate(() => document.querySelector("div").removeAttribute("lang"));
    await expect(heading(composer)).toHaveText("New fax"); // <html lang="en">
    await composer.element.evaluate((widget) => (widget.lang = "de-AT"));
    await expect(heading(composer)).toHaveText("Neues Fax");
  });

  test("across shadow roots", async ({ composer, embedder, page }) => {
    embedder.body = `<div id="host" lang="ja"></div><script type="module">
      const root = document.querySelector("#host").attachShadow({ mode: "open" });
      root.append(document.createElement("fax-widget"));
    </script>`;
    await page.goto(embedder.origin);
    await expect(heading(composer)).toHaveText("新規ファクス");
    await page.evaluate(() => (document.querySelector("#host").lang = "de"));
    await expect(heading(composer)).toHaveText("Neues Fax");
  });

  test("moved, it is that of the new place, and of whatever happens there", async ({ composer, embedder, page }) => {
    embedder.body = `<div lang="fr"><fax-widget></fax-widget></div><div id="host" lang="de"></div>`;
    await page.goto(embedder.origin);
    await expect(heading(composer)).toHaveText("Nouveau fax");
    await page.evaluate(() => {
      const host = document.querySelector("#host");
      host.attachShadow({ mode: "open" }).append(document.querySelector("fax-widget"));
    });
    await expect(heading(composer)).toHaveText("Neues Fax");
    await page.evaluate(() => (document.querySelector("#host").lang = "es"));
    await expect(heading(composer)).toHaveText("Nuevo fax");
  });

  test("Arabic is written from the right, unless the page says otherwise", async ({ composer, embedder, page }) => {
    await composer.openEmbedded(embedder, `<fax-widget></fax-widget>`);
    const direction = () => composer.element.locator('[part~="widget"]').evaluate((root) => getComputedStyle(root).direction);
    expect(await direction()).toBe("ltr");
    await composer.element.evaluate((widget) => (widget.lang = "ar"));
    await expect(heading(composer)).toHaveText("فاكس جديد");
    expect(await direction()).toBe("rtl");
    await composer.element.evaluate((widget) => (widget.dir = "ltr"));
    await expect.poll(direction).toBe("ltr");
    await composer.element.evaluate((widget) => { widget.removeAttribute("dir"); widget.lang = "en"; });
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    // What is stated nearer decides: the widget's own language brings its direction.
    await expect.poll(direction).toBe("ltr");
    await composer.element.evaluate((widget) => widget.removeAttribute("lang"));
    await expect.poll(direction).toBe("rtl");
  });

  test("another language changes nothing that was typed, chosen or focused", async ({ opened: composer, page }) => {
    await composer.choose(pdf());
    await composer.coverText.fill("Kept");
    await composer.name.fill("Anna");
    await composer.number.fill("+1 650");
    await composer.element.evaluate((widget) => (widget.lang = "de"));
    await expect(heading(composer)).toHaveText("Neues Fax");
    const number = composer.recipients.getByLabel("Faxnummer");
    await expect(number).toHaveValue("+1 650");
    await expect(number).toBeFocused();
    await expect(composer.recipients.getByLabel("Name (optional)")).toHaveValue("Anna");
    await expect(composer.documentNames).toHaveText(["contract.pdf"]);
    await expect(composer.cover.locator("textarea")).toHaveValue("Kept");
    await page.keyboard.type(" 555 0100");
    await expect(number).toHaveValue("+1 650 555 0100");
  });

  test("one that cannot be fetched is spoken in English, and marked so", async ({ composer, embedder, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/languages/de.js", (route) => route.abort());
    await composer.openEmbedded(embedder, `<fax-widget lang="de"></fax-widget>`);
    await expect(composer.heading).toBeVisible();
    await expect(composer.element.locator('[part~="widget"]')).toHaveAttribute("lang", "en");
  });

  test("one that nobody wrote is spoken in English, with dates of its own", async ({ composer, embedder }) => {
    await composer.openEmbedded(embedder, `<fax-widget lang="it"></fax-widget>`);
    await composer.choose(pdf("a.pdf", 1_500_000));
    await expect(composer.documentCount).toContainText("1,5 MB");
    await expect(composer.element.locator('[part~="widget"]')).toHaveAttribute("lang", "en");
  });
});

test.describe("messages", () => {
  test("stand in place of any sentence, in any language, one by one", async ({ opened: composer }) => {
    await composer.element.evaluate((widget) => {
      widget.messages = { newFax: "Fax the clinic", recipientCount: { one: "One clinic", other: "{n} clinics" }, nonsense: "?", to: 7 };
    });
    await expect(composer.form.locator("h2")).toHaveText("Fax the clinic");
    await composer.addRecipient(ANNA);
    await expect(composer.recipientCount).toHaveText("One clinic");
    await composer.addRecipient("+16505550101");
    await expect(composer.recipientCount).toHaveText("2 clinics");
    await expect(composer.recipients.locator("legend")).toContainText("To"); // 7 is no sentence
    await composer.element.evaluate((widget) => (widget.lang = "de"));
    await expect(composer.recipientCount).toHaveText("2 clinics");
    await expect(composer.documents.locator("legend")).toContainText("Dokumente");
    await composer.element.evaluate((widget) => (widget.messages = undefined));
    await expect(composer.form.locator("h2")).toHaveText("Neues Fax");
  });

  test("are text, whatever is in them", async ({ opened: composer }) => {
    await composer.element.evaluate((widget) => (widget.messages = { newFax: "<img src=x onerror=alert(1)>" }));
    await expect(composer.form.locator("h2")).toHaveText("<img src=x onerror=alert(1)>");
  });

  test("set before the element is defined", async ({ composer, embedder, page }) => {
    embedder.body = `<script>addEventListener("DOMContentLoaded", () => {})</script><fax-widget></fax-widget>
      <script>document.querySelector("fax-widget").messages = { newFax: "Early" };</script>`;
    await page.goto(embedder.origin);
    await expect(composer.form.locator("h2")).toHaveText("Early");
  });
});

/** English written from the right: by its styles alone, so that what is said stays as the page objects know it. */
function turn() {
  const styles = new CSSStyleSheet();
  styles.replaceSync("fax-widget::part(widget) { direction: rtl; }");
  document.adoptedStyleSheets.push(styles);
}

test.describe("nothing is said but by the catalogue", () => {
  test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

  test("in the form and behind it", async ({ composer, page }) => {
    test.setTimeout(120_000);
    await composer.open();
    await composer.element.evaluate((widget, messages) => Object.assign(widget, { lang: "zh", messages }), marked());
    for (const [state, reach] of Object.entries(FORM_STATES)) {
      await reach(composer, page);
      expect.soft(await unmarked(composer.element, DATA), state).toEqual([]);
    }
  });

  test.describe("behind a fax that left", () => {
    test.use({ sandboxOptions: { pace: 50 } });

    test("in the lists and the screens of one fax", async ({ faxes, composer, sandbox }) => {
      test.setTimeout(180_000);
      const ids = await prepare(sandbox);
      for (const [state, reach] of Object.entries(FAX_STATES)) {
        await reach(faxes, ids, composer);
        if (state === Object.keys(FAX_STATES)[0]) {
          await faxes.element.evaluate((widget, messages) => Object.assign(widget, { lang: "zh", messages }), marked());
        } else {
          expect.soft(await unmarked(faxes.element, DATA), state).toEqual([]);
        }
      }
    });

    test("from the right everything fits a small phone as well", async ({ faxes, composer, page, sandbox }) => {
      test.setTimeout(180_000);
      const ids = await prepare(sandbox);
      await page.setViewportSize({ width: 320, height: 800 });
      await page.addInitScript(turn);
      for (const [state, reach] of Object.entries(FAX_STATES)) {
        await reach(faxes, ids, composer);
        expect.soft(await layoutFaults(faxes.element), state).toEqual([]);
      }
    });
  });

  test("from the right the form fits a small phone as well", async ({ composer, page }) => {
    test.setTimeout(60_000);
    await page.setViewportSize({ width: 320, height: 800 });
    await page.addInitScript(turn);
    await composer.open();
    await expect(composer.form).toHaveCSS("direction", "rtl");
    for (const [state, reach] of Object.entries(FORM_STATES)) {
      await reach(composer, page);
      expect.soft(await layoutFaults(composer.element), state).toEqual([]);
    }
  });
});

test.describe("the site speaks the visitor’s language", () => {
  for (const [locale, title, direction] of [["de-AT", "Fax senden", "ltr"], ["ar-EG", "إرسال فاكس", "rtl"], ["nl-NL", "Send a fax", "ltr"], ["en-GB", "Send a fax", "ltr"]]) {
    test.describe(locale, () => {
      test.use({ locale });

      test(title, async ({ page, sandbox }) => {
        await page.goto(sandbox.origin);
        await expect(page.locator("h1")).toHaveText(title);
        await expect(page).toHaveTitle(title);
        await expect(page.locator("html")).toHaveCSS("direction", direction);
        await expect(page.locator("fax-widget option").nth(2)).toBeAttached(); // the list of cover pages is there
      });
    });
  }

  for (const [what, answer] of Object.entries({
    "is no JSON": (route) => route.fulfill({ body: '{ "server": ' }),
    "is refused by a server in trouble": (route) => route.fulfill({ status: 503, body: "{}" }),
    "does not arrive": (route) => route.abort(),
  })) {
    test(`a config.json that ${what}: that is said, and no form sends elsewhere than it is meant to`, async ({ page, sandbox, expected }) => {
      expected.push(FAILED_REQUEST);
      await page.route("**/config.json", answer);
      await page.goto(sandbox.origin);
      await expect(page.getByRole("alert")).toHaveText("The settings of this page (config.json) cannot be read. Tell whoever runs it.");
      await expect(page.locator("fax-widget")).toHaveCount(0);
    });
  }

  test("without a config.json the form stands as it is", async ({ page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/config.json", (route) => route.fulfill({ status: 404 }));
    await page.goto(sandbox.origin);
    await expect(page.locator("fax-widget h2").first()).toHaveText("New fax");
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test("config.json decides where it says one", async ({ page, sandbox }) => {
    await page.route("**/config.json", (route) => route.fulfill({ json: { server: sandbox.origin, lang: "ja" } }));
    await page.goto(sandbox.origin);
    await expect(page.locator("h1")).toHaveText("ファクスを送信");
    await expect(page.locator("fax-widget h2").first()).toHaveText("新規ファクス");
  });
});
