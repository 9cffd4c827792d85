// Makes two programs of one, both on the same memory, function table and stack: what every document needs, and what few do. A function that
// went into the second leaves a few instructions in its place, which have the second fetched (www/pages_rest.js) and go on there. The
// splitter of the widget (scripts/split.mjs) wants that said in the sources; the readers of pictures are other people's.
import { readFileSync, writeFileSync } from "node:fs";

/** From the text of a program, the texts of the two. `isCold` says by its name which functions go into the second. */
export function apart(text, isCold) {
  const forms = topForms(text);
  const named = (kind) => forms.filter((form) => form.startsWith(` (${kind} `));
  const name = (form) => /^ \(\w+ (\$"(?:[^"\\]|\\.)*"|\$\S+)/.exec(form)[1];

  const functions = new Map(named("func").map((form) => [name(form), form]));
  const imported = new Set(named("import").map((form) => / \((?:func) (\$"(?:[^"\\]|\\.)*"|\$[^\s)]+)/.exec(form)?.[1]));
  const cold = [...functions.keys()].filter(isCold);
  const slots = new Map(cold.map((name, at) => [name, at]));

  const [table] = named("table").filter((form) => form.includes("funcref"));
  const [, tableName, size] = /\(table (\S+) (\d+) \d+ funcref\)/.exec(table);
  const larger = `(table ${tableName} ${Number(size) + cold.length} ${Number(size) + cold.length} funcref)`;
  const [memory] = named("memory");

  // What the functions of the second ask of the first.
  const bodies = cold.map((name) => functions.get(name)).join("\n");
  const used = (pattern) => new Set([...bodies.matchAll(pattern)].map(([, name]) => name));
  const called = [...used(/\((?:return_call|call|ref\.func) (\$"(?:[^"\\]|\\.)*"|\$[^\s)]+)/g)].filter((name) => !slots.has(name));
  const globals = [...used(/\(global\.[gs]et (\$"(?:[^"\\]|\\.)*"|\$[^\s)]+)/g)];
  const elsewhere = called.find((name) => imported.has(name) || !functions.has(name)) ?? [...used(/\((?:table\.\w+) (\S+)/g)][0];
  if (elsewhere) throw new Error(`a cold function uses ${elsewhere}, which the first program has no name for`);

  const first = forms.map((form) => {
    if (form === table) return ` ${larger}`;
    if (!form.startsWith(" (func ") || !slots.has(name(form))) return form;
    const { head, type, locals } = signature(form);
    return `${head}\n  (call $rest)\n  (call_indirect ${tableName}${type}\n${locals}   (i32.const ${Number(size) + slots.get(name(form))})))`;
  });
  const lastImport = first.findLastIndex((form) => form.startsWith(" (import "));
  first.splice(lastImport + 1, 0, ' (import "rest" "load" (func $rest))');
  first.push(
    ` (export "t" (table ${tableName}))`,
    ...globals.map((name, at) => ` (export "g${at}" (global ${name}))`),
    ...called.map((name, at) => ` (export "f${at}" (func ${name}))`),
  );
  const global = (name) => /^ \(global (?:\$"(?:[^"\\]|\\.)*"|\S+) (\(mut \w+\)|\w+)/.exec(named("global").find((form) => form.startsWith(` (global ${name} `)))[1];
  const second = [
    ...named("type"),
    ` (import "p" "memory" ${memory.trim()})`,
    ` (import "p" "t" ${larger})`,
    ...globals.map((name, at) => ` (import "p" "g${at}" (global ${name} ${global(name)}))`),
    ...called.map((name, at) => ` (import "p" "f${at}" (func ${name}${signature(functions.get(name)).type}))`),
    ` (elem (table ${tableName}) (i32.const ${size}) func ${cold.join(" ")})`,
    ...cold.map((name) => functions.get(name)),
  ];
  return [first, second].map((forms) => `(module\n${forms.join("\n")}\n)\n`);
}

/** What stands in a module, one text each, as wasm-dis writes it: one blank before its first and its last line. */
function topForms(text) {
  const forms = [];
  let open;
  for (const line of text.split("\n")) {
    if (line.startsWith(" (")) {
      forms.push(line);
      // A line that closes what it opens is all.
      open = depth(line) > 0;
    } else if (open && line !== ")") {
      forms[forms.length - 1] += `\n${line}`;
      if (line === " )") open = false;
    }
  }
  return forms;
}

function depth(line) {
  let depth = 0;
  for (const [part] of line.matchAll(/"(?:[^"\\]|\\.)*"|[()]/g)) depth += part === "(" ? 1 : part === ")" ? -1 : 0;
  return depth;
}

/** The head of a function, its type, and its parameters again as arguments. */
function signature(form) {
  const [line] = form.split("\n", 1);
  const parameters = [...line.matchAll(/ \(param (\$\S+) (\w+)\)/g)];
  const result = / \(result [\w ]+\)/.exec(line.replace(/\$"(?:[^"\\]|\\.)*"/, ""))?.[0] ?? "";
  return {
    head: line,
    type: `${parameters.map(([, , type]) => ` (param ${type})`).join("")}${result}`,
    locals: parameters.map(([, name]) => `   (local.get ${name})\n`).join(""),
  };
}

export function splitFile(path, first, second, isCold) {
  const texts = apart(readFileSync(path, "utf8"), isCold);
  [first, second].forEach((name, at) => writeFileSync(name, texts[at]));
}
