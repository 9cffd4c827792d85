// What the service holds is found by its ids, and goes out again: to the same, to some, to others.
import { ANNA, BEN, bad } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { bodies, fill, held, listed, posted, RECEIVED, requests, settled, STUCK } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

const ANNA_SHOWN = "+1 650 555 0100";
const BEN_SHOWN = "+1 650 555 0101";

test.use({ sandboxOptions: { pace: 50 } });

/** A fax to Anna and to a number where the line is busy, after its end. */
async function partial(sandbox) {
  const id = await posted(sandbox, [ANNA, bad(1)]);
  await settled(sandbox, id);
  return id;
}

test.describe("ids", () => {
  test("in any mix of commas, spaces and lines, each once", async ({ faxes, sandbox }) => {
    const [anna, ben] = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await settled(sandbox, anna, ben);
    await faxes.open();
    await faxes.ask(`${anna}, ${RECEIVED[0]};\n\n${ben}\t${anna} 0${ben}`);
    await expect(faxes.asked).toHaveCount(3);
    await expect(faxes.asked.nth(0)).toContainText(ANNA_SHOWN);
    await expect(faxes.asked.nth(1)).toContainText("Received");
    await expect(faxes.asked.nth(2)).toContainText(BEN_SHOWN);
  });

  test("pasted, and Enter shows them", async ({ faxes, composer, page, sandbox }) => {
    const id = await posted(sandbox, ANNA);
    await faxes.open();
    await faxes.ids.focus();
    await composer.pasteText(`${id}\n${RECEIVED[1]}`);
    await page.keyboard.press("Enter");
    await expect(faxes.asked).toHaveCount(2);
    await expect(faxes.askedFor(id)).toContainText(ANNA_SHOWN);
  });

  test("set by the attribute, and set anew", async ({ faxes, sandbox }) => {
    const [anna, ben] = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await faxes.open({ messageIds: anna });
    await expect(faxes.ids).toHaveValue(anna);
    await expect(faxes.asked).toContainText([ANNA_SHOWN]);
    await faxes.element.evaluate((widget, ids) => widget.setAttribute("message-ids", ids), `${ben} ${anna}`);
    await expect(faxes.asked).toContainText([BEN_SHOWN, ANNA_SHOWN]);
  });

  for (const when of ["before", "after"]) {
    test(`set in a page whose token is there ${when} the element is ready`, async ({ embedder, faxes, page, sandbox }) => {
      const set = `document.querySelector("fax-widget").token = "sandbox"`;
      embedder.body = `<fax-widget server="${sandbox.origin}" view="resend" message-ids="${RECEIVED.join()}"></fax-widget>
        ${when === "before" ? `<script>${set}</script>` : ""}`;
      await page.goto(`${embedder.origin}/`);
      if (when === "after") {
        await expect(faxes.problems).toContainText(["You are not signed in", "You are not signed in"]);
        await page.evaluate(set);
      }
      await expect(faxes.asked.locator(".headline")).toHaveText(["Received", "Received"]);
    });
  }

  test("a row tells direction, time, pages, and of each recipient its own status and reason", async ({ faxes, sandbox }) => {
    const id = await partial(sandbox);
    await faxes.open({ messageIds: id });
    const row = faxes.askedFor(id);
    await expect(faxes.headline(row)).toHaveText("Not sent to 1 of 2");
    await expect(faxes.recipients(row)).toHaveText([/\+1 650 555 0100\s*Sent$/, /\+999 000 0001\s*Not sent: The line was busy$/]);
    await expect(faxes.fact("Message ID", row)).toHaveText(id);
    await expect(faxes.fact("Direction", row)).toHaveText("Outgoing");
    await expect(faxes.fact("Time", row)).toHaveText(/20\d\d at .* E[SD]T$/);
    const { faxPageCount } = await held(sandbox, id);
    await expect(faxes.fact("Pages", row)).toHaveText(faxPageCount === 1 ? "1 page" : `${faxPageCount} pages`);
  });

  test("a received fax tells who it came from, and can only be forwarded", async ({ faxes }) => {
    await faxes.open({ messageIds: RECEIVED[0] });
    const row = faxes.askedFor(RECEIVED[0]);
    await expect(faxes.headline(row)).toHaveText("Received");
    await expect(faxes.fact("Direction", row)).toHaveText("Incoming");
    await expect(faxes.fact("From", row)).toHaveText(/^\+/);
    await expect(faxes.button("Forward", row)).toBeVisible();
    await expect(row.locator('[part~="resend"], [part~="resend-failed"]')).toHaveCount(0);
  });

  test("what is unknown, malformed or no fax says so in its own row and spoils no other", async ({ faxes, page, sandbox }) => {
    const [fax, other] = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await page.route(`**/message-store/*${other}*`, async (route) => {
      const response = await route.fetch();
      const answers = await response.json();
      for (const { resourceId, body } of answers) if (resourceId === other) Object.assign(body, { type: "SMS" });
      await route.fulfill({ response, json: answers });
    });
    await faxes.open();
    await faxes.ask(`12ab 999999 ${other} ${fax} ${RECEIVED[0]}`);
    await expect(faxes.problems).toHaveText([
      "12ab is not a message ID. IDs are numbers, such as 1812166076.",
      "999999 There is no message with this ID in this account.",
      `${other} is a message, but not a fax.`,
    ]);
    await expect(faxes.askedFor(fax)).toContainText(ANNA_SHOWN);
    await expect(faxes.askedFor(RECEIVED[0])).toContainText("Received");
    await expect(faxes.resendChosen).toHaveText("Send 2 faxes again…");
  });

  test("more than go into one request", async ({ faxes, page, sandbox }) => {
    await fill(sandbox, 120);
    const ids = (await listed(sandbox)).slice(0, 60);
    await faxes.open();
    await faxes.ask([...ids, "999999"].join(" "));
    await expect(faxes.asked).toHaveCount(61);
    await expect(faxes.asked.locator(".headline")).toHaveCount(60);
    await expect(faxes.problems).toHaveText([/^999999 There is no message/]);
    expect(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth)).toBe(true);
  });

  test("one that the service does not tell of spoils no other, and is not called unknown", async ({ faxes, page, sandbox }) => {
    const [anna, ben] = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await page.route(`**/message-store/*,*`, async (route) => {
      const response = await route.fetch();
      const answers = (await response.json()).map((answer) =>
        answer.resourceId === anna ? { resourceId: anna, status: 403, body: { errorCode: "CMN-408" } } : answer,
      );
      await route.fulfill({ response, json: answers });
    });
    await faxes.open({ messageIds: `${anna} ${ben}` });
    await expect(faxes.problems).toHaveText([new RegExp(`^${anna} This account may not read its messages.`)]);
    await expect(faxes.askedFor(ben)).toContainText(BEN_SHOWN);
  });

  test("where several are not answered in one, each is asked after", async ({ faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const [anna, ben] = [await posted(sandbox, ANNA), await posted(sandbox, STUCK)];
    await page.clock.install();
    await page.route("**/message-store/*,*", (route) => route.fulfill({ status: 400, json: { errorCode: "CMN-101" } }));
    await faxes.open({ messageIds: `${anna} 999999 ${ben} 9223372036854775808` });
    await expect(faxes.askedFor(anna)).toContainText(ANNA_SHOWN);
    await expect(faxes.askedFor(ben)).toContainText("Waiting to be dialled");
    await expect(faxes.problems).toHaveText([/^999999 There is no message/, /^9223372036854775808 is not a message ID/]);
  });

  test("a service that cannot be read says so, and can be asked again", async ({ faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const id = await posted(sandbox, ANNA);
    await page.route("**/message-store/*", (route) => route.fulfill({ status: 503, json: { errorCode: "CMN-201" } }));
    await faxes.open({ messageIds: id });
    await expect(faxes.problems).toContainText(["The fax service could not be read."]);
    await page.unroute("**/message-store/*");
    await faxes.button("Try again", faxes.asked).click();
    await expect(faxes.asked).toContainText([ANNA_SHOWN]);
  });
});

test.describe("one fax again", () => {
  test("to the same recipients, now: the id and nothing else", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    const id = await partial(sandbox);
    await faxes.open({ messageIds: id });
    await faxes.button("Send again to all", faxes.askedFor(id)).click();
    await expect(faxes.formHeading).toBeFocused();
    await expect(faxes.toSame).toBeChecked();
    await expect(faxes.goes).toHaveText([/\+1 650 555 0100, \+999 000 0001/]);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted as message \d+$/]);
    expect(sent).toEqual([{ originalMessageId: id }]);
    const [, again] = await sandbox.inbox();
    expect(again.to.map((to) => to.phoneNumber)).toEqual([ANNA, bad(1)]);
    await expect(faxes.batchStates).toHaveText(`Accepted as message ${again.id}`);
  });

  test("to those only that it failed for", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    const id = await partial(sandbox);
    await faxes.open({ messageIds: id });
    await faxes.button("Send again to those it failed for", faxes.askedFor(id)).click();
    await expect(faxes.toFailed).toBeChecked();
    await expect(faxes.goes).toHaveText([/^\+999 000 0001/]);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(sent).toEqual([{ originalMessageId: id, to: [{ phoneNumber: bad(1) }] }]);
  });

  test("a wrong number is mended", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    const id = await posted(sandbox, bad(3));
    await settled(sandbox, id);
    await faxes.open({ messageIds: id });
    await faxes.button("Correct the number", faxes.askedFor(id)).click();
    await expect(faxes.toOthers).toBeChecked();
    await expect(faxes.numbers).toHaveValue("+999 000 0003");
    await faxes.numbers.fill(BEN_SHOWN);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(sent).toEqual([{ originalMessageId: id, to: [{ phoneNumber: BEN }] }]);
  });

  test("a received fax is forwarded to others", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    await faxes.open({ messageIds: RECEIVED[0] });
    await faxes.button("Forward", faxes.asked).click();
    await expect(faxes.formHeading).toHaveText("Forward this fax");
    await expect(faxes.toSame).toHaveCount(0);
    await faxes.numbers.fill(`${ANNA_SHOWN}\n${BEN}, ${ANNA}`);
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(sent).toEqual([{ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA }, { phoneNumber: BEN }] }]);
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("at a time", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    const id = await posted(sandbox, ANNA);
    await settled(sandbox, id);
    await faxes.open({ messageIds: id });
    await faxes.button("Send again to all", faxes.asked).click();
    await faxes.later.check();
    await expect(faxes.sendTime).toBeFocused();
    await faxes.sendTime.fill("2031-01-15T09:30");
    await expect(faxes.send).toHaveText("Schedule fax");
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(sent).toEqual([{ originalMessageId: id, sendTime: "2031-01-15T14:30:00.000Z" }]);
    await faxes.batch.getByRole("button", { name: "Show fax" }).click();
    await expect(faxes.fact("Goes out")).toHaveText(/^Wednesday, January 15, 2031 at 9:30\sAM EST$/);
  });

  test("no number, a wrong one and a time that has passed are said, and nothing is posted", async ({ faxes, sandbox }) => {
    await faxes.open({ messageIds: RECEIVED[0] });
    await faxes.button("Forward", faxes.asked).click();
    await faxes.send.click();
    await expect(faxes.formBanner).toBeFocused();
    await expect(faxes.formBanner).toContainText("Enter at least one fax number.");
    await faxes.numbers.fill("call me");
    await faxes.send.click();
    await expect(faxes.formBanner).toContainText("“call me”");
    await faxes.numbers.fill(ANNA);
    await faxes.later.check();
    await faxes.send.click();
    await expect(faxes.formBanner).toContainText("Choose the date and time to send at");
    await faxes.sendTime.fill("2021-01-15T09:30");
    await faxes.send.click();
    await expect(faxes.formBanner).toContainText("The time to send at has passed");
    expect(sandbox.posts()).toBe(0);
  });

  test("Back and Escape lead back to the fax, and nothing was posted", async ({ faxes, page, sandbox }) => {
    await faxes.open({ messageIds: RECEIVED[0] });
    for (const leave of [() => faxes.back.click(), () => page.keyboard.press("Escape")]) {
      await faxes.button("Forward", faxes.element).first().click();
      await expect(faxes.formHeading).toBeFocused();
      await leave();
      await expect(faxes.faxHeading).toBeFocused();
    }
    expect(sandbox.posts()).toBe(0);
  });

  test("the same to the same number within the hour is asked first", async ({ faxes, sandbox }) => {
    const id = await posted(sandbox, ANNA);
    await settled(sandbox, id);
    await faxes.open({ messageIds: id });
    await faxes.button("Send again to all", faxes.asked).click();
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    await faxes.batchDone.click();
    await faxes.button("Send again to all", faxes.asked).click();
    await faxes.send.click();
    await expect(faxes.formBanner).toBeFocused();
    await expect(faxes.formBanner).toContainText("You sent this within the last hour");
    expect(await sandbox.inbox()).toHaveLength(2);
    await expect(faxes.send).toHaveText("Send once more");
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/]);
    expect(await sandbox.inbox()).toHaveLength(3);
  });

  test("406 is explained", async ({ faxes, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    await faxes.open({ messageIds: RECEIVED[0] });
    await faxes.button("Forward", faxes.asked).click();
    await faxes.numbers.fill(bad(406));
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/does not allow it in its present state.*Wait until its end is known/]);
    expect(await sandbox.inbox()).toHaveLength(0);
  });

  test("a fax still going out offers no resend", async ({ faxes, sandbox }) => {
    const id = await posted(sandbox, STUCK);
    await faxes.open({ messageIds: id });
    await expect(faxes.headline(faxes.asked)).toHaveText("Waiting to be dialled");
    await expect(faxes.asked.locator('[part~="resend"], [part~="resend-failed"], [part~="forward"]')).toHaveCount(0);
    await expect(faxes.choice(id)).toBeDisabled();
  });
});

test.describe("many", () => {
  test("one after another, with what is waiting, done and failed in view", async ({ faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const ids = [];
    for (const to of [ANNA, BEN, "+16505550102"]) ids.push(await posted(sandbox, to));
    await settled(sandbox, ...ids);
    let free;
    const held = new Promise((resolve) => (free = resolve));
    await page.route("**/fax", async (route) => {
      const { originalMessageId } = route.request().postDataJSON();
      if (originalMessageId === ids[1]) await held;
      if (originalMessageId === ids[2]) return route.fulfill({ status: 406, json: { errorCode: "MSG-343", message: "no" } });
      await route.continue();
    });
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await expect(faxes.formHeading).toHaveText("Send 3 faxes again");
    await faxes.send.click();
    await expect(faxes.batchHeading).toBeFocused();
    await expect(faxes.batchHeading).toHaveText("Sending again: 1 of 3");
    await expect(faxes.batchStates).toHaveText([/^Accepted as message \d+$/, "Sending…", "Waiting"]);
    free();
    await expect(faxes.batchStates).toHaveText([/^Accepted/, /^Accepted/, /does not allow it in its present state/]);
    await expect(faxes.batchHeading).toHaveText("Finished");
    await expect(faxes.batch).toContainText("2 accepted by the fax service, 1 not or not known.");
    const again = (await sandbox.inbox()).slice(3);
    for (const [place, { id }] of again.entries()) await expect(faxes.batchStates.nth(place)).toHaveText(`Accepted as message ${id}`);
  });

  test("Stop stops: the rest is not sent", async ({ faxes, page, sandbox }) => {
    const ids = [];
    for (const to of [ANNA, BEN, "+16505550102"]) ids.push(await posted(sandbox, to));
    await settled(sandbox, ...ids);
    let free;
    const held = new Promise((resolve) => (free = resolve));
    await page.route("**/fax", async (route) => {
      await held;
      await route.continue();
    });
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText(["Sending…", "Waiting", "Waiting"]);
    await faxes.stop.click();
    await expect(faxes.batchStates).toHaveText(["Sending…", "Stopped, not sent", "Stopped, not sent"]);
    free();
    await expect(faxes.batchStates).toHaveText([/^Accepted/, "Stopped, not sent", "Stopped, not sent"]);
    await expect(faxes.batchDone).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(4);
  });

  test("Stop stops what waits for the service’s limit too", async ({ faxes, page, sandbox }) => {
    await fill(sandbox, 40);
    const ids = (await listed(sandbox)).slice(0, 12);
    await page.clock.install();
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await faxes.toOthers.check();
    await faxes.numbers.fill(ANNA);
    await faxes.send.click();
    await expect(faxes.batchStates.nth(10)).toHaveText(/^Waiting for the service’s limit, [01]:\d\d$/);
    await expect(faxes.batchStates.nth(11)).toHaveText("Waiting");
    await faxes.stop.click();
    await expect(faxes.batchStates.nth(10)).toHaveText("Stopped, not sent");
    await faxes.letPass(70, 5);
    expect(await sandbox.inbox()).toHaveLength(10);
  });

  test("Stop stops it whatever a script resends meanwhile, and the script’s goes on", async ({ faxes, page, sandbox }) => {
    await fill(sandbox, 40);
    const ids = (await listed(sandbox)).slice(0, 12);
    await page.clock.install();
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await faxes.toOthers.check();
    await faxes.numbers.fill(ANNA);
    await faxes.send.click();
    await expect(faxes.batchStates.nth(10)).toHaveText(/^Waiting for the service’s limit/);
    const ended = faxes.resend({ originalMessageId: RECEIVED[0], to: [{ phoneNumber: BEN }] });
    await faxes.letPass(2);
    await faxes.stop.click();
    await expect(faxes.batchStates.nth(10)).toHaveText("Stopped, not sent");
    await faxes.letPass(70, 5);
    expect((await ended).message).toMatchObject({ type: "Fax", to: [{ phoneNumber: BEN }] });
    const to = (await sandbox.inbox()).map((fax) => fax.to[0].phoneNumber);
    expect(to.filter((number) => number === ANNA)).toHaveLength(10);
    await expect(faxes.batchStates.nth(10)).toHaveText("Stopped, not sent");
  });

  test("the form’s own Cancel stops the form’s fax alone", async ({ composer, faxes, page, sandbox, expected }) => {
    expected.push(FAILED_REQUEST);
    const ids = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await settled(sandbox, ...ids);
    let free;
    const held = new Promise((resolve) => (free = resolve));
    await page.route("**/fax", async (route) => {
      if (route.request().headers()["content-type"] !== "application/json") return; // the form's has no answer
      await held;
      await route.continue();
    });
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText(["Sending…", "Waiting"]);
    await composer.set({ view: "send" });
    await composer.fillIn("+16505550102", pdf());
    await composer.reviewAndSend();
    await composer.cancelButton.click();
    await expect(composer.form).toBeVisible();
    await composer.set({ view: "resend" });
    free();
    await expect(faxes.batchStates).toHaveText([/^Accepted/, /^Accepted/]);
    expect(await sandbox.inbox()).toHaveLength(4);
  });

  test("what is sent while others are going out goes behind them, and the same is asked about", async ({ faxes, page, sandbox }) => {
    const ids = [];
    for (const to of [ANNA, BEN, "+16505550102"]) ids.push(await posted(sandbox, to));
    await settled(sandbox, ...ids);
    let free;
    const held = new Promise((resolve) => (free = resolve));
    await page.route("**/fax", async (route) => {
      if (route.request().postDataJSON().originalMessageId === ids[1]) await held;
      await route.continue();
    });
    await faxes.open({ messageIds: `${ids[0]} ${ids[1]}` });
    await faxes.resendChosen.click();
    await faxes.send.click();
    await expect(faxes.batchStates).toHaveText([/^Accepted/, "Sending…"]);
    await faxes.batch.getByRole("button", { name: "Show fax" }).click();
    await faxes.allFaxes.click();
    await expect(faxes.resendChosen, "what went is not ticked any more").toHaveCount(0);
    await faxes.ask(ids[2]);
    for (const time of [1, 2]) {
      await faxes.button("Send again to all", faxes.askedFor(ids[2])).click();
      await faxes.send.click();
      if (time === 2) break;
      await expect(faxes.batchStates).toHaveText([/^Accepted/, "Sending…", "Waiting"]);
      await faxes.batch.getByRole("button", { name: "Show fax" }).click();
      await faxes.allFaxes.click();
    }
    await expect(faxes.formBanner).toContainText("This went to the same number within the last hour.");
    await faxes.back.click();
    await faxes.allFaxes.click();
    await faxes.list.getByRole("button", { name: "Show what is being sent" }).click();
    free();
    await expect(faxes.batchStates).toHaveText([/^Accepted/, /^Accepted/, /^Accepted/]);
    expect(await sandbox.inbox()).toHaveLength(6);
  });

  test("offline they wait, and go on when the connection is back", async ({ faxes, page, sandbox }) => {
    const ids = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await settled(sandbox, ...ids);
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await page.context().setOffline(true);
    await faxes.send.click();
    await expect(faxes.batch).toContainText("This device is offline. It goes on when you are connected.");
    await expect(faxes.batchStates).toHaveText(["Waiting", "Waiting"]);
    await page.context().setOffline(false);
    await expect(faxes.batchStates).toHaveText([/^Accepted/, /^Accepted/]);
    await expect(faxes.batch).not.toContainText("offline");
    expect(await sandbox.inbox()).toHaveLength(4);
  });

  test("only failed ones to those they failed for, others left out", async ({ faxes, page, sandbox }) => {
    const sent = bodies(page);
    const [mixed, fine] = [await partial(sandbox), await posted(sandbox, BEN)];
    await settled(sandbox, fine);
    await faxes.open({ messageIds: `${mixed} ${fine}` });
    await faxes.resendChosen.click();
    await faxes.toFailed.check();
    await expect(faxes.goes).toHaveText([/^\+999 000 0001/]);
    await faxes.send.click();
    await expect(faxes.batchHeading).toHaveText("Finished");
    expect(sent).toEqual([{ originalMessageId: mixed, to: [{ phoneNumber: bad(1) }] }]);
  });

  test("what is going out can be left and looked at again", async ({ faxes, page, sandbox }) => {
    const ids = [await posted(sandbox, ANNA), await posted(sandbox, BEN)];
    await settled(sandbox, ...ids);
    await faxes.open({ messageIds: ids.join() });
    await faxes.resendChosen.click();
    await faxes.send.click();
    await expect(faxes.batchHeading).toHaveText("Finished");
    await faxes.batch.getByRole("button", { name: "Show fax" }).first().click();
    await expect(faxes.faxHeading).toBeFocused();
    await expect(faxes.recipients()).toContainText([ANNA_SHOWN]);
    await expect(page.getByRole("status")).not.toContainText("undefined");
  });
});

test.describe("the limits of the service", () => {
  test.use({ sandboxOptions: { "rate-limits": "on", clock: 60 } });

  test("two hundred are sent again with no call too many, each once", async ({ faxes, sandbox }) => {
    test.setTimeout(150_000);
    await fill(sandbox, 400, 300);
    const all = await listed(sandbox);
    const ids = all.slice(0, 200);
    expect(ids).toHaveLength(200);
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // what the test asked is forgotten
    await faxes.open({ messageIds: ids.join(" ") });
    await expect(faxes.asked.locator(".headline")).toHaveCount(200, { timeout: 20_000 });
    await faxes.resendChosen.click();
    await expect(faxes.formHeading).toHaveText("Send 200 faxes again");
    await faxes.toSame.check();
    await faxes.send.click();
    await expect(faxes.batchHeading).toHaveText("Finished", { timeout: 120_000 });
    await expect(faxes.batch).toContainText("200 accepted by the fax service, 0 not or not known.");
    const calls = await requests(sandbox);
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(calls.filter(({ method, path, status }) => method === "POST" && path.endsWith("/fax") && status === 200)).toHaveLength(200);
    const arrived = await sandbox.inbox();
    expect(arrived.map(({ originalMessageId, fields }) => String(originalMessageId ?? fields.originalMessageId)).sort()).toEqual([...ids].sort());
  });
});

test.describe("resend()", () => {
  test("resolves with the message of the new fax", async ({ faxes, composer, page, sandbox }) => {
    const sent = bodies(page);
    await faxes.open({ view: "send" });
    await expect(composer.heading).toBeVisible();
    await composer.listen("fax-accepted", "fax-error");
    const { message } = await faxes.resend({ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA, name: "Anna" }] });
    const [fax] = await sandbox.inbox();
    expect(message).toMatchObject({ id: fax.id, type: "Fax", direction: "Outbound" });
    expect(sent).toEqual([{ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA, name: "Anna" }] }]);
    expect((await composer.heard("fax-accepted")).map(({ detail }) => detail.id)).toEqual([fax.id]);
    expect(await composer.heard("fax-error")).toEqual([]);
  });

  test("takes a number for the id, and a time", async ({ faxes, page }) => {
    const sent = bodies(page);
    await faxes.open();
    await faxes.resend({ originalMessageId: Number(RECEIVED[0]), to: [{ phoneNumber: ANNA }], sendTime: "2031-01-15T14:30:00Z" });
    expect(sent).toEqual([{ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA }], sendTime: "2031-01-15T14:30:00.000Z" }]);
  });

  const INVALID = [
    [{}, "originalMessageId"],
    [{ originalMessageId: "12/34" }, "originalMessageId"],
    [{ originalMessageId: "1", to: [] }, "to"],
    [{ originalMessageId: "1", to: [{ phoneNumber: "call me" }] }, "to"],
    [{ originalMessageId: "1", sendTime: "2001-01-01T00:00:00Z" }, "sendTime"],
  ];
  for (const [request, parameterName] of INVALID) {
    test(`posts nothing of ${JSON.stringify(request)}`, async ({ faxes, sandbox }) => {
      await faxes.open();
      const { error } = await faxes.resend(request);
      expect(error).toMatchObject({ name: "FaxError", isError: true, code: "invalid", outcome: "not-sent", parameterName });
      expect(sandbox.posts()).toBe(0);
    });
  }

  const REFUSED = [
    [400, { code: "refused", status: 400, outcome: "not-sent", errorCode: "CMN-101", parameterName: "to" }],
    [403, { code: "forbidden", status: 403, outcome: "not-sent" }],
    [404, { code: "not-found", status: 404, outcome: "not-sent" }],
    [406, { code: "not-allowed", status: 406, outcome: "not-sent", errorCode: "MSG-343" }],
  ];
  for (const [day, failure] of REFUSED) {
    test(`rejects with ${failure.code}`, async ({ faxes, composer, sandbox, expected }) => {
      expected.push(FAILED_REQUEST);
      await faxes.open();
      await composer.listen("fax-error");
      const { error } = await faxes.resend({ originalMessageId: RECEIVED[0], to: [{ phoneNumber: bad(day) }] });
      expect(error).toMatchObject({ name: "FaxError", isError: true, ...failure });
      expect(error.message).not.toMatch(/\d{7}/);
      expect((await composer.heard("fax-error")).map(({ detail }) => detail)).toMatchObject([failure]);
      expect(await sandbox.inbox()).toHaveLength(0);
    });
  }

  test("stopped while it is on its way rejects with cancelled, and nobody knows", async ({ faxes, composer, page, expected }) => {
    expected.push(FAILED_REQUEST);
    await page.route("**/fax", () => {});
    await faxes.open();
    const posting = page.waitForRequest("**/fax");
    const attempt = faxes.resend({ originalMessageId: RECEIVED[0], to: [{ phoneNumber: ANNA }] });
    await posting;
    await composer.cancel();
    expect((await attempt).error).toMatchObject({ name: "FaxError", isError: true, code: "cancelled", outcome: "unknown" });
  });

  test("asked for before the element is ready waits for it", async ({ embedder, composer, faxes, page, sandbox }) => {
    await composer.openEmbedded(embedder, `<fax-widget server="${sandbox.origin}"></fax-widget>
      <script type="module">
        const fax = document.querySelector("fax-widget");
        fax.token = "sandbox";
        await customElements.whenDefined("fax-widget");
        window.early = fax.resend({ originalMessageId: "${RECEIVED[0]}", to: [{ phoneNumber: "${ANNA}" }] });
      </script>`);
    expect(await page.evaluate(() => window.early)).toMatchObject({ type: "Fax", direction: "Outbound" });
    await expect(faxes.element).toBeVisible();
    expect(await sandbox.inbox()).toHaveLength(1);
  });

  test("of an id that is not there rejects with not-found", async ({ faxes, expected }) => {
    expected.push(FAILED_REQUEST);
    await faxes.open();
    const { error } = await faxes.resend({ originalMessageId: "999999" });
    expect(error).toMatchObject({ name: "FaxError", outcome: "not-sent", status: 404, code: "not-found" });
  });
});
