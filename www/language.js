// The language in which a widget speaks: that of the page around it, with sentences of its own for those below, which are
// fetched when they are first spoken. English comes with the program.
const LANGUAGES = {
  ar: () => import("./languages/ar.js"),
  de: () => import("./languages/de.js"),
  es: () => import("./languages/es.js"),
  fr: () => import("./languages/fr.js"),
  ja: () => import("./languages/ja.js"),
};

const FROM_THE_RIGHT = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i;

// Said where the program, which has the other sentences, cannot start.
const CANNOT_START = "The fax form could not be started in this browser. Reload the page, or use another browser.";

const loaded = {}; // sentences by language; false where they could not be had

/** What the nodes around a node state, the nearest first: the language, or the browser's where none is stated, and whether it
 * is written from the right. A language that is stated nearer than any direction brings its own. */
export function languageOf(node) {
  let tag, isRtl;
  for (; node; node = node.parentElement ?? node.getRootNode().host) {
    isRtl ??= { rtl: true, ltr: false }[node.dir];
    tag ||= node.lang;
    if (tag) isRtl ??= FROM_THE_RIGHT.test(tag);
  }
  tag ||= navigator.language;
  return { tag, isRtl: isRtl ?? FROM_THE_RIGHT.test(tag) };
}

/** The sentences of a language: undefined where English is spoken in its place, a promise while they are fetched. A language
 * that cannot be fetched is spoken in English. */
export function sentencesOf(tag) {
  const name = tag.split("-")[0].toLowerCase();
  if (!Object.hasOwn(LANGUAGES, name)) return undefined;
  loaded[name] ??= LANGUAGES[name]().then(
    (module) => (loaded[name] = module.default),
    () => void (loaded[name] = false),
  );
  return loaded[name] || undefined;
}

/** The sentence in place of a widget that cannot start. */
export async function cannotStart(tag) {
  return (await sentencesOf(tag))?.cannotStart ?? CANNOT_START;
}
