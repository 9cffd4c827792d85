// What holds on every screen, for everyone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";

const AXE = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

/** What the page's user asks of colours. */
export const SCHEMES = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  "forced colours": { colorScheme: "light", forcedColors: "active" },
};

/** Rules that go by colours; they are what takes axe most of its time. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds wrong with the page, or with a part of it: by all of its rules, those for `colours` alone, or those for the `structure`. */
export async function axeFaults(page, part = "html", rules) {
  const fades = await page.evaluate(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  if (fades) await page.waitForTimeout(150);
  const off = rules === "structure" ? COLOURS.map((rule) => [rule, { enabled: false }]) : [];
  const options = rules === "colours" ? { runOnly: COLOURS } : { rules: { "target-size": { enabled: true }, ...Object.fromEntries(off) } };
  const violations = await analyze(page, part, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.any.map((check) => check.message).join("; ")}`));
}

async function analyze(page, part, options) {
  // The builder puts axe into every frame anew and collects what it found in a page of its own, which takes longer than the looking.
  if (page.frames().length > 1) return (await new AxeBuilder({ page }).include(part).options(options).analyze()).violations;
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async ([part, options]) => (await window.axe.run(part, options)).violations, [part, options]);
}

/** The same in every scheme: by all rules in the first, and by those that go by colours in the others, of a part of it where that is
    what changes. */
export async function axeFaultsInEveryScheme(page, part, changing = part, schemes = SCHEMES) {
  const found = [];
  for (const [scheme, media] of Object.entries(schemes)) {
    await page.emulateMedia({ ...media, reducedMotion: "reduce" });
    const isFirst = scheme === "light";
    found.push(...(await axeFaults(page, isFirst ? part : changing, isFirst ? undefined : "colours")).map((fault) => `${scheme}: ${fault}`));
  }
  await page.emulateMedia({ ...SCHEMES.light, reducedMotion: "reduce" });
  return found;
}

/** What is wider than the page, too small to be hit, or in the way of something else. */
export async function layoutFaults(element) {
  return element.evaluate((widget) => {
    const found = [];
    const edge = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth > edge) found.push(`the page scrolls: ${document.scrollingElement.scrollWidth} px`);
    for (const node of widget.shadowRoot.querySelectorAll("*")) {
      if (!node.checkVisibility() || node.closest(".unseen, svg svg, svg > *")) continue;
      const { left, right, width, height } = node.getBoundingClientRect();
      const name = `<${node.localName} class="${node.getAttribute("class") ?? ""}"> ${node.textContent.trim().slice(0, 40)}`;
      const scrolls = node.parentElement?.closest(".thumbnails, .plate"); // by itself, and with the keyboard
      if (!scrolls && (left < -0.5 || right > edge + 0.5)) found.push(`${name}: ${Math.round(left)} to ${Math.round(right)} px`);
      const isTarget = node.matches("button, select, textarea, a, .radio, .tick, input:not([type=radio], [type=checkbox])");
      if (isTarget && Math.min(width, height) < 24) found.push(`${name}: a target of ${width} by ${height} px`);
      const field = node.matches("input, select, textarea") && node.parentElement.getBoundingClientRect();
      if (field && (left < field.left - 1 || right > field.right + 1)) found.push(`${name}: sticks out of its field`);
      // A row that is too full lets its tools overlap.
      if (node.matches(".row > *") && node.nextElementSibling) {
        const next = node.nextElementSibling.getBoundingClientRect();
        if (next.width && Math.min(right, next.right) > Math.max(left, next.left) + 1 && next.top < node.getBoundingClientRect().bottom - 1) found.push(`${name}: overlaps what follows`);
      }
    }
    return found;
  });
}

// Behind each English sentence stands a character that nobody sees, and Playwright neither. What has none was
// not taken from the catalogue. In a language whose own words have no Latin letters, dates and countries do not count.
const MARK = "\u200b";

/** Every English sentence, marked, as a page sets them: with `lang` set to a language that nobody wrote. */
export function marked() {
  const english = [...readFileSync(join(import.meta.dirname, "../../src/words.rs"), "utf8").matchAll(/^ {4}(\w+) = "((?:[^"\\]|\\.)*)",$/gm)].map(([, name, text]) => [
    name[0].toLowerCase() + name.slice(1), JSON.parse(`"${text}"`) + MARK,
  ]);
  const all = Object.fromEntries(english);
  for (const [name, text] of english) {
    if (`${name}One` in all) all[name] = { one: all[`${name}One`], other: text };
  }
  return all;
}

/** What the data of the tests and of the gallery say in Latin letters; the last are names that the service gives its own cover pages. */
export const DATA = new RegExp(
  [
    /^(Anna( Example)?|Praxis mit .*|Modern|Ben.*|\S+\.(pdf|png|heic)|[A-Z]{3,4}|pdf|png|txt|heic|call me.*|Hello|12ab|.*GMT.*|.*CMN-\d+.*|UTC|Europe\/\w+|America\/\w+)$/,
    /^(Lakeside Clinic, records|Insurance office|Hillside Practice|Records|Branch \d+|Two documents follow\..*|For the records department\.|1-800-CLINIC|[\w ]+\.(pdf|png|txt|heic|tif|TXT))$/,
    /^(Ancient|Birthday|Blank|Clasmod|Classic|Confidential|Contempo|Elegant|Express|Formal|Jazzy|Modern|Urgent|None).*$/,
  ].map(({ source }) => source).join("|"),
);

/** What of the widget says something that was not marked, and is none of the data. */
export function unmarked(element, data) {
  return element.evaluate(
    (widget, [mark, data]) => {
      const found = [];
      const look = (text, where) => {
        if (/[A-Za-z]{2}/.test(text) && !text.includes(mark) && !new RegExp(data).test(text.trim())) found.push(`${where}: ${text}`);
      };
      const walker = document.createTreeWalker(widget.shadowRoot, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) look(node.data, node.parentElement.className || node.parentElement.localName);
        else for (const name of ["aria-label", "title", "alt", "placeholder"]) look(node.getAttribute(name) ?? "", name);
      }
      return [...new Set(found)];
    },
    [MARK, data.source],
  );
}
