import type { Main } from "../command.ts";

/**
 * Commands that agents and scripts call again and again, and that do little but ask the daemon: to start Node.js takes them five times as long as what
 * they do. The build puts the launcher that hands over in front of those named here.
 */
export const RESIDENT_COMMANDS: Readonly<Record<string, () => Promise<{ readonly main: Main }>>> = {
  attrd_updater: () => import("../commands/attrd_updater.ts"),
  cibadmin: () => import("../commands/cibadmin.ts"),
  crm_attribute: () => import("../commands/crm_attribute.ts"),
  crm_failcount: () => import("../commands/crm_failcount.ts"),
  crm_master: () => import("../commands/crm_master.ts"),
  crm_node: () => import("../commands/crm_node.ts"),
  crm_standby: () => import("../commands/crm_standby.ts"),
};
