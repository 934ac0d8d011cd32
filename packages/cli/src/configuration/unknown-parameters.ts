import { applyOperation, CIB_FLAGS, CIB_OPERATIONS, FEATURE_SET, makeRequest } from "@quorate/cib";
import type { AgentName } from "@quorate/ports";
import { serializeXml, type XmlElement } from "@quorate/xml";
import type { CibCall } from "../cluster/cib-session.ts";
import { nearestName } from "../options/nearest-name.ts";
import type { World } from "../world.ts";
import { agentOf, allowedParameters, isKnownParameter, type LoadedAgent, loadAgent } from "./agents.ts";

/** How long agents are asked, all together; what is not known by then is not judged. One that hangs ends by its own limit. */
const ASKING_MS_MAX = 30_000;

export interface Judgement {
  readonly unknown: readonly UnknownParameter[];
  /** What could not be judged, and why. */
  readonly doubts: readonly string[];
}

/** A parameter that its agent does not know. */
export interface UnknownParameter {
  /** Place and mend, a line. */
  readonly remark: string;
  /** The name that was probably meant; null when none is near. */
  readonly nearest: string | null;
}

const NOTHING: Judgement = { unknown: [], doubts: [] };

/**
 * Judges the parameters that a change gives to resources, and that they have not got yet, by what the agents of this host say of themselves.
 * A change that the CIB would refuse anyway is not judged. `document` is asked for only when the change can have any; it may be changed.
 */
export async function judgeParameters(
  world: World,
  call: CibCall,
  document: () => Promise<XmlElement>,
): Promise<Judgement> {
  if (!mayGiveParameters(call)) return NOTHING;
  const given = givenBy(call, await document());
  if (given.length === 0) return NOTHING;
  const unknown: UnknownParameter[] = [];
  const doubts = new Set<string>();
  const deadlineMs = world.nowMs() + ASKING_MS_MAX;
  const known = new Map<string, LoadedAgent>();
  const agents = await world.openAgents();
  try {
    for (const { id, agent, names } of given) {
      let loaded = known.get(keyOf(agent));
      if (loaded === undefined) {
        loaded =
          world.nowMs() < deadlineMs
            ? await loadAgent(agents, agent)
            : { name: agent, description: null, problem: "the agents of this host take too long to answer" };
        known.set(keyOf(agent), loaded);
      }
      if (loaded.description === null) {
        if (!isBuiltIn(agent)) doubts.add(`${id}: its parameters could not be checked: ${loaded.problem}`);
        continue;
      }
      for (const name of names) {
        if (isKnownParameter(loaded, name)) continue;
        const nearest = nearestName(name, allowedParameters(loaded));
        const mend = nearest === null ? "" : `; did you mean "${nearest}"?`;
        unknown.push({ remark: `${id}: its agent has no parameter "${name}"${mend}`, nearest });
      }
    }
  } finally {
    agents.close();
  }
  return { unknown, doubts: [...doubts] };
}

/** Most changes, such as those of meta-attributes, constraints and the status, can be told not to without a look at the CIB. */
function mayGiveParameters({ operation, section, data }: CibCall): boolean {
  if (!WRITING.has(operation) || data === undefined || data === null) return false;
  if (section !== undefined && section !== null && !HOLDING.has(section)) return false;
  const elements = [data, ...data.descendants()];
  if (operation === "cib_apply_diff")
    return elements.some(({ name }) => name === "nvpair" || isResource(name));
  return (
    data.name === "nvpair" ||
    elements.some(
      (element) =>
        element.name === "instance_attributes" ||
        (isResource(element.name) && AGENT_ATTRIBUTES.some((name) => element.get(name) !== null)),
    )
  );
}

const WRITING: ReadonlySet<string> = new Set(["cib_create", "cib_modify", "cib_replace", "cib_apply_diff"]);
const HOLDING: ReadonlySet<string> = new Set(["resources", "configuration", "cib", "all"]);
const AGENT_ATTRIBUTES = ["class", "provider", "type", "template"] as const;

/** Templates are made as primitives are. */
function isResource(name: string): boolean {
  return name === "primitive" || name === "template";
}

/** The cluster itself does what this agent says. */
function isBuiltIn(agent: AgentName): boolean {
  return keyOf(agent) === "ocf:pacemaker:remote";
}

interface Given {
  readonly id: string;
  readonly agent: AgentName;
  readonly names: readonly string[];
}

/** What a change gives to whom, beyond what the document has; the change is applied to it. */
function givenBy(call: CibCall, document: XmlElement): readonly Given[] {
  const operation = CIB_OPERATIONS.find((name) => name === call.operation);
  if (operation === undefined) return [];
  const before = new Map(parametersIn(document).map((one) => [one.id, one]));
  const request = makeRequest(operation, {
    section: call.section ?? null,
    xpath: call.xpath ?? null,
    data: serializeXml(call.data!),
    flags: CIB_FLAGS.filter((flag) => call.flags?.includes(flag)),
    clientName: "",
    user: null,
    groups: [],
  });
  const outcome = applyOperation(document, request, {
    featureSet: FEATURE_SET,
    lastWritten: "",
    isFileBacked: true,
    isStoredValid: true,
    isPrivileged: true,
    isStructureChecked: false,
  });
  if (outcome.code !== "ok") return [];
  return parametersIn(outcome.cib).flatMap(({ id, agent, values }) => {
    const former = before.get(id);
    // Another agent has to know what its predecessor knew.
    const isSame = former !== undefined && keyOf(former.agent) === keyOf(agent);
    const names = values.filter(({ key }) => !(isSame && former.keys.has(key))).map(({ name }) => name);
    return names.length === 0 ? [] : [{ id, agent, names: [...new Set(names)] }];
  });
}

function parametersIn(document: XmlElement) {
  const configuration = document.first("configuration");
  const resources = configuration?.first("resources") ?? null;
  if (configuration === null || resources === null) return [];
  const byId = new Map<string, XmlElement>();
  for (const element of configuration.descendants()) if (element.id !== null) byId.set(element.id, element);
  return [...resources.descendants()]
    .filter(({ name }) => isResource(name))
    .map((resource) => {
      const template = byId.get(resource.get("template") ?? "") ?? null;
      const operations = resource.all("operations").flatMap((block) => block.all("op"));
      const values = [resource, ...operations]
        .flatMap((owner) => owner.all("instance_attributes"))
        .map((set) => byId.get(set.get("id-ref") ?? "") ?? set)
        .flatMap((set) => set.all("nvpair"))
        .map((pair) => ({ pair: byId.get(pair.get("id-ref") ?? "") ?? pair, alias: pair.get("name") }))
        .map(({ pair, alias }) => ({ name: alias ?? pair.get("name") ?? "", value: pair.get("value") ?? "" }))
        .map(({ name, value }) => ({ name, key: `${name}\0${value}` }));
      return {
        id: resource.id ?? "",
        agent: agentOf(template ?? resource),
        values,
        keys: new Set(values.map(({ key }) => key)),
      };
    });
}

function keyOf(agent: AgentName): string {
  return [agent.class, agent.provider, agent.type].join(":");
}
