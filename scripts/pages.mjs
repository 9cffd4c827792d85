// Called by scripts/minify.mjs: builds the worker that renders pages and puts it into the site, with the fonts and character maps that it
// fetches when a document needs them. What cargo built the same as last time is taken from last time.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildSync } from "esbuild";
import { splitFile } from "./cold.mjs";
import { compress } from "./compress.mjs";
import { shortCopies } from "./copies.mjs";
import { native } from "./native.mjs";
import { FEATURES } from "./split.mjs";

const TARGET = "wasm32-unknown-unknown";
/** SIMD is most of the speed: the browsers that have it are Chrome 91, Firefox 89 and Safari 16.4. Of memory it gets a gigabyte and of stack four megabytes, so that what a document may cost ends somewhere. */
const FLAGS = ["-Ctarget-feature=+simd128", "-Clink-arg=--max-memory=1073741824", "-Clink-arg=-zstack-size=4194304"];

/** What few documents need: other coders of pictures than JPEG and fax, colour profiles, the hinting of letters, ciphers. */
const COLD = /\b(hayro_jbig2|hayro_jpeg2000|image_webp|tiff|moxcms|pxfm|weezl|gif)\[|autohint|::hint::|codecs::bmp|::(crypto|aes|sha\d*|rc4|md5)\b|ZCursor<alloc/;

/** What is alike to the byte is there once, under one of the names: code of the standard library for their types is code for other types too, and
 * so are small things. */
const SHARED = /^\$"<?(&mut |&)?(alloc|core|smallvec|hashbrown)\[|as core\[\w+\]::(error|fmt)::|ZCursor<alloc.*\{closure#/;

/** Puts the worker into a folder: as a `site` has it, or as the npm `package` does. */
export function pages(root, folder, release, part = "site") {
  const built = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const run = (tool, words, env = {}) => execFileSync(tool, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env }, maxBuffer: 2 ** 26 });
  const flags = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
  // With the lean standard library (scripts/env): nobody reads what a value looks like, or where in the sources a panic was.
  const lean = process.env.CARGO_UNSTABLE_BUILD_STD ? ["-Zfmt-debug=none", "-Zlocation-detail=none"] : [];

  // The last crate says how all of them are optimised together; what each was built for stays with its functions.
  run("cargo", ["rustc", "--quiet", "--offline", "--profile", "worker", "-p", "fax-pages", "--bin", "fax-pages", "--no-default-features", "--target", TARGET, "--", "-Copt-level=3"], {
    // Where it is built for size, it sorts in a way that takes three times as long.
    CARGO_UNSTABLE_BUILD_STD_FEATURES: "",
    [flags]: [process.env[flags] ?? "", ...lean, ...FLAGS].join(" ").trim(),
  });
  const [supplies, gzip] = ["supplies", "gzip"].map(native);

  const whole = join(built, TARGET, "worker", "fax-pages.wasm");
  const digest = createHash("sha256");
  for (const file of [whole, supplies, gzip, ...["pages.js", "pages_files.js", "pages_rest.js"].map((name) => join(root, "www", name)), import.meta.filename, ...["cold.mjs", "compress.mjs", "copies.mjs"].map((name) => join(import.meta.dirname, name))]) digest.update(readFileSync(file));
  const kept = join(built, "pages", digest.update(String(release)).digest("hex").slice(0, 16));
  if (!existsSync(kept)) {
    rmSync(join(built, "pages"), { recursive: true, force: true });
    const work = `${kept}.part`;
    mkdirSync(work, { recursive: true });
    run("wasm-bindgen", ["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", "pages_glue", "--out-dir", work, whole]);
    const features = [...FEATURES, "simd"].map((feature) => `--enable-${feature}`);
    const at = (name) => join(work, name);
    // What is called in one place stays a function of its own there: in one that is made of all of them browsers optimise less.
    run("wasm-opt", ["-q", "-g", "-O3", "--one-caller-inline-max-function-size=10", ...features, at("pages_glue_bg.wasm"), "-o", at("whole.wasm")]);
    run("wasm-dis", [...features, at("whole.wasm"), "-o", at("whole.wat")]);
    writeFileSync(at("whole.wat"), shortCopies(readFileSync(at("whole.wat"), "utf8")));
    splitFile(at("whole.wat"), at("first.wat"), at("second.wat"), (name) => COLD.test(name) && !SHARED.test(name));
    // Without what stands in the place of functions that only the second calls.
    run("wasm-opt", ["-q", ...features, "--remove-unused-module-elements", at("first.wat"), "-o", at("pages_bg.wasm")]);
    run("wasm-as", [...features, at("second.wat"), "-o", at("second.wasm")]);
    // The two belong together to the byte, as those of the widget do (scripts/split.mjs).
    const build = createHash("sha256").update(readFileSync(at("pages_bg.wasm"))).update(readFileSync(at("second.wasm"))).digest("hex").slice(0, 8);
    const rest = `pages_rest_${build}.wasm`;
    renameSync(at("second.wasm"), at(rest));

    const put = (name, to, before, after) => {
      const text = readFileSync(name, "utf8");
      if (!text.includes(before)) throw new Error(`${name} has no ${before}: wasm-bindgen writes another glue than this script knows`);
      writeFileSync(at(to), text.replace(before, after));
    };
    put(at("pages_glue.js"), "pages_glue.js", '"./pages_glue_bg.js": import0,', '"./pages_glue_bg.js": import0, rest: { load: () => load(wasm) },');
    writeFileSync(at("pages_glue.js"), `import { load } from "./pages_rest.js";\n${readFileSync(at("pages_glue.js"), "utf8")}`);
    put(join(root, "www/pages_rest.js"), "pages_rest.js", '"pages_rest.wasm"', JSON.stringify(rest));
    cpSync(join(root, "www/pages.js"), at("pages.js"));
    run(supplies, [at("site")]);
    renameSync(at("pages_bg.wasm"), at("site/pages_bg.wasm"));
    renameSync(at(rest), join(at("site"), rest));
    const worker = (files, to) => {
      writeFileSync(at("pages_files.js"), files);
      buildSync({ entryPoints: [at("pages.js")], outfile: join(at(to), "pages.js"), bundle: true, minify: release, format: "esm", target: "esnext" });
    };
    // By their names, with gzip, which the worker unpacks; there is one .wasm in the package, and it is the widget's.
    const files = readdirSync(at("site"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const names = files.map(({ parentPath, name }) => relative(at("site"), join(parentPath, name)));
    const packed = (name) => `pages/${name.replace(/^pages_|_\w{8}(?=\.wasm$)|\.wasm$/g, "")}.gz`;
    const listed = names.map((name) => `  ${JSON.stringify(name)}: () => new URL("./${packed(name)}", import.meta.url),`).sort();
    worker(`const FILES = {\n${listed.join("\n")}\n};\nexport const address = (name) => FILES[name]();\n`, "package");
    worker(readFileSync(join(root, "www/pages_files.js")), "site");
    if (release) {
      compress([...names, "pages.js"].map((name) => join(at("site"), name)));
      for (const name of names) cpSync(join(at("site"), `${name}.gz`), join(at("package"), packed(name)));
    }
    for (const file of readdirSync(work, { withFileTypes: true })) if (file.isFile()) rmSync(at(file.name));
    renameSync(work, kept);
  }
  cpSync(join(kept, part), folder, { recursive: true });
}
