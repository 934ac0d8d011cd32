import { parseXml, type XmlElement } from "@quorate/xml";

/** How big a cluster is. Resources are counted as instances that can run: a clone with an instance on each of 16 nodes counts 16. */
export interface ClusterSize {
  readonly nodeCount: number;
  readonly resourceCount: number;
}

/** What the cluster is made of; one word a kind of set-up that people really run. */
export type ClusterKind =
  | "primitives"
  | "groups"
  | "clones"
  | "promotable"
  | "chains"
  | "bundles"
  | "mix"
  | "infinity-chain";

interface Part {
  readonly resources: string;
  readonly constraints: string;
}

interface Recipe {
  readonly summary: string;
  /** Parts that together have about `resourceCount` instances. */
  parts(size: ClusterSize): Part[];
}

const GROUP_SIZE = 5;
const CLONES_IN_CHAIN = 5;
const CHAIN_LENGTH = 10;
const PROMOTABLE_INSTANCES = 3;
const REPLICAS = 3;
/** Of a bundle: container, address, connection and instance for each replica. */
const PARTS_OF_REPLICA = 4;

export const CLUSTER_KINDS: Readonly<Record<ClusterKind, Recipe>> = {
  primitives: {
    summary: "primitives with a monitor each",
    parts: ({ resourceCount }) => repeat(resourceCount, (i) => part(primitive(`rsc${i}`))),
  },
  groups: {
    summary: `groups of ${GROUP_SIZE}`,
    parts: ({ resourceCount }) => repeat(resourceCount / GROUP_SIZE, group),
  },
  clones: {
    summary: `interleaved clones on all nodes; in each ${CLONES_IN_CHAIN} in a row, every one is ordered after and colocated with the one before`,
    parts: ({ nodeCount, resourceCount }) => repeat(resourceCount / nodeCount, clone),
  },
  promotable: {
    summary: `promotable clones of ${PROMOTABLE_INSTANCES} that notify, each with an address that follows the promoted instance`,
    parts: ({ resourceCount }) => repeat(resourceCount / (PROMOTABLE_INSTANCES + 1), promotable),
  },
  chains: {
    summary: `chains of ${CHAIN_LENGTH} colocated and ordered primitives with location rules`,
    parts: ({ nodeCount, resourceCount }) =>
      repeat(resourceCount / CHAIN_LENGTH, (i) => chain(i, CHAIN_LENGTH, nodeCount)),
  },
  bundles: {
    summary: `bundles of ${REPLICAS} replicas, a primitive inside`,
    parts: ({ resourceCount }) => repeat(resourceCount / (REPLICAS * PARTS_OF_REPLICA), bundle),
  },
  mix: {
    summary: "a sixth of each of the above",
    parts: ({ nodeCount, resourceCount }) => {
      const size = { nodeCount, resourceCount: resourceCount / 6 };
      const kinds = ["primitives", "groups", "clones", "promotable", "chains", "bundles"] as const;
      return kinds.flatMap((kind) => CLUSTER_KINDS[kind].parts(size));
    },
  },
  "infinity-chain": {
    summary: "one chain of colocated and ordered primitives from the first to the last",
    parts: ({ nodeCount, resourceCount }) => [chain(0, resourceCount, nodeCount)],
  },
};

/** A configured cluster in which all nodes are up and nothing has run yet. */
export function newCluster(kind: ClusterKind, size: ClusterSize): XmlElement {
  const parts = CLUSTER_KINDS[kind].parts(size);
  const nodes = range(size.nodeCount);
  const states = nodes.map(
    (i) =>
      `<node_state id="${i + 1}" uname="node${i + 1}" in_ccm="true" crmd="online" join="member" expected="member"/>`,
  );
  const text = `<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config>
      <cluster_property_set id="options">
        <nvpair id="options-stonith" name="stonith-enabled" value="true"/>
      </cluster_property_set>
    </crm_config>
    <nodes>${nodes.map((i) => `<node id="${i + 1}" uname="node${i + 1}"/>`).join("")}</nodes>
    <resources><primitive id="fencing" class="stonith" type="fence_dummy"/>${parts.map(({ resources }) => resources).join("")}</resources>
    <constraints>${parts.map(({ constraints }) => constraints).join("")}</constraints>
  </configuration>
  <status>${states.join("")}</status>
</cib>
`;
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.message}`);
  return parsed.root;
}

function part(resources: string, constraints = ""): Part {
  return { resources, constraints };
}

function primitive(id: string): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="${id}-monitor" name="monitor" interval="10s" timeout="20s"/></operations></primitive>`;
}

function group(index: number): Part {
  const id = `group${index}`;
  const members = range(GROUP_SIZE).map((member) => primitive(`${id}-rsc${member}`));
  return part(`<group id="${id}">${members.join("")}</group>`);
}

function clone(index: number): Part {
  const id = `clone${index}`;
  const before = `clone${index - 1}`;
  const resources = `<clone id="${id}">${meta(id, { interleave: "true" })}${primitive(`${id}-rsc`)}</clone>`;
  if (index % CLONES_IN_CHAIN === 0) return part(resources);
  return part(resources, follow(id, before));
}

function promotable(index: number): Part {
  const id = `promotable${index}`;
  const options = { promotable: "true", "clone-max": String(PROMOTABLE_INSTANCES), notify: "true" };
  const rsc = `${id}-rsc`;
  const instance = `<primitive id="${rsc}" class="ocf" provider="pacemaker" type="Stateful"><operations><op id="${rsc}-promoted" name="monitor" interval="10s" role="Promoted"/><op id="${rsc}-unpromoted" name="monitor" interval="11s" role="Unpromoted"/></operations></primitive>`;
  const address = `${id}-address`;
  const preference = `<rsc_location id="${id}-prefers" rsc="${id}"><rule id="${id}-rule" role="Promoted" score="10"><expression id="${id}-expression" attribute="#uname" operation="defined"/></rule></rsc_location>`;
  return part(
    `<clone id="${id}">${meta(id, options)}${instance}</clone>${primitive(address)}`,
    `${preference}<rsc_colocation id="${address}-with" rsc="${address}" with-rsc="${id}" with-rsc-role="Promoted" score="INFINITY"/><rsc_order id="${address}-after" first="${id}" first-action="promote" then="${address}" then-action="start"/>`,
  );
}

function chain(index: number, length: number, nodeCount: number): Part {
  const ids = range(length).map((link) => `chain${index}-rsc${link}`);
  const first = ids[0]!;
  const preferred = `node${(index % nodeCount) + 1}`;
  const rule = `<rsc_location id="${first}-prefers" rsc="${first}"><rule id="${first}-rule" score="100"><expression id="${first}-expression" attribute="#uname" operation="eq" value="${preferred}"/></rule></rsc_location>`;
  const links = ids.slice(1).map((id, before) => follow(id, ids[before]!));
  return part(ids.map(primitive).join(""), rule + links.join(""));
}

function bundle(index: number): Part {
  const id = `bundle${index}`;
  const network = `<network ip-range-start="10.${(index >> 14) & 255}.${(index >> 6) & 255}.${((index & 63) << 2) + 1}" host-netmask="24" control-port="9999"><port-mapping id="${id}-port" port="80"/></network>`;
  return part(
    `<bundle id="${id}"><podman image="registry/app:latest" replicas="${REPLICAS}"/>${network}${primitive(`${id}-rsc`)}</bundle>`,
  );
}

/** The resource runs where the other one runs, after it. */
function follow(id: string, other: string): string {
  return `<rsc_colocation id="${id}-with" rsc="${id}" with-rsc="${other}" score="INFINITY"/><rsc_order id="${id}-after" first="${other}" then="${id}"/>`;
}

function meta(id: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`,
  );
  return `<meta_attributes id="${id}-meta">${pairs.join("")}</meta_attributes>`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** At least one, rounded. */
function repeat(count: number, make: (index: number) => Part): Part[] {
  return range(Math.max(1, Math.round(count))).map(make);
}
