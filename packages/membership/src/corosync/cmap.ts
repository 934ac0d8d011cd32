import { assertOk, callAsync } from "./calls.ts";
import { CmapType, Result } from "./codes.ts";
import type { Handle, Native } from "./native.ts";

/** Bytes of a key with the zero that ends it. */
const KEY_BYTES = 256;

/** Reads Corosync's configuration map. @throws RequestError, from every method */
export class ConfigurationMap {
  readonly #native: Native;
  readonly #handle: Handle;

  private constructor(native: Native, handle: Handle) {
    this.#native = native;
    this.#handle = handle;
  }

  static async open(native: Native): Promise<ConfigurationMap> {
    const handle: Handle[] = [0];
    assertOk("reach the configuration map", await callAsync(native.cmap.cmap_initialize, handle));
    return new ConfigurationMap(native, handle[0]!);
  }

  /** Null when the key is missing or not a string. */
  async string(key: string): Promise<string | null> {
    const value = await this.#get(key);
    if (value === null || value.type !== CmapType.string) return null;
    const end = value.bytes.indexOf(0);
    return value.bytes.toString("utf8", 0, end < 0 ? value.bytes.length : end);
  }

  /** Null when the key is missing or not an unsigned number of at most 32 bits. */
  async number(key: string): Promise<number | null> {
    const value = await this.#get(key);
    switch (value?.type) {
      case CmapType.uint8:
        return value.bytes.readUInt8();
      case CmapType.uint16:
        return value.bytes.readUInt16LE();
      case CmapType.uint32:
        return value.bytes.readUInt32LE();
      default:
        return null;
    }
  }

  /** All keys that begin with the prefix, in order of their bytes. */
  async keys(prefix: string): Promise<string[]> {
    const { cmap } = this.#native;
    const iteration: Handle[] = [0];
    const what = `list the configuration keys ${prefix}*`;
    assertOk(what, await callAsync(cmap.cmap_iter_init, this.#handle, prefix, iteration));
    const keys: string[] = [];
    const name = Buffer.alloc(KEY_BYTES);
    while ((await callAsync(cmap.cmap_iter_next, this.#handle, iteration[0], name, [0], [0])) === Result.ok)
      keys.push(name.toString("utf8", 0, name.indexOf(0)));
    await callAsync(cmap.cmap_iter_finalize, this.#handle, iteration[0]);
    return keys;
  }

  async close(): Promise<void> {
    await callAsync(this.#native.cmap.cmap_finalize, this.#handle);
  }

  async #get(key: string): Promise<{ type: number; bytes: Buffer } | null> {
    const { cmap_get } = this.#native.cmap;
    const what = `read the configuration key ${key}`;
    const size: (number | bigint)[] = [0];
    const type = [0];
    const result = await callAsync(cmap_get, this.#handle, key, null, size, type);
    if (result === Result.notExist) return null;
    assertOk(what, result);
    const bytes = Buffer.alloc(Number(size[0]));
    assertOk(what, await callAsync(cmap_get, this.#handle, key, bytes, size, type));
    return { type: type[0]!, bytes };
  }
}
