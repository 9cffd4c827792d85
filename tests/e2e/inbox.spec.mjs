// What arrived, as the sandbox shows it: the pages of a fax, small and large.
import { ANNA } from "./composer.mjs";
import { onePage, png } from "./documents.mjs";
import { axeFaults } from "./everyone.mjs";
import { settled } from "./faxes.mjs";
import { expect, test } from "./fixtures.mjs";

test.use({ sandboxOptions: { pace: 50 } });

/** Posts a fax with these documents, and waits until it has its pages. */
async function arrived(sandbox, fields, ...documents) {
  const form = new FormData();
  form.append("to", ANNA);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, buffer } of documents) form.append("attachment", new Blob([buffer]), name);
  const response = await fetch(`${sandbox.origin}/restapi/v1.0/account/~/extension/~/fax`, {
    method: "POST", headers: { authorization: "Bearer sandbox" }, body: form,
  });
  const { id } = await response.json();
  await settled(sandbox, id);
  return String(id);
}

/** The width and height of a picture on the screen. */
const extent = async (picture) => {
  const { width, height } = await picture.boundingBox();
  return height / width;
};

for (const faxResolution of ["High", "Low"]) {
  test(`the pages of a fax are shown, ${faxResolution}`, async ({ page, sandbox }) => {
    const contract = { name: "contract.pdf", buffer: onePage() };
    const id = await arrived(sandbox, { faxResolution, coverPageText: "For your review" }, contract, png("scan.png", 800, 1040));
    await page.goto(`${sandbox.origin}/inbox`);
    const pages = page.getByRole("article").getByRole("img");
    await expect(pages).toHaveCount(3);
    for (const thumbnail of await pages.all()) {
      await expect.poll(() => thumbnail.evaluate((img) => img.complete && img.naturalWidth)).toBe(240);
      // As on paper, however far apart the lines are.
      expect(await extent(thumbnail)).toBeCloseTo(279.4 / 215, 1);
    }
    expect(await axeFaults(page)).toEqual([]);

    await page.getByRole("link", { name: "Page 1" }).click();
    await expect(page).toHaveTitle(`Page 1 of fax ${id}`);
    const large = page.getByRole("img", { name: "Page 1" });
    await expect.poll(() => large.evaluate((img) => img.complete && [img.naturalWidth, img.naturalHeight])).toEqual([
      1728, faxResolution === "High" ? 2156 : 1078,
    ]);
    expect(await extent(large)).toBeCloseTo(279.4 / 215, 2);
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "Full size" }).click();
    await expect.poll(async () => (await large.boundingBox()).width).toBe(1728);
    await page.getByRole("link", { name: "Next" }).click();
    await page.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveTitle(`Page 3 of fax ${id}`);
    await expect(page.getByRole("link", { name: "Next" })).toHaveCount(0);
    await page.getByRole("link", { name: id }).click();
    await expect(page).toHaveURL(`${sandbox.origin}/inbox#${id}`);
  });
}

test("why a fax has no pages is said beside it", async ({ page, sandbox }) => {
  await arrived(sandbox, {}, { name: "contract.pdf", buffer: onePage().subarray(0, 100) });
  await page.goto(`${sandbox.origin}/inbox`);
  const fax = page.getByRole("article");
  await expect(fax).toContainText("RenderingFailed: document 1: the document is damaged.");
  await expect(fax.getByRole("img")).toHaveCount(0);
  expect(await axeFaults(page)).toEqual([]);
});
