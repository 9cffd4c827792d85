// Every state of the screens behind a fax that left, in every scheme, for everyone; and all of it with the keyboard alone.
import { ANNA, BEN } from "./composer.mjs";
import { pdf } from "./documents.mjs";
import { axeFaultsInEveryScheme, layoutFaults } from "./everyone.mjs";
import { fill, posted, settled } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";
import { FAX_STATES, prepare } from "./states.mjs";

test.use({ sandboxOptions: { pace: 50 } });
test.beforeEach(({ expected }) => expected.push(FAILED_REQUEST));

test("axe in every scheme; and the focus is never lost to the page", async ({ faxes, composer, page, sandbox }) => {
  test.setTimeout(200_000);
  const ids = await prepare(sandbox);
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const [state, reach] of Object.entries(FAX_STATES)) {
    await reach(faxes, ids, composer);
    if (state !== "list, nothing remembered") expect.soft(await composer.hasFocus(), state).toBe(true);
    expect.soft(await axeFaultsInEveryScheme(page), state).toEqual([]);
  }
});

for (const width of [320, 390]) {
  test(`nothing is wider than ${width} px, and every target can be hit`, async ({ faxes, composer, page, sandbox }) => {
    test.setTimeout(120_000);
    const ids = await prepare(sandbox);
    await page.setViewportSize({ width, height: 800 });
    for (const [state, reach] of Object.entries(FAX_STATES)) {
      await reach(faxes, ids, composer);
      expect.soft(await layoutFaults(faxes.element), state).toEqual([]);
    }
  });
}

test("with the keyboard alone: list, fax, form, sent", async ({ faxes, composer, page, sandbox }) => {
  const { partial } = await prepare(sandbox);
  await faxes.open();
  await composer.tabTo(faxes.account);
  await page.keyboard.press("Enter");
  await expect(faxes.rows.first()).toBeVisible();
  await composer.tabTo(faxes.opener(partial));
  await page.keyboard.press("Enter");
  await expect(faxes.faxHeading).toBeFocused();
  await composer.tabTo(faxes.button("Send again to those it failed for"));
  await page.keyboard.press("Space");
  await expect(faxes.formHeading).toBeFocused();
  await composer.tabTo(faxes.toFailed);
  await page.keyboard.press("ArrowDown");
  await expect(faxes.toOthers).toBeChecked();
  await composer.tabTo(faxes.numbers);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(BEN);
  await composer.tabTo(faxes.send);
  await page.keyboard.press("Enter");
  await expect(faxes.batchHeading).toBeFocused();
  await expect(faxes.batchStates).toHaveText([/^Accepted/]);
  await composer.tabTo(faxes.batchDone);
  await page.keyboard.press("Enter");
  await expect(faxes.heading).toBeFocused();
  expect((await sandbox.inbox()).at(-1).to).toMatchObject([{ phoneNumber: BEN }]);
});

test("ids with the keyboard alone, chosen and sent", async ({ faxes, composer, page, sandbox }) => {
  const id = await posted(sandbox, ANNA);
  await settled(sandbox, id);
  await faxes.open();
  await composer.tabTo(faxes.ids);
  await page.keyboard.type(id);
  await page.keyboard.press("Enter");
  await expect(faxes.choice(id)).toBeChecked();
  await expect(faxes.ids).toBeFocused();
  await composer.tabTo(faxes.resendChosen);
  await page.keyboard.press("Enter");
  await expect(faxes.formHeading).toBeFocused();
});

test("a long list can be scrolled with the keyboard", async ({ faxes, composer, page, sandbox }) => {
  await fill(sandbox, 400, 20);
  await faxes.open();
  await faxes.account.click();
  await expect(faxes.rows.first()).toBeVisible();
  await composer.tabTo(faxes.scroller);
  await page.keyboard.press("End");
  await expect.poll(() => faxes.scroller.evaluate((box) => box.scrollTop)).toBeGreaterThan(1_000);
  await expect(faxes.scroller).toBeFocused();
});
