import { serializeXml } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedResource, type ResourceCall } from "./resource-call.ts";

export async function listResources(call: ResourceCall): Promise<number> {
  call.world.stdout((await clusterView(call)).listText);
  return ExitCode.ok;
}

export async function listPrimitives(call: ResourceCall): Promise<number> {
  const { primitives } = await clusterView(call);
  for (const { id } of primitives) call.world.stdout(`${id}\n`);
  return ExitCode.ok;
}

export async function locate(call: ResourceCall): Promise<number> {
  const { request, world } = call;
  const { active } = namedResource(await clusterView(call), call);
  for (const { node, isPromoted } of active) {
    const role = isPromoted ? " Promoted" : "";
    world.stdout(
      request.isQuiet ? `${node}\n` : `resource ${request.resource} is running on: ${node}${role}\n`,
    );
  }
  if (active.length === 0 && !request.isQuiet) world.stdout(`resource ${request.resource} is NOT running\n`);
  return ExitCode.ok;
}

export async function queryXml(call: ResourceCall): Promise<number> {
  const { id, agent, active, xml } = namedResource(await clusterView(call), call);
  if (agent !== null) {
    const name = [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
    const nodes = active.map(({ node }) => node).join(" ");
    call.world.stdout(`${id}\t(${name}):\t ${active.length === 0 ? "Stopped" : `Started ${nodes}`}\n`);
  }
  call.world.stdout(`Resource XML:\n${serializeXml(xml)}`);
  return ExitCode.ok;
}
