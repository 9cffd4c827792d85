import { ANNA } from "./composer.mjs";
import { pdf, onDisk, png } from "./documents.mjs";
import { expect, test } from "./fixtures.mjs";
import { mkdir } from "node:fs/promises";
test("smoke", async ({ opened: c, sandbox, folder }) => {
  await c.fillIn(ANNA, pdf());
  await c.drop(await onDisk(folder, "a.pdf"));
  await mkdir(folder + "/sub");
  await c.drop(folder + "/sub");
  console.log(await c.notice.allTextContents());
  await c.pastePicture(png());
  await c.pasteFiles(pdf("x.pdf"));
  console.log(await c.documentRows.allInnerTexts());
  await c.reviewSendAndSeeAccepted();
  console.log(JSON.stringify(await sandbox.inbox(), null, 1), sandbox.posts());
});
