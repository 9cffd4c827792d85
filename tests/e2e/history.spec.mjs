// Where a person finds a fax without an id: what this browser sent, and the account's own list.
import { ANNA, bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { Faxes, fill, forgetRequests, listed, posted, RECEIVED, requests, settled, STUCK } from "./faxes.mjs";
import { expect, test } from "./fixtures.mjs";

const ANNA_SHOWN = "+1 650 555 0100";
const DAY = 86_400_000;

/** A day as a date field has it, in the page's zone. */
const day = (back) => new Date(Date.now() - back * DAY).toLocaleDateString("sv", { timeZone: "America/New_York" });

/** Everything that the page's storages hold. */
async function stored(page) {
  return page.evaluate(() => {
    const all = (storage) => Object.fromEntries(Object.keys(storage).map((key) => [key, storage.getItem(key)]));
    return { session: all(sessionStorage), device: all(localStorage) };
  });
}

async function send(composer, number = ANNA, name = "Anna Example") {
  await composer.addRecipient(number, name);
  await composer.choose(pdf("secret-diagnosis.pdf"));
  await composer.coverText.fill("For your eyes only");
  await composer.reviewSendAndSeeAccepted();
  return composer.messageId.textContent();
}

/** The resend view of a page that is open already. */
async function look(faxes) {
  await faxes.element.evaluate((widget) => (widget.view = "resend"));
  await expect(faxes.heading).toBeVisible();
}

test.describe("sent from this browser", () => {
  test("listed with number, time and status, and opened with a click", async ({ opened: composer, faxes }) => {
    const id = await send(composer);
    await composer.accepted.locator('[part~="faxes-link"]').click();
    await expect(faxes.heading).toBeFocused();
    await expect(faxes.rows).toHaveCount(1);
    await expect(faxes.rows).toContainText([ANNA_SHOWN]);
    await expect(faxes.rows).toContainText([/Outgoing · [A-Z][a-z]{2} \d+, 20\d\d, /]);
    await faxes.rows.getByRole("button").click();
    await expect(faxes.faxHeading).toBeFocused();
    await expect(faxes.fact("Message ID")).toHaveText(id);
    await faxes.allFaxes.click();
    await expect(faxes.heading).toBeFocused();
  });

  test("the newest first, resends too, and what the service holds already is up to date", async ({ opened: composer, faxes, page, sandbox }) => {
    await send(composer, bad(1));
    await faxes.resend({ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA }] });
    await page.goto("about:blank");
    await settled(sandbox, ...(await sandbox.inbox()).map(({ id }) => id));
    await faxes.open();
    await expect(faxes.rows).toContainText([ANNA_SHOWN, "+999 000 0001"]);
    await expect(faxes.rows).toContainText([/Sent/, /Not sent/]);
  });

  test("ids, times, numbers and outcomes are kept, and no name or document", async ({ opened: composer, page }) => {
    const id = await send(composer);
    const { session, device } = await stored(page);
    const kept = JSON.parse(session["fax-widget.faxes"]);
    expect(kept).toMatchObject([{ id, accepted: expect.any(Number), to: [{ phoneNumber: ANNA, messageStatus: "Queued" }] }]);
    expect(JSON.stringify({ session, device })).not.toMatch(/Anna|secret|diagnosis|eyes only|Bearer/);
    expect(JSON.stringify(device)).not.toContain("6505550100");
  });

  test("session: kept over a reload, and not for another tab", async ({ opened: composer, faxes, page }) => {
    await send(composer);
    await page.reload();
    await look(faxes);
    await expect(faxes.rows).toContainText([ANNA_SHOWN]);
    const other = new Faxes(await page.context().newPage(), faxes.origin);
    await other.open();
    await expect(other.nothingRemembered).toBeVisible();
  });

  test("device: kept on the device, and seen in another tab", async ({ composer, faxes, page }) => {
    await faxes.set({ remember: "device" });
    await composer.open();
    const id = await send(composer);
    const { session, device } = await stored(page);
    expect(JSON.parse(device["fax-widget.faxes"])).toMatchObject([{ id }]);
    expect(session).not.toHaveProperty(["fax-widget.faxes"]);
    const other = new Faxes(await page.context().newPage(), faxes.origin);
    await other.open({ remember: "device" });
    await expect(other.rows).toContainText([ANNA_SHOWN]);
  });

  test("off: nothing is stored, and nothing is there after a reload", async ({ composer, faxes, page }) => {
    await faxes.set({ remember: "off" });
    await composer.open();
    const id = await send(composer);
    await look(faxes);
    await expect(faxes.rows).toContainText([ANNA_SHOWN]); // as long as the page lives
    const { session, device } = await stored(page);
    expect(JSON.stringify({ session, device })).not.toContain("6505550100");
    expect(JSON.stringify({ session, device })).not.toContain(id);
    await page.reload();
    await look(faxes);
    await expect(faxes.nothingRemembered).toBeVisible();
  });

  test("one click forgets them; the service keeps them", async ({ composer, faxes, page, sandbox }) => {
    await faxes.set({ remember: "device" });
    await composer.open();
    const id = await send(composer);
    await look(faxes);
    await faxes.forget.click();
    await expect(faxes.nothingRemembered).toBeVisible();
    await expect(faxes.heading).toBeFocused();
    const { session, device } = await stored(page);
    expect(JSON.stringify({ session, device })).not.toContain("6505550100");
    expect(JSON.stringify({ session, device })).not.toContain(id);
    expect(Object.keys(device).filter((name) => name.startsWith("fax-widget.recent"))).toEqual([]);
    await page.reload();
    await look(faxes);
    await expect(faxes.nothingRemembered).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("a page that no longer wants it remembered leaves nothing behind", async ({ composer, faxes, page }) => {
    await faxes.set({ remember: "device" });
    await composer.open();
    const id = await send(composer);
    await faxes.set({ remember: "off" });
    await page.reload();
    await look(faxes);
    await expect(faxes.nothingRemembered).toBeVisible();
    expect(JSON.stringify(await stored(page))).not.toContain(id);
  });

  test("until the service tells more, a fax is shown as it is remembered, for all recipients", async ({ composer, faxes, page }) => {
    await composer.open();
    await page.evaluate(() => {
      const to = (...all) => all.map((messageStatus, n) => ({ phoneNumber: `+1650555010${n}`, messageStatus }));
      const faxes = [["12", "Sent", "SendingFailed"], ["13", "Sent", "Queued"], ["14", "Sent", "Sent"]];
      // Of another account: they are not asked after here.
      const kept = faxes.map(([id, ...all]) => ({ id, accepted: 1, place: "elsewhere", to: to(...all) }));
      sessionStorage.setItem("fax-widget.faxes", JSON.stringify(kept));
    });
    await page.reload();
    await look(faxes);
    await expect(faxes.rows.locator(".status")).toHaveText(["Sent", "Waiting to be dialled", "Not sent to 1 of 2"]);
  });

  test("those further down are read when they come into view, and can be chosen", async ({ composer, faxes, page, sandbox }) => {
    await fill(sandbox, 300, 20);
    const ids = (await listed(sandbox)).slice(0, 120);
    await composer.open();
    await page.evaluate(([ids, place]) => {
      const kept = ids.map((id) => ({ id, accepted: 1, place, to: [{ phoneNumber: "+16505550100", messageStatus: "SendingFailed" }] }));
      sessionStorage.setItem("fax-widget.faxes", JSON.stringify(kept));
    }, [ids, `${sandbox.origin}/restapi/v1.0/account/~/extension/~/fax`]);
    await page.reload();
    await forgetRequests(sandbox);
    await look(faxes);
    await faxes.scroller.evaluate((box) => (box.scrollTop = box.scrollHeight));
    // The first that was sent is the last in the list.
    await expect(faxes.choice(ids[0])).toBeEnabled();
    const questions = (await requests(sandbox)).filter(({ method, path }) => method === "GET" && path.includes("/message-store/"));
    expect(questions.length, "many in one").toBeLessThanOrEqual(3);
  });

  test("what is damaged in the storage is left out", async ({ composer, faxes, page }) => {
    await composer.open();
    await page.evaluate(() => sessionStorage.setItem("fax-widget.faxes", '[{"id":"x"},7,null,{"id":"12","accepted":1,"place":"","to":[{}]}]'));
    await page.reload();
    await look(faxes);
    await expect(faxes.rows).toHaveCount(1);
    await page.evaluate(() => sessionStorage.setItem("fax-widget.faxes", "{"));
    await page.reload();
    await look(faxes);
    await expect(faxes.nothingRemembered).toBeVisible();
  });
});

test("a page that sets the view leads there, wherever a person has gone meanwhile", async ({ opened: composer, faxes }) => {
  for (const _ of [1, 2]) {
    await composer.set({ view: "send" });
    await expect(composer.heading).toBeVisible();
    await composer.form.locator('[part~="faxes-link"]').click();
    await expect(faxes.heading).toBeVisible();
  }
  await composer.set({ view: "send" });
  await expect(composer.heading).toBeVisible();
});

test.describe("the account’s own list", () => {
  test.use({ sandboxOptions: { pace: 50 } });

  test("filtered by direction and status", async ({ faxes, sandbox }) => {
    const [anna, busy] = [await posted(sandbox, ANNA), await posted(sandbox, bad(1))];
    await posted(sandbox, STUCK);
    await settled(sandbox, anna, busy);
    await faxes.open();
    await faxes.account.click();
    await expect(faxes.rows).toHaveCount(5);
    await expect(faxes.end).toHaveText("5 faxes, and no more.");
    await faxes.direction.selectOption({ label: "Incoming" });
    await expect(faxes.rows).toHaveCount(2);
    await faxes.direction.selectOption({ label: "Outgoing" });
    await expect(faxes.rows).toHaveCount(3);
    await faxes.statusFilter.selectOption({ label: "Not sent" });
    await expect(faxes.rows).toContainText(["+999 000 0001"]);
    await expect(faxes.rows).toHaveCount(1);
    await faxes.statusFilter.selectOption({ label: "Waiting" });
    await expect(faxes.rows).toContainText(["+999 000 0009"]);
    await expect(faxes.end).toHaveText("1 fax, and no more.");
  });

  test("goes back thirty days by itself, and further on request", async ({ faxes, sandbox }) => {
    await fill(sandbox, 180, 90);
    await faxes.open();
    await faxes.account.click();
    await expect(faxes.from).toHaveValue(day(30));
    const within = await sandboxCount(sandbox, 30);
    expect(within).toBeGreaterThan(40);
    await expect(faxes.end).toContainText(/^(59|60|61|62|63) faxes, and no more\.$/);
    await faxes.from.fill(day(91));
    await expect(faxes.end).toHaveText("182 faxes, and no more.");
    await faxes.until.fill(day(60));
    await expect(faxes.end).toContainText(/^(59|60|61|62|63) faxes, and no more\.$/);
    const asked = (await requests(sandbox)).filter(({ query }) => query.dateFrom).at(-1);
    expect(asked.query).toMatchObject({ messageType: ["Fax"], dateTo: [expect.any(String)] });
  });

  async function sandboxCount(sandbox, days) {
    const query = new URLSearchParams({ dateFrom: new Date(Date.now() - days * DAY).toISOString(), perPage: "1000" });
    const answer = await fetch(`${sandbox.origin}/restapi/v1.0/account/~/extension/~/message-store?${query}`, { headers: { authorization: "Bearer sandbox" } });
    return (await answer.json()).records.length;
  }

  test("a chosen one goes out again", async ({ faxes, sandbox }) => {
    const id = await posted(sandbox, ANNA);
    await settled(sandbox, id);
    await faxes.open();
    await faxes.account.click();
    await faxes.choice(id).check();
    await expect(faxes.resendChosen).toHaveText("Send 1 fax again…");
    await faxes.choice(RECEIVED[0]).check();
    await expect(faxes.resendChosen).toHaveText("Send 2 faxes again…");
    await faxes.choice(RECEIVED[0]).uncheck();
    await faxes.resendChosen.click();
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(await sandbox.inbox()).toHaveLength(2);
    await faxes.batchDone.click();
    await expect(faxes.choice(id)).not.toBeChecked();
    await faxes.choice(id).check();
    await faxes.statusFilter.selectOption({ label: "Received" });
    await expect(faxes.rows).toHaveCount(2);
    await expect(faxes.resendChosen, "what is out of sight does not go along").toHaveCount(0);
  });

  test("a list that cannot be read says so, and can be asked again", async ({ faxes, page, expected }) => {
    expected.push(/^Failed to load resource: /);
    await faxes.open();
    await page.route("**/message-store?*", (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-408" } }));
    await faxes.account.click();
    await expect(faxes.end).toContainText("This account may not read its messages.");
    await page.unroute("**/message-store?*");
    await faxes.end.getByRole("button", { name: "Try again" }).click();
    await expect(faxes.rows).toHaveCount(2);
  });

  test("ten thousand scroll, page for page, with few rows at any time", async ({ faxes, page, sandbox }) => {
    test.setTimeout(120_000);
    await fill(sandbox, 10_000, 90);
    await faxes.open();
    await faxes.account.click();
    await faxes.from.fill(day(92));
    await expect(faxes.rows.first()).toBeVisible();
    await expect(async () => {
      await faxes.scroller.evaluate((box) => (box.scrollTop = box.scrollHeight));
      await expect(faxes.end).toHaveText(/^10,?002 faxes, and no more\.$/, { timeout: 50 });
    }).toPass({ timeout: 100_000, intervals: [50] });
    await faxes.scroller.evaluate((box) => (box.scrollTop = box.scrollHeight));
    await expect(faxes.row("Received").or(faxes.rows).last()).toHaveAttribute("aria-posinset", "10002");
    await expect(faxes.rows.last()).toHaveAttribute("aria-setsize", "10002");
    expect(await faxes.rows.count()).toBeLessThan(40);
    await faxes.scroller.evaluate((box) => (box.scrollTop = box.scrollHeight / 2));
    await expect(async () => {
      const places = await faxes.rows.evaluateAll((rows) => rows.map((row) => Number(row.ariaPosInSet ?? row.getAttribute("aria-posinset"))));
      expect(Math.min(...places)).toBeGreaterThan(4_900);
      expect(Math.max(...places)).toBeLessThan(5_100);
    }).toPass();
    const filled = await faxes.rows.allInnerTexts();
    for (const text of filled) expect(text).toMatch(/\+1 .*20\d\d/s);
    const pages = (await requests(sandbox)).filter(({ query }) => query.page).map(({ query }) => Number(query.page[0]));
    expect(Math.max(...pages)).toBeGreaterThan(10); // a thousand at once is the service's most
  });

  test("faxes that come in while it is read stand in it once", async ({ faxes, sandbox }) => {
    await fill(sandbox, 600, 20);
    await faxes.open();
    await faxes.account.click();
    await expect(faxes.rows.first()).toBeVisible();
    await posted(sandbox, ANNA);
    await expect(async () => {
      await faxes.scroller.evaluate((box) => (box.scrollTop = box.scrollHeight));
      await expect(faxes.end).toHaveText("602 faxes, and no more.", { timeout: 50 });
    }).toPass({ timeout: 15_000, intervals: [50] });
  });
});
