import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Debian packages that some tests run against, each with a file that shows that it is there. */
const PACKAGES: Readonly<Record<string, { readonly file: string; readonly purpose: string }>> = {
  "resource-agents": {
    file: "/usr/lib/ocf/resource.d/heartbeat/Dummy",
    purpose: "agents that we run unchanged",
  },
  "pacemaker-resource-agents": {
    file: "/usr/lib/ocf/resource.d/pacemaker/Dummy",
    purpose: "agents that we run unchanged",
  },
  "pacemaker-cli-utils": {
    file: "/usr/sbin/crm_simulate",
    purpose: "the reference of the differential test",
  },
  "systemd-container": { file: "/usr/bin/systemd-nspawn", purpose: "resources of a real systemd" },
  bzip2: { file: "/usr/bin/bzip2", purpose: "saved inputs of the scheduler" },
  dbus: { file: "/usr/bin/dbus-daemon", purpose: "resources of a real systemd" },
  corosync: { file: "/usr/sbin/corosync", purpose: "the cluster layer of the lab's hosts" },
  pacemaker: { file: "/usr/sbin/pacemakerd", purpose: "the reference in the lab" },
  pcs: { file: "/usr/sbin/pcs", purpose: "the distribution's own tools on our cluster" },
  crmsh: { file: "/usr/sbin/crm", purpose: "the distribution's own tools on our cluster" },
  "fence-agents": { file: "/usr/sbin/fence_ipmilan", purpose: "fence agents that we run unchanged" },
  "corosync-qdevice": { file: "/usr/sbin/corosync-qdevice", purpose: "a client of quorum devices" },
  "corosync-qnetd": { file: "/usr/bin/corosync-qnetd", purpose: "a quorum device, which pcs sets up" },
  sbd: { file: "/usr/sbin/sbd", purpose: "a daemon that resets its own node, which pcs sets up" },
  openipmi: { file: "/usr/bin/ipmi_sim", purpose: "management controllers of the lab's hosts" },
  ipmitool: { file: "/usr/bin/ipmitool", purpose: "what fence_ipmilan calls" },
  iproute2: { file: "/usr/sbin/ip", purpose: "networks of the lab" },
  nftables: { file: "/usr/sbin/nft", purpose: "partitions in the lab" },
  e2fsprogs: { file: "/usr/sbin/mkfs.ext4", purpose: "disks of the lab's hosts" },
  xfsprogs: { file: "/sbin/mkfs.xfs", purpose: "file systems that a walk-through fails over" },
  "docker.io": { file: "/usr/sbin/dockerd", purpose: "containers of a walk-through" },
  "busybox-static": { file: "/bin/busybox", purpose: "what is in those containers" },
  "iputils-ping": { file: "/usr/bin/ping", purpose: "who reaches whom in the lab" },
  psmisc: { file: "/usr/bin/fuser", purpose: "what the agent Filesystem calls" },
  procps: { file: "/usr/bin/ps", purpose: "what agents and tests ask for processes" },
  "openssh-server": { file: "/usr/sbin/sshd", purpose: "hosts that are reached over ssh" },
  "libxml2-utils": { file: "/usr/bin/xmllint", purpose: "another reader of the emitted schema" },
  python3: { file: "/usr/bin/python3", purpose: "init of the lab's hosts" },
  nginx: { file: "/usr/sbin/nginx", purpose: "a service of the lab's clusters" },
  curl: { file: "/usr/bin/curl", purpose: "a visitor of that service" },
  libfaketime: {
    file: "/usr/share/doc/libfaketime",
    purpose: "hosts of the lab with clocks of their own",
  },
  tcpdump: { file: "/usr/bin/tcpdump", purpose: "announcements of addresses in the lab" },
  "groff-base": { file: "/usr/bin/groff", purpose: "manual pages as a reader sees them" },
  chromium: { file: "/usr/bin/chromium", purpose: "the scheduler in a browser" },
};

/**
 * As root on Debian, installs what the tests of this repository can make use of. Elsewhere, and where that fails, the tests that need it
 * are skipped and say so.
 */
export function installDebianPackages(): void {
  const missing = Object.entries(PACKAGES).filter(([, { file }]) => !existsSync(file));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
    for (const [name, { purpose }] of missing)
      console.log(`not installed: ${name} (${purpose}); its tests are skipped`);
    return;
  }
  console.log(`installing for the tests: ${names.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) =>
    spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
  if (!apt("update") || !apt("install", "-y", "--no-install-recommends", ...names)) {
    console.log("apt-get failed; the tests that need these packages are skipped");
  }
}
