// What became of a fax is asked after until it is known: gently, for many at once, and only while somebody can see it.
import { ANNA, BEN, bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { failing, forgetRequests, held, posted, RECEIVED, requests, settled, STUCK } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const ANNA_SHOWN = "+1 650 555 0100";

test.use({ sandboxOptions: { pace: 300 } });

/** Milliseconds that a request is seen too late: the page's clock jumps by a second while it is on its way. */
const JUMP = 1_000;

function expectGentle(questions) {
  for (const [place, { at }] of questions.slice(1).entries()) {
    expect(at - questions[place].at, `question ${place + 2} of ${questions.length}`).toBeGreaterThanOrEqual(10_000 - JUMP);
  }
}

test.describe("after a send", () => {
  test("the status is followed until it is final, for each recipient", async ({ composer, faxes, page }) => {
    await page.clock.install();
    await faxes.watchCalls();
    await composer.open();
    await composer.addRecipient(ANNA);
    await composer.addRecipient(bad(1));
    await composer.choose(pdf());
    await composer.reviewSendAndSeeAccepted();
    await expect(faxes.recipients(composer.accepted)).toHaveText([/Waiting to be dialled$/, /Waiting to be dialled$/]);
    await faxes.letPass(30);
    await expect(composer.acceptedHeading).toHaveText("Sent to some, not to others");
    await expect(faxes.recipients(composer.accepted)).toHaveText([/\+1 650 555 0100\s*Sent$/, /Not sent: The line was busy$/]);
    const questions = await faxes.questions();
    expectGentle(questions);
    await faxes.letPass(60, 5);
    expect(await faxes.questions()).toHaveLength(questions.length);
  });

  test("fax-status fires on each change, with the message as the service wrote it", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    await composer.listen("fax-status");
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
    const id = await composer.messageId.textContent();
    await settled(sandbox, id);
    await faxes.letPass(45);
    const heard = await composer.heard("fax-status");
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ bubbles: true, composed: true });
    expect(heard[0].detail).toEqual(await held(sandbox, id));
    expect(heard[0].detail).toMatchObject({ id: Number(id), messageStatus: "Sent", to: [{ messageStatus: "Sent" }] });
  });

  test("news that a list brings are news all the same", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    await composer.listen("fax-status");
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
    const id = await composer.messageId.textContent();
    await settled(sandbox, id);
    await composer.accepted.locator('[part~="faxes-link"]').click();
    await faxes.account.click();
    await expect(faxes.row(ANNA_SHOWN)).toContainText("Sent");
    await expect.poll(async () => (await composer.heard("fax-status")).map(({ detail }) => [detail.id, detail.messageStatus])).toEqual([[Number(id), "Sent"]]);
    const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem("fax-widget.faxes")));
    expect(kept).toMatchObject([{ id, to: [{ messageStatus: "Sent" }] }]);
    await faxes.letPass(30, 5);
    expect(await composer.heard("fax-status")).toHaveLength(1);
  });

  test("one that fails says why, and what helps", async ({ composer, faxes, page }) => {
    await page.clock.install();
    await composer.open();
    await composer.fillIn(bad(3), pdf());
    await composer.reviewSendAndSeeAccepted();
    await faxes.letPass(25);
    await expect(composer.acceptedHeading).toHaveText("Not sent");
    await expect(faxes.remedies(composer.accepted)).toHaveText(["+999 000 0003 Check the number with the recipient."]);
  });

  for (const [button, others] of Object.entries({ "Send again": false, "Correct the number": true, Forward: true })) {
    test(`what failed can be mended from there: ${button}`, async ({ composer, faxes, page, sandbox }) => {
      await page.clock.install();
      await composer.open();
      await composer.fillIn(bad(3), pdf());
      await composer.reviewSendAndSeeAccepted();
      await faxes.letPass(25);
      await composer.accepted.getByRole("button", { name: button, exact: true }).click();
      await expect(faxes.formHeading).toBeFocused();
      if (others) await faxes.numbers.fill(ANNA);
      await faxes.send.click();
      await expect.poll(async () => (await sandbox.inbox()).length).toBe(2);
      expect((await sandbox.inbox())[1].to[0].phoneNumber).toBe(others ? ANNA : bad(3));
    });
  }
});

test.describe("reasons", () => {
  test("grouped by what helps, each with the numbers that it is about", async ({ faxes, sandbox }) => {
    // AllLinesInUse, LineBusy; InvalidNumber; TooManyPages; AccountSuspended.
    const id = await posted(sandbox, [failing(1), failing(7), failing(15), failing(20), failing(32), ANNA]);
    await settled(sandbox, id);
    await expect.poll(async () => (await held(sandbox, id)).to.filter((to) => to.messageStatus === "Queued")).toEqual([]);
    await faxes.open({ messageIds: id });
    const row = faxes.askedFor(id);
    await expect(faxes.headline(row)).toHaveText("Not sent to 5 of 6");
    await expect(faxes.recipients(row)).toContainText([
      "Not sent: All of the service’s lines were in use", "Not sent: The line was busy", "Not sent: The number cannot be dialled",
      "Not sent: The fax has too many pages; 200 is the limit", "Not sent: The account is suspended", "Sent",
    ]);
    await expect(faxes.remedies(row)).toHaveText([
      "+999 700 0001, +999 700 0007 Sending it again may help.",
      "+999 700 0015 Check the number with the recipient.",
      "+999 700 0020 Change the document, then send it as a new fax.",
      "+999 700 0032 Ask the administrator of your phone system.",
    ]);
  });

  test("every documented one is told in plain words", async ({ faxes, sandbox }) => {
    const ids = [];
    for (let place = 1; place <= 34; place++) ids.push(await posted(sandbox, failing(place)));
    await settled(sandbox, ...ids);
    await faxes.open({ messageIds: ids.join() });
    await expect(faxes.asked.locator(".headline")).toHaveCount(34);
    const told = await faxes.recipients(faxes.asked).allInnerTexts();
    expect(new Set(told.map((text) => text.split("Not sent: ")[1])).size).toBe(34);
    for (const text of told) expect(text).toMatch(/Not sent: [A-Z][a-z’]* [a-z]+/);
    await expect(faxes.remedies(faxes.asked)).toHaveCount(34);
  });

  test("one that is not documented is shown as it came", async ({ faxes, sandbox }) => {
    const id = await posted(sandbox, failing(99));
    await settled(sandbox, id);
    await faxes.open({ messageIds: id });
    await expect(faxes.recipients(faxes.asked)).toContainText(["Not sent: LineOnFire"]);
    await expect(faxes.remedies(faxes.asked)).toContainText(["The fax service gave a reason that is not documented: LineOnFire."]);
  });
});

test.describe("questions", () => {
  test("fifty queued faxes cost one request in ten seconds at the most, and fewer with time", async ({ faxes, page, sandbox }) => {
    test.setTimeout(90_000);
    const ids = [];
    for (let n = 0; n < 50; n++) ids.push(await posted(sandbox, STUCK));
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open({ messageIds: ids.join() });
    await expect(faxes.asked.locator(".headline")).toHaveCount(50);
    await faxes.letPass(300);
    const questions = await faxes.questions();
    expect(questions.length).toBeGreaterThan(20);
    expect(questions.length).toBeLessThanOrEqual(32);
    expect(questions.at(-1).ids).toHaveLength(50);
    expectGentle(questions.slice(1)); // the first is the person's own
    await faxes.letPass(1_200, 5);
    const later = (await faxes.questions()).slice(questions.length);
    expect(later.length).toBeLessThanOrEqual(1_200 / 30 + 2);
    expectGentle(later);
  });

  test("what a list holds that is still going out is followed too", async ({ faxes, page, sandbox }) => {
    const [stuck, late] = [await posted(sandbox, STUCK), await posted(sandbox, ANNA, { sendTime: new Date(Date.now() + 6_000).toISOString() })];
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open();
    await faxes.account.click();
    await expect(faxes.row(ANNA_SHOWN)).toContainText("Waiting to be dialled");
    await settled(sandbox, late);
    await faxes.letPass(25);
    await expect(faxes.row(ANNA_SHOWN)).toContainText("Sent");
    const questions = await faxes.questions();
    expect(questions[0].ids.sort()).toEqual([stuck, late].sort());
    expectGentle(questions);
  });

  test("none while the page is hidden, and again when it is seen", async ({ faxes, page, sandbox }) => {
    const id = await posted(sandbox, STUCK);
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open({ messageIds: id });
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
    await faxes.letPass(25);
    const before = (await faxes.questions()).length;
    expect(before).toBeGreaterThan(1);
    await faxes.hide();
    await faxes.letPass(120, 5);
    expect(await faxes.questions()).toHaveLength(before);
    await faxes.hide(false);
    await faxes.letPass(15);
    expect((await faxes.questions()).length).toBeGreaterThan(before);
    expectGentle((await faxes.questions()).slice(1));
  });

  test("none while offline, and again when online", async ({ faxes, page, sandbox }) => {
    const id = await posted(sandbox, STUCK);
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open({ messageIds: id });
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
    await faxes.letPass(12);
    await page.context().setOffline(true);
    const before = (await faxes.questions()).length;
    await faxes.letPass(120, 5);
    expect(await faxes.questions()).toHaveLength(before);
    await page.context().setOffline(false);
    await faxes.letPass(15);
    expect((await faxes.questions()).length).toBeGreaterThan(before);
  });

  test("hiding and showing the page again and again does not make them come faster", async ({ faxes, page, sandbox }) => {
    const id = await posted(sandbox, STUCK);
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open({ messageIds: id });
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
    for (let turn = 0; turn < 20; turn++) {
      await faxes.hide();
      await faxes.hide(false);
      await faxes.letPass(2);
    }
    expectGentle((await faxes.questions()).slice(1));
  });

  test("a service that answers with errors is asked ever more slowly", async ({ faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const id = await posted(sandbox, STUCK);
    await page.clock.install();
    await faxes.watchCalls();
    await faxes.open({ messageIds: id });
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
    await page.route("**/message-store/*", (route) => route.fulfill({ status: 503, json: { errorCode: "CMN-201" } }));
    await faxes.letPass(180, 2);
    const pauses = (await faxes.questions()).slice(1).map(({ at }, place, all) => (place ? at - all[place - 1].at : 0)).slice(1);
    expect(pauses.length).toBeGreaterThan(1);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(40_000);
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
  });

  test("a fax sent before a reload is followed behind it", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await faxes.watchCalls();
    await composer.open();
    await composer.fillIn(STUCK, pdf());
    await composer.reviewSendAndSeeAccepted();
    const id = await composer.messageId.textContent();
    await page.reload();
    await expect(composer.heading).toBeVisible();
    await composer.listen("fax-status");
    await faxes.letPass(22);
    const questions = await faxes.questions();
    expect(questions.length).toBeGreaterThan(0);
    expect(questions[0].ids).toEqual([id]);
    expectGentle(questions);
    expect((await requests(sandbox)).filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  test("an end that came while the page was closed is told after the reload", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
    const id = await composer.messageId.textContent();
    await page.goto("about:blank");
    await settled(sandbox, id);
    await composer.open();
    await composer.listen("fax-status");
    await faxes.letPass(15);
    expect((await composer.heard("fax-status")).map(({ detail }) => [String(detail.id), detail.messageStatus])).toEqual([[id, "Sent"]]);
  });
});

test.describe("scheduled", () => {
  const LATER = "2031-01-15T09:30";
  const SHOWN = /^Wednesday, January 15, 2031 at 9:30\sAM EST$/;

  async function schedule(composer) {
    await composer.fillIn(ANNA, pdf());
    await composer.sendLater(LATER);
    await composer.reviewSendAndSeeAccepted();
    return composer.messageId.textContent();
  }

  test("its time is shown, also behind a reload", async ({ opened: composer, faxes, page }) => {
    const id = await schedule(composer);
    await expect(faxes.fact("Goes out", composer.accepted)).toHaveText(SHOWN);
    await page.reload();
    await faxes.element.evaluate((widget, ids) => Object.assign(widget, { view: "resend", messageIds: ids }), id);
    const row = faxes.askedFor(id);
    await expect(faxes.fact("Goes out", row)).toHaveText(SHOWN);
    await expect(faxes.headline(row)).toHaveText(/^Goes out Jan 15, 2031, 9:30\sAM$/);
    await expect(faxes.row("Goes out Jan 15, 2031")).toHaveCount(1);
  });

  test("it can be cancelled: the id is deleted, and it is shown as cancelled", async ({ opened: composer, faxes, page, sandbox }) => {
    const id = await schedule(composer);
    await page.reload();
    await faxes.element.evaluate((widget, ids) => Object.assign(widget, { view: "resend", messageIds: ids }), id);
    const row = faxes.askedFor(id);
    await faxes.button("Cancel this fax", row).click();
    await expect(faxes.confirmCancel(row)).toBeFocused();
    expect((await requests(sandbox)).filter(({ method }) => method === "DELETE")).toEqual([]);
    await faxes.confirmCancel(row).click();
    await expect(faxes.headline(row)).toHaveText("Cancelled");
    await expect(faxes.recipients(row)).toHaveText([/Cancelled$/]);
    await expect(faxes.button("Cancel this fax", row)).toHaveCount(0);
    const deletions = (await requests(sandbox)).filter(({ method }) => method === "DELETE");
    expect(deletions.map(({ path, wipes, query }) => [path.split("/").at(-1), wipes, query])).toEqual([[id, false, {}]]);
    const [fax] = await sandbox.inbox();
    expect(fax).toMatchObject({ id: Number(id), cancelled: true });
    for (const received of RECEIVED) expect((await held(sandbox, received)).availability).toBe("Alive");
  });

  test("it can be cancelled at once, on the screen that says that it was accepted", async ({ opened: composer, faxes, sandbox }) => {
    await schedule(composer);
    await faxes.button("Cancel this fax", composer.accepted).click();
    await faxes.confirmCancel(composer.accepted).click();
    await expect(composer.acceptedHeading).toHaveText("Cancelled");
    await expect(composer.acceptedHeading).toBeFocused();
    expect((await sandbox.inbox())[0].cancelled).toBe(true);
  });

  test("where the service does not tell what became of it, it is asked after again", async ({ composer, faxes, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.clock.install();
    await composer.open();
    await schedule(composer);
    await page.route("**/message-store/*", (route) =>
      route.request().method() === "GET" ? route.fulfill({ status: 503, json: { errorCode: "CMN-201" } }) : route.continue(),
    );
    await faxes.button("Cancel this fax", composer.accepted).click();
    const asked = page.waitForResponse((response) => response.status() === 503);
    await faxes.confirmCancel(composer.accepted).click();
    await asked;
    await page.unroute("**/message-store/*");
    await faxes.letPass(25);
    await expect(composer.acceptedHeading).toHaveText("Cancelled");
  });

  test("one that had reached some says so", async ({ opened: composer, faxes, sandbox }) => {
    await composer.addRecipient(ANNA);
    await composer.addRecipient(STUCK);
    await composer.choose(pdf());
    await composer.reviewSendAndSeeAccepted();
    await expect(faxes.recipients(composer.accepted)).toHaveText([/Sent$/, /Waiting to be dialled$/], { timeout: 25_000 });
    await faxes.button("Cancel this fax", composer.accepted).click();
    await faxes.confirmCancel(composer.accepted).click();
    await expect(composer.acceptedHeading).toHaveText("Sent to some, not to others");
    await expect(faxes.headline(composer.accepted)).toHaveText("Not sent to 1 of 2");
    await expect(faxes.recipients(composer.accepted)).toHaveText([/Sent$/, /Cancelled$/]);
    expect((await sandbox.inbox())[0].cancelled).toBe(true);
  });

  test("Keep it keeps it", async ({ opened: composer, faxes, sandbox }) => {
    await schedule(composer);
    await faxes.button("Cancel this fax", composer.accepted).click();
    await faxes.button("Keep it", composer.accepted).click();
    await expect(faxes.button("Cancel this fax", composer.accepted)).toBeFocused();
    expect((await sandbox.inbox())[0].cancelled).toBe(false);
  });

  test("an account that may not delete says so, and the fax stays", async ({ opened: composer, faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await schedule(composer);
    await page.route("**/message-store/*", (route) =>
      route.request().method() === "DELETE" ? route.fulfill({ status: 403, json: { errorCode: "CMN-408" } }) : route.continue(),
    );
    await faxes.button("Cancel this fax", composer.accepted).click();
    await faxes.confirmCancel(composer.accepted).click();
    await expect(composer.accepted.getByRole("alert")).toHaveText(/This account may not delete messages/);
    await expect(faxes.headline(composer.accepted)).toHaveText(/^Goes out/);
    expect(await composer.hasFocus()).toBe(true);
  });

  test("whatever a person presses, nothing is deleted without an id", async ({ faxes, sandbox }) => {
    const ids = [await posted(sandbox, STUCK), await posted(sandbox, STUCK), await posted(sandbox, ANNA)];
    await forgetRequests(sandbox);
    await faxes.open();
    await faxes.ask(["", "0", ",,", ...ids].join(","));
    for (const id of ids.slice(0, 2)) {
      await faxes.button("Cancel this fax", faxes.askedFor(id)).click();
      await faxes.confirmCancel(faxes.askedFor(id)).click();
      await expect(faxes.headline(faxes.askedFor(id))).toHaveText("Cancelled");
    }
    const deletions = (await requests(sandbox)).filter(({ method }) => method === "DELETE");
    expect(deletions.map(({ path }) => path.split("/").at(-1))).toEqual(ids.slice(0, 2));
    expect(deletions.filter(({ wipes }) => wipes)).toEqual([]);
  });
});

test("from the screen of a fax that is there twice to the other's, and back", async ({ composer, faxes }) => {
  await faxes.open({ view: "send" });
  await composer.addRecipient(bad(497));
  await composer.addRecipient(STUCK);
  await composer.choose(pdf());
  await composer.reviewAndSend();
  const id = await composer.messageId.textContent();
  await expect(faxes.twin).toBeVisible({ timeout: 15_000 });
  const twin = (await faxes.twin.textContent()).match(/message (\d+)/)[1];
  await composer.accepted.locator('[part~="faxes-link"]').click();
  await faxes.row("+999 000 0497").getByRole("button").click();
  await expect(faxes.fact("Message ID")).toHaveText(id);
  await faxes.button("Show fax", faxes.twin).click();
  await expect(faxes.fact("Message ID")).toHaveText(twin);
  await expect(faxes.faxHeading).toBeFocused();
});
