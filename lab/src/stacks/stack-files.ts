import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressOf, hostNames, type LabDescription } from "../description.ts";
import { machineDirectory, standInsDirectory } from "../places.ts";
import { corosyncConf } from "./corosync-conf.ts";

interface File {
  readonly content: string | Buffer;
  readonly mode?: number;
}

/** Programs that take the place of the distribution's on every host: there is no such hardware. */
const STAND_INS = ["VBoxManage", "sg_persist", "sg_turs"];

/** What is on a host's disk before its first boot, by path. The same on all hosts of a lab. */
export function stackFiles(description: LabDescription, bin: string): ReadonlyMap<string, File> {
  const { hosts, linkCount, corosync, name } = description;
  const lines = hostNames(description).map((host, index) => `${addressOf(index + 1)} ${host}\n`);
  const files = new Map<string, File>([
    ["/etc/hosts", { content: `127.0.0.1 localhost\n${lines.join("")}` }],
    // The kernel is the machine's, and no host changes it. Agents ask for modules that are there or not.
    ["/usr/sbin/modprobe", { content: "#!/bin/sh\nexit 0\n", mode: 0o755 }],
  ]);
  if (description.isClusterSetUp) {
    files.set("/etc/corosync/corosync.conf", { content: corosyncConf(hosts, linkCount, corosync) });
    // Not a secret: it keeps nothing apart but labs on one machine, and those share no network.
    const key = createHash("sha512").update(name).digest();
    files.set("/etc/corosync/authkey", { content: key, mode: 0o400 });
  }
  for (const program of STAND_INS)
    files.set(`/usr/bin/${program}`, {
      content: readFileSync(join(standInsDirectory, program)),
      mode: 0o755,
    });
  if (description.kind === "light")
    for (const program of ["service", "update-rc.d"])
      files.set(`/usr/local/sbin/${program}`, {
        content: `#!/bin/sh\nexec ${join(machineDirectory, program)} "$@"\n`,
        mode: 0o755,
      });
  files.set("/usr/local/sbin/host-power", {
    content: readFileSync(join(machineDirectory, "host-power")),
    mode: 0o755,
  });
  if (description.stack === "quorate") {
    const settings = { engine: "corosync", "bin-directory": bin, ...description.quoratedSettings };
    const conf = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
    files.set("/etc/quorate/quorated.conf", { content: conf.join("") });
  }
  return files;
}
