import { createHash } from "node:crypto";
import { addressOf, type LabDescription } from "../description.ts";
import { corosyncConf } from "./corosync-conf.ts";

interface File {
  readonly content: string | Buffer;
  readonly mode?: number;
}

/** What is on a host's disk before its first boot, by path. The same on all hosts of a lab. */
export function stackFiles(description: LabDescription, bin: string): ReadonlyMap<string, File> {
  const { hosts, linkCount, corosync, name } = description;
  const lines = hosts.map((host, index) => `${addressOf(index + 1)} ${host}\n`);
  const files = new Map<string, File>([
    ["/etc/hosts", { content: `127.0.0.1 localhost\n${lines.join("")}` }],
    // The kernel is the machine's, and no host changes it. Agents ask for modules that are there or not.
    ["/usr/sbin/modprobe", { content: "#!/bin/sh\nexit 0\n", mode: 0o755 }],
    ["/etc/corosync/corosync.conf", { content: corosyncConf(hosts, linkCount, corosync) }],
    // Not a secret: it keeps nothing apart but labs on one machine, and those share no network.
    ["/etc/corosync/authkey", { content: createHash("sha512").update(name).digest(), mode: 0o400 }],
  ]);
  if (description.stack === "quorate") {
    const settings = { engine: "corosync", "bin-directory": bin, ...description.quoratedSettings };
    const conf = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
    files.set("/etc/quorate/quorated.conf", { content: conf.join("") });
  }
  return files;
}
