import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "./processes.ts";
import { removeSharedDisks } from "./shared-disks.ts";
import { labCgroup, labDirectory } from "./state.ts";

/** Ends every process of a lab and removes all that is left of it, however far it had got and whatever became of its creator. */
export async function removeLab(name: string): Promise<void> {
  const group = labCgroup(name);
  await resumeDisks(name);
  if (existsSync(group)) {
    await endGroup(group);
    removeGroup(group);
  }
  if (existsSync(join(labDirectory(name), "disks"))) await removeSharedDisks(name);
  rmSync(labDirectory(name), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** What waits for a disk that hangs cannot be ended, and the disk would stay in use for ever. */
async function resumeDisks(name: string): Promise<void> {
  const hosts = join(labDirectory(name), "hosts");
  if (!existsSync(hosts)) return;
  for (const host of readdirSync(hosts)) {
    const file = join(hosts, host, "init.pid");
    const init = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (init !== "") await runProgram("fsfreeze", ["--unfreeze", `/proc/${init}/root/run/lab/disk`]);
  }
}

/** Groups below it included: a container makes some of its own. */
function removeGroup(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroup(join(group, entry.name));
  rmdirSync(group);
}

async function endGroup(group: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    writeFileSync(join(group, "cgroup.kill"), "1");
    if (/^populated 0$/m.test(readFileSync(join(group, "cgroup.events"), "utf8"))) return;
    await sleep(10);
  }
  throw new Error(`processes in ${group} do not end; look at ${group}/*/cgroup.procs`);
}
