// A fax goes once, or not at all: whichever way its answer is lost, the service's own record tells how many it took, and
// the screen and the promise say the same.
import { ANNA, BEN, bad, Composer } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { Faxes, failing, fill, listed, posted, settled } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

/** Every way to lose the answer: the sandbox's number, what it looks like from here, and how many faxes were accepted. */
const WAYS = [
  { day: 498, code: "network", accepted: 0, why: "The connection broke" },
  { day: 499, code: "network", accepted: 1 },
  { day: 495, code: "network", accepted: 1 },
  { day: 496, code: "network", accepted: 1, isLate: true },
  { day: 500, code: "server", status: 500, accepted: 0, why: "The fax service had a fault of its own." },
  { day: 503, code: "server", status: 503, accepted: 0, why: "The fax service had a fault of its own." },
  { day: 504, code: "server", status: 504, accepted: 1 },
  { day: 200, code: "unreadable", status: 200, accepted: 0, why: "Something answered, but not the way a fax service does." },
  { day: 201, code: "unreadable", status: 200, accepted: 1 },
  { day: 408, code: "timeout", accepted: 0, isSilent: true, why: "The fax service did not answer in time." },
  { day: 409, code: "timeout", accepted: 1, isSilent: true },
];

const named = ({ day, code, accepted }) => `${String(day).padStart(4, "0")}, ${code}, ${accepted ? "accepted" : "not accepted"}`;

const NOT_SENT = "The fax was not sent";
const UNKNOWN = "It is not known whether the fax was accepted";

test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

/** Opens the form in a page whose clock can be put forward. */
async function openWithClock(composer) {
  await composer.page.clock.install();
  await composer.open();
  await composer.listen("fax-progress", "fax-accepted", "fax-error");
}

const sentAgain = async (sandbox, id) => (await sandbox.inbox()).filter(({ originalMessageId }) => String(originalMessageId) === id);

/** A fax that went out long ago, whatever the pace. */
async function finished(sandbox) {
  await fill(sandbox, 20); // some are received ones
  return (await listed(sandbox))[0];
}

/** Waits until the answer is lost; a silent service is waited for until the time is up. */
async function loseAnswer(composer, sandbox, way, posts = 1) {
  if (way.isSilent) {
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(posts);
    await composer.page.clock.fastForward("01:01");
  }
  await expect.poll(() => sandbox.posts()).toBe(posts);
}

/** Puts the clock forward over the last look, but where the service itself is late. */
async function hurry(page, { isLate } = {}) {
  if (!isLate) await page.clock.fastForward("00:31");
}

/** The message store, but for what is asked of a single message. */
const LIST = /\/message-store\?/;

/** Lets no look into the message store come to an end, for as long as the page lives or until what comes back is called. */
async function holdLooks(page) {
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route(LIST, async (route) => {
    await gone;
    await route.continue();
  });
  return go;
}

/** What becomes of this page's posts: the service takes the fax or never sees it, and the connection breaks `now()`. */
async function losing(page, accepted) {
  const gate = () => {
    const gate = {};
    gate.passed = new Promise((resolve) => (gate.open = resolve));
    return gate;
  };
  const [arrived, broken] = [gate(), gate()];
  await page.route(/\/fax$/, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    if (accepted) await route.fetch();
    arrived.open();
    await broken.passed;
    return route.abort("connectionfailed");
  });
  return { posted: arrived.passed, now: broken.open };
}

/** The same, at once. */
const lose = async (page, accepted) => (await losing(page, accepted)).now();

test.describe("the answer to a new fax is lost", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });

  for (const way of WAYS) {
    test(named(way), async ({ composer, page, sandbox }) => {
      await openWithClock(composer);
      await composer.fillIn(bad(way.day), pdf());
      const { ended } = await composer.pressAndJoin();
      await loseAnswer(composer, sandbox, way);
      await expect.poll(() => composer.phases()).toContain("looking");
      await hurry(page, way);
      const { message, error } = await ended;
      const inbox = await sandbox.inbox();
      expect(inbox).toHaveLength(way.accepted);
      if (way.accepted) {
        await expect(composer.acceptedHeading).toHaveText("Accepted by the fax service");
        await expect(composer.messageId).toHaveText(String(inbox[0].id));
        expect(message).toMatchObject({ id: inbox[0].id, type: "Fax", direction: "Outbound", messageStatus: "Queued" });
        expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([inbox[0].id]);
        expect(await composer.heard("fax-error")).toEqual([]);
        expect(await composer.phases()).toEqual(["checking", "uploading", "looking", "accepted"]);
      } else {
        const failure = { name: "FaxError", code: way.code, outcome: "not-sent", ...(way.status && { status: way.status }) };
        expect(error).toMatchObject(failure);
        await expect(composer.failure).toBeFocused();
        await expect(composer.failure).toContainText(NOT_SENT);
        await expect(composer.failure).toContainText(way.why);
        await expect(composer.failure).toContainText("Everything you entered is still here.");
        await expect(composer.doubt).toHaveCount(0);
        await composer.expectDraft({ to: [{ phoneNumber: bad(way.day) }], attachments: ["contract.pdf"] });
        expect((await composer.heard("fax-error")).map(({ detail }) => detail)).toMatchObject([failure]);
        expect(await composer.heard("fax-accepted")).toEqual([]);
      }
      expect(await sandbox.faxPosts()).toHaveLength(1);
      expect(await composer.intents()).toEqual([]);
      expect(await composer.kept()).not.toContain(`9990000${way.day}`);
    });
  }

  test("a gateway gives up, and the service takes the fax 15 s later", async ({ composer, page, sandbox }) => {
    test.setTimeout(60_000);
    await openWithClock(composer);
    await composer.fillIn(bad(502), pdf());
    const { ended } = await composer.pressAndJoin();
    await expect.poll(() => composer.phases()).toContain("looking");
    await page.waitForTimeout(10_000); // behind the last look at a broken connection
    await expect(composer.currentStep, "it is not said too early that it was not").toContainText("No answer came.");
    await expect.poll(() => sandbox.inbox(), { timeout: 25_000 }).toHaveLength(1);
    await hurry(page);
    const { message } = await ended;
    expect(message.id).toBe((await sandbox.inbox())[0].id);
    await expect(composer.messageId).toHaveText(String(message.id));
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("the looks take eight seconds after a break, and the screen says what is being done", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(bad(498), pdf());
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("No answer came. Looking whether the fax was accepted");
    await expect(composer.currentStep).toContainText("This can take half a minute. Nothing is sent again by itself.");
    await expect(composer.status).toHaveText("No answer came. Looking whether the fax was accepted");
    const began = Date.now();
    await expect(composer.failure).toContainText(NOT_SENT);
    expect(Date.now() - began).toBeGreaterThan(6_500);
    expect((await sandbox.requests()).filter(({ method, path }) => method === "GET" && path.endsWith("/message-store"))).toHaveLength(3);
  });
});

test.describe("the answer to a resend is lost", () => {
  test.use({ sandboxOptions: { pace: 1 } });

  for (const [place, way] of WAYS.entries()) {
    const original = place % 2 ? [failing(7), "SendingFailed"] : [ANNA, "Sent"];
    test(`${named(way)}, of one that is ${original[1]}`, async ({ composer, faxes, page, sandbox }) => {
      const id = await posted(sandbox, original[0]);
      await settled(sandbox, id);
      await openWithClock(composer);
      const ended = faxes.resend({ originalMessageId: id, to: [{ phoneNumber: bad(way.day) }] });
      await loseAnswer(composer, sandbox, way, 2);
      await expect.poll(async () => (await composer.intents())[0]?.doubt).toBe(way.isSilent || way.status === 504 ? "late" : "broken");
      await hurry(page, way);
      const { message, error } = await ended;
      const again = await sentAgain(sandbox, id);
      expect(again).toHaveLength(way.accepted);
      if (way.accepted) {
        expect(message).toMatchObject({ id: again[0].id, type: "Fax" });
        expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([again[0].id]);
        expect(await composer.heard("fax-error")).toEqual([]);
      } else {
        const failure = { name: "FaxError", code: way.code, outcome: "not-sent" };
        expect(error).toMatchObject(failure);
        expect((await composer.heard("fax-error")).map(({ detail }) => detail)).toMatchObject([failure]);
        expect(await composer.heard("fax-accepted")).toEqual([]);
      }
      expect(await sandbox.faxPosts()).toHaveLength(2);
      expect(await composer.intents()).toEqual([]);
    });
  }

  for (const day of [498, 499, 503, 201]) {
    const way = WAYS.find((way) => way.day === day);
    test(`in the resend view: ${named(way)}`, async ({ faxes, page, sandbox }) => {
      const id = await posted(sandbox, failing(7));
      await settled(sandbox, id);
      await page.clock.install();
      await faxes.open();
      await faxes.ask(id);
      await faxes.button("Correct the number", faxes.askedFor(id)).click();
      await faxes.numbers.fill(bad(day));
      await faxes.send.click();
      await loseAnswer({ page }, sandbox, way, 2);
      await expect(faxes.batchHeading).toContainText("Sending again");
      await hurry(page, way);
      const words = way.accepted ? /^Accepted as message \d+$/ : new RegExp(`^${NOT_SENT}\\. ${way.why}`);
      await expect(faxes.batchStates).toHaveText([words]);
      const again = await sentAgain(sandbox, id);
      expect(again).toHaveLength(way.accepted);
      if (way.accepted) await expect(faxes.batchStates).toContainText(String(again[0].id));
      expect(await sandbox.faxPosts()).toHaveLength(2);
    });
  }
});

test.describe("the answer is lost, and then the page is loaded anew", () => {
  test.use({ sandboxOptions: { pace: 1 } });

  for (const way of WAYS) {
    test(`send, ${named(way)}`, async ({ composer, page, sandbox }) => {
      await openWithClock(composer);
      await composer.fillIn(bad(way.day), pdf());
      await holdLooks(page);
      await composer.reviewAndSend();
      await loseAnswer(composer, sandbox, way);
      await expect.poll(() => composer.phases()).toContain("looking");
      await reloadAndLook(composer, way);
      await expectBanner(composer, way, (await sandbox.inbox())[0]?.id);
      expect(await sandbox.inbox()).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(1);
    });

    test(`resend, ${named(way)}`, async ({ composer, faxes, page, sandbox }) => {
      const id = await posted(sandbox, ANNA);
      await settled(sandbox, id);
      await openWithClock(composer);
      await holdLooks(page);
      faxes.resend({ originalMessageId: id, to: [{ phoneNumber: bad(way.day) }] }).catch(() => {}); // the page goes away under it
      await loseAnswer(composer, sandbox, way, 2);
      await expect.poll(async () => (await composer.intents())[0]?.doubt).toBeDefined();
      await reloadAndLook(composer, way);
      const again = await sentAgain(sandbox, id);
      await expectBanner(composer, way, again[0]?.id);
      expect(again).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(2);
    });
  }

  async function reloadAndLook(composer, way) {
    await composer.page.reload();
    await expect(composer.lookingFor).toContainText("This can take half a minute. Nothing is sent again by itself.");
    // The look that was held is let go with its page, and not before: it would find the fax.
    const address = composer.page.url();
    await composer.page.goto("about:blank");
    await composer.page.unroute(LIST);
    await composer.page.goto(address);
    await composer.listen("fax-accepted");
    // Time is put forward when there is something that waits for it.
    await expect(composer.element.locator('[part~="doubt"]').first()).toBeVisible();
    await hurry(composer.page, way);
  }
});

/** What became of the fax stands over the form. */
async function expectBanner(composer, way, id) {
  const banner = way.accepted ? composer.takenAfterAll : composer.notTaken;
  await expect(banner).toBeVisible();
  await expect(banner).toContainText(`About +999 000 0${way.day}, `);
  await expect(composer.doubt).toHaveCount(1);
  if (way.accepted) {
    await banner.getByRole("button", { name: "Show fax" }).click();
    await expect(composer.messageId).toHaveText(String(id));
  } else {
    await expect(banner).toContainText("The account’s list of sent faxes does not hold it. If you still want it to go, send it again.");
    await banner.getByRole("button", { name: "Close" }).click();
    await expect(composer.doubt).toHaveCount(0);
  }
  expect(await composer.intents()).toEqual([]);
}

test.describe("in the middle of the request", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });
  const SILENT = WAYS.filter(({ isSilent }) => isSilent);

  /** A fax that was posted and has no answer. */
  async function underWay(composer, sandbox, way) {
    await openWithClock(composer);
    await composer.fillIn(bad(way.day), pdf());
    const { ended } = await composer.pressAndJoin();
    ended.catch(() => {}); // the page may go away under it
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(1);
    if (way.accepted) await expect.poll(() => sandbox.inbox()).toHaveLength(1);
    return { ended };
  }

  for (const way of SILENT) {
    test(`the page is loaded anew: ${named(way)}`, async ({ composer, page, sandbox }) => {
      await underWay(composer, sandbox, way);
      await page.reload();
      // Looked for still, or found already.
      await expect(composer.doubt.first()).toContainText(`About +999 000 0${way.day}, `);
      await hurry(page);
      await expectBanner(composer, way, (await sandbox.inbox())[0]?.id);
      expect(await sandbox.inbox()).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(1);
    });

    test(`the page is closed: ${named(way)}`, async ({ composer, page, sandbox }) => {
      await underWay(composer, sandbox, way);
      const next = await page.context().newPage();
      await page.close();
      const later = new Composer(next, sandbox.origin);
      await later.open();
      await hurry(next);
      await expectBanner(later, way, (await sandbox.inbox())[0]?.id);
      expect(await sandbox.inbox()).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(1);
    });

    test(`a person stops: ${named(way)}`, async ({ composer, page, sandbox }) => {
      const { ended } = await underWay(composer, sandbox, way);
      const letLook = await holdLooks(page); // the first comes half a second behind
      await composer.cancelButton.click();
      expect((await ended).error).toMatchObject({ code: "cancelled", outcome: "unknown" });
      await expect(composer.ownDoubt).toContainText("You stopped while the fax was on its way.");
      await expect(composer.lookingFor).toBeVisible();
      letLook();
      await hurry(page);
      await expectSettled(composer, sandbox, way);
    });
  }

  for (const accepted of [0, 1]) {
    test(`the connection goes, and comes back: ${accepted ? "accepted" : "not accepted"}`, async ({ composer, page, sandbox }) => {
      await openWithClock(composer);
      const goes = await losing(page, accepted);
      await composer.fillIn(ANNA, pdf());
      const { ended } = await composer.pressAndJoin();
      await goes.posted;
      await page.context().setOffline(true);
      goes.now();
      await expect(composer.currentStep).toContainText("No answer came.");
      await hurry(page);
      expect((await ended).error).toMatchObject({ code: "network", outcome: "unknown" });
      await hurry(page);
      await expect(composer.ownDoubt).toContainText(UNKNOWN);
      await expect(composer.lookAgain).toBeVisible();
      await page.context().setOffline(false);
      await hurry(page);
      await expectSettled(composer, sandbox, { accepted, posts: accepted, number: ANNA });
    });
  }

  test("a person stops while it is looked for", async ({ composer, page, sandbox }) => {
    await openWithClock(composer);
    await composer.fillIn(bad(499), pdf());
    await holdLooks(page);
    const { ended } = await composer.pressAndJoin();
    await expect(composer.currentStep).toContainText("No answer came.");
    await composer.cancelButton.click();
    expect((await ended).error).toMatchObject({ code: "cancelled", outcome: "unknown" });
    await page.unroute(LIST);
    await hurry(page);
    await expectSettled(composer, sandbox, { day: 499, accepted: 1 });
  });

  for (const way of SILENT) {
    test(`the widget is taken out of the page, and put back: ${named(way)}`, async ({ composer, page, sandbox }) => {
      await underWay(composer, sandbox, way);
      const element = await composer.element.elementHandle();
      await element.evaluate((widget) => widget.remove());
      await element.evaluate((widget) => document.body.append(widget));
      await expect(composer.doubt.or(composer.accepted).first()).toBeVisible();
      await hurry(page);
      if (way.accepted) await expect(composer.messageId).toHaveText(String((await sandbox.inbox())[0].id));
      else await expect(composer.notTaken.or(composer.failure.filter({ hasText: NOT_SENT }))).toBeVisible();
      await expect(composer.earlierTry, "it is known now").toHaveCount(0);
      expect(await sandbox.inbox()).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(1);
    });
  }

  /** What became of the fax stands in place of its form, or over it. */
  async function expectSettled(composer, sandbox, way) {
    const inbox = await sandbox.inbox();
    expect(inbox).toHaveLength(way.accepted);
    if (way.accepted) {
      await expect(composer.messageId).toHaveText(String(inbox[0].id));
      expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([inbox[0].id]);
    } else {
      await expect(composer.failure).toContainText(NOT_SENT);
      await composer.expectDraft({ to: [{ phoneNumber: way.number ?? bad(way.day) }], attachments: ["contract.pdf"] });
      expect(await composer.heard("fax-accepted")).toEqual([]);
    }
    await expect(composer.doubt).toHaveCount(0);
    expect(await composer.intents()).toEqual([]);
    expect(await sandbox.faxPosts()).toHaveLength(way.posts ?? 1);
  }
});

test.describe("every other row of the table", () => {
  test.use({ sandboxOptions: { pace: 1 } });
  const FAILS = [...[1, 2, 3, 4, 5, 6, 9].map(bad), ...Array.from({ length: 34 }, (_, place) => failing(place + 1)), failing(99)];
  const REFUSES = [[400, "refused"], [401, "unauthorized"], [403, "forbidden"], [404, "not-found"], [406, "not-allowed"], [413, "too-large"], [415, "unsupported"]];

  test("what fails later was accepted once", async ({ opened: composer, sandbox }) => {
    for (const [place, number] of FAILS.entries()) {
      await composer.setFax({ to: [{ phoneNumber: number }] }, [`${place}.pdf`]);
      expect((await composer.submit()).message, number).toMatchObject({ type: "Fax" });
      await composer.page.evaluate(() => localStorage.clear()); // the service's limit of faxes a minute is another test's
    }
    expect((await sandbox.inbox()).map(({ to }) => to[0].phoneNumber)).toEqual(FAILS);
  });

  test("what is refused was not, and leaves nothing to look for", async ({ opened: composer, sandbox }) => {
    for (const [day, code] of REFUSES) {
      await composer.setFax({ to: [{ phoneNumber: bad(day) }] });
      expect((await composer.submit()).error, code).toMatchObject({ code, outcome: "not-sent" });
      expect(await composer.intents()).toEqual([]);
    }
    expect(await sandbox.inbox()).toEqual([]);
    await expect(composer.doubt).toHaveCount(0);
  });
});

test.describe("it cannot be known", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });

  for (const day of [498, 499]) {
    const way = WAYS.find((way) => way.day === day);
    test(`the message store is closed to this account, until a new token opens it: ${named(way)}`, async ({ opened: composer, page, sandbox }) => {
      await composer.set({ token: "no-messages" });
      await composer.setFax({ to: [{ phoneNumber: bad(day) }] });
      expect((await composer.submit()).error).toMatchObject({ code: "network", outcome: "unknown" });
      await expect(composer.ownDoubt).toContainText(UNKNOWN);
      await expect(composer.ownDoubt).toContainText("The account’s list of sent faxes could not be read, or does not tell.");
      expect(await composer.intents()).toMatchObject([{ doubt: "broken" }]);
      await composer.set({ token: "sandbox" });
      const inbox = await sandbox.inbox();
      if (way.accepted) await expect(composer.messageId).toHaveText(String(inbox[0].id));
      else await expect(composer.failure).toContainText(NOT_SENT);
      expect(inbox).toHaveLength(way.accepted);
      expect(await sandbox.faxPosts()).toHaveLength(1);
      await page.reload();
      await expect(composer.heading).toBeVisible();
      await expect(composer.doubt).toHaveCount(0);
    });
  }

  /** A fax to this number of which nobody knows, and a message store that cannot be read. */
  async function inDoubt(composer, day) {
    await openWithClock(composer);
    await composer.page.route(LIST, (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-401" } }));
    await composer.fillIn(bad(day), pdf());
    await composer.reviewAndSend();
    await expect(composer.lookAgain).toBeVisible();
  }

  test("Look again looks once, and settles what was accepted", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 499);
    await composer.lookAgain.click();
    await expect(composer.lookAgain).toBeVisible();
    await page.unroute(LIST);
    await composer.lookAgain.click();
    const [{ id }] = await sandbox.inbox();
    await expect(composer.messageId).toHaveText(String(id));
    expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([id]);
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("Look again settles what was not, and the fax goes when it is sent again", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 498);
    await page.unroute(LIST);
    await composer.lookAgain.click();
    await expect(composer.failure).toContainText(NOT_SENT); // it is patient first
    await expect(composer.doubt).toHaveCount(0);
    expect(await sandbox.faxPosts()).toHaveLength(1);
    await composer.editRecipient("+999 000 0498").click();
    await composer.editedNumber.fill(ANNA);
    await composer.doneEditing.click();
    await composer.reviewSendAndSeeAccepted();
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("a draft that was changed meanwhile is another fax: it stays, whatever became of the first", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 499);
    await composer.addRecipient(BEN);
    await expect(composer.notKnown).toContainText("About +999 000 0499, ");
    await expect(composer.failure).toHaveCount(0);
    await page.unroute(LIST);
    await composer.lookAgain.click();
    await expect(composer.takenAfterAll).toContainText("About +999 000 0499, ");
    await composer.expectDraft({ to: [{ phoneNumber: bad(499) }, { phoneNumber: BEN }], attachments: ["contract.pdf"] });
    await expect(composer.earlierTry).toHaveCount(0);
    const [{ id }] = await sandbox.inbox();
    expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([id]);
    await composer.reviewAndSend();
    await expect(composer.repeat, "the same documents to one of the same numbers").toBeVisible();
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("of a script’s resend the form says so too, and looks again", async ({ composer, faxes, page, sandbox }) => {
    const id = await finished(sandbox);
    await openWithClock(composer);
    await page.route(LIST, (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-401" } }));
    const { error } = await faxes.resend({ originalMessageId: id, to: [{ phoneNumber: bad(499) }] });
    expect(error).toMatchObject({ code: "network", outcome: "unknown" });
    await expect(composer.notKnown).toContainText("About +999 000 0499, ");
    await page.unroute(LIST);
    await composer.lookAgain.click();
    await expect(composer.takenAfterAll).toBeVisible();
    expect(await sentAgain(sandbox, id)).toHaveLength(1);
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("what another tab has found is not looked for in vain", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 499);
    const other = new Composer(await page.context().newPage(), sandbox.origin);
    await other.open();
    await expect(other.takenAfterAll).toBeVisible();
    await page.bringToFront();
    await page.unroute(LIST);
    await composer.lookAgain.click();
    await expect(composer.messageId).toHaveText(String((await sandbox.inbox())[0].id));
    expect(await composer.intents()).toEqual([]);
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("nor what a person has settled in another tab", async ({ composer, page, sandbox }) => {
    const id = await finished(sandbox);
    await openWithClock(composer);
    await page.route(LIST, (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-401" } }));
    await new Faxes(page, sandbox.origin).resend({ originalMessageId: id, to: [{ phoneNumber: bad(498) }] });
    await expect(composer.lookAgain).toBeVisible();
    const other = new Composer(await page.context().newPage(), sandbox.origin);
    await other.page.route(LIST, (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-401" } }));
    await other.open();
    await other.checkedMyself.click();
    await page.bringToFront();
    await page.unroute(LIST);
    // Another of those that it could be mistaken for leaves no way to tell.
    await page.route(LIST, async (route) => {
      const response = await route.fetch();
      const untold = { id: 5, type: "Fax", direction: "Outbound", messageStatus: "Queued" };
      await route.fulfill({ response, json: { ...(await response.json()), records: [untold] } });
    });
    await composer.lookAgain.click();
    await expect(composer.doubt).toHaveCount(0);
    expect(await composer.intents()).toEqual([]);
  });

  test("nothing is posted again by itself, however often it is looked for", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 499);
    for (let looks = 0; looks < 3; looks++) {
      await composer.lookAgain.click();
      await hurry(page);
      await page.context().setOffline(true);
      await page.context().setOffline(false);
      await expect(composer.lookAgain).toBeVisible();
    }
    await page.reload();
    await expect(composer.lookAgain).toBeVisible();
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("a person who sends again all the same is told before, and it goes", async ({ composer, sandbox }) => {
    await inDoubt(composer, 499);
    await composer.proceed.click();
    await expect(composer.earlierTry).toContainText("If you send again, the recipients may get this fax twice.");
    await expect(composer.send).toHaveText("Send again");
    expect(await sandbox.faxPosts()).toHaveLength(1);
    await composer.send.click();
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(2);
  });

  test("a person who has looked says so, and nothing is kept", async ({ composer, page, sandbox }) => {
    await inDoubt(composer, 499);
    await composer.checkedMyself.click();
    await expect(composer.doubt).toHaveCount(0);
    await expect(composer.failure).toHaveCount(0);
    expect(await composer.intents()).toEqual([]);
    await page.reload();
    await expect(composer.heading).toBeVisible();
    await expect(composer.doubt).toHaveCount(0);
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });
});

test.describe("the same once more", () => {
  test("within the hour is asked about, and goes if it is meant", async ({ opened: composer, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(ANNA, contract);
    await composer.reviewSendAndSeeAccepted();
    await composer.newFax.click();
    await composer.fillIn(ANNA, { ...contract, name: "renamed.pdf" });
    await composer.reviewAndSend();
    await expect(composer.repeat).toBeFocused();
    await expect(composer.repeat).toContainText("You sent this within the last hour");
    await expect(composer.repeat).toContainText(/The same documents went to the same number at .*\. Send them once more\?/);
    expect(await sandbox.inbox()).toHaveLength(1);
    await composer.sendAnyway.click();
    await expect(composer.messageId).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(2);
  });

  test("is not sent if it is not meant", async ({ opened: composer, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(ANNA, contract);
    await composer.reviewSendAndSeeAccepted();
    await composer.newFax.click();
    await composer.set({ review: "off" });
    await composer.addRecipient(BEN);
    await composer.fillIn(ANNA, contract); // one of two is enough
    await composer.proceed.click();
    await composer.sendNot.click();
    await expect(composer.repeat).toHaveCount(0);
    await composer.expectDraft({ to: [{ phoneNumber: BEN }, { phoneNumber: ANNA }], attachments: ["contract.pdf"] });
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("is not asked about for another number or another document, nor after an hour", async ({ composer, page, sandbox }) => {
    await page.clock.install();
    await composer.open();
    const contract = pdf();
    for (const [number, file, wait] of [[ANNA, contract], [BEN, contract], [ANNA, pdf()], [ANNA, contract, "01:00:01"]]) {
      if (wait) await page.clock.fastForward(wait);
      await composer.fillIn(number, file);
      await composer.reviewSendAndSeeAccepted();
      await composer.newFax.click();
    }
    expect(await sandbox.inbox()).toHaveLength(4);
  });

  test("is not asked of a script", async ({ opened: composer, sandbox }) => {
    for (let sent = 1; sent <= 2; sent++) {
      await composer.setFax({ to: [{ phoneNumber: ANNA }] });
      expect((await composer.submit()).message).toMatchObject({ type: "Fax" });
      expect(await sandbox.inbox()).toHaveLength(sent);
    }
  });

  test("is asked about after a reload, and in another tab", async ({ opened: composer, page, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(ANNA, contract);
    await composer.reviewSendAndSeeAccepted();
    const other = new Composer(await page.context().newPage(), sandbox.origin);
    await page.reload();
    await expect(composer.heading).toBeVisible();
    await other.open();
    for (const tab of [composer, other]) {
      await tab.fillIn(ANNA, contract);
      await tab.reviewAndSend();
      await expect(tab.repeat).toContainText("The same documents went to the same number at");
    }
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("pressed in two tabs at the same moment goes once, and the other asks", async ({ opened: composer, page, sandbox }) => {
    const contract = pdf();
    const tabs = [composer, new Composer(await page.context().newPage(), sandbox.origin)];
    await tabs[1].open();
    for (const tab of tabs) {
      await tab.page.bringToFront();
      await tab.fillIn(ANNA, contract);
      await tab.proceed.click();
    }
    const press = (tab) => tab.element.evaluate((widget) => widget.shadowRoot.querySelector("[part~=review] [part~=send]").click());
    await Promise.all(tabs.map(press));
    for (const tab of tabs) await expect(tab.messageId.or(tab.repeat)).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
    const asked = await Promise.all(tabs.map((tab) => tab.repeat.count()));
    expect(asked.sort()).toEqual([0, 1]);
  });

  test("while another tab does not know what became of it, is asked about in those words", async ({ opened: composer, page, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(bad(408), contract);
    await composer.reviewAndSend();
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(1);
    const other = new Composer(await page.context().newPage(), sandbox.origin);
    await other.open();
    await expect(other.doubt, "the first tab is still at it").toHaveCount(0);
    await other.fillIn(bad(408), contract);
    await other.reviewAndSend();
    await expect(other.repeat).toContainText("it is not known whether they were accepted. Send them once more?");
    await other.sendNot.click();
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });

  test("is asked about though a client without a view sends from the same page", async ({ opened: composer, page, sandbox }) => {
    const contract = pdf();
    await composer.fillIn(ANNA, contract);
    await composer.reviewSendAndSeeAccepted();
    await page.evaluate(async (number) => {
      const { FaxClient } = await import("/fax-widget/client.js");
      const client = new FaxClient({ server: location.origin, token: "sandbox" });
      await client.send({ to: [number], attachments: [new File(["Hello"], "note.txt")] });
    }, BEN);
    await composer.newFax.click();
    await composer.fillIn(ANNA, contract);
    await composer.reviewAndSend();
    await expect(composer.repeat).toBeFocused();
    expect(await sandbox.inbox()).toHaveLength(2);
  });

  test.describe("sent, and then sent again from the list", () => {
    test.use({ sandboxOptions: { pace: 1 } });

    async function sendAgain(composer, faxes, sandbox, number) {
      await composer.fillIn(number, pdf());
      await composer.reviewSendAndSeeAccepted();
      const id = await composer.messageId.textContent();
      await settled(sandbox, id);
      await composer.element.evaluate((widget) => (widget.view = "resend"));
      await faxes.ask(id);
      await faxes.askedFor(id).locator("[part~=resend], [part~=resend-failed]").click();
      await faxes.send.click();
      return id;
    }

    test("is asked about", async ({ opened: composer, faxes, sandbox }) => {
      const id = await sendAgain(composer, faxes, sandbox, ANNA);
      await expect(faxes.formBanner).toContainText("This went to the same number within the last hour. Send it once more?");
      expect(await sentAgain(sandbox, id)).toHaveLength(0);
    });

    test("is not asked about where it failed", async ({ opened: composer, faxes, sandbox }) => {
      const id = await sendAgain(composer, faxes, sandbox, failing(7));
      await expect(faxes.batchStates).toContainText([/^Accepted as message/]);
      expect(await sentAgain(sandbox, id)).toHaveLength(1);
    });
  });

  test("resent in two tabs at the same moment goes once, and the other tab says so", async ({ faxes, page, sandbox }) => {
    const id = await posted(sandbox, failing(7));
    await settled(sandbox, id);
    const tabs = [faxes, new Faxes(await page.context().newPage(), sandbox.origin)];
    for (const tab of tabs) {
      await tab.page.bringToFront();
      await tab.open();
      await tab.ask(id);
      await tab.button("Send again", tab.askedFor(id)).click();
      await expect(tab.send).toBeVisible();
    }
    await Promise.all(tabs.map((tab) => tab.element.evaluate((widget) => widget.shadowRoot.querySelector("[part~=resend-form] [part~=send]").click())));
    const said = /Accepted as message|Not sent: it has just gone to the same number|went to the same number within the last hour/;
    for (const tab of tabs) await expect(tab.batchStates.or(tab.formBanner).first()).toContainText(said);
    expect(await sentAgain(sandbox, id)).toHaveLength(1);
    const accepted = await Promise.all(tabs.map((tab) => tab.batchStates.filter({ hasText: "Accepted as message" }).count()));
    expect(accepted.sort()).toEqual([0, 1]);
  });

  test("in the resend view is asked about too", async ({ faxes, sandbox }) => {
    const id = await posted(sandbox, failing(7));
    await settled(sandbox, id);
    await faxes.open();
    for (let sent = 1; sent <= 2; sent++) {
      await faxes.ask(id);
      await faxes.button("Send again", faxes.askedFor(id)).click();
      await faxes.send.click();
      if (sent === 2) break;
      await faxes.batchDone.click();
    }
    await expect(faxes.formBanner).toContainText("This went to the same number within the last hour. Send it once more?");
    expect(await sentAgain(sandbox, id)).toHaveLength(1);
    await faxes.send.click();
    await expect(faxes.batchDone).toBeVisible();
    expect(await sentAgain(sandbox, id)).toHaveLength(2);
  });
});

test.describe("two faxes to the same number", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });

  test("one that went before is not taken for the one that is looked for", async ({ composer, page, sandbox }) => {
    await openWithClock(composer);
    await composer.setFax({ to: [{ phoneNumber: ANNA }] }, ["first.pdf"]);
    await composer.submit();
    await lose(page, false);
    await composer.setFax({ to: [{ phoneNumber: ANNA }] }, ["second.pdf"]);
    const ended = composer.submit();
    await expect.poll(() => composer.phases()).toContain("looking");
    await hurry(page);
    expect((await ended).error).toMatchObject({ code: "network", outcome: "not-sent" });
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("nor where the page wants nothing remembered, and is loaded anew", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await faxes.open({ view: "send", remember: "off" });
    await composer.setFax({ to: [{ phoneNumber: ANNA }] }, ["first.pdf"]);
    await composer.submit();
    await lose(page, false);
    await holdLooks(page);
    await composer.listen("fax-progress");
    await composer.setFax({ to: [{ phoneNumber: ANNA }], coverPageText: "second" }, ["second.pdf"]);
    composer.submit().catch(() => {});
    await expect.poll(() => composer.phases()).toContain("looking");
    await page.unroute(LIST);
    await page.reload();
    await expect(composer.lookingFor).toBeVisible();
    await hurry(page);
    await expect(composer.lookingFor).toHaveCount(0);
    await expect(composer.takenAfterAll, "it was the first that was accepted").toHaveCount(0);
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("in two tabs: what the service took of one is not taken for the other", async ({ composer, page, sandbox }) => {
    await openWithClock(composer);
    const second = await page.context().newPage();
    await second.clock.install();
    const other = new Composer(second, sandbox.origin);
    await other.open();
    await other.listen("fax-progress");
    await lose(page, false);
    await lose(second, true);
    await composer.setFax({ to: [{ phoneNumber: ANNA }] }, ["lost.pdf"]);
    await other.setFax({ to: [{ phoneNumber: ANNA }] }, ["taken.pdf", "too.pdf"]);
    await holdLooks(page);
    await holdLooks(second);
    const ended = [composer.submit(), other.submit()];
    for (const tab of [composer, other]) await expect.poll(() => tab.phases()).toContain("looking");
    await page.unroute(LIST);
    await second.unroute(LIST);
    // The looks that were held are let go when their time is up.
    await page.clock.fastForward("01:01");
    const lost = await ended[0];
    expect(lost.message, "the service never had it").toBeUndefined();
    await second.clock.fastForward("01:01");
    const taken = await ended[1];
    expect(taken.error?.outcome, "the service has it").not.toBe("not-sent");
    expect(await sandbox.inbox()).toHaveLength(1);
  });
});

test("what two tabs write down at the same moment is all there", async ({ opened: composer, page, sandbox }) => {
  const tabs = [composer, new Composer(await page.context().newPage(), sandbox.origin)];
  await tabs[1].open();
  for (const tab of tabs) await holdLooks(tab.page);
  const numbers = tabs.map((_, place) => bad(498 + place));
  for (const [place, tab] of tabs.entries()) await tab.setFax({ to: [{ phoneNumber: numbers[place] }] });
  for (const tab of tabs) tab.submit().catch(() => {}); // the test ends before they do
  for (const tab of tabs) await expect(tab.currentStep).toContainText("No answer came.");
  // What one tab writes down reaches another process some moments later.
  for (const tab of tabs) {
    await expect.poll(async () => (await tab.intents()).map(({ to, doubt }) => [...to, doubt]).sort()).toEqual(numbers.map((number) => [number, "broken"]));
  }
});

test.describe("the same fax twice at the service", () => {
  test.use({ sandboxOptions: { pace: 9_000 } });

  async function cancelTheSecond(composer, sandbox) {
    const inbox = await sandbox.inbox();
    const accepted = await composer.messageId.textContent();
    const twin = String(inbox.find(({ id }) => String(id) !== accepted).id);
    await expect(composer.twins).toHaveCount(inbox.length - 1);
    await expect(composer.twins.first()).toContainText("The fax service holds this fax twice");
    await expect(composer.twins.first()).toContainText("It has not gone out yet. Cancel it, or the recipients get it twice.");
    if (inbox.length === 2) await expect(composer.twins).toContainText(`The same fax is also there as message ${twin}.`);
    expect(await deletes(sandbox), "nothing is cancelled by itself").toEqual([]);
    for (let left = inbox.length - 1; left > 0; left--) {
      await composer.cancelTwin.first().click();
      await composer.cancelTwinYes.click();
      await expect(composer.cancelTwin).toHaveCount(left - 1);
    }
    await expect(composer.twins.first()).toContainText("It was cancelled.");
    const others = inbox.map(({ id }) => String(id)).filter((id) => id !== accepted);
    expect((await deletes(sandbox)).map((path) => path.split("/").at(-1)).sort()).toEqual(others.sort());
    await expect.poll(async () => (await sandbox.inbox()).filter(({ messageStatus }) => messageStatus === "Sent").map(({ id }) => String(id))).toEqual([accepted]);
  }

  const deletes = async (sandbox) => (await sandbox.requests()).filter(({ method }) => method === "DELETE").map(({ path }) => path);

  test("accepted twice, and answered late: the second one is cancelled and one goes out", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(bad(497), pdf());
    await composer.reviewSendAndSeeAccepted();
    expect(await sandbox.inbox()).toHaveLength(2);
    expect(await sandbox.faxPosts()).toHaveLength(1);
    await cancelTheSecond(composer, sandbox);
  });

  test.describe("because the browser repeats a post itself", () => {
    test.use({ sandboxOptions: { pace: 9_000, "keep-alive": "on" } });

    test("the second one is cancelled and one goes out", async ({ opened: composer, sandbox }) => {
      await composer.fillIn(bad(499), pdf());
      await composer.reviewAndSend();
      await expect(composer.messageId).toBeVisible();
      expect((await sandbox.inbox()).length, "one press, and the browser posted more than once").toBeGreaterThan(1);
      expect(await sandbox.faxPosts()).toHaveLength((await sandbox.inbox()).length);
      await cancelTheSecond(composer, sandbox);
    });
  });

  test("one that has gone out already is told of, and cannot be cancelled", async ({ composer, page, sandbox }) => {
    await openWithClock(composer);
    await composer.fillIn(bad(497), pdf());
    await composer.reviewSendAndSeeAccepted();
    await settled(sandbox, ...(await sandbox.inbox()).map(({ id }) => id));
    await page.clock.fastForward("00:11");
    await expect(composer.twins).toContainText("It is no longer waiting to go out.");
    await expect(composer.cancelTwin).toHaveCount(0);
  });
});

test.describe("the device’s clock is wrong", () => {
  test.use({ sandboxOptions: { pace: 600_000 } });

  /** A page of another origin: there the browser does not tell what time it is at the service. */
  async function openElsewhere({ composer, embedder, page, sandbox }, hours) {
    await page.clock.install({ time: Date.now() + hours * 3_600_000 });
    await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}"></fax-widget>`);
    await composer.set({ token: "sandbox" });
    await composer.listen("fax-progress");
  }

  for (const hours of [3, -3]) {
    test(`by ${hours} hours, and nothing is known of it: what was accepted is not said not to be`, async ({ composer, embedder, page, sandbox }) => {
      await openElsewhere({ composer, embedder, page, sandbox }, hours);
      await composer.setFax({ to: [{ phoneNumber: bad(499) }] });
      const ended = composer.submit();
      await expect.poll(() => composer.phases()).toContain("looking");
      await hurry(page);
      expect((await ended).error).toMatchObject({ code: "network", outcome: "unknown" });
      await expect(composer.ownDoubt).toContainText(UNKNOWN);
      expect(await sandbox.inbox()).toHaveLength(1);
    });

    test(`by ${hours} hours, and known since an acceptance: it is found`, async ({ composer, embedder, page, sandbox }) => {
      await openElsewhere({ composer, embedder, page, sandbox }, hours);
      await composer.setFax({ to: [{ phoneNumber: ANNA }] });
      expect((await composer.submit()).message).toMatchObject({ type: "Fax" });
      await composer.setFax({ to: [{ phoneNumber: bad(499) }] }, ["second.pdf"]);
      const ended = composer.submit();
      await expect.poll(() => composer.phases()).toContain("looking");
      await hurry(page);
      expect((await ended).message.id).toBe((await sandbox.inbox())[1].id);
    });
  }
});

test.describe("two tabs of one browser", () => {
  test.use({ sandboxOptions: { "rate-limits": "on", clock: 60 } });

  test("share the limit, and add up to no penalty", async ({ opened: composer, page, sandbox }) => {
    const tabs = [composer, new Composer(await page.context().newPage(), sandbox.origin)];
    await tabs[1].open();
    const sendMany = async (tab, count) => {
      for (let sent = 0; sent < count; sent++) {
        await tab.setFax({ to: [{ phoneNumber: ANNA }] });
        expect((await tab.submit()).message).toMatchObject({ type: "Fax" });
      }
    };
    await Promise.all(tabs.map((tab) => sendMany(tab, 15)));
    expect(await sandbox.inbox()).toHaveLength(30);
    expect((await sandbox.requests()).filter(({ status }) => status === 429)).toEqual([]);
  });
});

test.describe("what is written down", () => {
  test("holds numbers and digests, no names, no documents, and goes when it is settled", async ({ opened: composer, page, sandbox }) => {
    const body = "A confidential line of text.";
    await composer.addRecipient(bad(409), "Anna Example");
    await composer.choose({ name: "diagnosis.txt", mimeType: "text/plain", buffer: Buffer.from(body) });
    await composer.coverText.fill("Dear Anna");
    await composer.reviewAndSend();
    await expect.poll(() => sandbox.inbox()).toHaveLength(1);
    const [intent] = await composer.intents();
    expect(Object.keys(intent).sort()).toEqual(["ahead", "before", "key", "marks", "options", "place", "started", "to"]);
    expect(intent.to).toEqual([bad(409)]);
    const kept = (await composer.kept()) + (await composer.kept("sessionStorage"));
    for (const secret of ["Anna", "diagnosis", body, btoa(body), "Dear", "sandbox\""]) expect(kept).not.toContain(secret);
    await page.clock.install();
    await page.reload();
    await hurry(page);
    await expect(composer.takenAfterAll).toBeVisible();
    expect(await composer.kept()).not.toContain("9990000409");
  });

  test("is said to be nothing, where the browser refuses to keep it", async ({ composer, page, sandbox }) => {
    await page.addInitScript(() => {
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (name, value) {
        if (name.startsWith("fax-widget.intent.")) throw new DOMException("no room", "QuotaExceededError");
        return setItem.call(this, name, value);
      };
    });
    await composer.open();
    await composer.fillIn(bad(408), pdf());
    await composer.reviewAndSend();
    await expect.poll(async () => (await sandbox.faxPosts()).length).toBe(1);
    await expect(composer.progress).toContainText("This browser does not let it note what is on its way");
    await composer.cancelButton.click();
    await expect(composer.lookingFor, "as long as the page lives it is known").toBeVisible();
  });

  test("stays over a reload though the page wants nothing remembered", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await faxes.open({ view: "send", remember: "off" });
    await composer.fillIn(bad(409), pdf());
    await composer.reviewAndSend();
    await expect.poll(() => sandbox.inbox()).toHaveLength(1);
    const letLook = await holdLooks(page);
    await page.reload();
    await expect(composer.lookingFor).toBeVisible();
    letLook();
    await hurry(page);
    await expectBanner(composer, { day: 409, accepted: 1 }, (await sandbox.inbox())[0].id);
    expect(await composer.kept()).not.toContain("9990000409");
    expect(await composer.kept("sessionStorage")).not.toContain("9990000409");
  });

  test("is still known to the page, though nothing is to be remembered, when the widget is put into it anew", async ({ composer, faxes, sandbox }) => {
    await faxes.open({ view: "send", remember: "off" });
    const letter = pdf();
    await composer.fillIn(ANNA, letter);
    await composer.reviewSendAndSeeAccepted();
    await composer.element.evaluate(async (widget) => {
      const other = Object.assign(document.createElement("fax-widget"), { server: widget.server, token: widget.token, remember: "off" });
      widget.replaceWith(other);
      await new Promise((resolve) => other.addEventListener("fax-ready", resolve, { once: true }));
    });
    await composer.fillIn(ANNA, letter);
    await composer.reviewAndSend();
    await expect(composer.repeat).toBeFocused();
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("is nothing of the draft, where the page does not ask for that", async ({ opened: composer, page }) => {
    await composer.addRecipient(BEN, "Benjamin");
    await composer.choose(pdf("diagnosis.pdf"));
    await composer.coverText.fill("Dear Benjamin");
    await page.waitForTimeout(800); // longer than the pause after which a draft is saved
    const kept = (await composer.kept()) + (await composer.kept("sessionStorage"));
    expect(kept).not.toMatch(/Benjamin|diagnosis|6505550101/);
    expect(Object.keys(JSON.parse(await composer.kept("sessionStorage")))).toEqual(["fax-widget.clock"]);
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
    await page.reload();
    expect(await composer.fax()).toEqual({ to: [], attachments: [], faxResolution: "High" });
  });

  test("a draft that is kept does not keep a doubt that is settled", async ({ composer, faxes, page, sandbox }) => {
    await page.clock.install();
    await faxes.open({ view: "send", persist: true });
    await page.route(LIST, (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-401" } }));
    await composer.fillIn(bad(498), pdf());
    await composer.reviewAndSend();
    await expect(composer.lookAgain).toBeVisible();
    await page.clock.runFor(1_000);
    await page.unroute(LIST);
    await page.reload();
    await expect(composer.documentRows).toHaveCount(1);
    await hurry(page);
    await expect(composer.notTaken.or(composer.failure.filter({ hasText: NOT_SENT }))).toBeVisible();
    await expect(composer.earlierTry, "it is known now that it was not").toHaveCount(0);
    expect(await sandbox.faxPosts()).toHaveLength(1);
  });
});
