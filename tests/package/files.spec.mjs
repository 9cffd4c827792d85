// What lies in the package: its manifest, its types, its size, and what the community's own checks say of it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { publint } from "publint";
import { budget, rises } from "../../scripts/budget.mjs";
import { properties } from "../e2e/parts.mjs";
import { expect, packed as test } from "./fixtures.mjs";
import { PACKAGE } from "./project.mjs";

const ROOT = join(import.meta.dirname, "../..");
const read = (...path) => readFileSync(join(...path), "utf8");
const sorted = (names) => [...new Set(names)].sort();
const names = (list) => sorted(list.map(({ name }) => name));
/** What a pattern finds in a text, by its one group. */
const found = (text, pattern) => sorted([...text.matchAll(pattern)].map(([, name]) => name));
/** Every source that makes what is on the screen, one after the other. */
const sources = () =>
  readdirSync(join(ROOT, "src/view"), { recursive: true })
    .filter((name) => name.endsWith(".rs"))
    .map((name) => read(ROOT, "src/view", name))
    .concat(read(ROOT, "www/element.js"))
    .join("\n");

test.describe("custom-elements.json has what there is", () => {
  const manifest = JSON.parse(read(PACKAGE, "custom-elements.json"));
  const declared = (name) => manifest.modules.flatMap(({ declarations }) => declarations).find((declaration) => declaration.name === name);
  const element = declared("FaxWidgetElement");
  /** HTMLElement's own, which the element heeds. */
  const INHERITED = ["lang", "dir"];
  const OWN = ["constructor", "connectedCallback", "disconnectedCallback", "attributeChangedCallback"];
  const members = ({ prototype }) => sorted(Object.getOwnPropertyNames(prototype).filter((name) => !OWN.includes(name)));

  test("attributes", async () => {
    const { FaxWidgetElement } = await import(join(PACKAGE, "index.js"));
    expect(names(element.attributes)).toEqual(sorted([...FaxWidgetElement.observedAttributes, ...INHERITED]));
    for (const { name, fieldName } of element.attributes) {
      expect(fieldName).toBe(name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()));
    }
  });

  test("properties and methods, of the element and of the client", async () => {
    const { FaxClient, FaxWidgetElement } = await import(join(PACKAGE, "index.js"));
    expect(names(element.members).filter((name) => !INHERITED.includes(name))).toEqual(members(FaxWidgetElement));
    expect(names(declared("FaxClient").members)).toEqual(members(FaxClient));
  });

  test("defaults", async () => {
    const { FaxWidgetElement } = await import(join(PACKAGE, "index.js"));
    const bare = Object.create(FaxWidgetElement.prototype, {
      getAttribute: { value: () => null },
      hasAttribute: { value: () => false },
    });
    for (const { fieldName, default: stated } of element.attributes.filter(({ default: stated }) => stated)) {
      expect(bare[fieldName], fieldName).toBe(JSON.parse(stated));
    }
  });

  test("events", () => {
    expect(names(element.events)).toEqual(found(sources(), /\b(?:dispatch\(target, |CustomEvent\(|event\()"(fax-[a-z]+)"/g));
  });

  test("parts", () => {
    const stated = found(sources(), /(?:\.attr\(\s*"part",\s*|\.part\(\s*|\bpart=|\bsetAttribute\("part", |\bbanner\(\s*"[^"]*",\s*)"([^"]+)"/g);
    const parts = sorted(stated.flatMap((value) => value.split(" ")));
    expect(parts.length).toBeGreaterThan(40);
    expect(parts.filter((part) => !names(element.cssParts).includes(part)), "not in the manifest").toEqual([]);
    // Some are named by a kind of element or by a variable: each stands in some literal.
    const literals = sorted([...sources().matchAll(/"([^"\n]*)"/g)].flatMap(([, text]) => text.split(" ")));
    expect(names(element.cssParts).filter((part) => !literals.includes(part)), "in no source").toEqual([]);
  });

  test("custom properties", () => {
    expect(names(element.cssProperties)).toEqual(properties());
  });

  test("each with a description, the tag, and the module that registers it", () => {
    for (const list of ["attributes", "members", "events", "cssParts", "cssProperties", "slots"]) {
      expect(element[list].filter(({ description }) => !description), list).toEqual([]);
    }
    expect(element.tagName).toBe("fax-widget");
    const [{ kind, name, declaration }] = manifest.modules.find(({ path }) => path === "auto.js").exports;
    expect([kind, name, declaration]).toEqual(["custom-element-definition", "fax-widget", { name: "FaxWidgetElement", module: "index.js" }]);
  });
});

test.describe("types", () => {
  const TSC = "node_modules/typescript/bin/tsc";

  test("strict, for Node’s resolution and a bundler’s, and without React", async ({ project }) => {
    const made = await project("types", ["typescript"]);
    await made.node(TSC, "-p", ".");
    await made.node(TSC, "-p", ".", "--module", "esnext", "--moduleResolution", "bundler", "--resolveJsonModule");
  });

  test("strict, in a React component", async ({ project }) => {
    const made = await project("react", ["typescript", "@types/react", "@types/react-dom"]);
    await made.node(TSC, "-p", ".");
  });

  test("every exported name is in the file that is checked", () => {
    const exported = found(read(PACKAGE, "index.d.ts"), /^export (?:class|function|interface|type) (\w+)/gm);
    const [, used] = /import \{([^}]*)\} from "fax-widget"/.exec(read(import.meta.dirname, "projects/types/index.ts"));
    expect(exported.length).toBeGreaterThan(30);
    expect(found(used, /(\w+),/g)).toEqual(sorted([...exported, "FaxSentenceName"]));
  });
});

test("publint finds nothing", async () => {
  expect((await publint({ pkgDir: PACKAGE, strict: true })).messages).toEqual([]);
});

test("attw finds nothing", async ({ project, archive }) => {
  const made = await project(undefined, ["@arethetypeswrong/cli"]);
  // It is a package of ES modules alone, and the .wasm is none.
  const options = ["--profile", "esm-only", "--no-definitely-typed", "--exclude-entrypoints", "./fax-widget_bg.wasm"];
  expect(await made.node("node_modules/@arethetypeswrong/cli/dist/index.js", archive, ...options)).toContain("fax-widget/auto");
});

test("in Node, importing does nothing and throws nothing", async ({ project }) => {
  const made = await project();
  const script = `
    const before = Object.getOwnPropertyNames(globalThis).length;
    const { defineFaxWidget, FaxClient, FaxError } = await import("fax-widget");
    const auto = await import("fax-widget/auto");
    defineFaxWidget();
    new FaxClient({ server: "https://fax.example" });
    const error = new FaxError("Offline", { code: "offline", outcome: "not-sent" });
    const seen = [Object.keys(auto).length, Object.getOwnPropertyNames(globalThis).length - before, error instanceof FaxError];
    if (seen.join() !== "0,0,true") throw new Error(seen.join());
    const files = ["fax-widget_bg.wasm", "custom-elements.json", "package.json"].map((name) => import.meta.resolve("fax-widget/" + name));
    if (new Set(files).size !== 3) throw new Error(files.join());
  `;
  // Nothing said, and nothing left that keeps it from ending.
  expect(await made.node("--input-type=module", "--eval", script)).toBe("");
});

test("one .wasm, no dependency, nothing that does not belong", async ({ archive, project }) => {
  const made = await project();
  const files = readdirSync(join(made.folder, "node_modules/fax-widget"), { recursive: true });
  expect(files.filter((name) => name.endsWith(".wasm"))).toEqual(["fax-widget_bg.wasm"]);
  expect(files.filter((name) => !/\.(js|d\.ts|json|wasm|md)$|^(LICENSE|languages|pages|pages\/fonts)$|^pages\/.*\.gz$/.test(name))).toEqual([]);
  expect(readdirSync(join(made.folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["fax-widget"]);
  const { dependencies, version, sideEffects } = JSON.parse(read(made.folder, "node_modules/fax-widget/package.json"));
  expect([dependencies, sideEffects]).toEqual([undefined, ["./auto.js"]]);
  expect(archive).toContain(version);
  expect(read(ROOT, "Cargo.toml")).toContain(`version = "${version}"`);
  // The address of the .wasm stands once: bundlers make a copy for each.
  const scripts = files.filter((name) => name.endsWith(".js")).map((name) => read(made.folder, "node_modules/fax-widget", name));
  expect(scripts.join("").match(/new URL\("[^"]*\.wasm", import\.meta\.url\)/g)).toHaveLength(1);
});

test("the budget only goes down: no limit rises, and what is new takes from the others", () => {
  const then = { site: { form: 80, rest: 150 }, package: { wasm: 250 } };
  const now = (site) => () => rises({ ...then, site }, then, "abc");
  for (const site of [{ form: 80, rest: 150 }, { form: 70, rest: 150 }, { form: 70, rest: 160 }, { form: 80, rest: 100, preview: 50 }, { form: 80 }]) expect(now(site)).not.toThrow();
  expect(now({ form: 81, rest: 100 })).toThrow("site.form was 80 in abc");
  expect(now({ form: 80, rest: 151 })).toThrow("site was 230 in abc in all");
  expect(now({ form: 80, rest: 150, preview: 1 })).toThrow("site was 230 in abc in all");
  expect(() => rises({ site: { form: 80 } }, { form: 70 }, "abc")).toThrow("site.form was 70"); // as it was written at first
});

test("its size is within the limits", () => {
  const { package: most } = budget();
  const size = (ending) =>
    readdirSync(PACKAGE)
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(join(PACKAGE, name)))
      .map((bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length)
      .reduce((sum, length) => sum + length, 0);
  // The worker's own are packed as they are.
  const packed = ["bg", "rest"].map((name) => readFileSync(join(PACKAGE, `pages/${name}.gz`)).length).reduce((sum, length) => sum + length);
  expect(packed).toBeLessThanOrEqual(most.worker);
  const [wasm, scripts] = [size(".wasm"), size(".js")];
  console.log(`The package with brotli: .wasm ${wasm} bytes, limit ${most.wasm}; with its scripts ${wasm + scripts}, limit ${most.download}`);
  expect(wasm).toBeLessThanOrEqual(most.wasm);
  expect(wasm + scripts).toBeLessThanOrEqual(most.download);
});
