import type { KnownHost, SbdProblem } from "@quorate/management";
import type { PcsCall } from "../../framework/command.ts";
import type { Hosts } from "../../hosts/hosts.ts";
import type { HostPlan } from "./settings.ts";

export const STOPPED = "Errors have occurred, therefore pcs is unable to continue";

/** @throws PcsError when SBD could not work on one of them */
export async function checkHosts(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
  plans: readonly HostPlan[],
): Promise<void> {
  const { reports } = call;
  const looksForWatchdog = !call.has("--no-watchdog-validation");
  if (!looksForWatchdog) reports.warn("Not validating the watchdog");
  reports.info("Running SBD pre-enabling checks...");
  const checks = await hosts.all(targets, (host) => {
    const { watchdog, devices } = plans.find(({ name }) => name === host.name)!;
    return hosts.ask(host, "sbd.check", { watchdog: looksForWatchdog ? watchdog : null, devices });
  });
  for (const { name } of targets) {
    const { isInstalled, problems } = checks.get(name)!;
    if (!isInstalled) reports.error(`${name}: Required cluster services not installed: 'sbd'`);
    for (const problem of problems) reports.error(problemText(name, problem));
    if (isInstalled && problems.length === 0) reports.info(`${name}: SBD pre-enabling checks done`);
  }
  reports.check(STOPPED);
}

function problemText(node: string, { kind, path }: SbdProblem): string {
  switch (kind) {
    case "noWatchdog":
      return `Watchdog '${path}' does not exist on node '${node}'`;
    case "noDevice":
      return `${node}: device '${path}' not found`;
    case "notBlockDevice":
      return `${node}: device '${path}' is not a block device`;
  }
}
