import { randomBytes } from "node:crypto";
import type { Random } from "@quorate/ports";

/** The operating system's random source. */
export const systemRandom: Random = { uint32: () => randomBytes(4).readUInt32BE(0) };
