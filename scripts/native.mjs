// What the scripts need of the page engine outside a browser: one of its examples, built, and where it lies.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** What scripts/env sets for programs that run in a browser, and that no other can be built with. */
const NATIVE = { RUSTC_BOOTSTRAP: undefined, CARGO_UNSTABLE_BUILD_STD: undefined, CARGO_UNSTABLE_BUILD_STD_FEATURES: undefined };

/** With the sandbox's profile, which brings the same crates. */
export function native(example) {
  const words = ["build", "--quiet", "--offline", "--profile", "service", "-p", "fax-pages", "--example", example];
  execFileSync("cargo", words, { cwd: root, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...NATIVE } });
  return join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "service", "examples", example);
}
