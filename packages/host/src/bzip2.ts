import { loadKoffi } from "./foreign-functions.ts";

/** Packs what is given to it as the program `bzip2` does, aside from the thread that asks. */
export type Bzip2 = (content: Uint8Array) => Promise<Uint8Array>;

/** Debian's name of the library, then that of others. */
const SONAMES = ["libbz2.so.1.0", "libbz2.so.1"];

/** Its parameters: the largest blocks, which is what the program takes, no words on standard error, the usual effort for odd input. */
const BLOCK_SIZE = 9;
const VERBOSITY = 0;
const WORK_FACTOR = 0;

/**
 * The system's libbz2, which belongs to every installation of Debian and Red Hat. The program would have to be started for each input, and to
 * copy a process of this size takes longer than to pack what it has to say.
 * @throws Error when there is no such library, or no way to call it
 */
export async function loadBzip2(): Promise<Bzip2> {
  const koffi = await loadKoffi();
  const library = firstOf(SONAMES, (name) => koffi.load(name));
  const pack = library.func(
    "int BZ2_bzBuffToBuffCompress(void *dest, void *destLen, void *source, unsigned int sourceLen, int blockSize100k, int verbosity, int workFactor)",
  );
  return (content) =>
    new Promise((resolve, reject) => {
      // As large as it can get, by the library's manual.
      const packed = Buffer.alloc(content.length + Math.ceil(content.length / 100) + 600);
      const length = new Uint32Array([packed.length]);
      pack.async(
        packed,
        length,
        content,
        content.length,
        BLOCK_SIZE,
        VERBOSITY,
        WORK_FACTOR,
        (error: Error | null, status: number) => {
          if (error !== null) reject(error);
          else if (status !== 0) reject(new Error(`libbz2 ended with status ${status}`));
          else resolve(packed.subarray(0, length[0]));
        },
      );
    });
}

function firstOf<T>(names: readonly string[], load: (name: string) => T): T {
  let problem: unknown;
  for (const name of names) {
    try {
      return load(name);
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}
