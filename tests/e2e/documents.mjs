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

/** A file with random bytes, so that no two are alike; `mimeType` is what the browser takes it to be. */
export function file(name, mimeType = "", size = 2_000) {
  return { name, mimeType, buffer: randomBytes(size) };
}

export const pdf = (name = "contract.pdf", size) => file(name, "application/pdf", size);

export const empty = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.alloc(0) });

/** A picture that browsers show: a page with lines on it. */
export function png(name = "scan.png", width = 40, height = 52) {
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
  const rows = Buffer.alloc((width + 1) * height, 235);
  const line = Math.ceil(height / 12);
  const margin = Math.ceil(width / 7);
  for (let y = 0; y < height; y++) {
    rows[y * (width + 1)] = 0; // no filter
    if (y % line < line / 3 && y > line && y < height - line) {
      rows.fill(90, y * (width + 1) + margin, (y + 1) * (width + 1) - margin);
    }
  }
  const buffer = Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer };
}

/** A file on disk; `size` bytes of it random. */
export async function onDisk(folder, name, size = 2_000) {
  const path = join(folder, name);
  await writeFile(path, randomBytes(size));
  return path;
}

/** A large file on disk that takes no time to make. */
export async function hollow(folder, name, size) {
  const path = join(folder, name);
  await writeFile(path, "");
  await truncate(path, size);
  return path;
}
