import { isTrue } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { main as crmMon } from "../../commands/crm_mon.ts";
import { allPrimitives, isStonith } from "../../configuration/resources.ts";
import { sectionElements } from "../../configuration/sections.ts";
import { clusterName } from "../corosync/cluster-name.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterProperties } from "../property/cluster-properties.ts";

/** `pcs status`: everything about the cluster. */
export const wholeStatus: PcsCommand = {
  usage: ["[--full] [--hide-inactive]"],
  help: "Show the state of the cluster: nodes, resources, failures; with --full also attributes, fail counts and tickets.",
  options: ["-f", "--corosync_conf", "--full", "--hide-inactive"],
  async run(call) {
    call.expect(0, 0);
    if (call.isOnFile !== call.has("--corosync_conf")) {
      const [given, missing] = call.isOnFile ? ["-f", "--corosync_conf"] : ["--corosync_conf", "-f"];
      fail(`When '${given}' is specified, '${missing}' must be specified as well`);
    }
    const { cib } = await call.cib();
    call.print(`Cluster name: ${clusterName(call, cib)}`);
    const warnings = warningsAbout(cib);
    if (warnings.length > 0) call.print(`\nWARNINGS:\n${warnings.join("\n")}\n\n`);
    const details = ["--show-detail", "--show-node-attributes", "--failcounts", "--tickets"];
    const status = await call.carryOut("crm_mon", crmMon, [
      "--one-shot",
      ...(call.has("--hide-inactive") ? [] : ["--inactive"]),
      ...(call.has("--full") ? details : []),
    ]);
    if (status !== 0) return status;
    if (call.isLive) printDaemons(call);
    return undefined;
  },
};

function warningsAbout(cib: XmlElement): string[] {
  const warnings: string[] = [];
  const properties = clusterProperties(cib);
  const fencing = properties.get("fencing-enabled") ?? properties.get("stonith-enabled") ?? "true";
  if (isTrue(fencing) && !allPrimitives(cib).some(isStonith))
    warnings.push("No stonith devices and stonith-enabled is not false");
  const moved = sectionElements(cib, "constraints")
    .filter((one) => /^cli-(prefer|ban)-/.test(one.id ?? ""))
    .map((one) => one.get("rsc") ?? "");
  if (moved.length > 0) {
    warnings.push(
      `Following resources have been moved and their move constraints are still in place: ${quoted([...new Set(moved)].sort())}`,
      "Run 'pcs constraint location' or 'pcs resource clear <resource id>' to view or remove the constraints, respectively",
    );
  }
  return warnings;
}

const DAEMONS = ["corosync", "quorated", "quorate-pcsd"] as const;

/** Whether this machine's daemons run now, and will after a boot; nothing where there is no systemd. */
function printDaemons(call: PcsCall): void {
  const command = `systemctl show --property=ActiveState --property=UnitFileState ${DAEMONS.join(" ")} 2>/dev/null`;
  const units = call.world.filterText(command, "").output.trim().split("\n\n");
  if (units.length !== DAEMONS.length) return;
  const lines = DAEMONS.map((name, index) => {
    const word = (property: string) =>
      new RegExp(`^${property}=(.+)$`, "m").exec(units[index]!)?.[1] ?? "disabled";
    return `  ${name}: ${word("ActiveState")}/${word("UnitFileState")}`;
  });
  call.print(["", "Daemon Status:", ...lines].join("\n"));
}

/** `pcs status cluster`, `pcs cluster status`: summary and nodes. */
export const clusterStatus: PcsCommand = {
  usage: [""],
  help: "Show a summary of the cluster and its nodes.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const { status, text } = await call.toolText("crm_mon", crmMon, [
      "--one-shot",
      "--exclude=all",
      "--include=summary,nodes",
    ]);
    if (status !== 0) return status;
    const lines = text.split("\n").filter((line) => line !== "");
    call.print(["Cluster Status:", ...lines.map((line) => ` ${line}`)].join("\n"));
    return undefined;
  },
};

export const xmlStatus: PcsCommand = {
  usage: [""],
  help: "Show the state of the cluster as XML, for programs.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const { status, text } = await call.toolText("crm_mon", crmMon, [
      "--one-shot",
      "--inactive",
      "--output-as=xml",
    ]);
    // A program that reads the state must not take for it what says that there is none.
    if (status === 0) call.print(text);
    else call.world.stderr(text);
    return status;
  },
};
