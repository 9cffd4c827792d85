// <fax-widget> in a frame: what the element promises, on a page that refuses WebAssembly and lies on another site.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ANNA, BEN, bad, Composer } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { axeFaults } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test as base } from "./fixtures.mjs";
import { properties } from "./parts.mjs";
import { under } from "./readme.mjs";
import { DIST, Host, Sandbox, Site } from "./servers.mjs";

const SENDABLE = { to: [{ phoneNumber: ANNA }] };
const EVENTS = ["fax-ready", "fax-change", "fax-submit", "fax-progress", "fax-accepted", "fax-status", "fax-error"];

const test = base.extend({
  /** Somebody's page, which may load scripts and frames of the sandbox's site. */
  host: async ({ sandbox }, use) => {
    const host = await Host.start(sandbox.origin);
    await use(host);
    await host.stop();
  },

  /** Opens the page with the widget in a frame; what comes back is the element as the page has it, and the form inside. */
  embed: async ({ page, host, sandbox }, use) => {
    const here = async (body = "<fax-widget><p>Loading the form…</p></fax-widget>", site = sandbox.origin) => {
      host.pages["/"] = `<script type="module" src="${site}/fax-widget/frame.js"></script>${body}`;
      await page.goto(`${host.origin}/`);
      return both(page, sandbox);
    };
    await use(here);
    if (!page.isClosed()) await page.goto("about:blank");
  },

  /** The same with the sandbox's token, when the form stands. */
  framed: async ({ embed }, use) => {
    const framed = await embed();
    await framed.widget.set({ token: "sandbox" });
    await expect(framed.inside.heading).toBeVisible();
    await use(framed);
  },
});

/** The element of the page, and the widget in its frame. */
function both(page, sandbox) {
  const inside = page.locator("fax-widget iframe").contentFrame().locator("fax-widget");
  return {
    widget: new Composer(page, sandbox.origin, page.locator("fax-widget")),
    inside: new Composer(page, sandbox.origin, inside),
  };
}

const innerFrame = (page) => page.frames().find((frame) => frame.url().endsWith("/embed.html"));

/** What a promise of the element's came to, with all that an error carries. */
const outcome = (widget, method, argument) =>
  widget.element.evaluate(
    (widget, [method, argument]) =>
      widget[method](argument).then(
        (value) => ({ value }),
        (error) => ({ isError: error instanceof Error, name: error.name, message: error.message, ...error }),
      ),
    [method, argument],
  );

test.describe("the script", () => {
  test("has at most 3 kB", async () => {
    expect((await readFile(join(DIST, "fax-widget/frame.js"))).length).toBeLessThanOrEqual(3000);
  });

  test("does nothing in Node", async () => {
    const script = `import(${JSON.stringify(join(DIST, "fax-widget/frame.js"))}).then(() => console.log("imported"))`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--no-warnings", "--eval", script]);
    expect([stdout, stderr]).toEqual(["imported\n", ""]);
  });

  test("knows the attributes, methods and custom properties of the element", async ({ framed, page, sandbox }) => {
    const known = await page.evaluate(() => customElements.get("fax-widget").observedAttributes);
    const methods = (names) => names.filter((name) => !["constructor", "connectedCallback"].includes(name));
    const [attributes, accessors] = await innerFrame(page).evaluate(async () => {
      const { FaxWidgetElement } = await import("/fax-widget/element.js");
      return [FaxWidgetElement.observedAttributes, Object.getOwnPropertyNames(FaxWidgetElement.prototype)];
    });
    expect(known).toEqual(expect.arrayContaining(attributes));
    for (const name of methods(accessors)) {
      expect(await framed.widget.element.evaluate((widget, name) => name in widget, name), name).toBe(true);
    }
    const looks = await (await fetch(`${sandbox.origin}/embed.js`)).text();
    expect(new Set(properties())).toEqual(new Set(looks.match(/--fax-[a-z-]+/g)));
  });
});

test.use({ sandboxOptions: { pace: 500 } });

test("a page that refuses WebAssembly sends a fax: a file from its script, a number from a person", async ({ framed, page, sandbox, host, expected }) => {
  expected.push(/^policy: script-src wasm-eval$/);
  const { widget, inside } = framed;
  const urls = [];
  page.on("request", (request) => urls.push(request.url()));
  const refused = page.evaluate(() => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).catch(({ name }) => name));
  expect(await refused).toBe("CompileError");
  await widget.listen(...EVENTS);
  await widget.element.evaluate((widget) => widget.addFiles([new File(["%PDF-1.4 from the page"], "page.pdf", { type: "application/pdf" })]));
  await expect(inside.documentNames).toHaveText(["page.pdf"]);
  await inside.addRecipient(ANNA, "Anna Example");
  await inside.reviewSendAndSeeAccepted();

  const [arrived, ...others] = await sandbox.inbox();
  expect(others).toEqual([]);
  expect(arrived.to).toMatchObject([{ phoneNumber: ANNA, name: "Anna Example" }]);
  expect(arrived.attachments).toMatchObject([{ name: "page.pdf" }]);
  expect(await widget.fax()).toMatchObject({ ...SENDABLE, attachments: ["page.pdf"] });

  await expect.poll(async () => (await widget.heard("fax-status")).length).toBeGreaterThan(0);
  const heard = await page.evaluate(() => window.heard);
  for (const { type, bubbles, composed, cancelable } of heard) {
    expect([type, bubbles, composed, cancelable]).toEqual([type, true, true, type === "fax-submit"]);
  }
  const order = heard.map(({ type, detail }) => (type === "fax-progress" ? `${type} ${detail.phase}` : type));
  expect(order.filter((name) => !["fax-change", "fax-status"].includes(name))).toEqual([
    "fax-progress checking", "fax-submit", "fax-progress uploading", "fax-progress accepted", "fax-accepted",
  ]);
  expect(heard.find(({ type }) => type === "fax-submit").detail).toMatchObject({ ...SENDABLE, faxResolution: "High" });
  expect(heard.find(({ type }) => type === "fax-accepted").detail).toMatchObject({ id: arrived.id, type: "Fax" });

  expect(innerFrame(page).url()).toBe(`${sandbox.origin}/embed.html`);
  expect(urls.filter((url) => new URL(url).origin !== sandbox.origin)).toEqual([]);
  expect(host.origin).not.toContain("127.0.0.1"); // another site
});

test("fax-ready comes once, and what the page put inside shows until then", async ({ embed, page, sandbox }) => {
  let go;
  await page.route("**/config.json", async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });
  const { widget, inside } = await embed();
  await widget.listen("fax-ready");
  await expect(page.getByText("Loading the form…")).toBeVisible();
  await expect.poll(() => go !== undefined).toBe(true);
  expect(await sandbox.requests()).toEqual([]);
  go();
  await expect(inside.heading).toBeVisible();
  await expect(page.getByText("Loading the form…")).toBeHidden();
  expect(await widget.heard("fax-ready")).toEqual([
    { type: "fax-ready", bubbles: true, composed: true, cancelable: false, detail: null },
  ]);
});

for (const [what, answer] of [["fails", { status: 503, body: "" }], ["is no JSON", { body: "<!doctype html>" }]]) {
  test(`where the site's config.json ${what} there is no form, which would send elsewhere`, async ({ page, host, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/config.json", (route) => route.fulfill(answer));
    host.pages["/"] = `<script type="module" src="${sandbox.origin}/fax-widget/frame.js"></script><fax-widget><p>Call us instead.</p></fax-widget>`;
    await page.goto(`${host.origin}/`);
    const { widget, inside } = both(page, sandbox);
    const error = await outcome(widget, "submit");
    expect(error).toMatchObject({ isError: true, name: "FaxError", code: "network", outcome: "not-sent" });
    expect(error.message).toBe(`The fax form cannot be shown: the config.json of ${sandbox.origin} cannot be read.`);
    await expect(page.getByText("Call us instead.")).toBeVisible();
    await expect(inside.element).toHaveCount(0);
  });
}

test.describe("token", () => {
  test("the provider is asked with its reason, on the page", async ({ embed, page, expected }) => {
    expected.push(FAILED_REQUEST);
    const { widget, inside } = await embed();
    await widget.element.evaluate((widget) => {
      window.reasons = [];
      const tokens = ["expired", "sandbox"];
      widget.tokenProvider = async (reason) => (window.reasons.push(reason), tokens[window.reasons.length - 1]);
    });
    await expect(inside.coverPage.getByRole("option")).toHaveCount(15);
    expect(await page.evaluate(() => window.reasons)).toEqual(["initial", "expired"]);
    expect(await widget.element.evaluate((widget) => typeof widget.tokenProvider)).toBe("function");
    await widget.setFax(SENDABLE);
    expect((await widget.submit()).message).toMatchObject({ type: "Fax" });
  });

  for (const [what, source] of [
    ["fails", "throw new Error('secret of the page')"], ["gives no text", "return {}"], ["gives nothing", ""],
  ]) {
    test(`a provider that ${what} is no token, and what it says stays on the page`, async ({ framed, sandbox, page }) => {
      const { widget, inside } = framed;
      await widget.set({ token: null });
      await widget.element.evaluate((widget, source) => (widget.tokenProvider = new Function(source)), source);
      await widget.setFax(SENDABLE);
      expect((await widget.submit()).error).toMatchObject({ name: "FaxError", code: "unauthorized", outcome: "not-sent" });
      await expect(inside.failure).toBeVisible();
      expect(await innerFrame(page).evaluate(() => document.body.firstElementChild.shadowRoot.textContent)).not.toContain("secret of the page");
      expect(await sandbox.inbox()).toEqual([]);
    });
  }

  test("a site’s own token is not for the pages that embed it", async ({ embed, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const { widget } = await embed(); // the sandbox's config.json has one
    await widget.setFax(SENDABLE);
    expect((await widget.submit()).error).toMatchObject({ code: "unauthorized", outcome: "not-sent" });
    expect(await sandbox.inbox()).toEqual([]);
  });
});

test.describe("fax-submit holds the fax until the page has answered", () => {
  const veto = (page) => page.evaluate(() => document.addEventListener("fax-submit", (event) => event.preventDefault(), { once: true }));

  test("preventDefault() calls off what a script sends", async ({ framed, page, sandbox }) => {
    const { widget } = framed;
    await veto(page);
    await widget.setFax(SENDABLE);
    expect((await widget.submit()).error).toMatchObject({ name: "FaxError", code: "cancelled", outcome: "not-sent", isError: true });
    expect(await sandbox.faxPosts()).toEqual([]);
    expect((await widget.submit()).message).toMatchObject({ type: "Fax" });
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("and what a person sends; pressed again it goes, once", async ({ framed, page, sandbox }) => {
    const { inside } = framed;
    await veto(page);
    await inside.fillIn(ANNA, pdf());
    await inside.reviewAndSend();
    await expect(inside.failure).toBeFocused();
    expect(await sandbox.faxPosts()).toEqual([]);
    await inside.reviewSendAndSeeAccepted();
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("a page that takes its time is waited for", async ({ framed, page, sandbox }) => {
    const { widget } = framed;
    await page.evaluate(() =>
      document.addEventListener("fax-submit", () => {
        const until = Date.now() + 700;
        while (Date.now() < until);
        window.answered = Date.now();
      }),
    );
    const posted = page
      .waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/fax"))
      .then(() => Date.now());
    await widget.setFax(SENDABLE);
    const sent = widget.submit();
    expect((await sent).message).toMatchObject({ type: "Fax" });
    expect(await posted).toBeGreaterThanOrEqual(await page.evaluate(() => window.answered));
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("cancelled while the page thinks: nothing goes, not even when it then agrees", async ({ framed, page, sandbox }) => {
    const { widget, inside } = framed;
    await widget.setFax(SENDABLE);
    // The page answers when the frame has long been told to stop: its answer lies behind that in the same queue.
    await page.evaluate(() =>
      document.addEventListener("fax-submit", () => {
        document.querySelector("fax-widget").cancel();
        const until = Date.now() + 300;
        while (Date.now() < until);
      }),
    );
    expect((await widget.submit()).error).toMatchObject({ code: "cancelled", outcome: "not-sent" });
    await expect(inside.failure).toBeVisible();
    await page.waitForTimeout(500);
    expect(await sandbox.faxPosts()).toEqual([]);
  });

  test("sent once more on purpose, it is asked about again and goes", async ({ framed, page, sandbox }) => {
    const { widget, inside } = framed;
    await widget.listen("fax-submit");
    const document = pdf();
    await inside.fillIn(ANNA, document);
    await inside.reviewSendAndSeeAccepted();
    await inside.newFax.click();
    await inside.fillIn(ANNA, document);
    await inside.reviewAndSend();
    await inside.sendAnyway.click();
    await expect(inside.messageId).toBeVisible();
    expect(await widget.heard("fax-submit")).toHaveLength(3); // the second press was asked about before it was stopped
    expect(await sandbox.inbox()).toHaveLength(2);
    expect(await sandbox.faxPosts()).toHaveLength(2);
    expect(page.frames()).toHaveLength(2);
  });
});

test("a press counts though the page moves the frame from under the mouse", async ({ framed, page }) => {
  const { widget, inside } = framed;
  await page.setViewportSize({ width: 1280, height: 2_000 });
  await inside.addRecipient(ANNA);
  await inside.choose(pdf());
  await inside.proceed.scrollIntoViewIfNeeded();
  const { x, y } = await inside.proceed.boundingBox();
  await page.mouse.move(x + 20, y + 10);
  await page.mouse.down();
  await widget.element.evaluate((widget) => (widget.style.marginBlockStart = "60px"));
  await expect.poll(async () => (await inside.proceed.boundingBox()).y).toBeGreaterThan(y + 40);
  await page.mouse.move(x + 21, y + 10);
  await page.mouse.up();
  await expect(inside.reviewHeading).toBeVisible();
});

test.describe("errors are the element’s", () => {
  test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

  test("a FaxError has all its fields", async ({ framed }) => {
    const { widget } = framed;
    await widget.listen("fax-error");
    await widget.setFax({ to: [{ phoneNumber: bad(403) }] });
    const error = await outcome(widget, "submit");
    expect(error).toMatchObject({ isError: true, name: "FaxError", code: "forbidden", outcome: "not-sent", status: 403 });
    expect(error.errorCode).toMatch(/^[A-Z]+-\d+$/);
    expect(error.message).toContain("not sent");
    const [{ detail }] = await widget.heard("fax-error");
    const { isError, ...fields } = error;
    expect(detail).toEqual(fields);
  });

  test("nothing filled in is invalid, and a request that is none a TypeError or a FaxError, as without a frame", async ({ framed, page, sandbox }) => {
    const { widget } = framed;
    expect(await outcome(widget, "submit")).toMatchObject({ isError: true, code: "invalid", outcome: "not-sent" });
    const here = await outcome(widget, "resend", {});
    const there = await innerFrame(page).evaluate(() =>
      document.querySelector("fax-widget").resend({}).catch((error) => ({ name: error.name, message: error.message, ...error })),
    );
    expect(here).toEqual({ isError: true, ...there });
    expect(await sandbox.requests()).not.toContainEqual(expect.objectContaining({ method: "POST" }));
  });

  test("resend goes through", async ({ framed, sandbox }) => {
    const { widget } = framed;
    await widget.setFax(SENDABLE);
    const { message } = await widget.submit();
    await expect.poll(async () => (await sandbox.inbox())[0].messageStatus).toBe("Sent");
    const again = await outcome(widget, "resend", { originalMessageId: String(message.id), to: [{ phoneNumber: BEN }] });
    expect(again.value).toMatchObject({ type: "Fax", to: [{ phoneNumber: BEN }] });
    expect(await sandbox.inbox()).toHaveLength(2);
  });

  test("cancel stops a send that is under way", async ({ framed, sandbox }) => {
    const { widget, inside } = framed;
    await widget.setFax({ to: [{ phoneNumber: bad(408) }] });
    const sent = widget.submit();
    await expect(inside.currentStep).toContainText("Uploading");
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(1);
    await widget.cancel();
    expect((await sent).error).toMatchObject({ code: "cancelled", outcome: "unknown" });
  });
});

test.describe("attributes and properties", () => {
  test("go through live, and away again", async ({ framed }) => {
    const { widget, inside } = framed;
    await widget.element.evaluate((widget) => widget.setAttribute("to", "+16505550101"));
    await expect(inside.recipientRows).toHaveText([/\+1 650 555 0101/]);
    await widget.set({ faxResolution: "Low", coverPageText: "From the page", theme: "dark", review: "off", persist: true });
    await expect(inside.standard).toBeChecked();
    await expect(inside.coverText).toHaveValue("From the page");
    await expect(inside.form).toHaveCSS("color-scheme", "dark");
    await expect(inside.proceed).toHaveText("Send fax");
    await expect(inside.element).toHaveAttribute("persist");
    await widget.set({ faxResolution: null, theme: null, review: undefined, persist: false, to: null });
    await expect(inside.fine).toBeChecked();
    await expect(inside.form).toHaveCSS("color-scheme", "normal");
    await expect(inside.proceed).toHaveText("Review fax");
    await expect(inside.element).not.toHaveAttribute("persist");
    await expect(inside.recipientRows).toHaveCount(0);
    expect(await widget.element.evaluate((widget) => widget.getAttributeNames())).toEqual(["cover-page-text"]);
  });

  test("say what the element’s say", async ({ framed, page }) => {
    const values = (scope) =>
      scope.evaluate(() => {
        const widget = document.querySelector("fax-widget");
        const seen = [];
        const look = () => seen.push(["account", "extension", "endpoint", "credentials", "encoding", "view", "messageIds", "to",
          "isoCode", "faxResolution", "theme", "review", "remember", "persist", "retypeUnknown", "lang", "dir"].map((name) => widget[name]));
        widget.theme = null;
        look();
        Object.assign(widget, { endpoint: "https://fax.example/fax", faxResolution: "Low", persist: true, theme: "dark", coverIndex: 3 });
        look();
        Object.assign(widget, { endpoint: null, faxResolution: undefined, persist: false, theme: "light" });
        look();
        return seen;
      });
    await expect.poll(() => framed.widget.element.evaluate((widget) => widget.theme)).toBe("auto");
    const here = await values(page);
    expect(here).toEqual(await values(innerFrame(page)));
  });

  test("in the page’s HTML set the form up, relative addresses against the page", async ({ embed, host, page, expected }) => {
    expected.push(/policy: connect-src/, /Refused to connect|violates the following Content Security Policy/);
    const { inside } = await embed(`<fax-widget to="${ANNA}, Ben &lt;${BEN}&gt;" fax-resolution="Low" cover-page-text="/fax" endpoint="/fax" class="x" data-note="y"></fax-widget>`);
    await expect(inside.recipientRows).toHaveText([/\+1 650 555 0100/, /Ben/]);
    await expect(inside.standard).toBeChecked();
    await expect(inside.coverText).toHaveValue("/fax");
    const attributes = await innerFrame(page).evaluate(() =>
      Object.fromEntries([...document.querySelector("fax-widget").attributes].map(({ name, value }) => [name, value])));
    expect(attributes).toMatchObject({ endpoint: `${host.origin}/fax` });
    expect(attributes).not.toHaveProperty("class");
    expect(attributes).not.toHaveProperty("data-note");
  });

  test("set before the script has come, they count", async ({ embed, host, sandbox }) => {
    host.pages["/early.js"] = `
      const widget = document.querySelector("fax-widget");
      Object.assign(widget, { token: "sandbox", faxResolution: "Low", coverPageText: "Early" });`;
    const { widget, inside } = await embed(`<fax-widget></fax-widget><script src="/early.js"></script>`);
    await expect(inside.coverText).toHaveValue("Early");
    await expect(inside.standard).toBeChecked();
    await expect(inside.coverPage.getByRole("option")).toHaveCount(15);
    expect(await widget.element.evaluate((widget) => [widget.getAttribute("cover-page-text"), widget.token])).toEqual(["Early", "sandbox"]);
    expect((await sandbox.requests()).every(({ status }) => status === 200)).toBe(true);
  });

  test("directory is asked on the page", async ({ framed, page }) => {
    const { widget, inside } = framed;
    await widget.element.evaluate((widget) => {
      window.asked = [];
      widget.directory = async (number) => (window.asked.push(number), "Lakeside Clinic");
    });
    await inside.fillIn(ANNA, pdf());
    await inside.proceed.click();
    await expect(inside.review).toContainText("In the directory: Lakeside Clinic");
    expect(await page.evaluate(() => window.asked)).toEqual([ANNA]);
  });
});

test.describe("fax", () => {
  test("is set and read, follows what a person does, and set in steps loses nothing", async ({ framed }) => {
    const { widget, inside } = framed;
    // One that is set in part reads whole, before the frame has answered.
    expect(await widget.element.evaluate((widget) => ((widget.fax = { coverPageText: "Part" }), widget.fax))).toEqual({
      to: [], attachments: [], faxResolution: "High", coverPageText: "Part",
    });
    await widget.setFax({ to: [{ phoneNumber: ANNA, name: "Anna" }], coverPageText: "One" }, ["a.pdf"]);
    expect(await widget.fax()).toMatchObject({ to: [{ phoneNumber: ANNA, name: "Anna" }], attachments: ["a.pdf"] }); // at once
    await expect(inside.documentNames).toHaveText(["a.pdf"]);
    await inside.coverText.fill("Typed");
    await expect.poll(async () => (await widget.fax()).coverPageText).toBe("Typed");
    // Each set is answered by the frame; the answer to the first may not undo the second.
    await widget.element.evaluate(async (widget) => {
      const turn = () => new Promise((resolve) => setTimeout(resolve));
      for (let i = 0; i < 40; i++) {
        widget.fax = { ...widget.fax, coverPageText: `${widget.fax.coverPageText}.` };
        await turn();
      }
    });
    await expect(inside.coverText).toHaveValue(`Typed${".".repeat(40)}`);
    await expect.poll(async () => (await widget.fax()).coverPageText).toBe(`Typed${".".repeat(40)}`);
    await widget.reset();
    expect(await widget.fax()).toEqual({ to: [], attachments: [], faxResolution: "High" });
    await expect(inside.documentRows).toHaveCount(0);
    await expect(inside.coverText).toHaveValue("");
  });

  test("that is none changes nothing, and is an error in the console", async ({ framed, expected }) => {
    expected.push(/fax\.to: Array expected/);
    const { widget, inside } = framed;
    await widget.setFax(SENDABLE, ["a.pdf"]);
    await expect(inside.documentNames).toHaveText(["a.pdf"]);
    await widget.element.evaluate((widget) => (widget.fax = { to: "nobody" }));
    await expect.poll(async () => (await widget.fax()).attachments).toEqual(["a.pdf"]);
  });

  test("events come when it reads as they say", async ({ framed, page }) => {
    const { widget, inside } = framed;
    await widget.element.evaluate((widget) => {
      window.seen = [];
      widget.addEventListener("fax-change", () => window.seen.push(widget.fax.coverPageText));
    });
    await inside.coverText.pressSequentially("Hello");
    await expect.poll(() => page.evaluate(() => window.seen)).toEqual(["H", "He", "Hel", "Hell", "Hello"]);
  });
});

test.describe("before the widget stands", () => {
  test("calls wait, in their order", async ({ embed, page, sandbox }) => {
    let go;
    const waiting = new Promise((resolve) => (go = resolve));
    await page.route("**/config.json", async (route) => {
      await waiting;
      await route.continue();
    });
    const { widget } = await embed();
    await widget.element.evaluate((widget) => {
      widget.token = "sandbox";
      widget.to = "+16505550100";
      widget.addFiles([new File(["lost"], "lost.pdf")]);
      widget.reset();
      widget.addFiles([new File(["kept"], "kept.pdf")]);
      widget.to = "+16505550100";
      window.cancelled = widget.submit().catch(({ code, outcome }) => [code, outcome]);
      widget.cancel(); // stops what was asked for, and nothing that comes
      window.ended = widget.submit();
    });
    expect(await page.evaluate(() => window.cancelled)).toEqual(["cancelled", "not-sent"]);
    go();
    const message = await page.evaluate(() => window.ended);
    expect(message).toMatchObject({ type: "Fax" });
    expect((await sandbox.inbox()).map(({ attachments }) => attachments.map(({ name }) => name))).toEqual([["kept.pdf"]]);
  });

  test("an element made by a script and called before it is in the document works when it is", async ({ embed, page, sandbox }) => {
    await embed("");
    await page.waitForFunction(() => customElements.get("fax-widget"));
    const message = await page.evaluate(() => {
      const widget = document.createElement("fax-widget");
      widget.token = "sandbox";
      widget.fax = { to: [{ phoneNumber: "+16505550100" }], attachments: [] };
      widget.addFiles([new File(["x"], "a.pdf")]);
      const sent = widget.submit();
      document.body.append(widget);
      return sent;
    });
    expect(message).toMatchObject({ type: "Fax" });
    expect(await sandbox.inbox()).toHaveLength(1);
  });
});

test.describe("a frame that does not answer", () => {
  for (const [what, prepare, complaint] of [
    ["an address where nothing is", async () => "/nothing.html", FAILED_REQUEST],
    ["a page that is no embed.html", async () => "/index.html", /refused|Refused|frame-ancestors|target origin/i],
  ]) {
    test(`${what}: the page’s own content stays, and promises are rejected in words`, async ({ embed, page, sandbox, expected }) => {
      expected.push(complaint, /postMessage|Framing|frame/i);
      await page.clock.install();
      const path = await prepare();
      const { widget } = await embed(`<fax-widget src="${sandbox.origin}${path}"><p>Call us instead.</p></fax-widget>`);
      await widget.listen("fax-error");
      const ended = outcome(widget, "submit");
      await page.waitForTimeout(500);
      await page.clock.fastForward("00:31");
      const error = { name: "FaxError", code: "timeout", outcome: "not-sent", message: `No answer at ${sandbox.origin}${path}` };
      expect(await ended).toEqual({ isError: true, ...error });
      expect(await outcome(widget, "submit")).toMatchObject(error); // and at once from now on
      expect((await widget.heard("fax-error")).map(({ detail }) => detail)).toEqual([error]);
      await expect(page.getByText("Call us instead.")).toBeVisible();
      await widget.cancel();
      await widget.reset();
    });
  }

  test("where the page put nothing inside, a sentence stands there, and the form where it comes after all", async ({ embed, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST, /postMessage/);
    await page.clock.install();
    const { inside } = await embed(`<fax-widget src="${sandbox.origin}/nothing.html"></fax-widget>`);
    await page.waitForTimeout(300);
    await expect(page.getByRole("alert")).toHaveCount(0);
    await page.clock.fastForward("00:31");
    await expect(page.getByRole("alert")).toHaveText(`No answer at ${sandbox.origin}/nothing.html`);
    await page.evaluate(() => {
      const widget = document.querySelector("fax-widget");
      widget.removeAttribute("src");
      document.body.append(widget);
    });
    await expect(inside.heading).toBeVisible();
    await expect(page.getByText("No answer at")).toHaveCount(0);
  });

  test("a script is no address", async ({ embed, host, page, expected }) => {
    expected.push(FAILED_REQUEST, /postMessage|frame/i);
    host.policy = "default-src * 'unsafe-inline'"; // which would let it run
    await embed(`<fax-widget src="javascript:parent.document.title='taken'"><p>Call us instead.</p></fax-widget>`);
    await page.waitForTimeout(300);
    expect(await page.title()).toBe("A host");
    await expect(page.getByText("Call us instead.")).toBeVisible();
  });
});

test.describe("who may embed", () => {
  const elsewhere = base.extend({});

  async function withSite(sandbox, config, use) {
    const site = await Site.start(sandbox, config);
    const host = await Host.start(site.origin);
    try {
      await use(site, host);
    } finally {
      await host.stop();
      await site.stop();
    }
  }

  for (const [what, named] of [
    ["no embedders.json", undefined],
    ["nobody", () => []],
    ["others", (host) => ["https://elsewhere.example", `${host}.example`, host.replace("http:", "https:"), "null", "*", "http://*:*"]],
    ["something that is no list", () => ({ 0: "x" })],
  ]) {
    elsewhere(`a page that embedders.json does not name is refused, and nothing leaks: ${what}`, async ({ page, sandbox, expected }) => {
      expected.push(FAILED_REQUEST);
      // What it may be set up with names nobody.
      await withSite(sandbox, { server: "https://fax.example", embedders: ["http://localhost:*"] }, async (site, host) => {
        const answer = named?.(host.origin);
        if (answer) await page.route("**/embedders.json", (route) => route.fulfill({ json: answer }));
        host.pages["/listen.js"] = `
          window.heard = [];
          for (const name of ["fax-error", "fax-ready"]) addEventListener(name, ({ type }) => window.heard.push(type));`;
        host.pages["/"] = `<script src="/listen.js"></script><script type="module" src="${site.origin}/fax-widget/frame.js"></script>
          <fax-widget server="${sandbox.origin}"><p>Call us instead.</p></fax-widget>`;
        await page.goto(`${host.origin}/`);
        const { widget, inside } = both(page, sandbox);
        await widget.set({ token: "sandbox" });
        const error = await outcome(widget, "submit");
        expect(error).toMatchObject({ isError: true, name: "FaxError", code: "forbidden", outcome: "not-sent" });
        const why = answer ? "because its embedders.json does not name it." : "because it has no embedders.json.";
        expect(error.message).toBe(`The fax form cannot be shown: ${site.origin} does not let ${host.origin} embed it, ${why}`);
        await expect(page.getByText("Call us instead.")).toBeVisible();
        await page.waitForTimeout(300);
        await expect(inside.element).toHaveCount(0);
        expect(await sandbox.requests()).toEqual([]);
        expect(await page.evaluate(() => window.heard)).toEqual(["fax-error"]);
      });
    });
  }

  elsewhere("a page that it names sends; the site has the strictest policy", async ({ page, sandbox }) => {
    await withSite(sandbox, { server: sandbox.origin, theme: "dark", token: "wrong" }, async (site, host) => {
      await page.route("**/embedders.json", (route) => route.fulfill({ json: ["https://elsewhere.example", host.origin] }));
      host.pages["/"] = `<script type="module" src="${site.origin}/fax-widget/frame.js"></script><fax-widget></fax-widget>`;
      await page.goto(`${host.origin}/`);
      const { widget, inside } = both(page, sandbox);
      await widget.set({ token: "sandbox" });
      await expect(inside.form).toHaveCSS("color-scheme", "dark"); // the site's own settings hold where the page has none
      await widget.setFax(SENDABLE);
      expect((await widget.submit()).message).toMatchObject({ type: "Fax" });
      expect(await sandbox.inbox()).toHaveLength(1);
    });
  });

  elsewhere("a page of the site itself always may", async ({ page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST); // no embedders.json
    await withSite(sandbox, {}, async (site) => {
      await page.route("**/own.html", (route) => route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><html lang="en"><title>Own</title><link rel="icon" href="data:,"><script type="module" src="/fax-widget/frame.js"></script><fax-widget server="${sandbox.origin}"></fax-widget>`,
      }));
      await page.goto(`${site.origin}/own.html`);
      const { widget, inside } = both(page, sandbox);
      await widget.set({ token: "sandbox" });
      await expect(inside.coverPage.getByRole("option")).toHaveCount(15);
    });
  });

  test("a frame that turns out to be of another origin gets nothing", async ({ embed, page, host, sandbox, expected }) => {
    expected.push(/target origin/);
    const thief = await Host.start(sandbox.origin);
    thief.pages["/thief.html"] = `<script src="/thief.js"></script>`;
    thief.pages["/thief.js"] = `
      window.got = [];
      addEventListener("message", ({ data, ports }) => {
        window.got.push(data);
        ports[0]?.postMessage(["yes", [{}, [], ""]]);
        if (ports[0]) ports[0].onmessage = ({ data }) => window.got.push(data);
      });`;
    host.pages["/moved.html"] = { location: `${thief.origin}/thief.html` };
    host.policy = host.policy.replace("frame-src", `frame-src ${thief.origin}`);
    const { widget } = await embed(`<fax-widget src="${host.origin}/moved.html"></fax-widget>`);
    await widget.set({ token: "sandbox" });
    await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(`${thief.origin}/thief.html`);
    await page.waitForTimeout(500);
    const frame = page.frames().find((frame) => frame.url().endsWith("/thief.html"));
    expect(await frame.evaluate(() => window.got)).toEqual([]);
    await thief.stop();
  });

  // A page of the very origin that may embed, so that nothing but the window tells it from the one around the frame.
  test("messages of other windows count for nothing, on both sides", async ({ embed, page, host, sandbox }) => {
    host.pages["/other.html"] = `<script src="/other.js"></script>`;
    host.pages["/other.js"] = `
      window.answers = [];
      window.attack = () => {
        const frame = parent.document.querySelector("fax-widget").shadowRoot.querySelector("iframe");
        for (const target of [parent, frame?.contentWindow]) {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => window.answers.push(data);
          target?.postMessage("fax-widget", "*", [port2]);
          for (const data of [["yes", [{}, [], ""]], ["fax-accepted", { id: 1 }], ["submit", null, 1], ["token", "x"]]) target?.postMessage(data, "*");
        }
      };`;
    const { widget, inside } = await embed(`<fax-widget></fax-widget><iframe title="Other" src="/other.html"></iframe>`);
    await widget.listen(...EVENTS);
    await widget.set({ token: "sandbox" });
    await widget.setFax(SENDABLE);
    await expect(inside.documentRows).toHaveCount(1);
    const before = (await page.evaluate(() => window.heard)).length;
    const other = page.frames().find((frame) => frame.url().endsWith("/other.html"));
    await other.evaluate(() => window.attack());
    await page.waitForTimeout(500);
    expect(await other.evaluate(() => window.answers)).toEqual([]);
    expect(await page.evaluate(() => window.heard)).toHaveLength(before);
    expect(await sandbox.faxPosts()).toEqual([]);
    // And before the page itself has said hello: without a pause, from before there is a frame.
    await other.evaluate(() => void setInterval(window.attack, 5));
    for (let i = 0; i < 3; i++) {
      await page.evaluate(() => document.querySelector("fax-widget").replaceWith(document.createElement("fax-widget")));
      await expect(inside.heading).toBeVisible();
      expect((await widget.submit()).error).toMatchObject({ code: "invalid" }); // it is the page's
    }
    expect(await other.evaluate(() => window.answers)).toEqual([]);
  });

  test("embed.html opened by itself leads to the site", async ({ page, sandbox }) => {
    await page.goto(`${sandbox.origin}/embed.html`);
    await expect(page).toHaveURL(`${sandbox.origin}/`);
    await expect(page.locator("fax-widget").getByRole("heading", { name: "New fax" })).toBeVisible();
    await expect(page.locator("fax-widget").getByRole("combobox", { name: "Cover page" }).getByRole("option")).toHaveCount(15); // all that it asks for is there
  });
});

test.describe("its place on the page", () => {
  const sizes = (page) =>
    Promise.all([
      page.locator("fax-widget").evaluate((widget) => widget.getBoundingClientRect().height),
      innerFrame(page).evaluate(() => document.querySelector("fax-widget").getBoundingClientRect().height),
    ]);
  const expectFit = (page) =>
    expect(async () => {
      const [outside, within] = await sizes(page);
      expect(within).toBeGreaterThan(100);
      expect(outside - within).toBeGreaterThanOrEqual(0);
      expect(outside - within).toBeLessThan(1);
    }).toPass({ timeout: 15_000 });

  test("the height follows the content, up and down, and nothing scrolls inside", async ({ framed, page }) => {
    const { widget, inside } = framed;
    await expect(inside.coverPage.getByRole("option")).toHaveCount(15); // nothing is to come any more
    await expectFit(page);
    const [empty] = await sizes(page);
    await widget.setFax({ to: Array.from({ length: 8 }, (_, i) => ({ phoneNumber: `+1650555010${i}` })) }, ["a.pdf", "b.pdf", "c.pdf"]);
    await expect.poll(async () => (await sizes(page))[0]).toBeGreaterThan(empty + 100);
    await expectFit(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectFit(page);
    const scrolls = () =>
      innerFrame(page).evaluate(() => {
        const { scrollHeight, scrollWidth, clientHeight, clientWidth } = document.scrollingElement;
        return [scrollHeight > clientHeight, scrollWidth > clientWidth, clientWidth === innerWidth];
      });
    await expect.poll(scrolls).toEqual([false, false, true]); // while pages come, the frame is a message behind
    expect(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth)).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
    await widget.reset();
    await expect.poll(async () => (await sizes(page))[0]).toBe(empty);
    await inside.fillIn(ANNA, pdf());
    await inside.reviewSendAndSeeAccepted();
    await expectFit(page);
  });

  test("what takes the focus is brought into view", async ({ framed, page }) => {
    const { inside } = framed;
    await page.setViewportSize({ width: 390, height: 500 });
    await expectFit(page);
    await inside.fillIn(ANNA, pdf());
    await inside.proceed.click();
    await expect(inside.reviewHeading).toBeFocused();
    await expect(inside.reviewHeading).toBeInViewport();
    await inside.send.click();
    await expect(inside.messageId).toBeVisible();
    await expect(inside.acceptedHeading).toBeInViewport();
  });

  test("colours and type are those of its place, and follow it", async ({ embed, host, page }) => {
    host.pages["/page.css"] = `
      body { color-scheme: dark; --fax-accent: rgb(200, 0, 100); }
      body.clinic { color-scheme: light; --fax-accent: rgb(0, 100, 0); --fax-radius: 2px; }
      fax-widget { --fax-font-size: 20px; max-width: 700px; margin-inline: auto; }`;
    const { widget, inside } = await embed();
    await expect(inside.heading).toBeVisible();
    const html = page.locator("fax-widget iframe").contentFrame().locator("html");
    await expect(inside.form).toHaveCSS("font-size", "20px");
    await expect(inside.proceed).toHaveCSS("background-color", "rgb(200, 0, 100)");
    await expect(html).toHaveCSS("color-scheme", "dark");
    expect(await widget.element.evaluate((widget) => widget.getBoundingClientRect().width)).toBe(700);
    await page.evaluate(() => (document.body.className = "clinic"));
    await expect(inside.proceed).toHaveCSS("background-color", "rgb(0, 100, 0)");
    await expect(html).toHaveCSS("color-scheme", "light");
    await widget.element.evaluate((widget) => widget.style.setProperty("--fax-accent", "rgb(1, 2, 3)"));
    await expect(inside.proceed).toHaveCSS("background-color", "rgb(1, 2, 3)");
  });

  for (const [around, lang, direction] of [
    [["en", "ltr", "ar", ""], "ar", "rtl"], // a language brings its own direction
    [["ar", "rtl", "de", ""], "de", "ltr"],
    [["ar", "rtl", "", ""], "ar", "rtl"],
    [["", "rtl", "", ""], "", "rtl"],
    [["de", "", "", "rtl"], "de", "rtl"],
  ]) {
    test(`language and direction are those around it: ${around.map((text) => text || "–").join(" ")}`, async ({ embed, page }) => {
      const [outerLang, outerDir, innerLang, innerDir] = around;
      const { inside } = await embed(`<div><div><fax-widget></fax-widget></div></div>`);
      await expect(inside.heading).toBeVisible();
      await page.evaluate(([outerLang, outerDir, innerLang, innerDir]) => {
        document.documentElement.removeAttribute("lang");
        const [outer, inner] = document.querySelectorAll("div");
        Object.assign(outer, { lang: outerLang, dir: outerDir });
        Object.assign(inner, { lang: innerLang, dir: innerDir });
      }, [outerLang, outerDir, innerLang, innerDir]);
      const html = page.locator("fax-widget iframe").contentFrame().locator("html");
      await page.evaluate(() => (document.querySelector("fax-widget").dir = ""));
      await expect(html).toHaveAttribute("lang", lang);
      await expect(inside.form).toHaveCSS("direction", direction);
    });
  }

  test("the page changes its language, and the frame’s name and sentences follow", async ({ framed, page }) => {
    const { widget, inside } = framed;
    const frame = page.locator("fax-widget iframe");
    await expect(frame).toHaveAttribute("title", "New fax");
    await page.evaluate(() => (document.documentElement.lang = "de"));
    await expect(inside.element.getByRole("heading", { name: "Neues Fax" })).toBeVisible();
    await expect(frame).toHaveAttribute("title", "Neues Fax");
    await widget.set({ lang: "en", messages: { newFax: "A fax to us" } });
    await expect(inside.element.getByRole("heading", { name: "A fax to us" })).toBeVisible();
    await expect(frame).toHaveAttribute("title", "A fax to us");
  });

  test("hidden, it takes no room", async ({ framed, page }) => {
    await framed.widget.set({ hidden: true });
    await expect(page.locator("fax-widget")).toBeHidden();
    await framed.widget.set({ hidden: false });
    await expect(framed.inside.heading).toBeVisible();
    await expectFit(page);
  });

  test("popups may open: nothing is sandboxed, and no address of the page goes along", async ({ framed, page }) => {
    const frame = page.locator("fax-widget iframe");
    expect(await frame.evaluate((frame) => [frame.hasAttribute("sandbox"), frame.allow, frame.referrerPolicy])).toEqual([
      false, "clipboard-write", "no-referrer",
    ]);
    expect(await innerFrame(page).evaluate(() => document.referrer)).toBe("");
    const popup = page.waitForEvent("popup");
    await framed.inside.heading.click();
    await innerFrame(page).evaluate(() => void window.open("./icon.svg", "_blank", "width=300,height=300"));
    await (await popup).close();
  });

  test("Copy copies", async ({ framed, page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await framed.inside.fillIn(ANNA, pdf());
    await framed.inside.reviewSendAndSeeAccepted();
    await framed.inside.copy.click();
    await expect(framed.inside.status).toHaveText("Copied.");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await framed.inside.messageId.textContent());
  });
});

test.describe("moved and taken away", () => {
  test("what was filled in comes along, and an accepted fax does not", async ({ framed, page, sandbox }) => {
    const { widget, inside } = framed;
    const move = () =>
      page.evaluate(() => {
        const place = document.createElement("section");
        document.body.prepend(place);
        place.append(document.querySelector("fax-widget"));
      });
    await widget.listen("fax-ready");
    await inside.fillIn(ANNA, pdf("kept.pdf"));
    await inside.coverText.fill("Kept");
    // What shows pages is on its way since the document is there, and a frame that goes breaks that off, which the browser tells.
    await expect(inside.pagesOf("kept.pdf")).toBeVisible();
    await move();
    await expect.poll(async () => (await widget.heard("fax-ready")).length).toBe(1);
    await expect(inside.documentNames).toHaveText(["kept.pdf"]);
    await expect(inside.coverText).toHaveValue("Kept");
    await inside.reviewSendAndSeeAccepted();
    expect(await widget.fax()).toMatchObject({ attachments: ["kept.pdf"] }); // what was sent can still be read
    await move();
    await expect.poll(async () => (await widget.heard("fax-ready")).length).toBe(2);
    await expect(inside.heading).toBeVisible();
    await expect(inside.documentRows).toHaveCount(0);
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("moveBefore() keeps the frame, a send under way too", async ({ framed, page, expected }) => {
    expected.push(FAILED_REQUEST);
    const { widget, inside } = framed;
    await widget.setFax({ to: [{ phoneNumber: bad(408) }] });
    const sent = widget.submit();
    await expect(inside.currentStep).toContainText("Uploading");
    await page.evaluate(() => {
      const place = document.createElement("section");
      document.body.prepend(place);
      place.moveBefore(document.querySelector("fax-widget"), null);
    });
    await page.waitForTimeout(200);
    await expect(inside.currentStep).toContainText("Uploading");
    await widget.cancel();
    expect((await sent).error).toMatchObject({ code: "cancelled", outcome: "unknown" });
  });

  // A browser lets a frame from another site keep nothing, one from the same site as if it were a page.
  for (const isSameSite of [true, false]) {
    test(`during a send: the promise is rejected as unknown, and nobody is offered to send it again; ${isSameSite ? "same" : "another"} site`, async ({
      framed, page, host, sandbox, expected,
    }) => {
      expected.push(FAILED_REQUEST);
      if (isSameSite) await page.goto(host.origin.replace("localhost", "127.0.0.1"));
      const { widget, inside } = framed;
      await widget.set({ token: "sandbox" });
      await inside.fillIn(bad(409), pdf()); // accepted, and never answered
      await widget.element.evaluate((widget) => {
        window.ended = widget.submit().catch((error) => ({ name: error.name, code: error.code, outcome: error.outcome }));
      });
      await expect.poll(async () => (await sandbox.inbox()).length).toBe(1);
      await page.evaluate(() => document.body.append(document.querySelector("fax-widget")));
      expect(await page.evaluate(() => window.ended)).toEqual({ name: "FaxError", code: "cancelled", outcome: "unknown" });
      await expect(inside.heading).toBeVisible();
      if (isSameSite) await expect(inside.takenAfterAll).toBeVisible({ timeout: 20_000 });
      await expect(inside.documentRows).toHaveCount(0);
      expect(await sandbox.faxPosts()).toHaveLength(1);
    });
  }

  test("after a send that came to nothing, the draft comes along", async ({ framed, page, expected }) => {
    expected.push(FAILED_REQUEST);
    const { inside } = framed;
    await inside.fillIn(bad(403), pdf("kept.pdf"));
    await inside.reviewAndSend();
    await expect(inside.failure).toBeVisible();
    await page.evaluate(() => document.body.append(document.querySelector("fax-widget")));
    await expect(inside.failure).toBeHidden();
    await expect(inside.documentNames).toHaveText(["kept.pdf"]);
  });
});

test.describe("for everyone", () => {
  test("axe finds nothing, on the page or in the frame", async ({ framed, page }) => {
    const { inside } = framed;
    await page.evaluate(() => document.body.prepend(Object.assign(document.createElement("h1"), { textContent: "A host" })));
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("main"), { textContent: "More" })));
    const frame = page.locator("fax-widget iframe");
    await expect(frame).toHaveAttribute("title", "New fax");
    const faults = async () => (await axeFaults(page)).filter((fault) => !/^(region|landmark)/.test(fault));
    expect(await faults()).toEqual([]);
    await inside.fillIn(ANNA, pdf());
    await inside.proceed.click();
    await expect(inside.reviewHeading).toBeVisible();
    expect(await faults()).toEqual([]);
    await inside.send.click();
    await expect(inside.messageId).toBeVisible();
    expect(await faults()).toEqual([]);
  });

  test("by keyboard alone: in, through, a fax sent, and out on the other side", async ({ embed, page, sandbox }) => {
    const { widget, inside } = await embed(`<a href="#before">Before</a><fax-widget review="off"></fax-widget><a href="#after">After</a>`);
    await widget.set({ token: "sandbox" });
    await expect(inside.heading).toBeVisible();
    await widget.element.evaluate((widget) => widget.addFiles([new File(["x"], "a.pdf")]));
    await page.getByText("Before").focus();
    const keyboard = async (control) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        if (await control.evaluate((node) => node.getRootNode().activeElement === node && document.hasFocus())) return;
      }
      throw new Error(`Tab never reached ${control}`);
    };
    await keyboard(inside.number);
    await page.keyboard.type(ANNA);
    await keyboard(inside.proceed);
    await expect(inside.proceed).toHaveCSS("outline-style", "solid");
    await page.keyboard.press("Enter");
    await expect(inside.messageId).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
    await keyboard(page.getByText("After"));
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate(() => document.activeElement.localName)).toBe("fax-widget");
  });
});

test.describe("signing in", () => {
  test.use({ sandboxOptions: { "sign-in": true } });

  test("through a window, from within the frame", async ({ embed, page, sandbox }) => {
    const { widget, inside } = await embed();
    await inside.fillIn(ANNA, pdf());
    const popup = page.waitForEvent("popup");
    await inside.element.getByRole("button", { name: "Sign in", exact: true }).first().click();
    const window = await popup;
    const closed = window.waitForEvent("close");
    await window.getByRole("button", { name: /^Sign in as/ }).click();
    await closed;
    await expect(inside.coverPage.getByRole("option")).toHaveCount(15);
    await inside.reviewSendAndSeeAccepted();
    expect(await sandbox.inbox()).toHaveLength(1);
    expect(await widget.element.evaluate((widget) => widget.token)).toBe(undefined); // the page has none of it
  });
});

const GALLERY = readFileSync(join(import.meta.dirname, "../../www/gallery.html"), "utf8");
const [, SHOWN] = /<article id="frame">[\s\S]*?<code>([^<]*)<\/code><\/pre>/.exec(GALLERY);

for (const [where, snippet] of Object.entries({
  "the README": under("In a frame", "html")[0],
  "the gallery": SHOWN.replaceAll("&lt;", "<").replaceAll("&gt;", ">"),
})) {
  test(`the lines of ${where} work as they stand`, async ({ page, host, sandbox }) => {
    host.policy = host.policy.replace("script-src", "connect-src 'self'; script-src 'unsafe-inline'");
    host.pages["/"] = snippet.replaceAll(/https:\/\/fax\.example\.(org|com)/g, sandbox.origin).replaceAll("https://platform.ringcentral.com", sandbox.origin);
    expect(host.pages["/"]).toContain(`${sandbox.origin}/fax-widget/frame.js`);
    await page.route("**/fax-token", (route) => route.fulfill({ contentType: "text/plain", body: "sandbox" }));
    await page.goto(`${host.origin}/`);
    const { widget, inside } = both(page, sandbox);
    await expect(inside.heading).toBeVisible();
    if (!/token/i.test(snippet)) await widget.set({ token: "sandbox" });
    await inside.fillIn(ANNA, pdf());
    await inside.reviewSendAndSeeAccepted();
    expect(await sandbox.inbox()).toHaveLength(1);
  });
}

test("where WebAssembly cannot start, the frame says so, and the page hears it", async ({ embed, page, expected }) => {
  expected.push(FAILED_REQUEST);
  await page.route("**/*.wasm", (route) => route.abort());
  const { widget } = await embed();
  expect(await outcome(widget, "submit")).toMatchObject({ isError: true, name: "FaxError", code: "network", outcome: "not-sent" });
  const frame = page.locator("fax-widget iframe");
  await expect(frame.contentFrame().getByRole("alert")).toBeVisible();
  await expect.poll(() => frame.evaluate((frame) => frame.offsetHeight)).toBeGreaterThan(10);
});

test("two frames on one page keep apart", async ({ embed, page, sandbox }) => {
  await embed(`<fax-widget id="a"></fax-widget><fax-widget id="b" encoding="mixed"></fax-widget>`);
  const results = await page.evaluate(() =>
    Promise.all(
      ["a", "b"].map((id, place) => {
        const widget = document.getElementById(id);
        widget.token = "sandbox";
        widget.fax = { to: [{ phoneNumber: `+1650555010${place}` }], attachments: [new File(["x"], `${id}.pdf`)] };
        return widget.submit();
      }),
    ),
  );
  expect(results).toMatchObject([{ type: "Fax", to: [{ phoneNumber: ANNA }] }, { type: "Fax", to: [{ phoneNumber: BEN }] }]);
  const arrived = (await sandbox.inbox()).map(({ encoding, attachments }) => [encoding, attachments[0].name]).sort();
  expect(arrived).toEqual([["form-data-fields", "a.pdf"], ["mixed", "b.pdf"]]);
});
