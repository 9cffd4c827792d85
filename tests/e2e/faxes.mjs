// Where things are on the screens of faxes that left or came in: the lists, one fax, sending again, the batch, the
// confirmation sheet. And what the service is asked and told beside the widget.
import { expect } from "@playwright/test";
import { onePage } from "./documents.mjs";

/** The faxes that every sandbox has from the start. */
export const RECEIVED = ["1900000001", "1900000002"];

/** The sandbox's number that fails with the documented reason at this place, from 1; 99 is one that nobody documented. */
export const failing = (place) => `+99970000${String(place).padStart(2, "0")}`;

/** Accepted, and Queued for ever. */
export const STUCK = "+9990000009";

export class Faxes {
  constructor(page, origin, element = page.locator("fax-widget")) {
    this.page = page;
    this.origin = origin;
    this.element = element;
    const part = (name, inside = element) => inside.locator(`[part~="${name}"]`);

    this.list = part("faxes");
    this.heading = this.list.getByRole("heading", { name: "Sent and received faxes", exact: true });
    this.compose = part("compose");
    this.ids = this.list.getByRole("textbox", { name: "Message IDs" });
    this.show = part("show");
    this.asked = part("fax", this.list);
    this.problems = this.asked.locator(".problem");
    this.remembered = this.list.getByRole("button", { name: "Sent from this browser" });
    this.account = this.list.getByRole("button", { name: "All of this account" });
    this.rows = this.list.locator(".fax-row");
    this.scroller = this.list.getByRole("region", { name: "Sent and received faxes" });
    this.direction = this.list.getByRole("combobox", { name: "Direction" });
    this.statusFilter = this.list.getByRole("combobox", { name: "Status" });
    this.from = this.list.getByLabel("From", { exact: true });
    this.until = this.list.getByLabel("Until", { exact: true });
    this.end = this.list.locator(".end");
    this.more = part("more");
    this.forget = this.list.locator('[part~="forget"]');
    this.nothingRemembered = this.list.getByText("Nothing was sent from this browser yet, or it was forgotten.");
    this.resendChosen = this.list.locator('footer.chosen [part~="resend"]');

    this.fax = part("fax-screen");
    this.faxHeading = this.fax.getByRole("heading", { name: "Fax", exact: true });
    this.allFaxes = part("back", this.fax);

    this.form = part("resend-form");
    this.formHeading = this.form.getByRole("heading").first();
    this.toSame = this.form.getByRole("radio", { name: "The same recipients" });
    this.toFailed = this.form.getByRole("radio", { name: "Those it failed for" });
    this.toOthers = this.form.getByRole("radio", { name: "Other numbers" });
    this.numbers = this.form.getByRole("textbox", { name: "Fax numbers" });
    this.now = this.form.getByRole("radio", { name: "Now" });
    this.later = this.form.getByRole("radio", { name: "Later" });
    this.sendTime = this.form.getByLabel("Date and time");
    this.goes = this.form.locator("ul.checked").last().getByRole("listitem");
    this.formBanner = this.form.locator(".banner");
    this.send = part("send", this.form);
    this.back = part("back", this.form);

    // What is known of a number, on the review and where others get a fax again.
    this.known = element.locator(".known");
    this.retypes = element.getByRole("textbox", { name: /^Type .* again/ });

    this.batch = part("batch");
    this.batchHeading = this.batch.getByRole("heading");
    this.batchRows = this.batch.getByRole("listitem");
    this.batchStates = this.batch.locator("li .status");
    this.stop = part("cancel", this.batch);
    this.batchDone = part("back", this.batch);

    this.sheetScreen = part("confirmation-screen");
    this.sheetHeading = this.sheetScreen.getByRole("heading", { name: "Confirmation sheet" });
    this.sheet = part("sheet");
    this.print = part("print");

    this.document = part("rendered-document");
    this.download = this.document.getByRole("link", { name: "Save document" });
    this.openDocument = this.document.getByRole("link", { name: "Open in a new tab" });
    this.closeDocument = this.document.getByRole("button", { name: "Close" });

    this.twin = part("twin");
    this.doubts = part("doubt");
  }

  // ----- where things are that have a name of their own

  /** The row of an id that was asked for. */
  askedFor(id) {
    return this.asked.filter({ hasText: id });
  }

  /** A row of a list. */
  row(text) {
    return this.rows.filter({ hasText: text });
  }

  choice(id) {
    return this.list.getByRole("checkbox", { name: `Choose fax ${id}`, exact: true });
  }

  /** What stands in a fax, wherever it is shown. */
  headline(inside = this.fax) {
    return inside.locator(".headline");
  }

  recipients(inside = this.fax) {
    return inside.locator('[part~="recipient-status"] > li');
  }

  remedies(inside = this.fax) {
    return inside.locator('[part~="remedy"]');
  }

  fact(term, inside = this.fax) {
    return inside.locator(`dt:text-is("${term}") + dd`);
  }

  button(name, inside = this.fax) {
    return inside.getByRole("button", { name, exact: true });
  }

  confirmCancel(inside = this.fax) {
    return inside.getByRole("group", { name: "Cancel this fax before it goes out?" }).getByRole("button", { name: "Cancel the fax" });
  }

  // ----- getting there

  /** Opens the site with properties for its widget, in the resend view unless they say otherwise. */
  async open(properties = {}) {
    await this.set({ view: "resend", ...properties });
    await this.page.goto(`${this.origin}/`);
    if ((properties.view ?? "resend") === "resend") await expect(this.heading).toBeVisible();
  }

  /** Sets the site's widget up, from the next load of the page on. */
  async set(properties) {
    await this.page.unroute("**/config.json");
    await this.page.route("**/config.json", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), ...properties } });
    });
  }

  async ask(text) {
    await this.ids.fill(text);
    await this.show.click();
  }

  /** The button of a fax in the list that is shown. */
  opener(id) {
    const choice = this.page.getByRole("checkbox", { name: `Choose fax ${id}`, exact: true });
    return this.rows.filter({ has: choice }).getByRole("button");
  }

  async openListed(id) {
    await this.opener(id).click();
    await expect(this.faxHeading).toBeFocused();
  }

  // ----- what a script does

  /** What `resend()` came to: `{message}` or `{error}`. */
  async resend(request) {
    return this.element.evaluate(
      (widget, request) =>
        widget.resend(request).then(
          (message) => ({ message }),
          (error) => ({ error: { name: error.name, message: error.message, isError: error instanceof Error, ...error } }),
        ),
      request,
    );
  }

  // ----- time and attention of the page

  /** Lets the page's clock run, with a moment of real time between two seconds for what the service answers. */
  async letPass(seconds, step = 1) {
    for (let passed = 0; passed < seconds; passed += step) {
      await this.page.clock.runFor(Math.min(step, seconds - passed) * 1_000);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Shows or hides the page, as far as it can tell. */
  async hide(hidden = true) {
    await this.page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  }

  /** From the next load of the page on, notes every call with the page's own time. */
  async watchCalls() {
    await this.page.addInitScript(() => {
      window.calls = [];
      const { fetch } = window;
      window.fetch = (...call) => {
        const [target] = call;
        const request = target instanceof Request ? target : new Request(...call);
        window.calls.push({ at: Date.now(), method: request.method, url: request.url, authorization: request.headers.get("authorization") });
        return fetch(...call);
      };
    });
  }

  /** The calls that read messages by their ids: `{at, ids}`. */
  async questions() {
    const calls = await this.page.evaluate(() => window.calls);
    return calls.flatMap(({ at, method, url }) => {
      const ids = new URL(url).pathname.match(/\/message-store\/([\d,]+)$/)?.[1];
      return method === "GET" && ids ? [{ at, ids: ids.split(",") }] : [];
    });
  }
}

// ----- the service beside the widget

const MAILBOX = "/restapi/v1.0/account/~/extension/~";

/** Posts a fax as another client would, and gives its id. */
export async function posted(sandbox, to, fields = {}) {
  const form = new FormData();
  for (const number of [to].flat()) form.append("to", number);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("attachment", new Blob([onePage()], { type: "application/pdf" }), "posted.pdf");
  const response = await fetch(`${sandbox.origin}${MAILBOX}/fax`, { method: "POST", headers: { authorization: "Bearer sandbox" }, body: form });
  if (!response.ok) throw new Error(`not accepted: ${response.status} ${await response.text()}`);
  return String((await response.json()).id);
}

/** What the service holds of a fax. */
export async function held(sandbox, id) {
  const response = await fetch(`${sandbox.origin}${MAILBOX}/message-store/${id}`, { headers: { authorization: "Bearer sandbox" } });
  return response.json();
}

/** Waits until the service has settled every recipient of a fax. */
export async function settled(sandbox, ...ids) {
  for (const id of ids) {
    await expect.poll(async () => (await held(sandbox, id)).messageStatus, { timeout: 20_000, intervals: [100] }).not.toBe("Queued");
  }
}

/** The ids of faxes in the account's list, the newest first. */
export async function listed(sandbox, perPage = 1_000) {
  const query = new URLSearchParams({ messageType: "Fax", dateFrom: "2020-01-01T00:00:00Z", perPage, direction: "Outbound" });
  const response = await fetch(`${sandbox.origin}${MAILBOX}/message-store?${query}`, { headers: { authorization: "Bearer sandbox" } });
  return (await response.json()).records.map(({ id }) => String(id));
}

/** Makes many finished faxes at once. */
export async function fill(sandbox, count, days = 90) {
  const response = await fetch(`${sandbox.origin}/inbox/fill`, {
    method: "POST", headers: { "x-fax-sandbox": "fill", "content-type": "application/json" }, body: JSON.stringify({ count, days }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** The calls that the service got, from the widget and from the test. */
export async function requests(sandbox) {
  return (await fetch(`${sandbox.origin}/requests.json`)).json();
}

export async function forgetRequests(sandbox) {
  await fetch(`${sandbox.origin}/requests`, { method: "DELETE", headers: { "x-fax-sandbox": "empty" } });
}

/** Notes the JSON body of every fax that the page posts. */
export function bodies(page) {
  const found = [];
  page.on("request", (request) => {
    const isFax = request.method() === "POST" && request.url().endsWith("/fax");
    if (isFax && request.headers()["content-type"]?.startsWith("application/json")) found.push(request.postDataJSON());
  });
  return found;
}
