import { existsSync } from "node:fs";
import { cgroupRoot } from "./state.ts";

/** What the lab calls, with the Debian package that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "/usr/bin/unshare": "util-linux",
  "/usr/bin/nsenter": "util-linux",
  "/usr/bin/setsid": "util-linux",
  "/usr/bin/flock": "util-linux",
  "/usr/bin/python3": "python3",
  "/usr/sbin/ip": "iproute2",
  "/usr/sbin/nft": "nftables",
  "/usr/sbin/mkfs.ext4": "e2fsprogs",
  "/usr/sbin/corosync": "corosync",
};

/** Why there can be no lab on this machine; empty when there can be. */
export function whyNoLab(): string {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root, to make namespaces, networks and disks";
  const missing = Object.entries(PROGRAMS).filter(([file]) => !existsSync(file));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, name]) => name))];
    return `${missing.map(([file]) => file).join(", ")} missing (Debian: apt-get install ${packages.join(" ")})`;
  }
  if (cgroupRoot() === null) return "no control groups of version 2 are mounted";
  if (!existsSync("/dev/loop-control")) return "the kernel has no loop devices";
  return "";
}
