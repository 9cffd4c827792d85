// The worker that makes fax pages of documents: a loop of messages around the program in pages_bg.wasm (pages/src/main.rs).
// One request at a time; each has an `id`, which its answer has too. What a document holds is in answers and nowhere else.
//
//   {id, do: "open", document, file, isText, password}                        → {id, kind, pages, unknownCharacters, isPartial, lacks}
//   {id, do: "page", document, page, resolution, paper, turn, thumbnail, picture}
//                    → {id, width, height, coded, seconds, black, dithered, coloured, isPartial, lacks, turn, scale, thumbnail?, picture?}
//   {id, do: "original", document, page, width}                               → {id, picture}
//   {id, do: "file", pages: [{width, height, resolution, coded}]}             → {id, file}
//   {id, do: "close", document}                                               → {id}
//
// `kind` is what the bytes are, whatever the name says: pdf, tiff, jpeg, png, gif, bmp, webp, heic, zip, text or unknown. `lacks` names what the
// document has and the page has not (picture, font, annotation, frames); with `isPartial` a part is missing because the file breaks off.
//
// What cannot be done is {id, refusal}, with the kind where a document cannot be opened. With `isOver` the program has ended, and the worker with it. The first message, which
// nobody asks for, is {isReady}.
import * as engine from "./pages_glue.js";
import { address } from "./pages_files.js";
import { REST, keep } from "./pages_rest.js";

const documents = new Map();

/** Whether the host keeps files gzipped under their own names, as some do that compress nothing. */
let isPacked = false;

/** What is in a file beside this one. */
async function fetched(name) {
  const answer = await fetch(address(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const [look, body] = answer.body.tee();
  const reader = look.getReader();
  const { value } = await reader.read();
  reader.cancel();
  isPacked = value?.[0] === 0x1f;
  return isPacked ? body.pipeThrough(new DecompressionStream("gzip")) : body;
}

const bytes = async (name) => new Uint8Array(await new Response(await fetched(name)).arrayBuffer());

async function start() {
  const program = new Response(await fetched("pages_bg.wasm"), { headers: { "content-type": "application/wasm" } });
  await engine.default({ module_or_path: await WebAssembly.compileStreaming(program) });
  if (isPacked) keep(await bytes(REST));
}

/** As much of a file as tells what it is. */
const HEAD = 65536;

/** Does `work` with a document again for as long as it misses fonts or character maps, which are fetched in between. */
async function supplied(document, work) {
  const opened = documents.get(document);
  if (!opened) throw "no-such-page";
  for (engine.takeMissed(); ; opened.refresh()) {
    const result = work(opened);
    const missed = engine.takeMissed();
    if (!missed.length) return result;
    result.free();
    try {
      for (const [name, found] of await Promise.all(missed.map(async (name) => [name, await bytes(name)]))) engine.supply(name, found);
    } catch {
      // A page without some of its letters would be another page.
      throw "unsupported";
    }
  }
}

/** An ImageBitmap of what the program drew. */
function shown(picture, transfer) {
  const data = new ImageData(picture.takePoints(), picture.width, picture.height);
  picture.free();
  return createImageBitmap(data).then((bitmap) => (transfer.push(bitmap), bitmap));
}

const work = {
  async open({ document, file, isText, password }) {
    await work.close({ document });
    // What is refused by its size is not read.
    const isTooLarge = file.size > engine.mostBytes();
    const bytes = new Uint8Array(await (isTooLarge ? file.slice(0, HEAD) : file).arrayBuffer());
    const kind = engine.kindOf(bytes, isText);
    if (isTooLarge) throw { refusal: "too-large", kind };
    try {
      const opened = engine.open(bytes, isText, password);
      documents.set(document, opened);
      return { kind, pages: opened.pages, unknownCharacters: opened.unknownCharacters, isPartial: opened.isPartial, lacks: opened.lacks };
    } catch (thrown) {
      throw typeof thrown === "string" ? { refusal: thrown, kind } : thrown;
    }
  },

  async page({ document, page: number, resolution, paper, turn, thumbnail, picture }, transfer) {
    const page = await supplied(document, (opened) => opened.page(number, resolution, paper, turn));
    const { width, height, coded, black, dithered, coloured, isPartial, lacks, scale } = page;
    const result = { width, height, coded, seconds: [page.seconds(14400), page.seconds(9600)], black, dithered, coloured, isPartial, lacks, turn: page.turn, scale };
    transfer.push(coded.buffer);
    if (thumbnail) result.thumbnail = await shown(page.thumbnail(thumbnail), transfer);
    if (picture) result.picture = await shown(page.picture(), transfer);
    page.free();
    return result;
  },

  async original({ document, page, width }, transfer) {
    return { picture: await shown(await supplied(document, (opened) => opened.original(page, width)), transfer) };
  },

  async file({ pages }, transfer) {
    const whole = new engine.File();
    for (const { width, height, resolution, coded } of pages) whole.add(width, height, resolution, coded);
    try {
      const file = whole.bytes();
      transfer.push(file.buffer);
      return { file };
    } finally {
      whole.free();
    }
  },

  async close({ document }) {
    documents.get(document)?.free();
    documents.delete(document);
  },
};

async function answer({ id, do: what, ...request }) {
  const transfer = [];
  try {
    postMessage({ id, ...(await work[what](request, transfer)) }, transfer);
  } catch (thrown) {
    if (typeof thrown === "string") return postMessage({ id, refusal: thrown });
    if (thrown.refusal) return postMessage({ id, ...thrown });
    // A file that is gone since it was chosen.
    if (thrown instanceof DOMException) return postMessage({ id, refusal: "damaged" });
    // The program panicked or ran out of memory; what is left of it cannot be trusted.
    postMessage({ id, refusal: "damaged", isOver: true });
    close();
  }
}

let last = start().then(
  () => postMessage({ isReady: true }),
  () => {
    postMessage({ isReady: false });
    close();
  },
);
onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};
