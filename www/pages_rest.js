// What the worker's program needs for few documents is a second program on the same memory (scripts/cold.mjs). It is wanted in the middle
// of a call, so it is fetched while that waits, which a worker may do.

import { address } from "./pages_files.js";

/** Its name has a digest in it: of another build it would be another program. The build puts it here. */
export const REST = "pages_rest.wasm";

let kept, isThere;

/** For hosts whose files are gzipped under their own names: what cannot be unpacked while a call waits is fetched before. */
export function keep(bytes) {
  kept = bytes;
}

/** Before each call of the first program into the second. */
export function load(program) {
  if (isThere) return;
  if (!kept) {
    const request = new XMLHttpRequest();
    request.open("GET", address(REST), false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Error(`${REST}: ${request.status}`);
    kept = request.response;
  }
  new WebAssembly.Instance(new WebAssembly.Module(kept), { p: program });
  [isThere, kept] = [true, undefined];
}
