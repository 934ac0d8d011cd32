import { alertGroup } from "../alert/commands.ts";
import { allConstraintLines } from "../constraint/constraint-text.ts";
import { clusterName } from "../corosync/cluster-name.ts";
import { quorumGroup } from "../corosync/quorum.ts";
import { defaultsLines } from "../defaults/commands.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { indented } from "../framework/text.ts";
import { propertyGroup } from "../property/commands.ts";
import { fenceDeviceLines, resourceConfig } from "../resource/config/commands.ts";
import { configuredNodeLines } from "../status/commands.ts";
import { levelLines } from "../stonith/levels-text.ts";
import { NO_TAGS, tagGroup, tagsOf } from "../tag/commands.ts";

export const show: PcsCommand = {
  usage: ["[--corosync_conf=FILE]"],
  help: "Show the whole configuration of the cluster.",
  options: ["-f", "--corosync_conf"],
  async run(call) {
    call.expect(0, 0);
    const { cib } = await call.cib();
    call.print(`Cluster Name: ${clusterName(call, cib)}`);
    const nodes = configuredNodeLines(call, cib).join("\n");
    const quorum = await linesOf(call, quorumGroup.commands.config as PcsCommand, 2);
    call.print([nodes, await cibText(call), ["Quorum:", ...quorum].join("\n")].join("\n\n"));
  },
};

/** The whole configuration in the call's CIB, the nodes aside. @throws PcsError */
export async function cibText(call: PcsCall): Promise<string> {
  const { cib } = await call.cib();
  const defaultsOf = (section: "rsc_defaults" | "op_defaults") =>
    indented(
      defaultsLines(cib, section, {
        showsIds: true,
        showsExpired: false,
        checksExpired: true,
        nowMs: call.world.nowMs(),
      }),
    );
  const constraints = allConstraintLines(cib, {
    showsIds: true,
    showsExpired: true,
    marksExpired: false,
    nowMs: call.world.nowMs(),
  });
  const blocks = [
    ["Resources:", ...(await linesOf(call, resourceConfig, 2))],
    ["Stonith Devices:", ...indented(fenceDeviceLines(cib)), "Fencing Levels:", ...indented(levelLines(cib))],
    constraints,
    await alerts(call),
    [
      "Resources Defaults:",
      ...defaultsOf("rsc_defaults"),
      "Operations Defaults:",
      ...defaultsOf("op_defaults"),
    ],
    await linesOf(call, propertyGroup.commands.config as PcsCommand, 0),
    ["Tags:", ...(await tags(call))],
  ];
  return blocks.map((block) => block.join("\n")).join("\n\n");
}

async function linesOf(call: PcsCall, command: PcsCommand, indent: number): Promise<string[]> {
  const lines = (await call.textOf(command)).split("\n").filter((line) => line !== "");
  return indented(lines, indent);
}

async function alerts(call: PcsCall): Promise<string[]> {
  return (await call.textOf(alertGroup.commands.config as PcsCommand)).trimEnd().split("\n");
}

async function tags(call: PcsCall): Promise<string[]> {
  if (tagsOf((await call.cib()).cib).length === 0) return [NO_TAGS];
  return indented((await call.textOf(tagGroup.commands.config as PcsCommand)).trimEnd().split("\n"), 1);
}
