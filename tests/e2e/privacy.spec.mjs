// Over a whole session nothing private leaves by the side: no token, number, name, file name, cover text or document in a
// console message, an address, an attribute, a storage or an error. What is documented to be kept is kept where it says.
import { bad } from "./composer.mjs";
import { posted, settled, STUCK } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const TOKEN = "wagtail-7f3a91c2e5";
const NUMBER = "+16505550177";
const REFUSED = bad(400);
const LOST = bad(498);
/** What must be found nowhere at all, but on the screen. */
const SECRETS = { token: TOKEN, document: "zebrafinch inside", "cover text": "ocarina cover" };
/** What a control's name for those who do not see it may say besides, as the screen does. */
const SPOKEN = { name: "Marguerite Quill", "file name": "quillscan" };
const NUMBERS = [NUMBER, REFUSED, LOST, STUCK].map((number) => number.slice(-10));

/** The secrets that a text holds; numbers however they are written. */
function secretsIn(text, { spoken = true, numbers = true } = {}) {
  const all = { ...SECRETS, ...(spoken && SPOKEN) };
  const found = Object.keys(all).filter((name) => text.includes(all[name]));
  const bare = text.replace(/(?<=\d)[\s().-]+(?=\d)/g, "");
  if (numbers && NUMBERS.some((number) => bare.includes(number))) found.push("number");
  return found;
}

/** Everything of a page that others can see or that outlives it, each with the place where it is. */
const traces = (page) =>
  page.evaluate(async () => {
    const found = [];
    const note = (place, text) => found.push([place, String(text)]);
    const plain = (value) => {
      if (value instanceof ArrayBuffer) value = new Uint8Array(value);
      if (ArrayBuffer.isView(value)) return String.fromCharCode(...new Uint8Array(value.buffer));
      return value instanceof Object ? Object.entries(value).map(([key, value]) => `${key}: ${plain(value)}`).join("\n") : String(value);
    };
    for (const storage of ["localStorage", "sessionStorage"]) {
      for (const [key, value] of Object.entries(window[storage])) note(`${storage} ${key}`, value);
    }
    const settled = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = reject; });
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        note(`indexedDB ${store}`, plain([await settled(objects.getAllKeys()), await settled(database.transaction(store).objectStore(store).getAll())]));
      }
      database.close();
    }
    note("cookie", document.cookie);
    note("title", document.title);
    note("window.name", name);
    note("history", JSON.stringify([history.state, ...navigation.entries().map(({ url, key }) => [url, key])]));
    for (const { name } of performance.getEntries()) note("timeline", name);
    const { held, pending } = await navigator.locks.query();
    for (const { name } of [...held, ...pending]) note("lock", name);
    for (const text of window.overheard) note("event", text);
    const look = (root, inside) => {
      for (const element of root.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
          note(`${inside && ["aria-label", "title", "alt"].includes(name) ? "spoken" : "attribute"} ${element.localName} ${name}`, value);
        }
        if (element.shadowRoot) look(element.shadowRoot, true);
      }
    };
    look(document, false);
    return found;
  });

/** The site with the marked token, which the service takes for its own, and ears on everything that is said. */
async function open(faxes, page, sandbox, properties = {}) {
  const heard = [];
  page.on("console", (message) => heard.push(["console", message.text()]));
  page.on("pageerror", (error) => heard.push(["pageerror", String(error.stack)]));
  page.on("request", (request) => heard.push(["address", `${request.url()} ${request.headers().referer ?? ""}`]));
  await page.addInitScript(() => {
    window.overheard = [];
    const tell = (error) => [error?.name, error?.message, error?.stack, JSON.stringify(error), String(error?.cause)].join("\n");
    addEventListener("fax-error", ({ detail }) => window.overheard.push(tell(detail)));
    addEventListener("fax-progress", ({ detail }) => window.overheard.push(JSON.stringify(detail)));
    addEventListener("unhandledrejection", ({ reason }) => window.overheard.push(tell(reason)));
    const { postMessage } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.postMessage = function (message) {
      window.overheard.push(JSON.stringify(message));
      return postMessage.call(this, message);
    };
    window.failing = async (work) => {
      try {
        await work();
      } catch (error) {
        window.overheard.push(tell(error));
        return error.code;
      }
    };
  });
  await page.route("**/restapi/**", (route) => {
    const headers = route.request().headers();
    if (headers.authorization === `Bearer ${TOKEN}`) headers.authorization = "Bearer sandbox";
    return route.continue({ headers });
  });
  await faxes.open({ view: "send", token: TOKEN, ...properties });
  return heard;
}

const document = { name: "quillscan.txt", mimeType: "text/plain", buffer: Buffer.from("zebrafinch inside") };

/** A fax with everything marked in it. */
async function fill(composer, number) {
  await composer.addRecipient(number, SPOKEN.name);
  await composer.choose(document);
  await composer.coverPage.selectOption("7");
  await composer.coverText.fill(SECRETS["cover text"]);
}

/** What was found where nothing is to be. */
const leaks = (found, allowed = () => false) =>
  found.flatMap(([place, text]) => {
    const secrets = secretsIn(text, place.startsWith("spoken ") ? { spoken: false, numbers: false } : {});
    return secrets.filter((secret) => !allowed(place, secret)).map((secret) => `${secret} in ${place}: ${text.slice(0, 200)}`);
  });

test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));
test.setTimeout(60_000);

test.describe("a session", () => {
  test.use({ sandboxOptions: { pace: 50 } });

  /** Sends, fails, mends, sends again, follows, looks at it, resends and fails at that; gives whatever was left behind. */
  async function session({ composer, faxes, page, sandbox }, properties) {
    const heard = await open(faxes, page, sandbox, properties);
    const left = [];
    const look = async () => left.push(...(await traces(page)));
    await fill(composer, REFUSED);
    await look();
    await composer.reviewAndSend();
    await expect(composer.failure).toBeVisible();
    await look();
    await composer.removeRecipient("+999 000 040 0").or(composer.recipients.getByRole("button", { name: /^Remove/ })).first().click();
    await composer.addRecipient(NUMBER, SPOKEN.name);
    await composer.proceed.click();
    await expect(composer.send).toBeVisible();
    await look();
    await composer.send.click();
    await expect(composer.messageId).toHaveText(/^\d+$/);
    const [fax] = await sandbox.inbox();
    expect(fax.fields.coverPageText).toBe(SECRETS["cover text"]);
    await settled(sandbox, fax.id);
    await look();
    await composer.faxesLink.click();
    await faxes.account.click();
    await faxes.openListed(String(fax.id));
    await faxes.button("Show document").click();
    await expect(faxes.openDocument).toBeVisible();
    await look();
    await faxes.button("Forward").click();
    await faxes.numbers.fill(REFUSED);
    await faxes.send.click();
    await expect(faxes.batchStates).toContainText([/refused/]);
    await look();
    // Scripts of the page get errors to log.
    const codes = await page.evaluate(
      async ([number, refused, token, id]) => {
        const widget = globalThis.document.querySelector("fax-widget");
        const { FaxClient } = await import("/fax-widget/client.js");
        const client = new FaxClient({ server: location.origin, token });
        const attachments = [new File(["zebrafinch inside"], "quillscan.txt")];
        const refusal = { to: [{ phoneNumber: refused, name: "Marguerite Quill" }], attachments, coverPageText: "ocarina cover" };
        return [
          await failing(() => client.send(refusal)),
          await failing(() => client.send({ ...refusal, to: [{ phoneNumber: `${number} ext. 5` }] })),
          await failing(() => client.send({ ...refusal, attachments: [new File(["zebrafinch inside"], "quillscan")] })),
          await failing(() => client.resend({ originalMessageId: id, to: [{ phoneNumber: refused }] })),
          await failing(() => client.message("5")),
          await failing(() => client.messages({ direction: number })),
          await failing(() => widget.resend({ originalMessageId: "5", to: [{ phoneNumber: refused }] })),
          await failing(() => (widget.fax = { ...refusal, sendTime: [number] })) ?? "TypeError",
          await failing(() => ((widget.fax = refusal), widget.submit())),
        ];
      },
      [NUMBER, REFUSED, TOKEN, String(fax.id)],
    );
    expect(codes).toEqual(["refused", "invalid", "invalid", "refused", "not-found", "invalid", "not-found", "TypeError", "refused"]);
    await look();
    expect(left.some(([place]) => place === "event") && heard.some(([place]) => place === "console")).toBe(true);
    return [...left, ...heard];
  }

  test("leaves the sent faxes’ numbers in the tab, as documented, and nothing else", async ({ composer, faxes, page, sandbox }) => {
    const found = await session({ composer, faxes, page, sandbox }, {});
    const documented = (place, secret) =>
      secret === "number" && (place === "sessionStorage fax-widget.faxes" || place.startsWith("localStorage fax-widget.intent."));
    expect(leaks(found, documented)).toEqual([]);
    expect(leaks(found).length, "the numbers that are kept").toBeGreaterThan(0);
    // An intent is kept until it is settled: now all are.
    expect(leaks(await traces(page), (place) => place === "sessionStorage fax-widget.faxes")).toEqual([]);
  });

  test("leaves nothing where nothing is to be remembered", async ({ composer, faxes, page, sandbox }) => {
    const found = await session({ composer, faxes, page, sandbox }, { remember: "off" });
    expect(leaks(found, (place) => place.startsWith("localStorage fax-widget.intent."))).toEqual([]);
    expect(leaks(await traces(page))).toEqual([]);
  });
});

test("an attempt in doubt leaves its number, as documented, and nothing else", async ({ composer, faxes, page, sandbox }) => {
  const heard = await open(faxes, page, sandbox);
  await page.route(/message-store/, (route) => route.abort());
  await fill(composer, LOST);
  await composer.reviewAndSend();
  await expect(composer.notKnown).toBeVisible({ timeout: 30_000 });
  const found = [...(await traces(page)), ...heard];
  const intent = (place, secret) => secret === "number" && place.startsWith("localStorage fax-widget.intent.");
  expect(leaks(found, intent)).toEqual([]);
  expect(leaks(found)).toHaveLength(1);
});

test("a list of faxes and a number to type again leave nothing", async ({ composer, faxes, page, sandbox }) => {
  await posted(sandbox, STUCK);
  const heard = await open(faxes, page, sandbox, { retypeUnknown: true, remember: "off" });
  await fill(composer, NUMBER);
  await composer.proceed.click();
  await expect(faxes.retypes).toBeVisible();
  const found = await traces(page);
  await composer.back.click();
  await composer.element.evaluate((widget) => (widget.view = "resend"));
  await faxes.account.click();
  await expect(faxes.row("+999 0000009").or(faxes.rows).first()).toBeVisible();
  found.push(...(await traces(page)), ...heard);
  expect(leaks(found)).toEqual([]);
});
