// nginx as Debian builds it, with one of the configurations in tests/hosting: without privileges, in a folder of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const TOOLS = process.env.FAX_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "fax-widget-tools");
/** Where scripts/setup has unpacked it. */
const UNPACKED = join(TOOLS, "nginx");
/** What is shown to people, one file for each. */
export const HOSTING = join(import.meta.dirname, "../hosting");


export class Nginx {
  /** Starts it. `settle` gets its address and gives what stands in the configuration for other people's machines, each with
      what it is on this one; ports, certificates and paths of its own come on top. */
  static async start(name, settle) {
    const nginx = new Nginx();
    nginx.folder = await mkdtemp(join(tmpdir(), "fax-nginx-"));
    nginx.root = join(nginx.folder, "root");
    nginx.log = "";
    const [port, plain] = await Promise.all([freePort(), freePort()]);
    nginx.origin = `https://127.0.0.1:${port}`;
    nginx.plain = `http://127.0.0.1:${plain}`;
    const path = (...names) => join(nginx.folder, ...names);
    await Promise.all([mkdir(nginx.root), mkdir(path("temp")), certificate(nginx.folder)]);

    let text = await readFile(join(HOSTING, `${name}.conf`), "utf8");
    const replace = (before, after) => {
      const replaced = text.replaceAll(before, after);
      if (replaced === text) throw new Error(`${name}.conf has no ${before}`);
      text = replaced;
    };
    replace(/listen 443 /g, `listen 127.0.0.1:${port} `);
    if (/listen 80;/.test(text)) replace(/listen 80;/g, `listen 127.0.0.1:${plain};`);
    replace(/ssl_certificate \S+;/g, `ssl_certificate ${path("certificate.pem")};`);
    replace(/ssl_certificate_key \S+;/g, `ssl_certificate_key ${path("key.pem")};`);
    for (const [before, after] of settle(nginx)) replace(before, after);
    await writeFile(path("site.conf"), text);

    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    await writeFile(path("nginx.conf"), `
      ${process.getuid() === 0 ? "user root;" : ""}
      daemon off;
      worker_processes 1;
      pid ${path("pid")};
      load_module ${join(UNPACKED, "usr/lib/nginx/modules/ngx_http_brotli_static_module.so")};
      events {}
      http {
        include ${join(UNPACKED, "etc/nginx/mime.types")};
        default_type application/octet-stream;
        access_log ${path("access.log")};
        ${temporary.map((kind) => `${kind}_temp_path ${path("temp", kind)};`).join("\n")}
        include ${path("site.conf")};
      }`);
    nginx.process = spawn(join(UNPACKED, "usr/sbin/nginx"), ["-p", nginx.folder, "-c", path("nginx.conf"), "-e", "stderr"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    nginx.process.stderr.on("data", (piece) => (nginx.log += piece));
    const ended = once(nginx.process, "exit").then(() => { throw new Error(`nginx ended: ${nginx.log}`); });
    ended.catch(() => {});
    await Promise.race([answers(port), ended]);
    return nginx;
  }

  /** Puts a folder where it serves from. */
  async put(folder, under = "") {
    await cp(folder, join(this.root, under), { recursive: true });
  }

  async stop() {
    if (this.process.exitCode === null) {
      this.process.kill();
      await once(this.process, "exit");
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function certificate(folder) {
  const options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1";
  const rest = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  await promisify(execFile)("openssl", [...options.split(" "), ...rest]);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port) {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const up = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(() => false);
    socket.destroy();
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
