import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { ServiceName } from "../protocol/contract.ts";

/** Ends daemons of this machine's cluster at once. Those of playgrounds, which have a root of their own, are others. */
export function killService(name: ServiceName | "corosync-qnetd" | "sbd"): void {
  const ownSpace = readlinkSync("/proc/self/ns/pid");
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      // What runs in a container belongs to the container.
      if (readlinkSync(join("/proc", pid, "ns/pid")) !== ownSpace) continue;
      const words = readFileSync(join("/proc", pid, "cmdline"), "utf8").split("\0");
      const [program = "", script = ""] = words.map((word) => basename(word));
      const isNamed = program === name || (program === "node" && script === name);
      if (isNamed && !words.includes("--root")) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended since.
    }
  }
}
