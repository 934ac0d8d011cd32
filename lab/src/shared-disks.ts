import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabDescription } from "./description.ts";
import { must, runProgram } from "./processes.ts";
import { labDirectory } from "./state.ts";

/** Makes the disks that hosts share: loop devices, which all hosts of the machine see as one. */
export async function createSharedDisks({ name, sharedDisks }: LabDescription): Promise<void> {
  const directory = disksDirectory(name);
  mkdirSync(directory);
  for (const [disk, { sizeMib }] of Object.entries(sharedDisks)) {
    const file = join(directory, `${disk}.img`);
    await must("truncate", ["--size", `${sizeMib}M`, file]);
    writeFileSync(join(directory, `${disk}.loop`), await must("losetup", ["--find", "--show", file]));
  }
}

/** Minor numbers of the loop devices by the disks' names. */
export function sharedDiskMinors({ name, sharedDisks }: LabDescription): Map<string, number> {
  const minorOf = (disk: string) => {
    const device = readFileSync(join(disksDirectory(name), `${disk}.loop`), "utf8").trim();
    return Number(device.replace("/dev/loop", ""));
  };
  return new Map(Object.keys(sharedDisks).map((disk) => [disk, minorOf(disk)]));
}

/** Detaches what was attached, however far it had got. */
export async function removeSharedDisks(labName: string): Promise<void> {
  for (const entry of readdirSync(disksDirectory(labName))) {
    if (!entry.endsWith(".img")) continue;
    const { stdout } = await runProgram("losetup", [
      "--associated",
      join(disksDirectory(labName), entry),
      "--output",
      "NAME",
      "--noheadings",
    ]);
    for (const device of stdout.split("\n").filter((line) => line !== ""))
      await must("losetup", ["--detach", device.trim()]);
  }
}

function disksDirectory(labName: string): string {
  return join(labDirectory(labName), "disks");
}
