// What a test runs against: a sandbox of its own, and an embedding site on another origin.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");
export const DIST = process.env.FAX_DIST ?? join(ROOT, "dist");
const SANDBOX = process.env.FAX_SANDBOX ?? join(ROOT, "target/service/fax-sandbox");

/** A fax-sandbox with an empty store, on a port of its own. */
export class Sandbox {
  static async start(options = {}) {
    const folder = await mkdtemp(join(tmpdir(), "fax-sandbox-"));
    const sandbox = new Sandbox();
    sandbox.folder = folder;
    sandbox.log = [];
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
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

const TYPES = {
  ".html": "text/html;charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Somebody's own site: a page of theirs at /, the widget's files, and two proxies: one passes faxes on, with its own
    token where none comes along, and one is broken. */
export class Embedder {
  static async start(sandbox) {
    const embedder = new Embedder();
    embedder.body = "";
    embedder.proxied = [];
    embedder.server = createServer((incoming, answer) => embedder.#answer(sandbox, incoming, answer));
    await new Promise((resolve) => embedder.server.listen(0, "127.0.0.1", resolve));
    embedder.origin = `http://127.0.0.1:${embedder.server.address().port}`;
    return embedder;
  }

  async #answer(sandbox, incoming, answer) {
    const { pathname } = new URL(incoming.url, this.origin);
    if (pathname === "/") {
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

/** An address where nothing listens. */
export async function deadOrigin() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
