// Documents to fax. Small ones are made in memory, large ones on disk.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync, crc32 } from "node:zlib";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

export async function sha256OfFile(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

/** A PDF of one page with a few words on it, `size` bytes long and all ASCII: the sandbox renders what it gets, and
    rubbish fails. */
export function onePage(size = 2_000) {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R" +
      "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    "<</Length 46>>\nstream\nBT /F 24 Tf 100 600 Td (One page of it.) Tj ET\nendstream",
  ];
  const offsets = [];
  let head = "%PDF-1.4\n";
  for (const [at, object] of objects.entries()) {
    offsets.push(head.length);
    head += `${at + 1} 0 obj\n${object}\nendobj\n`;
  }
  // Random letters that nothing refers to, so that no two files are alike.
  offsets.push(head.length);
  const filled = (bytes) => {
    const start = `${head}5 0 obj\n<</Length ${bytes}>>\nstream\n`;
    const end = "\nendstream\nendobj\n";
    const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
    const xref = start.length + bytes + end.length;
    return [
      start,
      `${end}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF\n`,
    ];
  };
  // The numbers in it take up more room the more bytes there are.
  let bytes = Math.max(16, size - filled(size).join("").length);
  while (filled(bytes).join("").length + bytes < size) bytes += 1;
  const [start, end] = filled(bytes);
  return Buffer.from(start + randomBytes(bytes).toString("base64").slice(0, bytes) + end);
}

const bytesOf = (name, size) => (/\.pdf$/i.test(name) ? onePage(size) : randomBytes(size));

/** A file that is like no other: a PDF where its name says so, else random bytes; `mimeType` is what the browser takes it to be. */
export function file(name, mimeType = "", size = 2_000) {
  return { name, mimeType, buffer: bytesOf(name, size) };
}

export const pdf = (name = "contract.pdf", size) => file(name, "application/pdf", size);

export const empty = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.alloc(0) });

/** Lines on a page, of which `rows` has all points, each row after a byte that says that it is as it stands. */
function lines(rows, width, height) {
  const line = Math.ceil(height / 12);
  const margin = Math.ceil(width / 7);
  rows.fill(235);
  for (let y = 0; y < height; y++) {
    rows[y * (width + 1)] = 0;
    if (y % line < line / 3 && y > line && y < height - line) {
      rows.fill(90, y * (width + 1) + margin, (y + 1) * (width + 1) - margin);
    }
  }
}

/** Black and white beside each other as they come: nothing is more to code. */
function salt(rows, width) {
  let seed = 0x2545f491;
  for (const at of rows.keys()) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    rows[at] = at % (width + 1) === 0 ? 0 : seed & 1 ? 255 : 0;
  }
}

/** A page that takes minutes on the line. */
export const carpet = (name = "carpet.png") => png(name, 850, 1_100, salt);

/** A picture that browsers show. */
export function png(name = "scan.png", width = 40, height = 52, draw = lines) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const piece = Buffer.alloc(body.length + 8);
    piece.writeUInt32BE(data.length, 0);
    body.copy(piece, 4);
    piece.writeUInt32BE(crc32(body), body.length + 4);
    return piece;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8); // 8 bits of grey
  const rows = Buffer.alloc((width + 1) * height);
  draw(rows, width, height);
  const buffer = Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer };
}

/** A file on disk, of so many bytes. */
export async function onDisk(folder, name, size = 2_000) {
  const path = join(folder, name);
  await writeFile(path, bytesOf(name, size));
  return path;
}

/** A large file on disk that takes no time to make. */
export async function hollow(folder, name, size) {
  const path = join(folder, name);
  await writeFile(path, "");
  await truncate(path, size);
  return path;
}
