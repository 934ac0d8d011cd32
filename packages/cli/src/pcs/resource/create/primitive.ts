import { formatAgentName } from "@quorate/executor";
import { XmlElement } from "@quorate/xml";
import {
  agentOf,
  findAgent,
  type LoadedAgent,
  loadAgent,
  providesUnfencing,
} from "../../../configuration/agents.ts";
import { idExists } from "../../../configuration/ids.ts";
import { updateNvset } from "../../../configuration/nvsets.ts";
import { advisedOperations, appendOperation, type OperationSpec } from "../../../configuration/operations.ts";
import { sortByName } from "../../alert/commands.ts";
import type { PcsCall } from "../../framework/command.ts";
import { checkId } from "../../framework/ids.ts";
import { fail } from "../../framework/reports.ts";
import { checkedOperations } from "./operation-words.ts";
import { checkParameters } from "./parameters.ts";

export interface PrimitiveSpec {
  readonly id: string;
  readonly agent: LoadedAgent;
  readonly parameters: ReadonlyMap<string, string>;
  readonly meta: ReadonlyMap<string, string>;
  readonly operations: readonly OperationSpec[];
  /** It is not to be started; default: it may be. */
  readonly isDisabled?: boolean;
}

/** Finds an agent and what it says of itself; without metadata only with --force. @throws PcsError */
export async function requireAgent(call: PcsCall, text: string, isStonith: boolean): Promise<LoadedAgent> {
  const catalogue = await call.world.openAgents();
  if (isStonith) {
    if (text.includes(":")) {
      fail(
        `Invalid stonith agent name '${text}'. Write it without 'stonith:'; 'pcs stonith list' shows the names`,
      );
    }
    return requireMetadata(call, await loadAgent(catalogue, { class: "stonith", provider: "", type: text }));
  }
  const found = await findAgent(catalogue, text);
  if (!found.ok) fail(found.message);
  if (found.isDeduced) {
    call.reports.info(`Assumed agent name '${formatAgentName(found.name)}' (deduced from '${text}')`);
  }
  if (found.name.class === "stonith") call.reports.deprecated("use 'pcs stonith create' for fence devices");
  return requireMetadata(call, await loadAgent(catalogue, found.name));
}

function requireMetadata(call: PcsCall, agent: LoadedAgent): LoadedAgent {
  if (agent.description === null) {
    call.reports.forceable(
      `Agent '${formatAgentName(agent.name)}' is not installed or does not provide valid metadata: ${agent.problem}`,
    );
    call.reports.check();
  }
  return agent;
}

export async function agentOfPrimitive(call: PcsCall, primitive: XmlElement): Promise<LoadedAgent> {
  return loadAgent(await call.world.openAgents(), agentOf(primitive));
}

/** Checks everything that can be known about a new primitive. `isRemoteNode`: it is to be the connection of one. @throws PcsError */
export function checkPrimitive(
  call: PcsCall,
  cib: XmlElement,
  spec: PrimitiveSpec,
  { isRemoteNode = false } = {},
): PrimitiveSpec {
  const { reports } = call;
  checkId(spec.id, spec.agent.name.class === "stonith" ? "stonith name" : "resource name");
  if (idExists(cib, spec.id)) fail(`'${spec.id}' already exists`);
  const operations = checkedOperations(reports, spec.operations, spec.agent);
  checkParameters(reports, spec.agent, spec.parameters, null);
  const { name } = spec.agent;
  if (!isRemoteNode && name.class === "ocf" && name.provider === "pacemaker" && name.type === "remote") {
    reports.forceable(
      "this command is not sufficient for creating a remote connection, use 'pcs cluster node add-remote'",
    );
  }
  if (spec.meta.has("remote-node")) {
    reports.forceable(
      "this command is not sufficient for creating a guest node, use 'pcs cluster node add-guest'",
    );
  }
  reports.check();
  for (const { attributes } of operations) {
    const id = attributes.get("id");
    if (id !== undefined && idExists(cib, id)) fail(`'${id}' already exists`);
  }
  return { ...spec, operations };
}

/** Makes a primitive below `parent`, which must be in the CIB. */
export function appendPrimitive(
  cib: XmlElement,
  parent: XmlElement,
  spec: PrimitiveSpec,
  usesDefaultOperations: boolean,
): XmlElement {
  const { name } = spec.agent;
  const primitive = new XmlElement("primitive", [
    ["id", spec.id],
    ["class", name.class],
  ]);
  if (name.provider !== "") primitive.set("provider", name.provider);
  primitive.set("type", name.type);
  parent.append(primitive);
  updateNvset(cib, primitive, "instance_attributes", sortByName([...spec.parameters]));
  const meta = new Map(spec.meta);
  if (providesUnfencing(spec.agent)) meta.set("provides", "unfencing");
  updateNvset(cib, primitive, "meta_attributes", sortByName([...meta]));
  if (spec.isDisabled === true)
    updateNvset(cib, primitive, "meta_attributes", [["target-role", "Stopped"]], { position: "first" });
  const given = new Set(spec.operations.map((operation) => operation.name));
  const all = [
    ...spec.operations,
    ...advisedOperations(spec.agent, !usesDefaultOperations).filter(
      (operation) => !given.has(operation.name),
    ),
  ];
  const operations = new XmlElement("operations");
  primitive.append(operations);
  const sorted = [...all].sort((left, right) =>
    left.name < right.name ? -1 : left.name > right.name ? 1 : 0,
  );
  for (const operation of sorted) appendOperation(cib, operations, spec.id, operation);
  return primitive;
}
