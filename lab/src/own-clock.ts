import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where the library looks for the time, on each host. */
export const CLOCK_FILE = "/etc/faketimerc";

const LIBRARIES = "/usr/lib";
const LIBRARY = "faketime/libfaketimeMT.so.1";

/** Why hosts cannot have clocks of their own on this machine; empty when they can. */
export function whyNoOwnClocks(): string {
  return libraryPath() === null ? "libfaketime is not installed (Debian: libfaketime)" : "";
}

/**
 * Settings that give a program the wall clock that `CLOCK_FILE` says, looked up every second. Source: man page faketime(1).
 * @throws Error when the library is missing
 */
export function ownClockSettings(): readonly string[] {
  const library = libraryPath();
  if (library === null) throw new Error(whyNoOwnClocks());
  return [
    `LD_PRELOAD=${library}`,
    "FAKETIME_DONT_FAKE_MONOTONIC=1",
    "FAKETIME_CACHE_DURATION=1",
    "NO_FAKE_STAT=1",
  ];
}

function libraryPath(): string | null {
  const directories = [LIBRARIES, ...readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name))];
  return directories.map((directory) => join(directory, LIBRARY)).find((file) => existsSync(file)) ?? null;
}
