// A page with no token: its own server adds it, through nginx with the configuration that is shown to people.
import { watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { request as requestSecurely } from "node:https";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { ANNA, Composer } from "./composer.mjs";
import { hollow, pdf, sha256 } from "./documents.mjs";
import { Faxes, posted, settled } from "./faxes.mjs";
import { expect, FAILED_REQUEST, test as base } from "./fixtures.mjs";
import { HOSTING, Nginx } from "./nginx.mjs";
import { DIST } from "./servers.mjs";
import { faxSession } from "../hosting/session.js";

const ENDPOINT = "/fax/restapi/v1.0/account/~/extension/~/fax";
const STORE = "/fax/restapi/v1.0/account/~/extension/~/message-store";
/** Of the session that may fax. */
const COOKIE = "session=e7a1c9";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html;charset=utf-8" };

async function listen(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

async function close(server) {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const test = base.extend({
  /** What the service gets, on its way to the sandbox. */
  passed: async ({}, use) => use([]),

  service: async ({ sandbox, passed }, use) => {
    const { server, origin } = await listen((incoming, answer) => {
      const { host: _, ...headers } = incoming.headers;
      passed.push({ method: incoming.method, url: incoming.url, headers });
      if (incoming.url.endsWith("/content/777")) return answer.end(Buffer.alloc(20_000_000));
      const onward = request(sandbox.origin + incoming.url, { method: incoming.method, headers }, (reply) => {
        answer.writeHead(reply.statusCode, { ...reply.headers, "set-cookie": "theirs=1", "access-control-allow-origin": "*" });
        reply.pipe(answer);
      });
      onward.on("error", () => answer.destroy());
      incoming.pipe(onward);
    });
    await use({ origin, stop: () => close(server) });
    await close(server);
  },

  /** Somebody's application: a page with the widget, and the answer to whether this person may fax. */
  app: async ({}, use) => {
    const { server, origin } = await listen(async (incoming, answer) => {
      const { pathname } = new URL(incoming.url, origin);
      // As Express does: in any case, and with a slash behind.
      if (/^\/fax-session\/?$/i.test(pathname)) return faxSession(incoming, answer, { personOf: async (cookie) => ({ mayFax: cookie === COOKIE }), token: async () => "sandbox" });
      if (pathname === "/") {
        answer.writeHead(200, {
          "content-type": TYPES[".html"], "set-cookie": `${COOKIE}; HttpOnly; Secure; SameSite=Strict`,
          "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' blob: data:",
        });
        return answer.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>An application</title><link rel="icon" href="data:,">
          ${await readFile(join(HOSTING, "proxied.html"), "utf8")}`);
      }
      const file = await readFile(join(DIST, normalize(pathname))).catch(() => undefined);
      answer.writeHead(file ? 200 : 404, { "content-type": TYPES[extname(pathname)] ?? "text/plain" });
      answer.end(file);
    });
    await use(origin);
    await close(server);
  },

  gateway: async ({ app, service }, use) => {
    const nginx = await Nginx.start("proxy", ({ origin, folder }) => [
      [/https:\/\/(platform|media)\.ringcentral\.com/g, service.origin],
      [/http:\/\/127\.0\.0\.1:3000/g, app],
      ["https://app\\.example\\.org", origin.replaceAll(".", "\\.")],
      ["/var/log/nginx/fax.log", join(folder, "fax.log")],
    ]);
    await use(nginx);
    await nginx.stop();
  },

  /** The widget in the application's page. */
  composer: async ({ page, gateway }, use) => {
    await page.goto(`${gateway.origin}/`);
    const composer = new Composer(page, gateway.origin);
    await expect(composer.heading).toBeVisible();
    await use(composer);
    await page.goto("about:blank");
  },

  /** A call from outside of any page. */
  call: async ({ gateway }, use) => {
    await use(
      (method, path, headers = {}, body = "") =>
        new Promise((resolve, reject) => {
          const all = { cookie: COOKIE, origin: gateway.origin, ...headers };
          const options = { method, rejectUnauthorized: false, path, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value)) };
          const call = requestSecurely(gateway.origin, options, async (answer) => {
            resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
          });
          call.on("error", reject);
          call.end(body);
        }),
    );
  },
});

test.use({ ignoreHTTPSErrors: true, sandboxOptions: { pace: 50 } });
test.setTimeout(60_000);

test("sends, follows, shows and cancels, and the page never has a token", async ({ composer, page, passed, gateway, sandbox }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request));
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  const document = pdf();
  await composer.fillIn(ANNA, document);
  await composer.reviewSendAndSeeAccepted();
  const [fax] = await sandbox.inbox();
  expect(fax.attachments[0].sha256).toBe(sha256(document.buffer));
  await settled(sandbox, fax.id);
  await expect(composer.acceptedHeading.first()).toHaveText("Sent", { timeout: 20_000 });

  const faxes = new Faxes(page, gateway.origin);
  await composer.faxesLink.click();
  await faxes.account.click();
  await faxes.openListed(String(fax.id));
  await faxes.button("Show document").click();
  await expect(faxes.download).toBeVisible();

  const later = await posted(sandbox, ANNA, { sendTime: "2031-01-15T09:30:00Z" });
  await faxes.allFaxes.click();
  await faxes.ask(`${later}, ${fax.id}`);
  await faxes.button("Cancel this fax", faxes.askedFor(later)).click();
  await faxes.confirmCancel(faxes.askedFor(later)).click();
  await expect(faxes.headline(faxes.askedFor(later))).toHaveText("Cancelled");

  for (const request of asked) expect((await request.allHeaders()).authorization, request.url()).toBeUndefined();
  const known = ["method", "url", "accept", "authorization", "connection", "content-length", "content-type"];
  for (const { method, url, headers } of passed) {
    expect(headers.authorization, `${method} ${url}`).toBe("Bearer sandbox");
    expect(Object.keys(headers).filter((name) => !known.includes(name)), `${method} ${url}`).toEqual([]);
  }
  expect(passed.filter(({ method }) => method === "POST")).toHaveLength(1);
  const path = (url) => url.replace(/\?.*/, "").replace(/\/\d{4,}(,\d+)*/g, "/1");
  expect(new Set(passed.map(({ method, url }) => `${method} ${path(url)}`))).toEqual(
    new Set([
      "GET /restapi/v1.0/dictionary/fax-cover-page", "POST /restapi/v1.0/account/~/extension/~/fax",
      "GET /restapi/v1.0/account/~/extension/~/message-store", "GET /restapi/v1.0/account/~/extension/~/message-store/1",
      "GET /restapi/v1.0/account/1/extension/1/message-store/1/content/1", "DELETE /restapi/v1.0/account/~/extension/~/message-store/1",
    ]),
  );
});

test("whoever is not signed in sends nothing", async ({ composer, page, passed, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  await expect(composer.coverPage.getByRole("option")).toHaveCount(15);
  await page.context().clearCookies();
  const before = passed.length;
  await composer.fillIn(ANNA, pdf());
  await composer.reviewAndSend();
  await expect(composer.failure).toContainText("The fax was not sent");
  expect(passed.length).toBe(before);
  expect(await sandbox.inbox()).toEqual([]);
});

test("another site’s page sends nothing, whoever is signed in", async ({ call, passed }) => {
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ originalMessageId: "1900000001", to: [{ phoneNumber: ANNA }] });
  for (const origin of ["https://evil.example", "null", "https://app.example.org.evil.example", undefined]) {
    expect((await call("POST", ENDPOINT, { ...json, origin }, body)).status, String(origin)).toBe(403);
    expect((await call("DELETE", `${STORE}/1900000001`, { origin })).status, String(origin)).toBe(403);
  }
  expect((await call("GET", `${STORE}/1900000001`, { origin: "https://evil.example" })).status).toBe(403);
  expect(passed).toEqual([]);
  const own = await call("POST", ENDPOINT, json, body);
  expect(own.status).toBe(200);
  // Nothing that the service says opens the answer to others, or sets something here.
  expect(Object.keys(own.headers).filter((name) => /^access-control|^set-cookie|token/.test(name))).toEqual([]);
  expect(own.headers["cache-control"]).toBe("no-store");
});

test("opens nothing else that the token would open", async ({ call, passed }) => {
  const account = "/fax/restapi/v1.0/account/~/extension/~";
  const closed = [
    ["DELETE", STORE], ["DELETE", `${STORE}/`], ["DELETE", `${STORE}/1,2`], ["DELETE", `${STORE}/1?purge=true`],
    ["DELETE", `${STORE}//`], ["DELETE", `${STORE}/1/..`], ["DELETE", `${STORE}/%2e`], ["DELETE", `${STORE}/1%0a`],
    ["GET", STORE], ["GET", `${STORE}?messageType=SMS`], ["GET", `${STORE}?messageType=Fax&messageType=VoiceMail`],
    ["GET", `${STORE}?messageType=Fax&%6dessageType=SMS`], ["GET", `${STORE}?messageType=Fax&owner=x`],
    ["PUT", `${STORE}/1`], ["PATCH", `${STORE}/1`], ["POST", `${account}/sms`], ["GET", account], ["GET", `${account}/call-log`],
    ["POST", "/fax/restapi/v1.0/account/1/extension/2/fax"], ["POST", `${account}/fax?x=1`], ["POST", "/fax/restapi/oauth/token"],
    ["GET", "/fax/restapi/oauth/authorize"], ["GET", "/fax//evil.example/"], ["GET", "/fax/"], ["OPTIONS", `${account}/fax`],
    ["GET", `/fax/restapi/v1.0/account/~/extension/~/message-store/1/content/1/../../../../call-log`], ["GET", "/fax-session"],
  ];
  for (const [method, path] of closed) expect((await call(method, path)).status, `${method} ${path}`).toBe(404);
  // These are the application's own, which knows no better than to answer.
  for (const path of ["/fax-session/", "/Fax-Session", "/x/../fax-session", "/%66ax-session", "//fax-session"]) {
    expect((await call("GET", path)).headers, path).not.toHaveProperty("x-fax-token");
  }
  expect(passed).toEqual([]);
});

test("50 MB pass through and never lie on this machine’s disk", async ({ call, composer, folder, gateway, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  const written = [];
  for (const kind of await readdir(join(gateway.folder, "temp"))) {
    watch(join(gateway.folder, "temp", kind), (event, name) => written.push(`${kind}/${name}`)).unref();
  }
  expect(await readdir(join(gateway.folder, "temp"))).toContain("client_body");
  const large = await hollow(folder, "large.pdf", 49_000_000);
  await composer.addRecipient(ANNA);
  await composer.choose(large);
  await composer.reviewAndSend();
  await expect(composer.messageId).toHaveText(/^\d+$/, { timeout: 20_000 });
  const [{ attachments }] = await sandbox.inbox();
  expect(attachments[0].size).toBe(49_000_000);
  // A document on its way back, to somebody who takes it slowly.
  const size = await new Promise((resolve, reject) => {
    const options = { rejectUnauthorized: false, path: `${STORE}/777/content/777`, headers: { cookie: COOKIE } };
    const get = requestSecurely(gateway.origin, options, async (answer) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      resolve((await text(answer)).length);
    });
    get.on("error", reject).end();
  });
  expect(size).toBe(20_000_000);
  expect(written).toEqual([]);

  const most = await call("POST", ENDPOINT, { "content-type": "application/json", "content-length": "60000000" }).catch(() => ({ status: 413 }));
  expect(most.status).toBe(413);
});

test("nothing of a fax is in a log", async ({ call, composer, gateway, sandbox, service, page, expected }) => {
  expected.push(FAILED_REQUEST);
  await composer.addRecipient(ANNA, "Marked Name");
  await composer.choose({ name: "marked-file.txt", mimeType: "text/plain", buffer: Buffer.from("marked content") });
  await composer.reviewSendAndSeeAccepted();
  const [{ id }] = await sandbox.inbox();
  await settled(sandbox, id);
  await page.context().clearCookies();
  await call("GET", `${STORE}/${id}`, { cookie: "" });
  await call("POST", ENDPOINT, { origin: "https://evil.example" });
  await service.stop();
  expect((await call("GET", `${STORE}/${id}`)).status).toBe(502);
  const logs = [gateway.log, ...(await Promise.all(["access.log", "fax.log"].map((name) => readFile(join(gateway.folder, name), "utf8"))))].join("\n");
  expect(logs).toContain("GET / "); // something is
  for (const secret of [ANNA.slice(1), "6505550100", "arked", "sandbox", "Bearer", COOKIE, String(id)]) expect(logs).not.toContain(secret);
});
