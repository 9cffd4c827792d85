// Somebody's project: a folder with the packed package installed into it, the tools that build it, and a server.
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { TYPES } from "../e2e/servers.mjs";

const ROOT = join(import.meta.dirname, "../..");
/** The package as scripts/package wrote it. */
export const PACKAGE = process.env.FAX_PACKAGE ?? join(ROOT, "target/npm");

const execute = promisify(execFile);

/** Runs a program in a folder; resolves with what it said, rejects with that where it fails. */
export async function run(folder, program, ...options) {
  try {
    const { stdout, stderr } = await execute(program, options, { cwd: folder, env: { ...process.env, FORCE_COLOR: "0", NODE_ENV: "" } });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${program} ${options.join(" ")}\n${error.stdout}${error.stderr}`);
  }
}

/** Packs the package as npm would publish it; resolves with the path of the archive. */
export async function pack(folder) {
  const [{ filename }] = JSON.parse(await run(PACKAGE, "npm", "pack", "--silent", "--json", "--pack-destination", folder));
  return join(folder, filename);
}

export class Project {
  /** Makes the project of that name in `folder`, with the archive installed. Its other packages are those that this
      repository has. */
  static async make(folder, name, archive, packages = []) {
    const project = new Project();
    project.folder = folder;
    if (name) await cp(join(import.meta.dirname, "projects", name), folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "somebodys-project", private: true, type: "module" }));
    await run(folder, "npm", "install", "--offline", "--silent", archive);
    for (const name of packages) {
      const place = join(folder, "node_modules", name);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(ROOT, "node_modules", name), place);
    }
    return project;
  }

  /** Runs a script of one of its packages, or of its own. */
  node(script, ...options) {
    return run(this.folder, process.execPath, script, ...options);
  }

  /** The .wasm files of what it was built into. */
  async wasm(folder) {
    return (await readdir(join(this.folder, folder), { recursive: true })).filter((name) => name.endsWith(".wasm"));
  }

  /** Serves one of its folders as any static host would, under a policy where one is given; `stop` ends it. */
  async serve(folder, policy) {
    const server = createServer(async (request, answer) => {
      const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
      const file = await readFile(join(this.folder, folder, path.endsWith("/") ? `${path}index.html` : path)).catch(() => undefined);
      const headers = { "content-type": TYPES[extname(path) || ".html"] ?? "text/plain" };
      if (policy) headers["content-security-policy"] = policy;
      answer.writeHead(file ? 200 : 404, headers);
      answer.end(file);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
    return { origin: `http://127.0.0.1:${server.address().port}`, stop };
  }

  /** Runs Vite's development server; `stop` ends it. */
  async develop() {
    const { createServer } = await import("vite");
    const server = await createServer({ root: this.folder, logLevel: "warn", server: { host: "127.0.0.1", port: 0 } });
    await server.listen();
    return { origin: server.resolvedUrls.local[0].replace(/\/$/, ""), stop: () => server.close() };
  }
}
