// What a page's styles may rely on: custom properties and parts, as they are documented and as they are in the sources.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const read = (path) => readFileSync(join(ROOT, path), "utf8");
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const names = (values) => [...new Set(values.flatMap((value) => value.split(" ")))].filter(Boolean).sort();

/** As the package's types tell them, of which custom-elements.json is made. */
export function documented() {
  const types = read("www/package/index.d.ts");
  return { properties: names(all(types, /@cssprop \[?(--fax-[\w-]+)/g)), parts: names(all(types, /@csspart ([\w-]+)/g)) };
}

/** Everything that the widget wears, by the list of those who pack it. */
export const styles = () => all(/for name in \[(.*)\]/.exec(read("build.rs"))[1], /"([^"]+)"/g).map((name) => read(join("www", name))).join("\n");

/** What the style sheets read. */
export const properties = () => names(all(styles(), /var\((--fax-[\w-]+)/g));

/** What the view names: the parts of single elements, those of kinds, and the words that kinds are told apart by. */
export function parts() {
  const files = readdirSync(join(ROOT, "src/view"), { recursive: true }).filter((name) => name.endsWith(".rs"));
  const view = files.map((name) => read(join("src/view", name))).join("\n");
  const [kinds] = /pub fn el\(tag[\s\S]*?^impl El/m.exec(read("src/view/element.rs"));
  const arms = all(kinds, /((?:"[a-z0-9-]+"[\s|,]*)+)\)? => element\.attr\("part", (?:tag|class|kind)\)/g).flatMap((arm) => all(arm, /"([a-z0-9-]+)"/g));
  return names([
    ...all(view, /\.part\("([^"]+)"\)/g),
    ...all(view, /attr\("part", "([^"]+)"\)/g),
    ...all(read("src/view/mod.rs"), /part="([^"]+)"/g),
    ...all(read("www/element.js"), /setAttribute\("part", "([^"]+)"\)/g),
    ...arms,
    // A banner's place is its part, and a button's class.
    ...all(view, /banner\(\s*"[^"]*",\s*"([^"]+)"/g),
    ...all(view, /\bbutton\("(\w+)"/g),
    ...all(view, /classed\("button", "(\w+)"/g),
  ]);
}

/** The parts that stand on the screen now. */
export async function shownParts(element) {
  return names(await element.evaluate((widget) => [...(widget.shadowRoot?.querySelectorAll("[part]") ?? [])].map((node) => node.getAttribute("part"))));
}
