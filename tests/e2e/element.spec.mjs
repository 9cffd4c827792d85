// <fax-widget> as an embedding page sees it: attributes, properties, methods, events, life and death.
import { ANNA, BEN, bad, Composer } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

/** Attribute, its property, what the property says where it is absent, and a value. */
const ATTRIBUTES = [
  ["server", "server", "https://platform.ringcentral.com", "https://fax.example"],
  ["account", "account", "~", "11112222"],
  ["extension", "extension", "~", "22223333"],
  ["endpoint", "endpoint", null, "/fax"],
  ["credentials", "credentials", "omit", "include"],
  ["encoding", "encoding", "form-data", "mixed"],
  ["review", "review", "on", "off"],
  ["theme", "theme", "auto", "dark"],
  ["to", "to", null, "+16505550100"],
  ["iso-code", "isoCode", null, "DE"],
  ["fax-resolution", "faxResolution", null, "Low"],
  ["cover-index", "coverIndex", null, "3"],
  ["cover-page-text", "coverPageText", null, "Hello"],
  ["send-time", "sendTime", null, "2031-01-15T09:30"],
  ["client-id", "clientId", null, "app"],
  ["redirect-uri", "redirectUri", null, "https://fax.example/back"],
  ["remember", "remember", "session", "device"],
  ["pages", "pages", "auto", "shown"],
  ["message-ids", "messageIds", null, "1, 2"],
  ["view", "view", "send", "resend"],
];

/** Those that are there or not, and their properties. */
const SWITCHES = [["persist", "persist"], ["retype-unknown", "retypeUnknown"], ["keep-sign-in", "keepSignIn"]];

const ALL = `to="${ANNA}, Ben &lt;${BEN}&gt;" iso-code="de" fax-resolution="Low" cover-index="3" cover-page-text="Hello" send-time="2031-01-15T09:30"`;

test("attributes and properties are in step", async ({ composer, embedder }) => {
  await composer.openEmbedded(embedder, "<fax-widget></fax-widget>");
  for (const [attribute, property, absent, value] of ATTRIBUTES) {
    const seen = await composer.element.evaluate(
      (widget, [attribute, property, value]) => {
        const seen = [widget[property]];
        widget[property] = value;
        seen.push(widget.getAttribute(attribute));
        widget.removeAttribute(attribute);
        seen.push(widget[property]);
        widget.setAttribute(attribute, value);
        seen.push(widget[property]);
        widget[property] = null;
        seen.push(widget.getAttribute(attribute), widget[property]);
        return seen;
      },
      [attribute, property, value],
    );
    expect(seen, attribute).toEqual([absent, value, absent, value, null, absent]);
  }
  for (const [attribute, property] of SWITCHES) {
    const seen = await composer.element.evaluate(
      (widget, [attribute, property]) => {
        const seen = [widget[property]];
        widget[property] = true;
        seen.push(widget.getAttribute(attribute));
        widget.removeAttribute(attribute);
        seen.push(widget[property]);
        widget.setAttribute(attribute, "false"); // as with HTML's own, what it says does not count
        seen.push(widget[property]);
        widget[property] = false;
        seen.push(widget.getAttribute(attribute), widget[property]);
        return seen;
      },
      [attribute, property],
    );
    expect(seen, attribute).toEqual([false, "", false, true, null, false]);
  }
  const observed = await composer.element.evaluate((widget) => widget.constructor.observedAttributes);
  expect([...ATTRIBUTES, ...SWITCHES].map(([attribute]) => attribute).sort()).toEqual(observed.toSorted());
});

test("attributes give the form its first values", async ({ composer, embedder }) => {
  await composer.openEmbedded(embedder, `<fax-widget ${ALL}></fax-widget>`);
  expect(await composer.fax()).toEqual({
    to: [{ phoneNumber: ANNA }, { phoneNumber: BEN, name: "Ben" }], attachments: [], faxResolution: "Low", coverIndex: 3,
    coverPageText: "Hello", sendTime: "2031-01-15T14:30:00.000Z", isoCode: "de",
  });
  await expect(composer.recipientRows).toHaveCount(2);
  await expect(composer.standard).toBeChecked();
  await expect(composer.coverPage).toHaveValue("3");
  await expect(composer.coverText).toHaveValue("Hello");
  await expect(composer.later).toBeChecked();
  await expect(composer.sendTime).toHaveValue("2031-01-15T09:30");
  await expect(composer.country).toHaveValue("DE");
});

test("attributes take effect at once", async ({ opened: composer }) => {
  await composer.set({ to: BEN, coverPageText: "Changed", review: "off", theme: "dark" });
  await expect(composer.recipientRows).toHaveText(/\+1 650 555 0101/);
  await expect(composer.coverText).toHaveValue("Changed");
  await expect(composer.proceed).toHaveText("Send fax");
  await expect(composer.form).toHaveCSS("color-scheme", "dark");
  await composer.set({ theme: "light" });
  await expect(composer.form).toHaveCSS("color-scheme", "light");
});

test("fax is set and read as a whole", async ({ opened: composer, sandbox }) => {
  const whole = {
    to: [{ phoneNumber: ANNA, name: "Anna" }, { phoneNumber: "call me" }], faxResolution: "Low", coverIndex: 0,
    coverPageText: "", sendTime: "2031-01-15T09:30:00+01:00", isoCode: "FR",
  };
  await composer.setFax(whole, ["a.pdf", "b.txt"]);
  expect(await composer.fax()).toEqual({
    to: whole.to, attachments: ["a.pdf", "b.txt"], faxResolution: "Low", coverIndex: 0,
    sendTime: "2031-01-15T08:30:00.000Z", isoCode: "FR",
  });
  await expect(composer.flaws).toContainText("“call me”");
  await composer.setFax({ to: [{ phoneNumber: ANNA }] }, ["only.pdf"]);
  expect(await composer.fax()).toEqual({ to: [{ phoneNumber: ANNA }], attachments: ["only.pdf"], faxResolution: "High" });
  await composer.submit();
  expect(await sandbox.inbox()).toHaveLength(1);
});

test("fax set to itself is the same fax", async ({ opened: composer }) => {
  const whole = { to: [{ phoneNumber: ANNA, name: "Anna" }], faxResolution: "Low", coverIndex: 3, coverPageText: "Hello", isoCode: "FR" };
  await composer.setFax({ ...whole, sendTime: "2031-01-15T14:30:00Z" }, ["a.pdf"]);
  const before = await composer.fax();
  expect(before).toEqual({ ...whole, attachments: ["a.pdf"], sendTime: "2031-01-15T14:30:00.000Z" });
  await composer.element.evaluate((widget) => void (widget.fax = widget.fax));
  expect(await composer.fax()).toEqual(before);
});

for (const [written, instant] of [
  ["2031-01-15T14:30:00.000Z", "2031-01-15T14:30:00.000Z"],
  ["2031-01-15T14:30:00Z", "2031-01-15T14:30:00.000Z"],
  ["2031-01-15T14:30:00.000+01:00", "2031-01-15T13:30:00.000Z"],
  ["2031-01-15T14:30", "2031-01-15T19:30:00.000Z"], // no zone: the person's own, New York
]) {
  test(`sendTime ${written} is ${instant}`, async ({ opened: composer }) => {
    await composer.set({ sendTime: written });
    expect(await composer.fax()).toMatchObject({ sendTime: instant });
    await composer.setFax({ sendTime: written });
    expect(await composer.fax()).toMatchObject({ sendTime: instant });
  });
}

test("fax takes a Date, and refuses what is of another kind", async ({ opened: composer }) => {
  const seen = await composer.element.evaluate((widget) => {
    const refused = [];
    for (const fax of [{ to: "x" }, { to: [{}] }, { attachments: ["x"] }, { attachments: "x" }]) {
      try {
        widget.fax = fax;
      } catch (error) {
        refused.push(`${error.name}: ${error.message}`);
      }
    }
    widget.fax = { to: ["+16505550100"], sendTime: new Date("2031-01-15T14:30:00Z") };
    return { refused, fax: widget.fax };
  });
  expect(seen.refused).toEqual([
    "TypeError: fax.to: Array expected", "TypeError: fax.to: {phoneNumber, name?} expected",
    "TypeError: fax.attachments: File expected", "TypeError: fax.attachments: Array expected",
  ]);
  expect(seen.fax).toMatchObject({ to: [{ phoneNumber: ANNA }], sendTime: "2031-01-15T14:30:00.000Z" });
});

test("addFiles adds, reset empties", async ({ opened: composer }) => {
  await composer.setFax({ to: [{ phoneNumber: ANNA }], coverPageText: "Hello" }, ["a.pdf"]);
  await composer.element.evaluate((widget) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x"], "c.pdf"));
    widget.addFiles([new File(["x"], "b.pdf")]);
    widget.addFiles(transfer.files);
  });
  await expect(composer.documentNames).toHaveText(["a.pdf", "b.pdf", "c.pdf"]);
  await composer.number.fill("+1 650");
  await composer.reset();
  expect(await composer.fax()).toEqual({ to: [], attachments: [], faxResolution: "High" });
  await expect(composer.documentRows).toHaveCount(0);
  await expect(composer.number).toHaveValue("");
});

test("submit never shows the review, and resolves with the API’s message", async ({ opened: composer, sandbox }) => {
  await composer.setFax({ to: [{ phoneNumber: ANNA, name: "Anna" }] });
  await composer.element.evaluate((widget) => {
    window.sawReview = false;
    const look = () => (window.sawReview ||= !!widget.shadowRoot.querySelector("[part~=review]"));
    new MutationObserver(look).observe(widget.shadowRoot, { subtree: true, childList: true });
  });
  const { message } = await composer.submit();
  const [fax] = await sandbox.inbox();
  expect(message).toMatchObject({ id: fax.id, type: "Fax", direction: "Outbound", messageStatus: "Queued" });
  expect(message.uri).toContain(String(fax.id));
  expect(message.to[0]).toMatchObject({ phoneNumber: ANNA, name: "Anna" });
  expect(await composer.page.evaluate(() => window.sawReview)).toBe(false);
  await expect(composer.messageId).toHaveText(String(fax.id));
  // The same fax is not sent again; a new one is.
  expect((await composer.submit()).message.id).toBe(fax.id);
  expect(await sandbox.inbox()).toHaveLength(1);
  await composer.setFax({ to: [{ phoneNumber: BEN }] });
  expect((await composer.submit()).message.id).not.toBe(fax.id);
});

test("submit may be called before the module has loaded", async ({ composer, embedder, sandbox }) => {
  embedder.body = `<script type="module">
    const widget = document.createElement("fax-widget");
    Object.assign(widget, { server: "${sandbox.origin}", token: "sandbox" });
    widget.fax = { to: [{ phoneNumber: "${ANNA}" }], attachments: [new File(["x"], "a.pdf")] };
    widget.addFiles([new File(["y"], "b.pdf")]);
    window.submitted = widget.submit().then(({ id }) => id);
    document.body.append(widget);
  </script>`;
  await composer.page.goto(`${embedder.origin}/`);
  const id = await composer.page.evaluate(() => window.submitted);
  const [fax] = await sandbox.inbox();
  expect(fax.id).toBe(id);
  expect(fax.attachments.map(({ name }) => name)).toEqual(["a.pdf", "b.pdf"]);
});

test("a fax that is set takes the place of what was added before, also before the module has loaded", async ({ composer, embedder, page }) => {
  embedder.body = `<script type="module">
    const widget = document.createElement("fax-widget");
    widget.addFiles([new File(["x"], "a.pdf")]);
    widget.fax = { attachments: [new File(["y"], "b.pdf")] };
    widget.addFiles([new File(["z"], "c.pdf")]);
    document.body.append(widget);
  </script>`;
  await page.goto(embedder.origin);
  await expect(composer.documentNames).toHaveText(["b.pdf", "c.pdf"]);
});

test("taken out before the module has loaded, nothing is sent, not when it comes back either", async ({ composer, embedder, page, sandbox }) => {
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await page.route("**/fax-widget_bg.wasm", async (route) => {
    await held;
    await route.continue();
  });
  embedder.body = `<script type="module">
    const widget = Object.assign(document.createElement("fax-widget"), { server: "${sandbox.origin}", token: "sandbox" });
    document.body.append(widget);
    widget.fax = { to: [{ phoneNumber: "${ANNA}" }], attachments: [new File(["x"], "a.pdf")] };
    window.ended = widget.submit().catch(({ code, outcome }) => [code, outcome]);
    widget.remove();
    await window.ended;
    document.body.append(widget);
  </script>`;
  await page.goto(embedder.origin);
  await expect.poll(() => page.evaluate(() => window.ended)).toEqual(["cancelled", "not-sent"]);
  letGo();
  await expect(composer.documentNames).toHaveText(["a.pdf"]);
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  expect(await sandbox.inbox()).toEqual([]);
});

test("cancel stops the send under way, and nothing else", async ({ opened: composer, expected }) => {
  expected.push(FAILED_REQUEST);
  await composer.cancel();
  await expect(composer.form).toBeVisible();
  await composer.setFax({ to: [{ phoneNumber: bad(408) }] });
  const attempt = composer.submit();
  await expect(composer.currentStep).toContainText("Uploading");
  await composer.cancel();
  expect((await attempt).error).toMatchObject({ name: "FaxError", code: "cancelled", outcome: "unknown" });
  // Before the post, nothing can have been accepted.
  const { error } = await composer.element.evaluate((widget) => {
    const attempt = widget.submit().catch(({ code, outcome }) => ({ error: { code, outcome } }));
    widget.addEventListener("fax-progress", () => widget.cancel(), { once: true });
    return attempt;
  });
  expect(error).toEqual({ code: "cancelled", outcome: "not-sent" });
});

test.describe("events", () => {
  const NAMES = ["fax-ready", "fax-change", "fax-submit", "fax-progress", "fax-accepted", "fax-error"];

  test("bubble out of shadow roots, in order, and only fax-submit can be cancelled", async ({ composer, embedder, sandbox, page }) => {
    await page.addInitScript((names) => {
      window.heard = [];
      for (const name of names) {
        document.addEventListener(name, ({ type, bubbles, composed, cancelable, detail }) =>
          window.heard.push({ type, bubbles, composed, cancelable, detail: detail instanceof Error ? detail.code : detail }),
        );
      }
    }, NAMES);
    await composer.openEmbedded(embedder, `<div id="host"></div><script type="module">
      const root = document.querySelector("#host").attachShadow({ mode: "open" });
      root.innerHTML = '<fax-widget server="${sandbox.origin}"></fax-widget>';
      root.firstChild.token = "sandbox";
    </script>`);
    await composer.setFax({ to: [{ phoneNumber: ANNA }] });
    await composer.submit();
    await composer.reset();
    await composer.submit();
    const heard = await page.evaluate(() => window.heard);
    expect(heard.every(({ bubbles, composed }) => bubbles && composed)).toBe(true);
    expect([...new Set(heard.filter(({ cancelable }) => cancelable).map(({ type }) => type))]).toEqual(["fax-submit"]);
    const order = heard.map(({ type, detail }) => (type === "fax-progress" ? `${type} ${detail.phase}` : type));
    expect(order[0]).toBe("fax-ready");
    expect(order.filter((name) => name !== "fax-change")).toEqual([
      "fax-ready", "fax-progress checking", "fax-submit", "fax-progress uploading", "fax-progress accepted",
      "fax-accepted", "fax-progress checking", "fax-error",
    ]);
    const [submit] = heard.filter(({ type }) => type === "fax-submit");
    expect(submit.detail).toMatchObject({ to: [{ phoneNumber: ANNA }], faxResolution: "High" });
    expect(heard.at(-1).detail).toBe("invalid");
  });

  test("fax-change tells of every change to the draft", async ({ opened: composer }) => {
    await composer.listen("fax-change");
    const count = async () => (await composer.heard("fax-change")).length;
    let before = await count();
    const changes = [
      () => composer.addRecipient(ANNA),
      () => composer.choose({ name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("x") }),
      () => composer.coverText.fill("Hello"),
      () => composer.standard.check(),
      () => composer.set({ isoCode: "DE" }),
      () => composer.removeDocument("a.pdf").click(),
      () => composer.reset(),
    ];
    for (const change of changes) {
      await change();
      await expect.poll(count, String(change)).toBeGreaterThan(before);
      before = await count();
    }
  });
});

test.describe("in and out of the document", () => {
  test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

  test("removed during a send: the request is aborted and the promise rejects", async ({ opened: composer, page, sandbox }) => {
    await composer.setFax({ to: [{ phoneNumber: bad(408) }] });
    const element = await composer.element.elementHandle();
    await element.evaluate((widget) => {
      window.ended = widget.submit().catch((error) => ({ name: error.name, code: error.code, outcome: error.outcome }));
    });
    await expect(composer.currentStep).toContainText("Uploading");
    await expect.poll(() => sandbox.faxPosts()).toHaveLength(1);
    const failed = page.waitForEvent("requestfailed");
    await element.evaluate((widget) => widget.remove());
    expect((await failed).failure().errorText).toBe("net::ERR_ABORTED");
    expect(await page.evaluate(() => window.ended)).toEqual({ name: "FaxError", code: "cancelled", outcome: "unknown" });
    await expect.poll(() => sandbox.log.filter((line) => line.endsWith("(no answer)")).length).toBe(1);
    // An element that comes back comes back with its draft.
    await element.evaluate((widget) => document.body.append(widget));
    await expect(composer.form).toBeVisible();
    expect(await composer.fax()).toMatchObject({ to: [{ phoneNumber: bad(408) }], attachments: ["script.pdf"] });
  });

  test("moved during a send: draft and send go on", async ({ opened: composer, page, sandbox }) => {
    await composer.setFax({ to: [{ phoneNumber: bad(429) }] });
    const attempt = composer.submit();
    await expect(composer.currentStep).toContainText("The fax service is busy");
    await composer.element.evaluate((widget) => {
      const place = document.createElement("section");
      document.body.prepend(place);
      place.append(widget);
    });
    await expect(composer.currentStep).toContainText("The fax service is busy");
    expect((await attempt).message).toMatchObject({ type: "Fax" });
    await expect(composer.messageId).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
    expect(await page.locator("section > fax-widget").count()).toBe(1);
  });

  test("moved while it is filled in: everything stays", async ({ opened: composer }) => {
    await composer.setFax({ to: [{ phoneNumber: ANNA }], coverPageText: "Hello" }, ["a.pdf"]);
    await composer.number.fill("+1 650");
    await composer.element.evaluate((widget) => document.body.prepend(widget));
    await expect(composer.number).toHaveValue("+1 650");
    await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["a.pdf"], coverPageText: "Hello" });
  });
});

test("changes during a send wait until it has ended", async ({ opened: composer, expected }) => {
  expected.push(FAILED_REQUEST);
  await composer.setFax({ to: [{ phoneNumber: bad(408) }], coverPageText: "First" });
  const attempt = composer.submit();
  await expect(composer.currentStep).toContainText("Uploading");
  await composer.element.evaluate((widget) => {
    widget.coverPageText = "Second";
    widget.review = "off";
    widget.addFiles([new File(["x"], "late.pdf")]);
  });
  expect(await composer.fax()).toMatchObject({ coverPageText: "First", attachments: ["script.pdf"] });
  await expect(composer.progress).toBeVisible();
  await composer.cancel();
  expect((await attempt).error).toMatchObject({ code: "cancelled" });
  expect(await composer.fax()).toMatchObject({ coverPageText: "Second", attachments: ["script.pdf", "late.pdf"] });
  // With what the page changed it is another fax; the one in doubt has a banner of its own.
  await expect(composer.proceed).toHaveText("Send fax");
  await expect(composer.doubt.first()).toBeVisible();
});

test("two widgets on one page keep apart", async ({ composer, embedder, sandbox, page, expected }) => {
  expected.push(FAILED_REQUEST);
  await composer.openEmbedded(embedder, `<fax-widget id="a" server="${sandbox.origin}"></fax-widget>
    <fax-widget id="b" server="${sandbox.origin}" encoding="mixed"></fax-widget>`);
  const [a, b] = ["#a", "#b"].map((id) => new Composer(page, sandbox.origin, page.locator(id)));
  await a.set({ token: "sandbox" });
  await b.set({ token: "expired" });
  await a.setFax({ to: [{ phoneNumber: ANNA }] }, ["a.pdf"]);
  await b.setFax({ to: [{ phoneNumber: BEN }] }, ["b.pdf"]);
  await a.later.check();
  await expect(b.now).toBeChecked();
  await a.now.check();
  await a.standard.check();
  await expect(b.fine).toBeChecked();
  const ids = await page.evaluate(() =>
    [...document.querySelectorAll("fax-widget")].flatMap((widget) => [...widget.shadowRoot.querySelectorAll("[id]")].map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const [first, second] = await Promise.all([a.submit(), b.submit()]);
  expect(first.message).toMatchObject({ type: "Fax" });
  expect(second.error).toMatchObject({ code: "unauthorized" });
  await expect(a.messageId).toBeVisible();
  await expect(b.failure).toBeVisible();
  await b.set({ token: "sandbox" });
  await b.submit();
  expect((await sandbox.inbox()).map(({ encoding, to }) => [encoding, to[0].phoneNumber])).toEqual([
    ["form-data-fields", ANNA],
    ["mixed", BEN],
  ]);
});

test("the token goes to the server that the page names, and to no other", async ({ composer, embedder, sandbox, page }) => {
  const strangers = [];
  await page.route(/ringcentral/, (route) => {
    strangers.push([route.request().url(), route.request().headers().authorization]);
    return route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" }, body: "" });
  });
  // As the site does it: the element stands in the page, and its properties come before the module has started.
  await composer.openEmbedded(embedder, `<fax-widget></fax-widget><script type="module">
    import "/fax-widget/auto.js";
    Object.assign(document.querySelector("fax-widget"), { server: "${sandbox.origin}", token: "sandbox" });
  </script>`);
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  expect(strangers).toEqual([]);
});

test("importing the module registers nothing; the name is the page’s choice", async ({ composer, embedder, page }) => {
  embedder.body = "";
  await page.goto(`${embedder.origin}/`);
  const seen = await page.evaluate(async () => {
    const { defineFaxWidget, FaxWidgetElement } = await import("/fax-widget/element.js");
    defineFaxWidget();
    defineFaxWidget();
    defineFaxWidget("my-fax");
    document.body.innerHTML = "<my-fax></my-fax>";
    return document.querySelector("my-fax") instanceof FaxWidgetElement;
  });
  expect(seen).toBe(true);
  await expect(new Composer(page, "", page.locator("my-fax")).heading).toBeVisible();
});

test.describe("one fax is not taken for another", () => {
  const fax = (to, name) => [to, name];
  const setFax = (composer, [to, name]) =>
    composer.element.evaluate(
      (widget, [to, name]) => (widget.fax = { to: [{ phoneNumber: to }], attachments: [new File(["x"], name)] }),
      [to, name],
    );

  test("a fax set in place of another is the one on the screen and the one that goes", async ({ opened: composer, sandbox }) => {
    await setFax(composer, fax(ANNA, "a.pdf"));
    await expect(composer.documentNames).toHaveText(["a.pdf"]);
    await composer.editRecipient("+1 650 555 0100").click();
    await setFax(composer, fax(BEN, "b.pdf"));
    await expect(composer.documentNames).toHaveText(["b.pdf"]);
    await expect(composer.recipientRows).toHaveText([/\+1 650 555 0101/]);
    await composer.element.evaluate((widget) => widget.submit().then(() => {}));
    const [arrived] = await sandbox.inbox();
    expect([arrived.to[0].phoneNumber, arrived.attachments[0].name]).toEqual([BEN, "b.pdf"]);
  });

  test("cancel in the same tick as submit stops it", async ({ opened: composer, sandbox }) => {
    await setFax(composer, fax(ANNA, "a.pdf"));
    const outcome = await composer.element.evaluate((widget) => {
      const ended = widget.submit().catch(({ code, outcome }) => [code, outcome]);
      widget.cancel();
      return ended;
    });
    expect(outcome).toEqual(["cancelled", "not-sent"]);
    expect(await sandbox.inbox()).toEqual([]);
  });

  test("an element that comes back after its fax was accepted holds no copy of it", async ({ opened: composer, sandbox }) => {
    await setFax(composer, fax(ANNA, "a.pdf"));
    const fields = await composer.element.evaluate(async (widget) => {
      await widget.submit();
      const place = widget.parentNode;
      widget.remove();
      await new Promise((done) => setTimeout(done, 50));
      place.append(widget);
      await new Promise((done) => widget.addEventListener("fax-ready", done, { once: true }));
      return [widget.fax.to.length, widget.fax.attachments.length];
    });
    expect(fields).toEqual([0, 0]);
    expect(await sandbox.inbox()).toHaveLength(1);
  });
});

test.describe("made in any way", () => {
  const WAYS = {
    "by createElement": (origin) => {
      const widget = document.createElement("fax-widget");
      widget.server = origin;
      widget.to = "+16505550100";
      document.body.append(widget);
    },
    "by the constructor": async (origin) => {
      const { FaxWidgetElement } = await import("/fax-widget/element.js");
      document.body.append(Object.assign(new FaxWidgetElement(), { server: origin, to: "+16505550100" }));
    },
    "by innerHTML": (origin) => {
      document.body.innerHTML = `<main><fax-widget server="${origin}" to="+16505550100"></fax-widget></main>`;
    },
    "in a template": (origin) => {
      const template = document.createElement("template");
      template.innerHTML = `<fax-widget server="${origin}" to="+16505550100"></fax-widget>`;
      document.body.append(template.content.cloneNode(true));
    },
    "in another shadow root": (origin) => {
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({ mode: "open" }).innerHTML = `<fax-widget server="${origin}" to="+16505550100"></fax-widget>`;
    },
    "as a copy of another": (origin) => {
      const widget = Object.assign(document.createElement("fax-widget"), { server: origin, to: "+16505550100" });
      document.body.append(widget.cloneNode(true));
    },
  };
  for (const [way, make] of Object.entries(WAYS)) {
    test(way, async ({ composer, embedder, page, sandbox }) => {
      await page.goto(embedder.origin);
      await page.waitForFunction(() => customElements.get("fax-widget"));
      await page.evaluate(make, sandbox.origin);
      await expect(composer.recipientRows).toHaveCount(1);
      await composer.set({ token: "sandbox" });
      await composer.choose(pdf());
      await composer.reviewSendAndSeeAccepted();
    });
  }

  test("inside of a form, which it neither sends nor fills", async ({ composer, embedder, page, sandbox }) => {
    await composer.openEmbedded(
      embedder,
      `<form action="/elsewhere"><label>Case <input name="case" value="7"></label><fax-widget server="${sandbox.origin}"></fax-widget></form>`,
    );
    await composer.set({ token: "sandbox" });
    await composer.number.fill("+16505550100");
    await composer.number.press("Enter");
    await expect(composer.recipientRows).toHaveCount(1);
    await composer.choose(pdf());
    await composer.reviewSendAndSeeAccepted();
    expect(new URL(page.url()).pathname).toBe("/");
    const fields = await page.locator("form").first().evaluate((form) => [...new FormData(form).keys()]);
    expect(fields).toEqual(["case"]);
    expect(sandbox.posts()).toBe(1);
  });
});

test("a further element is dressed before its first screen is seen", async ({ opened: composer, page }) => {
  const worn = await page.evaluate(async () => {
    const widget = document.createElement("fax-widget");
    widget.view = "resend";
    const ready = new Promise((resolve) => widget.addEventListener("fax-ready", resolve));
    document.body.append(widget);
    await ready;
    const { adoptedStyleSheets } = widget.shadowRoot;
    return [widget.shadowRoot.querySelector("h2") !== null, adoptedStyleSheets.length];
  });
  expect(worn).toEqual([true, 2]);
});

test.describe("where WebAssembly cannot start", () => {
  const SENTENCE = "The fax form could not be started in this browser. Reload the page, or use another browser.";
  const noWebAssembly = () => delete globalThis.WebAssembly;
  const notFetched = (page) => page.route("**/*_bg.wasm", (route) => route.abort());

  for (const [why, prepare] of Object.entries({
    "a browser without it": (page) => page.addInitScript(noWebAssembly),
    "a file that is not there": notFetched,
    "a file that is none": (page) => page.route("**/*_bg.wasm", (route) => route.fulfill({ status: 200, contentType: "application/wasm", body: "<html>" })),
  })) {
    test(`${why}: a plain sentence stands in its place, and nobody waits`, async ({ composer, embedder, page, expected }) => {
      expected.push(FAILED_REQUEST, /WebAssembly/);
      await prepare(page);
      embedder.body = `<script>addEventListener("fax-error", (event) => (globalThis.error = event.detail));</script>
        <fax-widget><p>Please phone us: 555 0100</p></fax-widget>
        <script>globalThis.widget = document.querySelector("fax-widget");
          customElements.whenDefined("fax-widget").then(() => (globalThis.ended = widget.submit().catch((error) => error)));</script>`;
      await page.goto(embedder.origin);
      await expect(composer.element.locator('[part~="error"]')).toHaveText(SENTENCE);
      await expect(composer.element.getByRole("alert")).toBeVisible();
      const told = await page.evaluate(async () => [await ended, error].map(({ name, code, outcome, message }) => ({ name, code, outcome, message })));
      for (const error of told) expect(error).toEqual({ name: "FaxError", code: "network", outcome: "not-sent", message: SENTENCE });
      // Asked for behind it, it is refused as well.
      const late = await page.evaluate(() => widget.submit().catch(({ code, outcome }) => ({ code, outcome })));
      expect(late).toEqual({ code: "network", outcome: "not-sent" });
    });
  }

  test("moved meanwhile, it says so once", async ({ composer, embedder, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await notFetched(page);
    embedder.body = `<script>globalThis.told = 0; addEventListener("fax-error", () => globalThis.told++);</script><section></section>
      <script type="module">
        const widget = document.body.appendChild(document.createElement("fax-widget"));
        document.querySelector("section").append(widget);
      </script>`;
    await page.goto(embedder.origin);
    await expect(composer.element.getByRole("alert")).toHaveText(SENTENCE);
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => globalThis.told)).toBe(1);
  });

  test("in the page’s language", async ({ composer, embedder, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await notFetched(page);
    embedder.body = `<fax-widget lang="de"></fax-widget>`;
    await page.goto(embedder.origin);
    await expect(composer.element.locator('[part~="error"]')).toContainText("Faxformular");
  });

  test("a connection that comes back brings the form", async ({ composer, embedder, page, context, expected }) => {
    expected.push(FAILED_REQUEST);
    await notFetched(page);
    embedder.body = `<fax-widget to="+16505550100"></fax-widget>`;
    await page.goto(embedder.origin);
    await expect(composer.element.locator('[part~="error"]')).toBeVisible();
    await page.unroute("**/*_bg.wasm");
    await context.setOffline(true);
    await context.setOffline(false);
    await expect(composer.recipientRows).toHaveCount(1);
  });

  test("FaxClient rejects with a FaxError", async ({ embedder, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await notFetched(page);
    await page.goto(embedder.origin);
    const error = await page.evaluate(async () => {
      const { FaxClient } = await import("/fax-widget/client.js");
      return new FaxClient({ token: "sandbox" }).coverPages().catch(({ name, code, outcome }) => ({ name, code, outcome }));
    });
    expect(error).toEqual({ name: "FaxError", code: "network", outcome: "not-sent" });
  });
});
