// FaxClient: the API without a view.
import { ANNA, bad } from "./composer.mjs";
import { posted, settled, STUCK } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

/** Calls a method of a client in the page; resolves with what it resolves with, or with the error it rejects with. */
const call = (page, method, argument, options = {}) =>
  page.evaluate(
    async ([method, argument, options]) => {
      const { FaxClient } = await import("/fax-widget/client.js");
      globalThis.faxClient ??= new FaxClient({ server: location.origin, tokenProvider: async () => "sandbox" });
      if (method === "send") {
        argument = { ...argument, attachments: [new File([argument.text ?? "Hello"], "note.txt", { type: "text/plain" })] };
      }
      if (options.abort) {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), options.abort);
        options = { signal: controller.signal };
      }
      const heard = [];
      if (options.listen) options = { onStatus: (message) => heard.push(message), onProgress: (step) => heard.push(step.phase) };
      try {
        const value = await globalThis.faxClient[method](argument, options);
        return value instanceof Blob ? { type: value.type, size: value.size } : { value, heard };
      } catch (error) {
        return { ...error, name: error.name, message: error.message };
      }
    },
    [method, argument, options],
  );

const to = (phoneNumber) => ({ to: [{ phoneNumber }] });

test.describe("what it does", () => {
  test.use({ sandboxOptions: { pace: 300 } });

  test("sends, follows to the end, and reads what was sent", async ({ opened, page, sandbox }) => {
    await expect(opened.heading).toBeVisible();
    const { value: message, heard } = await call(page, "send", to(ANNA), { listen: true });
    expect(heard).toEqual(["uploading"]);
    expect(await sandbox.inbox()).toHaveLength(1);
    expect(message).toMatchObject({ messageStatus: "Queued" });
    const { value: end } = await call(page, "follow", message.id, { listen: true });
    expect(end).toMatchObject({ id: message.id, messageStatus: "Sent" });
    expect((await call(page, "message", String(message.id))).value.id).toBe(message.id);
    const { value: list } = await call(page, "messages", { direction: "Outbound", perPage: 1 });
    expect(list.records.map(({ id }) => id)).toEqual([message.id]);
    expect(await call(page, "document", message.id)).toMatchObject({ type: "application/pdf" });
    expect((await call(page, "coverPages")).value[0]).toEqual(expect.objectContaining({ id: "0" }));
    const { value: again } = await call(page, "resend", { originalMessageId: message.id, ...to(bad(1)) });
    expect(again.id).not.toBe(message.id);
  });
});

test("cancels by an id, and by nothing else", async ({ opened, page, sandbox }) => {
  const { value } = await call(page, "send", { ...to(ANNA), sendTime: "2031-01-15T09:30:00Z" });
  expect(await call(page, "cancel", value.id)).toMatchObject({ heard: [] });
  for (const id of ["", undefined, null, "~", "1/../", 0]) {
    expect(await call(page, "cancel", id)).toMatchObject({ name: "FaxError", code: "invalid", outcome: "not-sent" });
  }
  const deletions = (await (await fetch(`${sandbox.origin}/requests.json`)).json()).filter(({ method }) => method === "DELETE");
  expect(deletions.map(({ path }) => path.split("/").at(-1))).toEqual([String(value.id)]);
  await expect(opened.heading).toBeVisible();
});

test("what is wrong is a FaxError that names it", async ({ opened, page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await expect(opened.heading).toBeVisible();
  const wrong = { name: "FaxError", code: "invalid", outcome: "not-sent" };
  expect(await call(page, "send", to("call me"))).toMatchObject({ ...wrong, parameterName: "to" });
  expect(await call(page, "resend", {})).toMatchObject({ ...wrong, parameterName: "originalMessageId" });
  expect(await call(page, "messages", { direction: "Sideways" })).toMatchObject({ ...wrong, parameterName: "direction" });
  expect(await call(page, "message", "5")).toMatchObject({ name: "FaxError", code: "not-found", status: 404 });
  expect(await sandbox.inbox()).toEqual([]);
});

test("a lost answer is settled, and nothing is sent twice", async ({ opened, page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await expect(opened.heading).toBeVisible();
  const { value } = await call(page, "send", to(bad(499)));
  expect((await sandbox.inbox()).map(({ id }) => String(id))).toContain(String(value.id));
  const failed = await call(page, "send", { ...to(bad(500)), text: "Another" });
  expect(failed).toMatchObject({ name: "FaxError", code: "server", outcome: "not-sent", status: 500 });
});

/** A page of the same origin with nothing on it: nobody but the client looks for anything. */
async function openBlank(page, sandbox) {
  await page.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Blank</title>" }));
  await page.goto(`${sandbox.origin}/blank`);
}

const kept = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

test("what was under way when the page went is listed, looked for and settled", async ({ page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await openBlank(page, sandbox);
  for (const number of [bad(409), bad(408)]) {
    expect(await call(page, "send", to(number), { abort: 1_000 })).toMatchObject({ code: "cancelled", outcome: "unknown" });
  }
  await page.reload();
  const { value: unsettled } = await call(page, "unsettled");
  expect(unsettled).toMatchObject([{ to: [bad(409)] }, { to: [bad(408)] }]);
  expect(Object.keys(unsettled[0]).sort()).toEqual(["key", "started", "to"]);
  const [{ id }] = await sandbox.inbox();
  expect((await call(page, "look", unsettled[0].key)).value).toMatchObject({ outcome: "accepted", message: { id } });
  expect((await call(page, "unsettled")).value).toMatchObject([{ to: [bad(408)] }]);
  expect(await call(page, "settle", unsettled[1].key)).toMatchObject({ heard: [] });
  expect((await call(page, "unsettled")).value).toEqual([]);
  expect(await call(page, "look", unsettled[1].key)).toMatchObject({ name: "FaxError", code: "not-found" });
  expect(await kept(page)).not.toContain("999000");
  expect(await sandbox.faxPosts()).toHaveLength(2);
});

test("a resend to the original’s own recipients is found by their numbers", async ({ page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  const id = await posted(sandbox, ANNA);
  await settled(sandbox, id);
  await openBlank(page, sandbox);
  await page.route(/\/fax$/, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    const written = await kept(page);
    expect(written, "before it leaves").toContain(ANNA.slice(1));
    await route.fetch();
    await route.abort("connectionfailed");
  });
  const { value } = await call(page, "resend", { originalMessageId: id });
  expect((await sandbox.inbox()).map(({ id }) => id)).toContain(value.id);
});

test.describe("a fax that the service took twice", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });

  test("is told of, once", async ({ page, sandbox }) => {
    await openBlank(page, sandbox);
    await page.evaluate(async (number) => {
      const { FaxClient } = await import("/fax-widget/client.js");
      const client = new FaxClient({ server: location.origin, token: "sandbox" });
      globalThis.twins = [];
      const attachments = [new File(["Hello"], "note.txt")];
      globalThis.accepted = await client.send({ to: [number], attachments }, { onTwin: (twin) => globalThis.twins.push(twin.id) });
    }, bad(497));
    const accepted = await page.evaluate(() => globalThis.accepted.id);
    const other = (await sandbox.inbox()).map(({ id }) => id).filter((id) => id !== accepted);
    expect(other).toHaveLength(1);
    await expect.poll(() => page.evaluate(() => globalThis.twins)).toEqual(other);
    await page.waitForTimeout(10_000); // the second look
    expect(await page.evaluate(() => globalThis.twins)).toEqual(other);
  });
});

test.describe("many that are followed", () => {
  const questions = async (sandbox) => (await sandbox.requests()).filter(({ method, path }) => method === "GET" && /message-store\/\d/.test(path));

  const followAll = (page, ids) =>
    page.evaluate(async (ids) => {
      const { FaxClient } = await import("/fax-widget/client.js");
      const client = new FaxClient({ server: location.origin, token: "sandbox" });
      for (const id of ids) client.follow(id).catch(() => {});
    }, ids);

  test("are asked after in one question", async ({ page, sandbox }) => {
    const ids = [];
    for (let sent = 0; sent < 12; sent++) ids.push(await posted(sandbox, STUCK));
    await openBlank(page, sandbox);
    await followAll(page, ids);
    await expect.poll(() => questions(sandbox)).toHaveLength(1);
    const [{ path }] = await questions(sandbox);
    expect(path.split("/").at(-1).split(",").sort()).toEqual([...ids].sort());
    await page.waitForTimeout(11_000);
    expect(await questions(sandbox)).toHaveLength(2);
  });

  test("are not asked after while the page is hidden, not even at first", async ({ faxes, page, sandbox }) => {
    const id = await posted(sandbox, STUCK);
    await openBlank(page, sandbox);
    await faxes.hide();
    await followAll(page, [id]);
    await page.waitForTimeout(2_500);
    expect(await questions(sandbox)).toEqual([]);
    await faxes.hide(false);
    await expect.poll(() => questions(sandbox)).toHaveLength(1);
  });
});

test("a signal stops it: what was on its way may have been accepted", async ({ opened, page }) => {
  await expect(opened.heading).toBeVisible();
  expect(await call(page, "send", to(bad(408)), { abort: 1_000 })).toMatchObject({ code: "cancelled", outcome: "unknown" });
  expect(await call(page, "follow", 1900000001, { abort: 1 })).not.toHaveProperty("heard.0");
});
