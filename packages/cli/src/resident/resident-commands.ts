import type { Main } from "../command.ts";

/** Each lane is a thread of the daemon with a socket of its own, and runs what is handed over there. */
export type Lane = "short" | "long";

type Commands = Readonly<Record<string, () => Promise<{ readonly main: Main }>>>;

/**
 * Commands that agents and scripts call again and again: to start Node.js takes them up to ten times as long as what they do. The build puts the launcher
 * that hands over in front of those named here. The short ones do little but ask the daemon, one soon after another; the long ones read and write
 * files, and may compute for seconds.
 */
export const RESIDENT_COMMANDS: Readonly<Record<Lane, Commands>> = {
  short: {
    attrd_updater: () => import("../commands/attrd_updater.ts"),
    cibadmin: () => import("../commands/cibadmin.ts"),
    crm_attribute: () => import("../commands/crm_attribute.ts"),
    crm_failcount: () => import("../commands/crm_failcount.ts"),
    crm_master: () => import("../commands/crm_master.ts"),
    crm_node: () => import("../commands/crm_node.ts"),
    crm_standby: () => import("../commands/crm_standby.ts"),
  },
  long: {
    crm_diff: () => import("../commands/crm_diff.ts"),
    crm_mon: () => import("../commands/crm_mon.ts"),
    crm_resource: () => import("../commands/crm_resource.ts"),
    crm_rule: () => import("../commands/crm_rule.ts"),
    crm_simulate: () => import("../commands/crm_simulate.ts"),
    crm_verify: () => import("../commands/crm_verify.ts"),
    iso8601: () => import("../commands/iso8601.ts"),
    stonith_admin: () => import("../commands/stonith_admin.ts"),
  },
};

/** Null: the command always runs by itself. */
export function laneOf(name: string): Lane | null {
  for (const lane of ["short", "long"] as const)
    if (Object.hasOwn(RESIDENT_COMMANDS[lane], name)) return lane;
  return null;
}
