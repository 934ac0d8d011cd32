import type { XmlElement } from "@quorate/xml";
import { main as crmResource } from "../../commands/crm_resource.ts";
import { findResource, isClone, outerCollective } from "../../configuration/resources.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { waitSeconds } from "../framework/wait.ts";

function requireCluster(call: PcsCall, what: string): void {
  if (!call.isLive)
    fail(`'${what}' needs the running cluster: with a CIB in a file there is nothing to act on`);
}

/** `action`: as crm_resource calls it. */
function debugCommand(word: string, action: string, help: string): PcsCommand {
  return {
    usage: ["<resource id> [--full]"],
    help: `${help} on this node, beside the cluster, and show all that the agent says, with --full and without.`,
    options: ["--full"],
    async run(call) {
      const [id] = call.expect(1, 1);
      requireCluster(call, word);
      const resource = findResource((await call.cib()).cib, id!);
      if (resource === null) fail(`unable to find a resource '${id}'`);
      if (resource.name !== "primitive") {
        fail(`unable to ${word} '${id}': it is a ${resource.name}; name a resource in it`);
      }
      // Who acts by hand beside the cluster knows that an instance runs here.
      return call.runTool("crm_resource", crmResource, ["--resource", id!, `--${action}`, "--force"]);
    },
  };
}

export const debugCommands = {
  "debug-start": debugCommand("debug-start", "force-start", "Run an agent's start"),
  "debug-stop": debugCommand("debug-stop", "force-stop", "Run an agent's stop"),
  "debug-promote": debugCommand("debug-promote", "force-promote", "Run an agent's promote"),
  "debug-demote": debugCommand("debug-demote", "force-demote", "Run an agent's demote"),
  "debug-monitor": debugCommand("debug-monitor", "force-check", "Run an agent's monitor"),
};

function runsOnSeveral(resource: XmlElement): boolean {
  return isClone(resource) || resource.name === "bundle";
}

/** The resource; of one inside of a clone or bundle that, since its instances are restarted as one. @throws PcsError */
function toRestart(call: PcsCall, cib: XmlElement, id: string): XmlElement {
  const resource = findResource(cib, id);
  if (resource === null) fail(`unable to find a resource '${id}'`);
  const outer = runsOnSeveral(resource) ? null : outerCollective(resource);
  if (outer === null) return resource;
  call.reports.warn(`'${id}' is part of '${outer.id}', which is restarted as a whole`);
  return outer;
}

export const restartCommand: PcsCommand = {
  usage: ["<resource id> [<node>] [--wait[=<n>]]"],
  help: "Stop a resource and start it again; a clone or a bundle on one node only, if one is named. Fails when it does not stop, or does not run again. --wait=n: at most n seconds for each of the two.",
  options: ["--wait"],
  async run(call) {
    const [id, node] = call.expect(1, 2);
    if (call.world.isPlanning !== true) requireCluster(call, "restart");
    const limitS = waitSeconds(call);
    const resource = toRestart(call, (await call.cib()).cib, id!);
    if (node !== undefined && !runsOnSeveral(resource))
      fail(`'${id}' runs on one node only: a node can be named for clones and bundles`);
    const { status, text } = await call.toolText("crm_resource", crmResource, [
      "--restart",
      "--resource",
      resource.id!,
      ...(node === undefined ? [] : ["--node", node]),
      ...(limitS === null || limitS === 0 ? [] : ["--timeout", `${limitS}s`]),
    ]);
    call.tell(text);
    return status;
  },
};
