import { isTrue, knownNodes } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { withCib } from "../cluster/open-cib.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { stonithOptions } from "../fencing/stonith-options.ts";
import { nearestName } from "../options/nearest-name.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { World } from "../world.ts";

/**
 * Fencing by hand on a CIB that is only tried. A node that is to be fenced is lost as a failed one is: the scheduler then tells of its
 * fencing and of what is recovered. One that is confirmed as off runs nothing any more.
 */
export function fenceCopy(chosen: ParsedValues<typeof stonithOptions>, world: World): Promise<number> {
  const word = chosen.fence ?? chosen.reboot ?? chosen.confirm ?? chosen.unfence;
  if (word === null)
    throw new UsageError(
      "--plan goes with --fence, --reboot, --unfence or --confirm: nothing else changes what runs",
    );
  return withCib(world, async (cib) => {
    const document = await cib.document();
    const nodes = knownNodes(document);
    const node = nodes.find((one) => (chosen.asNodeId ? one.id : one.name) === word);
    if (node === undefined) {
      const nearest = nearestName(
        word,
        nodes.map(({ name }) => name),
      );
      world.stderr(
        `${world.programName}: there is no node "${word}"${nearest === null ? "" : `; did you mean ${nearest}?`}\n`,
      );
      return ExitCode.noSuch;
    }
    // What a node does once it is given back what fencing took, it decides when it joins.
    if (chosen.unfence !== null) return ExitCode.ok;
    const status = document.first("status")?.clone() ?? null;
    const state = status?.all("node_state").find((one) => one.get("uname") === node.name) ?? null;
    if (status === null || state === null) return ExitCode.ok;
    if (chosen.confirm === null && isFencingOn(document)) lose(state);
    else takeDown(state);
    await cib.call({ operation: "cib_replace", section: "status", data: status });
    if (chosen.fence !== null) world.stderr(`${node.name} would be switched off and stay off\n`);
    return ExitCode.ok;
  });
}

/** Nobody hears of the node, and what it ran may still run. */
function lose(state: XmlElement): void {
  state.set("in_ccm", "false");
  state.set("crmd", "offline");
  state.set("join", "member");
  state.set("expected", "member");
}

/** The node is known to be off: nothing runs there. */
function takeDown(state: XmlElement): void {
  lose(state);
  state.set("join", "down");
  state.set("expected", "down");
  for (const child of state.elements()) child.remove();
}

/** Off, the scheduler would leave alone what ran on a lost node. */
function isFencingOn(document: XmlElement): boolean {
  for (const nvpair of document.first("configuration")?.first("crm_config")?.descendants("nvpair") ?? []) {
    const name = nvpair.get("name");
    if (name === "fencing-enabled" || name === "stonith-enabled") return isTrue(nvpair.get("value") ?? "");
  }
  return true;
}
