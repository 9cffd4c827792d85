// Every row of the public face's table of failures, through submit() and through the button, and the sentence that a
// person reads. After every one of them the whole draft is there.
import { ANNA, BEN, bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { deadOrigin } from "./servers.mjs";

const DRAFT = {
  to: [{ phoneNumber: ANNA, name: "Anna" }], attachments: ["script.pdf"], coverIndex: 3, coverPageText: "Hello",
  faxResolution: "Low", isoCode: "DE", sendTime: "2031-01-15T14:30:00.000Z",
};

/** The same as a script sets it. */
const FILLED = { ...DRAFT, sendTime: "2031-01-15T14:30:00Z" };

const NOT_SENT = "The fax was not sent";
const UNKNOWN = "It is not known whether the fax was accepted";

test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

/** Fails once by a script and once by the button, alike, with the draft kept both times. */
async function expectFailure(composer, failure, sentence, { draft = DRAFT, before = async () => {} } = {}) {
  await composer.listen("fax-error");
  await before();
  const attempt = composer.submit();
  await failure.during?.();
  const { error } = await attempt;
  const { during, after, ...face } = failure;
  expect(error).toEqual({ name: "FaxError", isError: true, message: expect.any(String), ...face });
  expect(error.message).not.toMatch(/\d{7}|script\.pdf|Anna/);
  await seen();

  await before();
  await composer.reviewAndSend();
  await during?.();
  await seen(2);
  const [first, second] = (await composer.heard("fax-error")).map(({ detail }) => detail);
  expect(first).toEqual({ name: "FaxError", message: expect.any(String), ...face });
  expect(second).toEqual(first);

  async function seen(times = 1) {
    await expect(async () => expect(await composer.heard("fax-error")).toHaveLength(times)).toPass({ timeout: 15_000 });
    const unknown = failure.outcome === "unknown";
    const banner = unknown ? composer.ownDoubt : composer.failure;
    await failure.after?.();
    await expect(banner).toBeFocused();
    await expect(banner).toContainText(unknown ? UNKNOWN : NOT_SENT);
    await expect(banner).toContainText(sentence);
    await expect(banner).toContainText(unknown ? "look into the list yourself, before you send it once more" : "Everything you entered is still here.");
    if (unknown) return composer.expectDraft(draft);
    for (const support of [failure.status, failure.errorCode].filter(Boolean)) {
      await expect(composer.failure).toContainText(String(support));
    }
    await composer.expectDraft(draft);
  }
}

test.describe("answers", () => {
  const ANSWERS = [
    [400, { code: "refused", outcome: "not-sent", status: 400, errorCode: "CMN-101", parameterName: "to" }, "The fax service refused what it was given for “To”."],
    [401, { code: "unauthorized", outcome: "not-sent", status: 401, errorCode: "OAU-128" }, "Your sign-in to the fax service has expired."],
    [403, { code: "forbidden", outcome: "not-sent", status: 403, errorCode: "CMN-408" }, "This account may not send faxes."],
    [404, { code: "not-found", outcome: "not-sent", status: 404, errorCode: "CMN-102", parameterName: "to" }, "There is no fax service at 127.0.0.1"],
    [406, { code: "not-allowed", outcome: "not-sent", status: 406, errorCode: "MSG-343" }, "The fax service does not allow this now."],
    [413, { code: "too-large", outcome: "not-sent", status: 413 }, "The documents are too large for the fax service."],
    [415, { code: "unsupported", outcome: "not-sent", status: 415, errorCode: "MSG-348" }, "The fax service cannot fax one of the documents."],
    [430, { code: "rate-limited", outcome: "not-sent", status: 429, errorCode: "CMN-301", retryAfter: 1 }, "The fax service is busy and asks to wait."],
  ];
  for (const [day, failure, sentence] of ANSWERS) {
    test(`${day}: ${failure.code}`, async ({ opened: composer, sandbox }) => {
      const draft = { ...DRAFT, to: [{ phoneNumber: bad(day), name: "Anna" }] };
      await composer.setFax({ ...draft, sendTime: FILLED.sendTime });
      await expectFailure(composer, failure, sentence, { draft });
      expect(await sandbox.inbox()).toEqual([]);
    });
  }
});

// What becomes of those that were accepted all the same: never-twice.spec.mjs.
test.describe("lost answers, of faxes that the message store does not hold", () => {
  const LOST = [
    [200, { code: "unreadable", status: 200 }, "Something answered, but not the way a fax service does."],
    [408, { code: "timeout" }, "The fax service did not answer in time."],
    [498, { code: "network" }, "The connection broke, or nothing answers at 127.0.0.1"],
    [500, { code: "server", status: 500, errorCode: "CMN-203" }, "The fax service had a fault of its own."],
    [503, { code: "server", status: 503, errorCode: "CMN-201", retryAfter: 2 }, "The fax service had a fault of its own."],
  ];
  for (const [day, failure, sentence] of LOST) {
    test(`${day}: ${failure.code}`, async ({ composer, page, sandbox }) => {
      await page.clock.install();
      await composer.open();
      const draft = { ...DRAFT, to: [{ phoneNumber: bad(day), name: "Anna" }] };
      await composer.setFax({ ...draft, sendTime: FILLED.sendTime });
      const during = async () => {
        if (day === 408) {
          await expect(composer.currentStep).toContainText("Uploading");
          await page.clock.fastForward("00:30");
          await expect(composer.currentStep).toContainText(/0:3\d so far/); // half a minute is not too long
          await page.clock.fastForward("00:31");
        }
        await expect(composer.currentStep).toContainText("No answer came.");
        await page.clock.fastForward("00:31");
      };
      await expectFailure(composer, { ...failure, outcome: "not-sent", during }, sentence, { draft });
      expect(await sandbox.inbox()).toEqual([]);
    });
  }
});

test("offline: nothing is posted, and it goes once the browser is back", async ({ opened: composer, page, sandbox }) => {
  await composer.setFax(FILLED);
  await page.context().setOffline(true);
  await expectFailure(composer, { code: "offline", outcome: "not-sent" }, "This device is offline. Connect to the internet, then send.");
  expect(sandbox.posts()).toBe(0);
  await page.context().setOffline(false);
  await composer.reviewSendAndSeeAccepted();
  await expect(composer.doubt).toHaveCount(0);
});

test("an invalid draft: nothing is posted", async ({ opened: composer, sandbox }) => {
  await composer.setFax({ ...FILLED, to: [] });
  const { error } = await composer.submit();
  expect(error).toMatchObject({ code: "invalid", outcome: "not-sent", parameterName: "to" });
  expect(error).not.toHaveProperty("status");
  expect(sandbox.posts()).toBe(0);
});

test.describe("no token that is right", () => {
  test.beforeEach(async ({ opened: composer }) => composer.setFax(FILLED));

  test("none", async ({ opened: composer, sandbox }) => {
    await composer.set({ token: undefined });
    await expectFailure(composer, { code: "unauthorized", outcome: "not-sent" }, "You are not signed in to the fax service.");
    expect(sandbox.posts()).toBe(0);
  });

  test("expired, and nobody to renew it", async ({ opened: composer, sandbox }) => {
    await composer.set({ token: "expired" });
    const failure = { code: "unauthorized", outcome: "not-sent", status: 401, errorCode: "OAU-128" };
    await expectFailure(composer, failure, "Your sign-in to the fax service has expired. Sign in again, then send.");
    expect(sandbox.posts()).toBe(2); // one for each attempt
  });
});

test.describe("the token provider", () => {
  // A proxy with a path of its own has no list of cover pages, so that nothing but the fax asks for a token.
  test.beforeEach(async ({ composer, embedder }) => {
    await composer.openEmbedded(embedder, '<fax-widget endpoint="/proxy/fax"></fax-widget>');
    await composer.setFax(FILLED);
  });

  const withProvider = (composer, token, answers) =>
    composer.element.evaluate(
      (widget, [token, answers]) => {
        window.reasons = [];
        widget.token = token;
        widget.tokenProvider = async (reason) => {
          window.reasons.push(reason);
          const answer = answers.shift();
          if (answer === "reject") throw new Error("no token today");
          return answer;
        };
      },
      [token, answers],
    );
  const reasons = (page) => page.evaluate(() => window.reasons);

  test("none yet: the provider is asked, once", async ({ composer, page, sandbox }) => {
    await withProvider(composer, undefined, ["sandbox"]);
    await composer.reviewSendAndSeeAccepted();
    expect(await reasons(page)).toEqual(["initial"]);
    expect(sandbox.posts()).toBe(1);
  });

  test("expired: the provider is asked once, and the fax goes once", async ({ composer, page, sandbox }) => {
    await composer.listen("fax-progress");
    await withProvider(composer, "expired", ["sandbox"]);
    const { message } = await composer.submit();
    expect(message).toMatchObject({ type: "Fax" });
    expect(await reasons(page)).toEqual(["expired"]);
    expect(sandbox.posts()).toBe(2);
    expect(await sandbox.inbox()).toHaveLength(1);
    // The new token is kept.
    await composer.setFax({ ...FILLED, to: [{ phoneNumber: BEN }] });
    await composer.reviewSendAndSeeAccepted();
    expect(await reasons(page)).toEqual(["expired"]);
    expect(await sandbox.inbox()).toHaveLength(2);
  });

  test("expired, and what the provider gives is expired too: no third try", async ({ composer, page, sandbox }) => {
    await withProvider(composer, "expired", ["expired", "sandbox"]);
    const { error } = await composer.submit();
    expect(error).toMatchObject({ code: "unauthorized", outcome: "not-sent", status: 401 });
    expect(await reasons(page)).toEqual(["expired"]);
    expect(sandbox.posts()).toBe(2);
    await composer.expectDraft(DRAFT);
  });

  test("expired, and the provider fails", async ({ composer, sandbox }) => {
    await withProvider(composer, "expired", ["reject"]);
    const { error } = await composer.submit();
    expect(error).toMatchObject({ code: "unauthorized", outcome: "not-sent", status: 401 });
    expect(sandbox.posts()).toBe(1);
    await composer.expectDraft(DRAFT);
  });
});

test.describe("the address", () => {
  test("a port where nobody listens", async ({ composer, embedder, page }) => {
    await page.clock.install();
    const server = await deadOrigin();
    await composer.openEmbedded(embedder, `<fax-widget server="${server}"></fax-widget>`);
    await composer.set({ token: "sandbox" });
    await composer.setFax(FILLED);
    const { host } = new URL(server);
    const sentence = `The connection broke, or nothing answers at ${host}. Check your connection; if it works, ask whoever runs this page to check the address of the fax service.`;
    const over = async () => {
      await expect(composer.currentStep.or(composer.ownDoubt)).toContainText(/No answer came|Looking whether/);
      await page.clock.fastForward("00:31");
    };
    await expectFailure(composer, { code: "network", outcome: "unknown", during: over }, sentence);
  });

  for (const server of ["not a url", "platform.example.com", "ftp://platform.example.com"]) {
    test(`no web address: ${server}`, async ({ opened: composer, sandbox }) => {
      await composer.set({ server });
      await composer.setFax(FILLED);
      const sentence = "The fax service’s address is wrong. Ask whoever runs this page to check “server”.";
      await expectFailure(composer, { code: "invalid", outcome: "not-sent", parameterName: "server" }, sentence);
      expect(sandbox.posts()).toBe(0);
    });
  }

  test("an id that is none", async ({ opened: composer, sandbox }) => {
    await composer.set({ account: "../.." });
    await composer.setFax(FILLED);
    const sentence = "The fax service’s address is wrong. Ask whoever runs this page to check “account”.";
    await expectFailure(composer, { code: "invalid", outcome: "not-sent", parameterName: "account" }, sentence);
    expect(sandbox.posts()).toBe(0);
  });

  test("a server that has no fax service", async ({ composer, embedder }) => {
    await composer.openEmbedded(embedder, '<fax-widget server="/elsewhere"></fax-widget>');
    await composer.set({ token: "sandbox" });
    await composer.setFax(FILLED);
    await expectFailure(composer, { code: "not-found", outcome: "not-sent", status: 404 }, `There is no fax service at ${new URL(embedder.origin).host}.`);
  });

  test("a proxy that answers with a page of HTML", async ({ composer, embedder }) => {
    await composer.openEmbedded(embedder, '<fax-widget endpoint="/proxy/html"></fax-widget>');
    await composer.setFax(FILLED);
    await expectFailure(composer, { code: "unreadable", outcome: "unknown", status: 200 }, "Something answered, but not the way a fax service does.");
  });
});

test.describe("429", () => {
  test("is waited out with a countdown, and the fax goes once", async ({ opened: composer, sandbox }) => {
    await composer.listen("fax-progress");
    await composer.fillIn(bad(429), pdf());
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText("The fax service is busy");
    await expect(composer.currentStep).toContainText("It has not taken the fax yet and asks to wait.");
    const counted = new Set();
    await expect(async () => {
      counted.add((await composer.currentStep.innerText({ timeout: 500 })).match(/Next try in (0:0\d)/)?.[1]);
      expect(counted.size).toBeGreaterThan(2);
    }).toPass({ intervals: [400], timeout: 5_000 });
    expect([...counted], "Retry-After was 5").not.toContain("0:06");
    await expect(composer.messageId).toBeVisible();
    expect(sandbox.posts()).toBe(2);
    expect(await sandbox.inbox()).toHaveLength(1);
    expect((await composer.heard("fax-progress")).map(({ detail }) => detail.phase)).toEqual([
      "checking", "uploading", "waiting", "uploading", "accepted",
    ]);
  });

  test("is given up after a while, with three posts and no fax", async ({ opened: composer, sandbox }) => {
    await composer.setFax({ to: [{ phoneNumber: bad(430) }] });
    const { error } = await composer.submit();
    expect(error).toMatchObject({ code: "rate-limited", outcome: "not-sent", status: 429, retryAfter: 1 });
    expect(sandbox.posts()).toBe(3);
    expect(await sandbox.inbox()).toEqual([]);
  });

  test("from another origin, whose Retry-After cannot be read, is waited out for a minute", async ({ composer, embedder, sandbox }) => {
    await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}"></fax-widget>`);
    await composer.set({ token: "sandbox" });
    await composer.setFax({ to: [{ phoneNumber: bad(429) }] });
    await composer.reviewAndSend();
    await expect(composer.currentStep).toContainText(/Next try in (1:00|0:5\d)/);
    await composer.cancelButton.click();
    await expect(composer.failure).toContainText(NOT_SENT);
  });
});

test.describe("one submit is one request", () => {
  test.use({ sandboxOptions: { "keep-alive": "off" } });

  for (const [day, arrived] of [[498, 0], [499, 1], [500, 0], [9, 1]]) {
    test(`to ${bad(day)}`, async ({ opened: composer, sandbox, page }) => {
      await composer.setFax({ to: [{ phoneNumber: bad(day) }] });
      await composer.submit();
      await page.waitForTimeout(500);
      expect(sandbox.posts()).toBe(1);
      expect(await sandbox.inbox()).toHaveLength(arrived);
    });
  }
});

test.describe("where connections are kept open", () => {
  test.use({ sandboxOptions: { "keep-alive": "on" } });

  // The browser repeats a POST by itself on such a connection (the trap is Chromium's, not ours to mend); what the widget
  // then makes of the second fax: never-twice.spec.mjs.
  test("a fax whose connection breaks is found", async ({ opened: composer, sandbox }) => {
    await composer.setFax({ to: [{ phoneNumber: bad(499) }] });
    const { message } = await composer.submit();
    expect((await sandbox.inbox()).map(({ id }) => id)).toContain(message.id);
  });

  test("a fax arrives once", async ({ opened: composer, sandbox }) => {
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
    expect(sandbox.posts()).toBe(1);
    expect(await sandbox.inbox()).toHaveLength(1);
  });
});
