// What was faxed can be seen: fetched with the token in a header, shown and opened from memory.
import { readFile } from "node:fs/promises";
import { ANNA } from "./composer.mjs";
import { png } from "./documents.mjs";
import { held, posted, RECEIVED, settled, STUCK } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

test.use({ sandboxOptions: { pace: 50 } });

/** One fax that has gone, on its own screen. */
async function openSent(faxes, sandbox) {
  const id = await posted(sandbox, ANNA);
  await settled(sandbox, id);
  await faxes.open();
  await faxes.account.click();
  await faxes.openListed(id);
  return id;
}

async function bytes(sandbox, id) {
  const { attachments } = await held(sandbox, id);
  const response = await fetch(attachments[0].uri, { headers: { authorization: "Bearer sandbox" } });
  return Buffer.from(await response.arrayBuffer());
}

test("is fetched with the token in a header, and in no address", async ({ faxes, page, sandbox }) => {
  const urls = [];
  const fetched = [];
  page.on("request", (request) => {
    urls.push(request.url());
    if (request.url().includes("/content/")) fetched.push(request.headers());
  });
  const id = await openSent(faxes, sandbox);
  await faxes.button("Show document").click();
  await expect(faxes.openDocument).toBeVisible();
  expect(fetched).toHaveLength(1);
  expect(fetched[0].authorization).toBe("Bearer sandbox");
  for (const url of urls) expect(url).not.toMatch(/token|Bearer|=sandbox/i);
  expect(await page.evaluate(() => location.href)).not.toContain(id);
});

/** Notes what stands behind each address that the page makes: its policy forbids to fetch one. */
const watchBlobs = (page) =>
  page.addInitScript(() => {
    window.blobs = new Map();
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      const url = createObjectURL(blob);
      blobs.set(url, blob);
      return url;
    };
    URL.revokeObjectURL = (url) => {
      blobs.delete(url);
      revokeObjectURL(url);
    };
  });

/** Has the service answer with another document. */
const answerWith = (page, contentType, body) =>
  page.route("**/content/*", (route) => route.fulfill({ status: 200, contentType, body }));

test("opens in a tab of its own, and closes here", async ({ faxes, page, sandbox }) => {
  await watchBlobs(page);
  const id = await openSent(faxes, sandbox);
  await faxes.button("Show document").click();
  await expect(faxes.document).toBeFocused();
  const opening = page.context().waitForEvent("page");
  await faxes.openDocument.click();
  const tab = await opening;
  const source = tab.url();
  expect(source).toMatch(/^blob:/);
  const shown = await page.evaluate(async (source) => [blobs.get(source).type, ...new Uint8Array(await blobs.get(source).arrayBuffer())], source);
  expect(shown.shift()).toBe("application/pdf");
  expect(Buffer.from(shown)).toEqual(await bytes(sandbox, id));
  // The browser's own viewer has taken it.
  await expect.poll(() => tab.frames().length).toBeGreaterThan(1);
  expect(await tab.evaluate(() => window.opener)).toBe(null);
  await tab.close();
  await faxes.closeDocument.click();
  await expect(faxes.document).toHaveCount(0);
  await expect(faxes.faxHeading).toBeFocused();
  expect(await page.evaluate((source) => blobs.has(source), source)).toBe(false);
});

test("is shown where it stands when it is a picture", async ({ faxes, page, sandbox }) => {
  await answerWith(page, "image/png; x=1", png().buffer);
  const id = await openSent(faxes, sandbox);
  await faxes.button("Show document").click();
  const picture = faxes.document.getByRole("img", { name: `Document of fax ${id}` });
  await expect.poll(() => picture.evaluate((image) => image.naturalWidth)).toBe(40);
  await expect(faxes.openDocument).toHaveCount(0);
  await expect(faxes.download).toHaveAttribute("download", `fax-${id}.png`);
});

for (const type of ["text/html", "text/html;application/pdf", "application/pdfx", "image/svg+xml", "image/tiff"]) {
  test(`is not opened when it is ${type}, and nothing behind its address would run`, async ({ faxes, page, sandbox }) => {
    await watchBlobs(page);
    await answerWith(page, type, "<script>document.title = 'ran'</script>");
    await openSent(faxes, sandbox);
    await faxes.button("Show document").click();
    await expect(faxes.document).toContainText("of a kind that browsers do not show");
    await expect(faxes.openDocument).toHaveCount(0);
    const address = await faxes.download.getAttribute("href");
    const kind = await page.evaluate((address) => blobs.get(address).type, address);
    expect(kind).toBe(type === "image/tiff" ? type : "application/octet-stream");
  });
}

test("can be saved under its id, byte for byte", async ({ faxes, page, sandbox }) => {
  const id = await openSent(faxes, sandbox);
  await faxes.button("Show document").click();
  const saving = page.waitForEvent("download");
  await faxes.download.click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe(`fax-${id}.pdf`);
  expect(await readFile(await saved.path())).toEqual(await bytes(sandbox, id));
});

test("of a received fax, too", async ({ faxes }) => {
  await faxes.open();
  await faxes.account.click();
  await faxes.openListed(RECEIVED[0]);
  await faxes.button("Show document").click();
  await expect(faxes.openDocument).toBeVisible();
});

test("from a card of an id that was asked for", async ({ faxes, sandbox }) => {
  const id = await posted(sandbox, ANNA);
  await settled(sandbox, id);
  await faxes.open({ messageIds: id });
  await faxes.button("Show document", faxes.asked).click();
  await expect(faxes.openDocument).toBeVisible();
});

test("that is still being prepared appears by itself", async ({ faxes, page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await page.clock.install();
  await openSent(faxes, sandbox);
  await page.route("**/content/*", (route) =>
    route.fulfill({ status: 400, json: { errorCode: "MSG-368", message: "Fax message processing is in progress" } }),
  );
  await faxes.button("Show document").click();
  await expect(faxes.document).toContainText("The fax service is still preparing the document.");
  await faxes.letPass(12);
  await expect(faxes.document).toContainText("The fax service is still preparing the document.");
  await page.unroute("**/content/*");
  await faxes.letPass(12);
  await expect(faxes.openDocument).toBeVisible();
  await expect(faxes.document).not.toContainText("still preparing");
});

test("of a fax that waits to be dialled is still being prepared", async ({ faxes, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  const id = await posted(sandbox, STUCK);
  await faxes.open();
  await faxes.account.click();
  await faxes.openListed(id);
  await faxes.button("Show document").click();
  await expect(faxes.document).toContainText("The fax service is still preparing the document.");
});

test("that cannot be had says so", async ({ faxes, page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await openSent(faxes, sandbox);
  await page.route("**/content/*", (route) => route.fulfill({ status: 403, json: { errorCode: "CMN-408" } }));
  await faxes.button("Show document").click();
  await expect(faxes.document.getByRole("alert")).toContainText("This account may not read its messages.");
});

test("at an address elsewhere is not fetched, for the token would go along", async ({ faxes, page, sandbox }) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).host));
  await page.route(/\/message-store[/?](?!.*\/content\/)/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll(/"uri":"[^"]*\/content\/\d+"/g, '"uri":"https://elsewhere.example/content/1"');
    await route.fulfill({ response, body });
  });
  await openSent(faxes, sandbox);
  await faxes.button("Show document").click();
  await expect(faxes.document.getByRole("alert")).toBeVisible();
  expect(asked).not.toContain("elsewhere.example");
});
