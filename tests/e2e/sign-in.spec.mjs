// Signing in where the page asks for it: through a window, with the whole page, out again, and everything that can go wrong.
import { ANNA } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { axeFaultsInEveryScheme, layoutFaults } from "./everyone.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

test.use({ sandboxOptions: { "sign-in": true } });

const DATA = /access_token|refresh_token|code=/;

class SignIn {
  constructor(composer) {
    this.composer = composer;
    this.page = composer.page;
    const part = (name) => composer.element.locator(`[part~="${name}"]`);
    this.banner = part("sign-in").first();
    this.button = this.banner.getByRole("button", { name: "Sign in", exact: true });
    this.again = this.banner.getByRole("button", { name: "Try again" });
    this.here = this.banner.getByRole("button", { name: "Sign in on this page" });
    this.cancel = this.banner.getByRole("button", { name: "Cancel" });
    this.session = part("session").first();
    this.out = this.session.getByRole("button", { name: "Sign out" });
  }

  /** Presses a button that opens the window, and gives that. */
  async window(button = this.button) {
    const popup = this.page.waitForEvent("popup");
    await button.click();
    const window = await popup;
    await window.getByRole("button", { name: /^Sign in as/ }).waitFor();
    return window;
  }

  async through() {
    const window = await this.window();
    const closed = window.waitForEvent("close");
    await window.getByRole("button", { name: /^Sign in as/ }).click();
    await closed;
    await expect(this.session).toBeVisible();
  }

  /** Everything that the browser keeps for the page. */
  async kept() {
    return this.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML]));
  }
}

/** The form, which has no list of cover pages before somebody is signed in. */
async function open(composer, path = "/") {
  await composer.page.goto(`${composer.origin}${path}`);
  await expect(composer.heading).toBeVisible();
}

const tokens = async (sandbox) => (await sandbox.requests()).filter(({ path }) => path.includes("/oauth/token")).length;

test("through a window: the draft stays, cover pages come, a fax goes", async ({ composer, page, sandbox }) => {
  const signIn = new SignIn(composer);
  await open(composer);
  await expect(signIn.banner).toContainText("Sign in to send faxes");
  await composer.fillIn(ANNA, pdf());
  await composer.coverText.fill("Kept");
  await signIn.through();
  await expect(signIn.banner).toHaveCount(0);
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["contract.pdf"], coverPageText: "Kept" });
  await composer.reviewSendAndSeeAccepted();
  expect(await sandbox.inbox()).toHaveLength(1);
  // Nothing of it stands where others can read it.
  const kept = await signIn.kept();
  expect(kept).not.toMatch(DATA);
  expect(kept).not.toMatch(/sign-in/);
  expect(new URL(page.url()).search).toBe("");
  expect(await tokens(sandbox)).toBe(1);
});

test("pressing Send asks to sign in first, and nothing goes by itself", async ({ composer, sandbox }) => {
  const signIn = new SignIn(composer);
  await open(composer);
  await composer.fillIn(ANNA, pdf());
  await composer.reviewAndSend();
  await expect(signIn.banner).toBeFocused();
  await expect(composer.reviewHeading).toBeVisible();
  await signIn.through();
  expect(sandbox.posts()).toBe(0);
  await expect(composer.send).toBeFocused();
  await composer.send.click();
  await expect(composer.messageId).toBeVisible();
  expect(sandbox.posts()).toBe(1);
});

test("a script that sends is told", async ({ composer, sandbox }) => {
  await open(composer);
  await composer.setFax({ to: [{ phoneNumber: ANNA }] });
  const { error } = await composer.submit();
  expect(error).toMatchObject({ code: "unauthorized", outcome: "not-sent" });
  expect(sandbox.posts()).toBe(0);
});

test.describe("with the whole page, where the browser opens no window", () => {
  test.beforeEach(({ page }) => page.addInitScript(() => (globalThis.open = () => null)));

  test("the draft is back, files included, and kept no longer", async ({ composer, page, sandbox }) => {
    const signIn = new SignIn(composer);
    await open(composer, "/?tab=fax#send");
    await composer.fillIn(ANNA, pdf("letter.pdf"));
    await composer.coverText.fill("Kept");
    await composer.number.fill("+16505");
    await signIn.button.click();
    await expect(signIn.banner).toContainText("The browser opened no window");
    await signIn.here.click();
    await page.getByRole("button", { name: /^Sign in as/ }).click();
    await expect(signIn.session).toBeVisible();
    await composer.expectDraft({ to: [{ phoneNumber: ANNA }], attachments: ["letter.pdf"], coverPageText: "Kept" });
    await expect(composer.number).toHaveValue("+16505");
    expect(page.url()).toBe(`${composer.origin}/?tab=fax#send`);
    await composer.number.fill("");
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.inbox())[0].attachments.map(({ name }) => name)).toEqual(["letter.pdf"]);
    await page.goto(composer.origin);
    await expect(composer.documentRows).toHaveCount(0);
  });

  test("refused there, the draft is back and that is said", async ({ composer, page }) => {
    const signIn = new SignIn(composer);
    await open(composer);
    await composer.fillIn(ANNA, pdf("letter.pdf"));
    await signIn.button.click();
    await signIn.here.click();
    await page.getByRole("button", { name: "Do not sign in" }).click();
    await expect(signIn.banner).toContainText("The sign-in was called off");
    await expect(composer.documentNames).toHaveText(["letter.pdf"]);
    expect(page.url()).toBe(`${composer.origin}/`);
  });

  test("a person who just comes back has the draft, and no one is signed in", async ({ composer, page }) => {
    const signIn = new SignIn(composer);
    await open(composer);
    await composer.fillIn(ANNA, pdf("letter.pdf"));
    await signIn.button.click();
    await signIn.here.click();
    await page.getByRole("button", { name: /^Sign in as/ }).waitFor();
    await page.goto(composer.origin);
    await expect(composer.documentNames).toHaveText(["letter.pdf"]);
    await expect(signIn.button).toBeVisible();
  });
});

test.describe("what comes to nothing", () => {
  test("a person refuses", async ({ composer }) => {
    const signIn = new SignIn(composer);
    await open(composer);
    const window = await signIn.window();
    await window.getByRole("button", { name: "Do not sign in" }).click();
    await expect(signIn.banner).toContainText("The sign-in was called off");
    await expect(signIn.again).toBeVisible();
    await signIn.window(signIn.again);
  });

  test("the window is closed", async ({ composer }) => {
    const signIn = new SignIn(composer);
    await open(composer);
    const window = await signIn.window();
    await window.close();
    await expect(signIn.banner).toContainText("The window is closed or cannot be seen from here");
    await signIn.cancel.click();
    await expect(signIn.button).toBeVisible();
    await signIn.through();
  });

  test("an answer to nothing that was asked here", async ({ composer, page, sandbox }) => {
    const signIn = new SignIn(composer);
    await open(composer, "/?code=stolen&state=fax-widget.AAAAAAAAAAAAAAAAAAAAAA");
    await expect(signIn.banner).toContainText("belongs to no sign-in of this page", { timeout: 10_000 });
    expect(page.url()).toBe(`${composer.origin}/`);
    expect(await tokens(sandbox)).toBe(0);
  });

  test("another page’s own code and state are left alone", async ({ composer, page }) => {
    await open(composer, "/?code=theirs&state=mine");
    expect(page.url()).toBe(`${composer.origin}/?code=theirs&state=mine`);
  });

  test("the service does not answer", async ({ composer, page, expected }) => {
    expected.push(FAILED_REQUEST);
    const signIn = new SignIn(composer);
    await open(composer);
    await page.route("**/oauth/token", (route) => route.abort());
    const window = await signIn.window();
    await window.getByRole("button", { name: /^Sign in as/ }).click();
    await expect(signIn.banner).toContainText("The fax service did not answer");
    await page.unroute("**/oauth/token");
    const next = await signIn.window(signIn.again);
    await next.getByRole("button", { name: /^Sign in as/ }).click();
    await expect(signIn.session).toBeVisible();
  });
});

test("the focus is never lost", async ({ composer, page }) => {
  const signIn = new SignIn(composer);
  await open(composer);
  const window = await signIn.window();
  await expect(signIn.banner.getByRole("button", { name: "Try again" })).toBeVisible();
  const closed = window.waitForEvent("close");
  await window.getByRole("button", { name: /^Sign in as/ }).click();
  await closed;
  await expect(signIn.out).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(signIn.banner).toBeFocused();
});

test("two widgets: who signs in through one is signed in for both, and the other’s window closes", async ({ composer, page }) => {
  await open(composer);
  await page.evaluate(() => {
    const second = Object.assign(document.createElement("fax-widget"), { server: location.origin, clientId: "sandbox" });
    document.querySelector("main").append(second);
  });
  const at = (place, part) => page.locator("fax-widget").nth(place).locator(`[part~="${part}"]`).first();
  const press = async (place) => {
    const popup = page.waitForEvent("popup");
    await at(place, "sign-in").getByRole("button", { name: "Sign in", exact: true }).click();
    return popup;
  };
  const [first, second] = [await press(0), await press(1)];
  const closed = [first, second].map((window) => window.waitForEvent("close"));
  await first.getByRole("button", { name: /^Sign in as/ }).click();
  await Promise.all(closed);
  await expect(at(0, "session")).toBeVisible();
  await expect(at(1, "session")).toBeVisible();
});

test("signing out revokes, forgets, and keeps the draft", async ({ composer, page, sandbox }) => {
  const signIn = new SignIn(composer);
  await open(composer);
  await signIn.through();
  await composer.fillIn(ANNA, pdf());
  const token = page.waitForRequest((request) => request.url().includes("/restapi/v1.0/") && Boolean(request.headers().authorization));
  await composer.reviewSendAndSeeAccepted();
  const authorization = (await token).headers().authorization;
  await composer.newFax.click();
  await composer.fillIn(ANNA, pdf("second.pdf"));
  await signIn.out.click();
  await expect(signIn.button).toBeVisible();
  await expect(composer.documentNames).toHaveText(["second.pdf"]);
  await expect.poll(async () => (await fetch(`${sandbox.origin}/restapi/v1.0/dictionary/fax-cover-page`, { headers: { authorization } })).status).toBe(401);
});

test("a token of the page’s own wins", async ({ composer, embedder, sandbox, expected }) => {
  expected.push(FAILED_REQUEST); // the token is none
  await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}" client-id="sandbox"></fax-widget>`);
  const signIn = new SignIn(composer);
  await expect(signIn.button).toBeVisible();
  await composer.set({ token: "other" });
  await expect(signIn.banner).toHaveCount(0);
  await composer.set({ token: undefined });
  await expect(signIn.button).toBeVisible();
  await composer.set({ clientId: null });
  await expect(signIn.banner).toHaveCount(0);
});

test.describe("tokens that end soon", () => {
  test.use({ sandboxOptions: { "sign-in": true, "token-lifetime": 4 } });

  test("are renewed before they end, and once for two calls", async ({ composer, page, sandbox }) => {
    const signIn = new SignIn(composer);
    await open(composer);
    await signIn.through();
    await expect.poll(() => tokens(sandbox), { timeout: 10_000 }).toBeGreaterThan(1);
    await page.waitForTimeout(4_500); // none of the first is good any more
    await composer.fillIn(ANNA, pdf());
    await composer.reviewSendAndSeeAccepted();
    expect((await sandbox.requests()).filter(({ status }) => status === 401)).toEqual([]);
  });
});

test.describe("kept for as long as the tab lives", () => {
  const keep = async (page) => {
    await page.context().route("**/config.json", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), keepSignIn: true } });
    });
  };

  test("also where the page says so when the widget stands already", async ({ composer, page }) => {
    const signIn = new SignIn(composer);
    await keep(page);
    await open(composer);
    await signIn.through();
    await page.route("**/config.json", async (route) => {
      await expect(composer.heading).toBeVisible();
      await page.waitForTimeout(300);
      await route.fallback();
    });
    await page.reload();
    await expect(signIn.session).toBeVisible();
  });

  test("a reload stays signed in, and another tab is not", async ({ composer, page, context }) => {
    const signIn = new SignIn(composer);
    await keep(page);
    await open(composer);
    await signIn.through();
    await page.reload();
    await expect(signIn.session).toBeVisible();
    const other = await context.newPage();
    await other.goto(composer.origin);
    await expect(other.locator("fax-widget").getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
    await signIn.out.click();
    await page.reload();
    await expect(signIn.button).toBeVisible();
  });

  test.describe("in a tab and its duplicate", () => {
    test.use({ sandboxOptions: { "sign-in": true, "token-lifetime": 4 } });

    test("tokens are renewed once for both, and signing out ends both", async ({ composer, page, sandbox }) => {
      const signIn = new SignIn(composer);
      await keep(page);
      await open(composer);
      await signIn.through();
      // A window that a page opens gets a copy of its session storage, as the duplicate of a tab does.
      const opened = page.waitForEvent("popup");
      await page.evaluate(() => void window.open(location.href));
      const twin = await opened;
      const widget = twin.locator("fax-widget");
      await expect(widget.locator('[part~="session"]').first()).toBeVisible();
      const before = await tokens(sandbox);
      await expect.poll(() => tokens(sandbox), { timeout: 20_000 }).toBeGreaterThan(before + 2);
      // A refresh token that is used twice ends the session, here as with the real service.
      const asked = (await sandbox.requests()).filter(({ path }) => path.includes("/oauth/token"));
      expect(asked.filter(({ status }) => status !== 200)).toEqual([]);
      await expect(signIn.session).toBeVisible();
      await expect(widget.locator('[part~="session"]').first()).toBeVisible();
      await signIn.out.click();
      await expect(widget.locator('[part~="sign-in"]').first()).toContainText("signed out in another tab");
    });
  });
});

test("a sign-in that cuts itself off from the page that opened it still comes through", async ({ composer, page }) => {
  await page.context().route("**/oauth/authorize?*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "cross-origin-opener-policy": "same-origin" } });
  });
  const signIn = new SignIn(composer);
  await open(composer);
  const window = await signIn.window();
  expect(await window.evaluate(() => opener)).toBe(null);
  await expect(signIn.banner).toContainText("The window is closed or cannot be seen from here");
  const closed = window.waitForEvent("close");
  await window.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(signIn.session).toBeVisible();
  await closed;
});

test("every state, for everyone", async ({ composer, page }) => {
  const signIn = new SignIn(composer);
  await page.setViewportSize({ width: 320, height: 800 });
  await open(composer);
  const check = async (state) => {
    expect.soft(await axeFaultsInEveryScheme(page), state).toEqual([]);
    expect.soft(await layoutFaults(composer.element), state).toEqual([]);
  };
  await check("signed out");
  const window = await signIn.window();
  await check("waiting");
  await window.getByRole("button", { name: "Do not sign in" }).click();
  await expect(signIn.again).toBeVisible();
  await check("refused");
  const next = await signIn.window(signIn.again);
  await next.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(signIn.session).toBeVisible();
  await check("signed in");
});
