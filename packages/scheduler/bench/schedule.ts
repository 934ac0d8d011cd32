/**
 * How long a decision takes as clusters grow: `npx tsx packages/scheduler/bench/schedule.ts [shape] [steps]`.
 * Every shape grows by doubling, so the time of a step should double too. Compare two commits on one idle machine.
 */
import { parseXml, type XmlElement } from "@quorate/xml";
import { unpackCluster } from "../src/model/unpack.ts";
import { decide } from "../src/schedule.ts";

/** What a document is made of; `nodeCount` and `resourceCount` belong to the first step. */
interface Shape {
  readonly summary: string;
  readonly nodeCount: number;
  readonly resourceCount: number;
  readonly grows: "nodes" | "resources";
  resources(count: number): string;
  constraints(count: number): string;
  readonly isFirstNodeLost: boolean;
  readonly isRunning: boolean;
}

const NONE = (): string => "";

const SHAPES: Readonly<Record<string, Shape>> = {
  probes: {
    summary: "a fresh cluster: every resource is probed everywhere",
    nodeCount: 16,
    resourceCount: 250,
    grows: "resources",
    resources: (count) => range(count, (i) => primitive(`r${i}`)),
    constraints: NONE,
    isFirstNodeLost: false,
    isRunning: false,
  },
  chain: {
    summary: "a running chain of mandatory orders, a node lost",
    nodeCount: 16,
    resourceCount: 250,
    grows: "resources",
    resources: (count) => range(count, (i) => primitive(`r${i}`)),
    constraints: (count) => range(count - 1, (i) => `<rsc_order id="o${i}" first="r${i}" then="r${i + 1}"/>`),
    isFirstNodeLost: true,
    isRunning: true,
  },
  clones: {
    summary: "20 interleaved, ordered clones that notify, a node lost",
    nodeCount: 25,
    resourceCount: 20,
    grows: "nodes",
    resources: (count) => range(count, clone),
    constraints: (count) => range(count - 1, (i) => `<rsc_order id="o${i}" first="c${i}" then="c${i + 1}"/>`),
    isFirstNodeLost: true,
    isRunning: true,
  },
};

function range(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join("");
}

function primitive(id: string): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="${id}-m" name="monitor" interval="10s"/></operations></primitive>`;
}

function clone(index: number): string {
  const pairs = ["interleave", "notify", "ordered"].map(
    (name) => `<nvpair id="c${index}-${name}" name="${name}" value="true"/>`,
  );
  return `<clone id="c${index}"><meta_attributes id="c${index}-meta">${pairs.join("")}</meta_attributes>${primitive(`r${index}`)}</clone>`;
}

/** Digest of no parameters, so that nothing counts as changed. */
const NO_PARAMETERS = "f2317cad3d54cec5d7d7aa7d0bf35cf8";

function history(id: string, isHere: boolean): string {
  const [operation, status] = isHere ? ["start", 0] : ["monitor", 7];
  const key = `1:1:${status}:11111111-1111-1111-1111-111111111111`;
  return `<lrm_resource id="${id}" class="ocf" provider="pacemaker" type="Dummy"><lrm_rsc_op id="${id}_last_0" operation_key="${id}_${operation}_0" operation="${operation}" interval="0" call-id="5" rc-code="${status}" op-status="0" op-digest="${NO_PARAMETERS}" transition-key="${key}" transition-magic="0:${status};${key}"/></lrm_resource>`;
}

function documentOf(shape: Shape, nodeCount: number, resourceCount: number): XmlElement {
  const isCloned = shape.grows === "nodes";
  const states = range(nodeCount, (node) => {
    const isLost = shape.isFirstNodeLost && node === 0;
    const entries = shape.isRunning
      ? range(resourceCount, (i) => history(`r${i}`, isCloned || i % nodeCount === node))
      : "";
    return `<node_state id="${node + 1}" uname="n${node}" in_ccm="${!isLost}" crmd="${isLost ? "offline" : "online"}" join="member" expected="member"><lrm id="${node + 1}"><lrm_resources>${entries}</lrm_resources></lrm></node_state>`;
  });
  const parsed = parseXml(`<cib have-quorum="1"><configuration><crm_config/>
    <nodes>${range(nodeCount, (node) => `<node id="${node + 1}" uname="n${node}"/>`)}</nodes>
    <resources><primitive id="fence" class="stonith" type="fence_dummy"/>${shape.resources(resourceCount)}</resources>
    <constraints>${shape.constraints(resourceCount)}</constraints></configuration><status>${states}</status></cib>`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

const [only, stepsText] = process.argv.slice(2);
const stepCount = Number(stepsText ?? 4);
for (const [name, shape] of Object.entries(SHAPES)) {
  if (only !== undefined && only !== name) continue;
  console.log(`${name}: ${shape.summary}`);
  for (let step = 0; step < stepCount; step++) {
    const factor = 2 ** step;
    const nodeCount = shape.nodeCount * (shape.grows === "nodes" ? factor : 1);
    const resourceCount = shape.resourceCount * (shape.grows === "resources" ? factor : 1);
    const cib = documentOf(shape, nodeCount, resourceCount);
    const start = performance.now();
    const { cluster, graph } = decide(unpackCluster(cib, { nowS: 1_700_000_000 }));
    const elapsedMs = performance.now() - start;
    const inputCount = graph.synapses.reduce((sum, synapse) => sum + synapse.inputs.length, 0);
    console.log(
      `  ${nodeCount} nodes, ${resourceCount} resources: ${elapsedMs.toFixed(0)} ms (${cluster.actions.length} actions, ${graph.synapses.length} synapses, ${inputCount} inputs)`,
    );
  }
}
