/** The operating system of this machine as ports: clock, random source, storage. */
export { createFileStore } from "./file-store.ts";
export { systemClock } from "./system-clock.ts";
export { systemRandom } from "./system-random.ts";
