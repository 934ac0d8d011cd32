/**
 * The house as data: every package, what it may import, and whether it is pure. ARCHITECTURE.md draws the
 * same picture. A pure package does no I/O and takes time, chance, storage and messages through ports.
 */
export interface Room {
  readonly mayImport: readonly string[];
  readonly isPure: boolean;
  /** Packages from npm that this room may use. */
  readonly libraries: readonly string[];
}

export const ROOMS: Readonly<Record<string, Room>> = {
  ports: { mayImport: ["xml"], isPure: true, libraries: [] },
  xml: { mayImport: [], isPure: true, libraries: ["xpath"] },
  "corosync-conf": { mayImport: [], isPure: true, libraries: [] },
  cib: { mayImport: ["xml"], isPure: true, libraries: ["js-md5"] },
  scheduler: { mayImport: ["cib", "xml"], isPure: true, libraries: [] },
  controller: { mayImport: ["ports", "scheduler", "cib", "xml"], isPure: true, libraries: [] },
  fencer: { mayImport: ["ports", "cib", "xml"], isPure: true, libraries: [] },
  membership: { mayImport: ["host", "ports"], isPure: false, libraries: ["koffi"] },
  executor: { mayImport: ["ports", "cib", "xml"], isPure: false, libraries: [] },
  host: { mayImport: ["ports"], isPure: false, libraries: ["koffi"] },
  management: { mayImport: ["corosync-conf", "host"], isPure: false, libraries: [] },
  api: { mayImport: ["ports"], isPure: false, libraries: [] },
  daemon: {
    mayImport: [
      "api",
      "cib",
      "controller",
      "executor",
      "fencer",
      "host",
      "membership",
      "ports",
      "scheduler",
      "xml",
    ],
    isPure: false,
    libraries: ["koffi"],
  },
  simulator: {
    mayImport: ["cib", "controller", "fencer", "membership", "ports", "scheduler", "xml"],
    isPure: true,
    libraries: [],
  },
  playground: { mayImport: ["executor", "host", "membership", "ports"], isPure: false, libraries: [] },
  cli: {
    mayImport: [
      "api",
      "cib",
      "corosync-conf",
      "executor",
      "host",
      "management",
      "playground",
      "ports",
      "scheduler",
      "xml",
    ],
    isPure: false,
    libraries: [],
  },
  lab: { mayImport: [], isPure: false, libraries: [] },
};
