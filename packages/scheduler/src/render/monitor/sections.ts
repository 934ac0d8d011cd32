/** The parts of a monitor's output, each of which can be shown or left out. Source: crm_mon(8), `--include`. */
export const MONITOR_SECTIONS = [
  "stack",
  "dc",
  "times",
  "counts",
  "options",
  "maint-mode",
  "nodes",
  "resources",
  "attributes",
  "failcounts",
  "operations",
  "failures",
  "fencing-failed",
  "fencing-pending",
  "fencing-succeeded",
  "tickets",
  "bans",
] as const;

export type MonitorSection = (typeof MONITOR_SECTIONS)[number];

/** Names that stand for several sections. `all` and `default` depend on the form and are not here. */
export const MONITOR_SECTION_GROUPS: Readonly<Record<string, readonly MonitorSection[]>> = {
  fencing: ["fencing-failed", "fencing-pending", "fencing-succeeded"],
  summary: ["stack", "dc", "times", "counts", "maint-mode"],
};

/** What text and HTML show when nothing is asked for. */
export const DEFAULT_SECTIONS: readonly MonitorSection[] = [
  ...MONITOR_SECTION_GROUPS.summary!,
  "nodes",
  "resources",
  "failures",
  "fencing-failed",
  "fencing-pending",
];
