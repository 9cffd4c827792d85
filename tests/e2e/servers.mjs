// What a test runs against: a sandbox of its own, and an embedding site on another origin.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");
export const DIST = process.env.FAX_DIST ?? join(ROOT, "dist");
/** The same, built with the path below which it lies on its host. */
export const BELOW = process.env.FAX_BELOW ?? join(ROOT, "target/below");
const SANDBOX = process.env.FAX_SANDBOX ?? join(ROOT, "target/service/fax-sandbox");

/** A fax-sandbox with an empty store, on a port of its own. */
export class Sandbox {
  static async start(options = {}) {
    const folder = await mkdtemp(join(tmpdir(), "fax-sandbox-"));
    const sandbox = new Sandbox();
    sandbox.folder = folder;
    sandbox.log = [];
    const flags = Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
    sandbox.process = spawn(
      SANDBOX,
      ["--listen", "127.0.0.1:0", "--site", DIST, "--store", join(folder, "store.sqlite"), ...flags],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    createInterface(sandbox.process.stderr).on("line", (line) => sandbox.log.push(line));
    sandbox.origin = await new Promise((resolve, reject) => {
      createInterface(sandbox.process.stdout).on("line", (line) => resolve(line.split(" ").at(-1)));
      sandbox.process.on("error", reject);
      sandbox.process.on("exit", (code) => reject(new Error(`fax-sandbox ended with ${code}: ${sandbox.log.join("\n")}`)));
    });
    return sandbox;
  }

  /** The faxes that arrived, the first first. */
  async inbox() {
    const response = await fetch(`${this.origin}/inbox.json`);
    return (await response.json()).reverse();
  }

  /** The calls of the API that arrived, the first first. */
  async requests() {
    return (await fetch(`${this.origin}/requests.json`)).json();
  }

  /** The posts of a fax that arrived, answered or not. */
  async faxPosts() {
    return (await this.requests()).filter(({ method, path }) => method === "POST" && path.endsWith("/fax"));
  }

  /** How many posts of a fax arrived, accepted or not. A post is logged when it has been answered or let go. */
  posts() {
    return this.log.filter((line) => line.startsWith("POST ") && line.includes("/fax")).length;
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Media types by the ending of a file's name. */
export const TYPES = {
  ".html": "text/html;charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Somebody's own site: a page of theirs at /, the widget's files, and two proxies: one passes faxes on, with its own
    token where none comes along, and one is broken. */
export class Embedder {
  static async start(sandbox) {
    const embedder = new Embedder();
    embedder.body = "";
    embedder.pages = {}; // further pages by path: `body`, and headers besides
    embedder.proxied = [];
    embedder.server = createServer((incoming, answer) => embedder.#answer(sandbox, incoming, answer));
    await new Promise((resolve) => embedder.server.listen(0, "127.0.0.1", resolve));
    embedder.origin = `http://127.0.0.1:${embedder.server.address().port}`;
    return embedder;
  }

  async #answer(sandbox, incoming, answer) {
    const { pathname } = new URL(incoming.url, this.origin);
    if (this.pages[pathname]) {
      const { body, ...headers } = this.pages[pathname];
      answer.writeHead(200, { "content-type": TYPES[".html"], ...headers });
      answer.end(body);
    } else if (pathname === "/") {
      answer.writeHead(200, { "content-type": TYPES[".html"] });
      answer.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title><link rel="icon" href="data:,">
        <script type="module" src="/fax-widget/auto.js"></script><body>${this.body}</body></html>`);
    } else if (pathname === "/proxy/html") {
      incoming.resume().on("end", () => {
        answer.writeHead(200, { "content-type": TYPES[".html"] });
        answer.end("<!doctype html><title>Sign in</title><h1>Please sign in to the proxy</h1>");
      });
    } else if (pathname === "/proxy/fax") {
      const pieces = [];
      incoming.on("data", (piece) => pieces.push(piece));
      incoming.on("end", () => this.proxied.push({ headers: incoming.headers, body: Buffer.concat(pieces).toString("latin1") }));
      const onward = request(
        `${sandbox.origin}/restapi/v1.0/account/~/extension/~/fax`,
        { method: "POST", headers: { "content-type": incoming.headers["content-type"], authorization: incoming.headers.authorization ?? "Bearer sandbox" } },
        (reply) => {
          answer.writeHead(reply.statusCode, { "content-type": reply.headers["content-type"] });
          reply.pipe(answer);
        },
      );
      incoming.pipe(onward);
    } else {
      const file = await readFile(join(DIST, normalize(pathname))).catch(() => undefined);
      answer.writeHead(file ? 200 : 404, { "content-type": TYPES[extname(pathname)] ?? "text/plain" });
      answer.end(file);
    }
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The site on a host of its own, with a `config.json` of its own, as strict as it can be: what a frame is from. */
export class Site {
  static async start(sandbox, config) {
    const site = new Site();
    site.policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; " +
      `connect-src 'self' ${sandbox.origin}; frame-src blob:; require-trusted-types-for 'script'`;
    site.requests = [];
    site.server = createServer(async ({ url }, answer) => {
      site.requests.push(url);
      const { pathname } = new URL(url, site.origin);
      const isConfig = pathname === "/config.json" && config;
      const file = isConfig ? JSON.stringify(config) : await readFile(join(DIST, normalize(pathname))).catch(() => undefined);
      answer.writeHead(file === undefined ? 404 : 200, {
        "content-type": TYPES[extname(pathname)] ?? "text/plain",
        "content-security-policy": site.policy,
        "access-control-allow-origin": "*",
      });
      answer.end(file);
    });
    site.origin = await listen(site.server);
    return site;
  }

  async stop() {
    await close(this.server);
  }
}

/** Somebody's own page whose policy refuses WebAssembly, inline scripts and all but one other site; on another site than
    the sandbox, not only another origin. */
export class Host {
  static async start(site) {
    const host = new Host();
    host.pages = { "/": "", "/page.css": "" };
    host.policy =
      `default-src 'none'; script-src 'self' ${site}; frame-src 'self' ${site}; style-src 'self'; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'";
    host.server = createServer(({ url }, answer) => {
      const { pathname } = new URL(url, host.origin);
      const page = host.pages[pathname];
      if (page?.location) {
        answer.writeHead(302, { location: page.location }).end();
        return;
      }
      const type = TYPES[extname(pathname)] ?? TYPES[".html"];
      answer.writeHead(page === undefined ? 404 : 200, { "content-type": type, "content-security-policy": host.policy });
      const isPage = type === TYPES[".html"];
      answer.end(isPage ? `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>A host</title><link rel="stylesheet" href="/page.css"><body>${page ?? ""}</body></html>` : page);
    });
    host.origin = (await listen(host.server)).replace("127.0.0.1", "localhost");
    return host;
  }

  async stop() {
    await close(this.server);
  }
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

async function close(server) {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** An address where nothing listens. */
export async function deadOrigin() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
