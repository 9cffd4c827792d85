// The README's own snippets, for the tests that run them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

/** The fenced blocks: the heading over each, its language and its text. */
export const BLOCKS = [...README.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: text, index }) => ({
  language,
  text,
  under: [...README.slice(0, index).matchAll(/^## (.*)$/gm)].at(-1)[1],
}));

/** Those under a heading. */
export const under = (heading, language) => BLOCKS.filter((block) => block.under === heading && block.language === language).map(({ text }) => text);
