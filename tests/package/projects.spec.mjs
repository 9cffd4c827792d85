// The package in the projects that people have: each is made, built and opened, and sends a fax.
import { ANNA } from "../e2e/composer.mjs";
import { pdf, png } from "../e2e/documents.mjs";
import { expect, test } from "./fixtures.mjs";

const VITE = "node_modules/vite/bin/vite.js";

const PROJECTS = [
  { what: "plain HTML with no bundler", name: "html", site: "." },
  { what: "a Vite build", name: "vite", packages: ["vite"], build: [VITE, "build"], output: "dist", site: "dist" },
  { what: "Vite's development server", name: "vite", packages: ["vite"] },
  { what: "webpack", name: "webpack", packages: ["webpack"], build: ["build.mjs"], output: "dist", site: "." },
  { what: "a React component", name: "react", packages: ["vite", "@vitejs/plugin-react", "react", "react-dom"], build: [VITE, "build"], output: "dist", site: "dist", component: true },
  { what: "a Vue component", name: "vue", packages: ["vite", "@vitejs/plugin-vue", "vue"], build: [VITE, "build"], output: "dist", site: "dist", component: true },
];

/** What everything has to run under; the pages have no icon, and say so with `data:`. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' *; " +
  "require-trusted-types-for 'script'";

for (const { what, name, packages, build, output, site, component } of PROJECTS) {
  test(`${what}: the form stands and sends a fax`, async ({ project, serving, page, composer, sandbox }) => {
    const made = await project(name, packages);
    if (build) await made.node(...build);
    if (output) expect(await made.wasm(output)).toHaveLength(1);
    const origin = await serving(site ? made.serve(site, POLICY.replace("*", sandbox.origin)) : made.develop());

    const fetched = [];
    page.on("response", (response) => response.url().includes(".wasm") && fetched.push([response.status(), response.headers()["content-type"]]));
    await page.addInitScript(() => {
      globalThis.ready = 0;
      document.addEventListener("fax-ready", () => globalThis.ready++);
    });
    await page.goto(`${origin}/?server=${sandbox.origin}`);
    await expect(composer.heading).toBeVisible();
    expect(await page.evaluate(() => globalThis.ready)).toBe(1);
    expect(fetched).toEqual([[200, "application/wasm"]]);

    // The picture's page is made in a worker, which the bundler has put somewhere.
    await composer.fillIn(ANNA, pdf("contract.pdf"), png("scan.png"));
    await expect(composer.pageButtons).toHaveCount(component ? 3 : 2);
    await composer.reviewSendAndSeeAccepted();
    const [arrived] = await sandbox.inbox();
    expect(arrived.to).toMatchObject([{ phoneNumber: ANNA }]);
    // A component adds a file of its own when it hears that the form stands, and asks for no cover page.
    expect(arrived.attachments.map(({ name }) => name)).toEqual([...(component ? ["effect.txt"] : []), "contract.pdf", "scan.tif"]);
    if (component) {
      expect(Number(arrived.fields.coverIndex)).toBe(0);
      await expect(page.locator("output")).toHaveText(await composer.messageId.textContent());
    }

    // The sentences of a language are a part of the program that the bundler has put somewhere.
    await composer.newFax.click();
    await page.evaluate(() => (document.documentElement.lang = "de"));
    await expect(composer.element.getByRole("heading", { name: "Neues Fax", exact: true })).toBeVisible();
  });
}
