// The gallery: every state is reached by its address, through the public face, and nothing is sent but to the practice service.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import * as compiler from "vue/compiler-sfc";
import { GROUPS } from "../../www/states.js";
import { ANNA, Composer } from "./composer.mjs";
import { axeFaults, axeFaultsInEveryScheme, DATA, layoutFaults, marked, unmarked } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { parts, shownParts } from "./parts.mjs";

test.use({ sandboxOptions: { pace: 200 } });

const read = (path) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

const widget = (page) => page.locator("#place > fax-widget");

/** Goes where an address leads, as a link does. */
async function go(page, origin, address) {
  const opened = page.url().startsWith(`${origin}/gallery.html`);
  if (opened) await page.evaluate((address) => void (location.hash = address), address);
  else await page.goto(`${origin}/gallery.html#${address}`);
  await expect(page.locator("#place"), await page.locator("#problem").textContent()).toHaveAttribute("data-reached", address.split("?")[0], { timeout: 30_000 });
}

/** What the states have to have on the screen, beside the part that they wait for. */
const SAYS = {
  filled: "Referral letter.pdf", invalid: "Before this fax can go", kept: "is back", discard: "Discard this fax?", "not-kept": "has no room to keep the draft", "left-out": "Put back", "too-many": "a fax can have 200",
  notes: /seems to be damaged.*of another kind than its name says.*protected with a password/,
  "no-covers": "could not be loaded", "signed-out": "Sign in to send faxes", "sign-in-window": "Go on in the window",
  "sign-in-blocked": "opened no window", "sign-in-declined": "was called off", expired: "Your sign-in has expired", unheard: "did not confirm it", "signed-in": "You are signed in", review: "Check before it goes", numbers: "Not in the directory", repeat: "within the last hour",
  sending: "Uploading", waiting: "The fax service is busy", looking: "Looking whether the fax was accepted",
  refused: "CMN-408", offline: "offline", ids: "is not a message ID", cancel: "before it goes out", preparing: "still preparing",
  forward: "Forward this fax", "forward-invalid": "Enter at least one fax number", "cannot-start": "could not be started", loading: "Loading",
};

/** During an attempt nothing changes, its language neither. */
const ATTEMPTS = ["sending", "waiting", "looking"];
/** Those, and where the program is not there to speak another language. */
const UNSPOKEN = [...ATTEMPTS, "before", "cannot-start"];

for (const [group, states] of Object.entries(GROUPS)) {
  test(`every state: ${group}`, async ({ page, sandbox, expected }) => {
    test.setTimeout(240_000);
    expected.push(FAILED_REQUEST);
    await page.emulateMedia({ reducedMotion: "reduce" });
    const known = parts();
    for (const { id, title, shows } of states) {
      await go(page, sandbox.origin, id);
      await expect.soft(page.locator("#title")).toHaveText(title);
      await expect.soft(page.locator("#problem")).toHaveText("");
      await expect.soft(page.getByRole("link", { name: title, exact: true }).first()).toHaveAttribute("aria-current", "true");
      if (shows) await expect.soft(widget(page).locator(`[part~="${shows}"]`).first(), id).toBeVisible();
      await expect.soft(widget(page)).toHaveCount(1);
      expect.soft((await shownParts(widget(page))).filter((part) => !known.includes(part)), id).toEqual([]);
      if (SAYS[id]) await expect.soft(widget(page), id).toContainText(SAYS[id]);
      expect.soft(await axeFaultsInEveryScheme(page, "html", "#place"), id).toEqual([]);

      await page.setViewportSize({ width: 320, height: 800 });
      for (const lang of ["de", "ar"]) {
        const said = () => widget(page).evaluate((widget) => widget.shadowRoot.textContent);
        const before = await said();
        await page.getByLabel("Language").selectOption(lang);
        if (!UNSPOKEN.includes(id)) await expect.poll(said, { message: `${id}, ${lang}` }).not.toBe(before);
        expect.soft(await layoutFaults(widget(page)), `${id}, ${lang}`).toEqual([]);
      }
      expect.soft(await axeFaults(page, "#place", "structure"), `${id}, ar`).toEqual([]);
      await widget(page).evaluate((widget, messages) => Object.assign(widget, { lang: "zh", messages }), marked());
      if (!UNSPOKEN.includes(id)) expect.soft(await unmarked(widget(page), DATA), id).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
}

test("an attempt fits a small phone in other languages, too", async ({ page, sandbox, expected }) => {
  test.setTimeout(90_000);
  expected.push(FAILED_REQUEST);
  await page.setViewportSize({ width: 320, height: 800 });
  for (const lang of ["de", "ar"]) {
    for (const id of ATTEMPTS) {
      await go(page, sandbox.origin, `${id}?lang=${lang}`);
      await expect.soft(widget(page).locator("h2")).not.toHaveText(/[Ss]ending/);
      expect.soft(await layoutFaults(widget(page)), `${id}, ${lang}`).toEqual([]);
    }
  }
});

test("a state stands in any look, colours, width and language, and keeps them in its address", async ({ page, sandbox }) => {
  await go(page, sandbox.origin, "filled?theme=dark&width=390&lang=ar");
  await expect(widget(page)).toHaveAttribute("theme", "dark");
  expect((await widget(page).boundingBox()).width).toBe(390);
  const root = widget(page).locator('[part~="widget"]');
  await expect(root).toHaveCSS("direction", "rtl");
  await expect(root).toHaveCSS("color-scheme", "dark");
  await expect(page.getByLabel("Language")).toHaveValue("ar");

  const headings = new Set();
  for (const lang of ["", "de", "fr", "es", "ja", "ar"]) {
    await page.getByLabel("Language").selectOption(lang);
    await expect.poll(async () => headings.has(await widget(page).locator("h2").textContent())).toBe(false);
    headings.add(await widget(page).locator("h2").textContent());
  }
  expect(headings.size).toBe(6);
  // The draft is still the same.
  await expect(widget(page).locator('[part~="document"]')).toHaveCount(2);

  await page.getByLabel("Look").selectOption("dashboard");
  await expect(root).toHaveCSS("background-color", "rgb(12, 15, 20)");
  expect(new URL(page.url()).hash).toBe("#filled?look=dashboard&theme=dark&width=390&lang=ar");
  await page.getByRole("link", { name: "With mistakes", exact: true }).click();
  await expect(page.locator("#place")).toHaveAttribute("data-reached", "invalid");
  await expect(root).toHaveCSS("background-color", "rgb(12, 15, 20)");
});

for (const width of [390, 1280]) {
  test(`nothing is wider than ${width} px`, async ({ page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.setViewportSize({ width, height: 800 });
    for (const id of ["filled", "invalid", "refused", "ids"]) {
      await go(page, sandbox.origin, id);
      expect.soft(await layoutFaults(widget(page)), id).toEqual([]);
    }
  });
}

test("whoever goes through the list with the keyboard goes on from there", async ({ page, sandbox }) => {
  await go(page, sandbox.origin, "empty");
  const link = page.getByRole("link", { name: "With mistakes", exact: true });
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#place")).toHaveAttribute("data-reached", "invalid");
  await expect(link).toBeFocused();
});

test("what is not known is settled when its state is left", async ({ page, sandbox, expected }) => {
  test.setTimeout(60_000);
  expected.push(FAILED_REQUEST);
  const composer = new Composer(page, sandbox.origin);
  for (const id of ["sending", "looking", "unknown"]) {
    await go(page, sandbox.origin, id);
    // When the pages that go as they are shown are made.
    await expect.poll(async () => (await composer.intents()).length, id).toBeGreaterThan(0);
  }
  await go(page, sandbox.origin, "empty");
  await expect.poll(() => composer.intents(), { timeout: 30_000 }).toEqual([]);
  await expect(page.locator("fax-widget")).toHaveCount(1, { timeout: 25_000 });
});

test("what a state pretends ends with it", async ({ page, sandbox }) => {
  const real = () => page.evaluate(() => [navigator.onLine, /native code/.test(fetch), Object.hasOwn(navigator, "onLine")]);
  await go(page, sandbox.origin, "offline");
  expect((await real())[0]).toBe(false);
  await go(page, sandbox.origin, "waiting");
  expect((await real())[1]).toBe(false);
  await go(page, sandbox.origin, "empty");
  expect(await real()).toEqual([true, true, false]);
});

test.describe("where the practice service is not", () => {
  for (const [host, config] of Object.entries({
    "a static host": undefined,
    "a real account": { server: "https://platform.ringcentral.com", token: "a real one" },
    "a sign-in": { server: "https://platform.ringcentral.com", clientId: "a real app" },
  })) {
    test(host, async ({ page, embedder, expected }) => {
      expected.push(FAILED_REQUEST);
      const asked = [];
      page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      await page.route("**/config.json", (route) => (config ? route.fulfill({ json: config }) : route.fulfill({ status: 404 })));
      await page.goto(`${embedder.origin}/gallery.html#accepted`);
      await expect(page.locator("#no-service")).toBeVisible();
      await expect(page.locator("#states")).toBeHidden();
      await page.waitForTimeout(500);
      await expect(page.locator("fax-widget")).toHaveCount(0);
      expect(asked.filter((line) => /POST|restapi|wasm/.test(line))).toEqual([]);
      await expect(page.getByRole("heading", { name: "Into your page" })).toBeVisible();
    });
  }
});

test("the page is light: the widget's program comes with the first state", async ({ page, sandbox }) => {
  const programs = [];
  page.on("request", (request) => request.url().endsWith(".wasm") && programs.push(request.url()));
  await go(page, sandbox.origin, "empty");
  const before = programs.splice(0).length;
  expect(before).toBe(3); // once: what the form needs, the rest, and what the rest has in common with the pages
  await go(page, sandbox.origin, "filled");
  await expect.poll(() => programs.map((url) => /(\w+?)(?:_\w{8})?\.wasm/.exec(url)[1]).sort()).toEqual(["pages_bg", "widget_pages"]);
});

test("every way into a page has its lines, and copies them", async ({ page, sandbox }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await go(page, sandbox.origin, "empty");
  const ways = page.locator("#integrations article");
  expect(await ways.locator("h3").allTextContents()).toEqual(["Script tag", "npm", "React", "Vue", "Frame", "Static site", "Rust"]);
  for (const way of await ways.all()) {
    await way.getByRole("button", { name: "Copy" }).click();
    await expect(way.getByRole("button")).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await way.locator("code").last().textContent());
    expect(await way.getByRole("link").count()).toBeGreaterThan(0);
  }
});

test("the lines of every way are whole, and name what there is", async ({ page, sandbox }) => {
  await page.goto(`${sandbox.origin}/gallery.html`);
  const lines = (id) => page.locator(`#${id} code`).last().textContent();
  const vue = compiler.parse(await lines("vue"));
  expect(vue.errors).toEqual([]);
  const ways = { npm: ["js", await lines("npm")], react: ["jsx", await lines("react")], vue: ["js", vue.descriptor.script?.content ?? vue.descriptor.scriptSetup.content] };
  const exported = [...read("www/package/index.d.ts").matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  for (const [way, [loader, text]] of Object.entries(ways)) {
    await transform(text, { loader }); // rejects what is no JavaScript
    const [, names] = /import \{ ([^}]+) \} from "fax-widget"/.exec(text);
    for (const name of names.split(", ")) expect.soft(exported, way).toContain(name);
  }
  const properties = await page.evaluate(() => import("./fax-widget/element.js").then(({ FaxWidgetElement }) => Object.keys(FaxWidgetElement.prototype)));
  for (const name of Object.keys(JSON.parse(await lines("static-site")))) expect.soft(properties).toContain(name);
  const [, application] = /\n\n([\s\S]*)\n\/\/ The README ends here/.exec(read("tests/browser/leptos_app.rs"));
  expect(await lines("rust")).toBe(application.replace("https://fax.test", "https://platform.ringcentral.com"));
});

test("the lines of the script tag work as they stand", async ({ page, sandbox, embedder }) => {
  await page.goto(`${sandbox.origin}/gallery.html`);
  const lines = await page.locator("#script-tag code").last().textContent();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.route("**/fax-token", (route) => route.fulfill({ contentType: "text/plain", body: "sandbox" }));
  const composer = new Composer(page, sandbox.origin);
  await composer.openEmbedded(embedder, lines.replaceAll("https://platform.ringcentral.com", sandbox.origin));
  await composer.setFax({ to: [{ phoneNumber: ANNA }] });
  await composer.submit();
  const [{ id }] = await sandbox.inbox();
  expect(said).toEqual([String(id)]);
});
