import { parseXml } from "@quorate/xml";
import { currentNode } from "../../src/model/activity.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { hasNodeFlags, NodeFlag } from "../../src/model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../src/model/resource.ts";
import { unpackCluster } from "../../src/model/unpack.ts";

/** The parts of a CIB as XML text; what is left out is empty. */
export interface CibParts {
  readonly attributes?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Further `cluster_property_set` elements. */
  readonly moreOptions?: string;
  readonly configuration?: string;
  readonly nodes?: string;
  readonly resources?: string;
  readonly constraints?: string;
  readonly status?: string;
}

export const NOW_S = 1_700_000_000;

export function cibText(parts: CibParts): string {
  const pairs = Object.entries(parts.options ?? {})
    .map(([name, value]) => `<nvpair id="o-${name}" name="${name}" value="${value}"/>`)
    .join("");
  return `<cib ${parts.attributes ?? `have-quorum="1"`}><configuration>
    <crm_config><cluster_property_set id="cib-bootstrap-options">${pairs}</cluster_property_set>
      ${parts.moreOptions ?? ""}</crm_config>
    <nodes>${parts.nodes ?? ""}</nodes><resources>${parts.resources ?? ""}</resources><constraints>${parts.constraints ?? ""}</constraints>
    ${parts.configuration ?? ""}</configuration><status>${parts.status ?? ""}</status></cib>`;
}

export function clusterOf(parts: CibParts): Cluster {
  const parsed = parseXml(cibText(parts));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return unpackCluster(parsed.root, { nowS: NOW_S });
}

export function nodeElements(...names: readonly string[]): string {
  return names.map((name, index) => `<node id="${index + 1}" uname="${name}"/>`).join("");
}

/** A node that is a full member, with history if given (`lrm_resource` elements). */
export function memberState(id: string, name: string, history = ""): string {
  return `<node_state id="${id}" uname="${name}" in_ccm="true" crmd="online" join="member" expected="member">
    <lrm id="${id}"><lrm_resources>${history}</lrm_resources></lrm></node_state>`;
}

export const FENCE_DEVICE = `<primitive id="fence" class="stonith" type="fence_dummy"/>`;

export function dummy(id: string, inside = ""): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy">${inside}</primitive>`;
}

export interface EntryFacts {
  readonly rsc?: string;
  readonly op: string;
  readonly interval?: number;
  readonly rc: number;
  readonly status?: number;
  readonly call: number;
  readonly expected?: number;
  readonly changed?: number;
  readonly extra?: string;
}

export function historyOf(resource: string, ...entries: readonly EntryFacts[]): string {
  return `<lrm_resource id="${resource}" class="ocf" provider="pacemaker" type="Dummy">${entries
    .map((entry, index) => entryText(resource, entry, index))
    .join("")}</lrm_resource>`;
}

function entryText(resource: string, entry: EntryFacts, index: number): string {
  const interval = entry.interval ?? 0;
  const status = entry.status ?? 0;
  const key = `1:1:${entry.expected ?? 0}:11111111-1111-1111-1111-111111111111`;
  return `<lrm_rsc_op id="${resource}_e${index}" operation_key="${resource}_${entry.op}_${interval}" operation="${entry.op}"
    interval="${interval}" call-id="${entry.call}" rc-code="${entry.rc}" op-status="${status}"
    transition-key="${key}" transition-magic="${status}:${entry.rc};${key}"
    last-rc-change="${entry.changed ?? 1000}" ${entry.extra ?? ""}/>`;
}

/** `online`, `offline`, `pending`, `unclean`, ... as reports would show the node, with `online` kept apart. */
export function describeNode(cluster: Cluster, name: string): string {
  const node = cluster.lookup.nodeByName(name);
  if (node === null) return "missing";
  const words = [hasNodeFlags(node, NodeFlag.Online) ? "online" : "offline"];
  if (hasNodeFlags(node, NodeFlag.Unclean)) words.push("unclean");
  if (hasNodeFlags(node, NodeFlag.Pending)) words.push("pending");
  if (hasNodeFlags(node, NodeFlag.Standby)) words.push("standby");
  if (hasNodeFlags(node, NodeFlag.Shutdown)) words.push("shutdown");
  return words.join(" ");
}

export function resourceOf(cluster: Cluster, id: string): Resource {
  const resource = cluster.lookup.resourceById(id);
  if (resource === null) throw new Error(`no resource "${id}"`);
  return resource;
}

/** `Started on n1 [n1 n2], failed` */
export function describeResource(cluster: Cluster, id: string): string {
  const resource = resourceOf(cluster, id);
  const words = [`on ${currentNode(resource)?.name ?? "none"}`];
  if (resource.activeNodes.length > 1) {
    words.push(`[${resource.activeNodes.map((node) => node.name).join(" ")}]`);
  }
  if (hasFlags(resource, ResourceFlag.Failed)) words.push("failed");
  if (hasFlags(resource, ResourceFlag.Blocked)) words.push("blocked");
  if (hasFlags(resource, ResourceFlag.IgnoreFailure)) words.push("ignored");
  return words.join(" ");
}
