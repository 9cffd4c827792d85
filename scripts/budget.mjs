// What the downloads may weigh with brotli, in bytes: a budget that only ever goes down. It stands in budget.json, and that file's own
// history says what it was; where there is no history, as in an archive of the sources, it is taken as it stands.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const sum = (limits) => Object.values(limits).reduce((sum, bytes) => sum + bytes, 0);

/** Of the files of a site, and of the package's. */
export function budget() {
  const now = JSON.parse(readFileSync(join(import.meta.dirname, "budget.json"), "utf8"));
  for (const [commit, text] of history()) rises(now, JSON.parse(text), commit);
  return now;
}

/** Throws where a limit has gone up since then, or all of them together: what is new takes from what was there. What comes behind the form
 * may take what the form gives up, for that nobody waits. */
export function rises(now, then, commit) {
  // At first there was the site alone, and not all of it.
  const before = then.site ? then : { site: then };
  for (const [group, limits] of Object.entries(before)) {
    for (const [name, bytes] of Object.entries(limits)) {
      if (now[group][name] > bytes && name !== "rest") throw new Error(`scripts/budget.json: ${group}.${name} was ${bytes} in ${commit} and does not go up again to ${now[group][name]}`);
    }
    const [all, was] = [sum(now[group]), sum(limits)];
    if (then.site && all > was) throw new Error(`scripts/budget.json: ${group} was ${was} in ${commit} in all and does not go up again to ${all}`);
  }
}

function history() {
  const git = (...words) => execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const commits = git("log", "--diff-filter=AM", "--format=%h", "--", "budget.json").split("\n").filter(Boolean);
    return commits.map((commit) => [commit, git("show", `${commit}:./budget.json`)]);
  } catch {
    return [];
  }
}
