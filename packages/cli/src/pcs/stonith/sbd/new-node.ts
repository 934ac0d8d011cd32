import type { KnownHost, SbdState } from "@quorate/management";
import type { PcsCall } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";
import type { Hosts } from "../../hosts/hosts.ts";
import { checkHosts, STOPPED } from "./checks.ts";
import { checkPlan, WATCHDOG_DEFAULT } from "./plan.ts";
import { devicesIn, type HostPlan, OF_HOSTS, readSettings, settingsFile } from "./settings.ts";

/** What a new node of a cluster with SBD gets. */
export interface SbdOfNewNode {
  readonly plan: HostPlan;
  /** Settings that all nodes share. */
  readonly options: ReadonlyMap<string, string>;
}

/**
 * `words`: `watchdog=PATH` and `device=PATH` for the new host; `present`: nodes of the cluster. Null where the cluster goes without SBD.
 * @throws PcsError when the words do not fit the cluster's SBD
 */
export async function sbdOfNewNode(
  call: PcsCall,
  hosts: Hosts,
  {
    name,
    words,
    present,
  }: { readonly name: string; readonly words: readonly string[]; readonly present: readonly KnownHost[] },
): Promise<SbdOfNewNode | null> {
  const pathsOf = (kind: string) =>
    words.filter((word) => word.startsWith(`${kind}=`)).map((word) => word.slice(kind.length + 1));
  const watchdogs = pathsOf("watchdog");
  const devices = [...new Set(pathsOf("device"))];
  if (watchdogs.length > 1) fail("Multiple watchdog definitions.");
  const states = await hosts.all(present, (host) => hosts.ask(host, "sbd.state", {}));
  const enabled = [...states].filter(([, state]) => isEnabled(state));
  if (enabled.length === 0) {
    if (words.length > 0)
      fail(
        `${words[0]} is for clusters with SBD, and no node of this one has it enabled; leave it out, and use 'pcs stonith sbd enable' afterwards`,
      );
    return null;
  }
  const [likeName, like] = enabled[0]!;
  const shared = readSettings(like.settings ?? "");
  const plan: HostPlan = { name, watchdog: watchdogs[0] || WATCHDOG_DEFAULT, devices };
  const model: HostPlan = { name: likeName, watchdog: WATCHDOG_DEFAULT, devices: devicesIn(shared) };
  checkPlan(call.reports, plan, [plan, model]);
  if (devices.length > 0 && model.devices.length === 0)
    call.reports.error(
      "SBD of this cluster goes without devices; leave 'device=' out, or give devices to all nodes with 'pcs stonith sbd enable' first",
    );
  call.reports.check(STOPPED);
  return { plan, options: new Map([...shared].filter(([option]) => !OF_HOSTS.has(option))) };
}

/** Where it cannot be told, what runs counts. */
function isEnabled(state: SbdState): boolean {
  return state.isEnabled ?? state.isActive;
}

/** @throws PcsError when SBD could not work there */
export function checkNewNode(
  call: PcsCall,
  hosts: Hosts,
  host: KnownHost,
  { plan }: SbdOfNewNode,
): Promise<void> {
  return checkHosts(call, hosts, [host], [plan]);
}

/** From its first start on SBD runs beside Corosync there. @throws PcsError */
export async function enableOnNewNode(
  call: PcsCall,
  hosts: Hosts,
  host: KnownHost,
  { plan, options }: SbdOfNewNode,
): Promise<void> {
  await hosts.all([host], async () => {
    await hosts.ask(host, "file.write", { files: [settingsFile(plan, options)] });
    call.reports.info(`${host.name}: SBD config saved`);
    await hosts.ask(host, "sbd.enable", {});
    call.reports.info(`${host.name}: sbd enabled`);
  });
}
