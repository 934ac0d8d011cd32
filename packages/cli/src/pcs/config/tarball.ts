/** A regular file in an archive. */
export interface ArchivedFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK_BYTES = 512;
const NAME_LENGTH_MAX = 100;
const REGULAR = "0";

/** Fields of a header block: where they begin, and their length. Source: ustar format, tar(5). */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const;
type FieldName = keyof typeof FIELDS;

/** A tar archive of these files, each for its owner, root, alone. `name` has at most 100 bytes. */
export function printTarball(files: readonly ArchivedFile[], nowMs: number): Uint8Array {
  const blocks = files.flatMap(({ name, content }) => {
    if (Buffer.byteLength(name) > NAME_LENGTH_MAX)
      throw new Error(`the name ${name} is too long for a backup`);
    const padding = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
    return [header(name, content.length, nowMs), content, Buffer.alloc(padding)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function header(name: string, size: number, nowMs: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const put = (field: FieldName, text: string) => block.write(text, FIELDS[field][0], "utf8");
  const octal = (field: FieldName, value: number) =>
    put(field, value.toString(8).padStart(FIELDS[field][1] - 1, "0"));
  put("name", name);
  octal("mode", 0o600);
  octal("uid", 0);
  octal("gid", 0);
  octal("size", size);
  octal("time", Math.floor(nowMs / 1000));
  put("type", REGULAR);
  put("magic", "ustar\u000000");
  put("checksum", `${checksum(block).toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** The sum of all bytes, with blanks for its own. */
function checksum(block: Buffer): number {
  const [start, length] = FIELDS.checksum;
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index++)
    sum += index >= start && index < start + length ? 0x20 : block[index]!;
  return sum;
}

/** The regular files of a tar archive, by name; what else is in it is left out. Null: it is none, or is cut off. */
export function readTarball(archive: Buffer): ReadonlyMap<string, Buffer> | null {
  const files = new Map<string, Buffer>();
  for (let at = 0; at < archive.length; ) {
    const block = archive.subarray(at, at + BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) return null;
    if (block.every((byte) => byte === 0)) return files;
    const text = (field: FieldName) => {
      const [start, length] = FIELDS[field];
      return block.toString("utf8", start, start + length).split("\0")[0]!;
    };
    const [size, sum] = [text("size"), text("checksum")].map((octal) => Number.parseInt(octal.trim(), 8));
    if (sum !== checksum(block) || !Number.isSafeInteger(size)) return null;
    const start = at + BLOCK_BYTES;
    const content = archive.subarray(start, start + size!);
    if (content.length < size!) return null;
    const name = [text("prefix"), text("name")].filter((part) => part !== "").join("/");
    if (text("type") === REGULAR || text("type") === "") files.set(name.replace(/^(?:\.?\/)+/, ""), content);
    at = start + Math.ceil(size! / BLOCK_BYTES) * BLOCK_BYTES;
  }
  // Without the blocks that end it.
  return null;
}
