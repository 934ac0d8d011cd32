import { readlinkSync, statSync } from "node:fs";
import type { CommandRequest } from "./protocol.ts";

/**
 * What a process has of its own that decides which file a path means, what a new file looks like, and what time it is: the root directory, the
 * mounts, the mask of permissions, the group, and the time zone. The launcher says the same of itself in the same words.
 */
export function ownSurroundings(): string {
  const { dev, ino } = statSync("/", { bigint: true });
  const mounts = readlinkSync("/proc/self/ns/mnt");
  return [dev, ino, mounts, process.umask(), process.getegid?.(), process.env.TZ ?? ""].join(" ");
}

/** Files there are others for each process: /dev/stdout, /proc/self. */
const OWN_FILES = /\/(dev|proc)\//;

/** Whether every file that a command names, and every local time that it shows, is the same here as where it was called. */
export function isAtHome({ directory, surroundings, argv, env }: CommandRequest): boolean {
  const places = [`${directory}/`, ...argv, env.CIB_file ?? "", env.CIB_shadow_dir ?? ""];
  return (
    surroundings === ownSurroundings() &&
    // A name that is no UTF-8 did not arrive as it is.
    !directory.includes("\uFFFD") &&
    !places.some((place) => OWN_FILES.test(place))
  );
}
