// The site on a web server that knows nothing of it: nginx as Debian builds it, with the configuration that is shown to
// people, and the fax service on another origin.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ANNA, Composer } from "./composer.mjs";
import { pdf, png, sha256 } from "./documents.mjs";
import { Faxes, settled } from "./faxes.mjs";
import { expect, test as base } from "./fixtures.mjs";
import { HOSTING, Nginx } from "./nginx.mjs";
import { BELOW, DIST, Host } from "./servers.mjs";

/** What everything has to run under, as the issue of it says; `*` is the service. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self' *; " +
  "require-trusted-types-for 'script'";

const test = base.extend({
  host: async ({ sandbox }, use) => {
    const nginx = await Nginx.start("site", ({ root }) => [
      [/\/var\/www\/fax/g, root],
      ["https://platform.ringcentral.com https://media.ringcentral.com", sandbox.origin],
    ]);
    await nginx.put(DIST);
    await nginx.put(BELOW, "some/path");
    for (const place of ["", "some/path"]) {
      await writeFile(join(nginx.root, place, "config.json"), JSON.stringify({ server: sandbox.origin, token: "sandbox" }));
    }
    await use(nginx);
    await nginx.stop();
  },
  /** Answers as they come over the wire, whatever the certificate. */
  wire: async ({ playwright }, use) => {
    const context = await playwright.request.newContext({ ignoreHTTPSErrors: true });
    await use((url, headers = {}) => context.get(url, { headers, maxRedirects: 0 }));
    await context.dispose();
  },
});

test.use({ ignoreHTTPSErrors: true, sandboxOptions: { pace: 50 } });

/** Notes how each module of WebAssembly is started. */
const watchWasm = (page) =>
  page.addInitScript(() => {
    window.started = [];
    for (const name of ["instantiateStreaming", "instantiate"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (source, imports) => {
        const { url } = (await source) instanceof Response ? await source : {};
        const result = await original.call(WebAssembly, source, imports);
        window.started.push([name, url && new URL(url).pathname.split("/").at(-1)]);
        return result;
      };
    }
  });

for (const place of ["", "some/path/"]) {
  test(`a fax goes from ${place || "the root"} and its document is looked at, under the very policy`, async ({ host, page, sandbox }) => {
    const composer = new Composer(page, `${host.origin}/${place}`);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await watchWasm(page);
    const answer = await page.goto(`${host.origin}/${place}`);
    const policies = await answer.headersArray().then((headers) => headers.filter(({ name }) => /^content-security-policy$/i.test(name)));
    expect(policies[0].value).toBe(POLICY.replace("*", sandbox.origin));
    await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
    const [document, picture] = [pdf(), png()];
    await composer.fillIn(ANNA, document, picture);
    await expect(composer.thumbnail(picture.name)).toBeVisible();
    await composer.reviewSendAndSeeAccepted();
    const [fax] = await sandbox.inbox();
    expect(fax.attachments.map(({ contentType }) => contentType)).toEqual(["application/pdf", "image/tiff"]);
    expect(fax.attachments[0].sha256).toBe(sha256(document.buffer));

    await settled(sandbox, fax.id);
    const faxes = new Faxes(page, host.origin);
    await composer.faxesLink.click();
    await faxes.openListed(String(fax.id));
    await faxes.button("Show document").click();
    const opening = page.context().waitForEvent("page");
    await faxes.openDocument.click();
    const tab = await opening;
    expect(tab.url()).toMatch(new RegExp(`^blob:${host.origin}/`));
    // The browser's own viewer stands in it: the policy, which such a tab inherits, lets it.
    await expect.poll(() => tab.frames().length).toBeGreaterThan(1);
    await tab.close();
    await faxes.button("Confirmation sheet").click();
    await faxes.print.click();

    // The first as it arrives, the others against their digests.
    const checked = ["instantiate", undefined]; // the rest, what it shares with the pages, and these
    expect(await page.evaluate(() => window.started)).toEqual([["instantiateStreaming", "fax-widget_bg.wasm"], checked, checked, checked]);
    const origins = new Set(asked.filter((url) => !url.startsWith("blob:")).map((url) => new URL(url).origin));
    expect([...origins].sort()).toEqual([sandbox.origin, host.origin].sort());
  });
}

test("a page of another site has the widget from there, with the fonts that its pages need", async ({ host, page, sandbox }) => {
  const site = await Host.start(host.origin);
  // As the README says what such a page needs.
  site.policy =
    `default-src 'none'; script-src 'self' ${host.origin} 'wasm-unsafe-eval'; connect-src ${host.origin} ${sandbox.origin}; ` +
    "img-src blob:; style-src 'self'; require-trusted-types-for 'script'; trusted-types fax-widget; " +
    `worker-src blob: ${host.origin}`;
  site.pages["/"] = `<script type="module" src="${host.origin}/fax-widget/auto.js"></script><fax-widget server="${sandbox.origin}"></fax-widget>`;
  await page.goto(`${site.origin}/`);
  const composer = new Composer(page, site.origin);
  await composer.set({ token: "sandbox" });
  await composer.fillIn(ANNA, pdf());
  await expect(composer.pageButtons).toHaveCount(1);
  await expect(composer.pageButtons.locator("canvas")).not.toHaveJSProperty("width", 300); // as wide as one that nothing was drawn on
  expect(await readFile(join(host.folder, "access.log"), "utf8")).toMatch(/fax-widget\/fonts\/Helvetica/);
  await composer.reviewSendAndSeeAccepted();
  expect(await sandbox.inbox()).toHaveLength(1);
  await page.goto("about:blank");
  await site.stop();
});

test("every file has its type, is compressed, and is kept as long as it stays what it is", async ({ host, wire }) => {
  const named = (await readdir(join(DIST, "fax-widget"))).filter((name) => /_[0-9a-f]{8}\.wasm$/.test(name));
  expect(named.map((name) => name.replace(/_\w{8}\.wasm$/, "")).sort()).toEqual(["fax-widget_pages", "fax-widget_rest", "fax-widget_shared", "pages_rest"]);
  const files = [
    ["", /^text\/html/, "no-cache"],
    ["site.js", /javascript/, "no-cache"],
    ["site.css", /^text\/css/, "no-cache"],
    ["config.json", /^application\/json/, "no-cache"],
    ["fax-widget/auto.js", /javascript/, "no-cache"],
    ["fax-widget/languages/de.js", /javascript/, "no-cache"],
    ["fax-widget/fax-widget_bg.wasm", /^application\/wasm$/, "no-cache"],
    ...named.map((name) => [`fax-widget/${name}`, /^application\/wasm$/, "public, max-age=31536000, immutable"]),
  ];
  for (const [file, type, cache] of files) {
    const answer = await wire(`${host.origin}/${file}`, { "accept-encoding": "identity" });
    const headers = answer.headers();
    expect([answer.status(), headers["cache-control"], headers["content-encoding"]], file).toEqual([200, cache, undefined]);
    expect(headers["content-type"], file).toMatch(type);
    expect(headers, file).toMatchObject({
      "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "strict-transport-security": "max-age=31536000",
    });
    const again = await wire(`${host.origin}/${file}`, { "accept-encoding": "identity", "if-none-match": headers.etag });
    expect(again.status(), file).toBe(304);
    if (!file.startsWith("fax-widget/")) continue;
    for (const encoding of ["br", "gzip"]) {
      const packed = await wire(`${host.origin}/${file}`, { "accept-encoding": encoding });
      expect(packed.headers(), file).toMatchObject({ "content-encoding": encoding, vary: "Accept-Encoding" });
      expect(packed.headers()["content-type"], file).toMatch(type);
      expect(sha256(await packed.body()), file).toBe(sha256(await readFile(join(DIST, file))));
    }
  }
  const rights = (answer) => {
    const { "content-security-policy": policy, "access-control-allow-origin": readers } = answer.headers();
    return [/frame-ancestors [^;\n]+/.exec(policy)[0], readers];
  };
  expect(rights(await wire(`${host.origin}/`))).toEqual(["frame-ancestors 'none'", undefined]);
  expect(rights(await wire(`${host.origin}/some/path/embed.html`))).toEqual(["frame-ancestors 'self' https://clinic.example.org", undefined]);
  expect(rights(await wire(`${host.origin}/fax-widget/frame.js`))).toEqual(["frame-ancestors 'none'", "*"]);
  const [font] = (await readdir(join(DIST, "fax-widget/fonts"))).filter((name) => !name.includes("."));
  expect(rights(await wire(`${host.origin}/some/path/fax-widget/fonts/${font}`))[1]).toBe("*");
  expect(rights(await wire(`${host.origin}/config.json`))[1]).toBe(undefined);
  const page = await wire(`${host.origin}/`, { "accept-encoding": "gzip" });
  expect(page.headers()["content-encoding"]).toBe("gzip");
  const missing = await wire(`${host.origin}/nothing`);
  expect([missing.status(), missing.headers()["x-content-type-options"]]).toEqual([404, "nosniff"]);
});

test("without HTTPS it only leads there", async ({ host, wire }) => {
  const answer = await wire(`${host.plain}/some/path/?x=1`);
  expect([answer.status(), answer.headers().location]).toEqual([301, "https://127.0.0.1/some/path/?x=1"]);
});

test("the README shows these very files", async () => {
  const readme = await readFile(join(HOSTING, "../../README.md"), "utf8");
  for (const name of await readdir(HOSTING)) {
    const block = `\n\`\`\`${{ conf: "nginx" }[name.split(".")[1]] ?? name.split(".")[1]}\n${await readFile(join(HOSTING, name), "utf8")}\`\`\`\n`;
    expect(readme, name).toContain(block);
  }
});
