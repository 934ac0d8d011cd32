import { INFINITY } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { BundleReplica } from "../bundle.ts";
import { type ClusterNode, ProbeMode } from "../node.ts";
import { addNode } from "../nodes/add-node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";
import {
  type BundleConfiguration,
  DEFAULT_REMOTE_PORT,
  nextAddress,
  readBundleConfiguration,
} from "./bundle-configuration.ts";
import { addressElement, bundledCloneElement, connectionElement, containerElement } from "./bundle-xml.ts";
import { limitInstances } from "./instance-limit.ts";
import { reject, unpackResource } from "./unpack-resource.ts";

/** Score of a bundled instance on its own bundle node. Source: part 1, 7.5 item 4. */
const BUNDLE_NODE_SCORE = 500;

/**
 * Makes the implicit resources and nodes of a bundle; false when it is invalid. Children in their order: each
 * replica's container, address and connection, then the clone of the primitive inside. Source: part 1, 7.
 */
export function unpackBundle(unpacking: Unpacking, bundle: Resource): boolean {
  const configuration = readBundleConfiguration(bundle.xml);
  if (configuration === null) {
    reject(unpacking, bundle.xml, "the bundle has no docker or podman element");
    return false;
  }
  configuration.replicaCount = limitInstances(unpacking, {
    resource: bundle.id,
    option: "replicas",
    wanted: configuration.replicaCount,
    line: bundle.xml.line,
  });
  if (configuration.replicasPerHost === 1) bundle.flags &= ~ResourceFlag.Unique;
  else bundle.flags |= ResourceFlag.Unique;

  const primitive = bundle.xml.first("primitive");
  let clone: Resource | null = null;
  if (primitive !== null) {
    clone = unpackBundledClone(unpacking, bundle, configuration, primitive);
    if (clone === null) return false;
  }
  bundle.bundle = {
    agent: configuration.agent,
    image: configuration.image ?? "",
    promotedMax: configuration.promotedMax,
    replicasPerHost: configuration.replicasPerHost,
    replicas: [],
    clone,
  };
  const instances: readonly (Resource | null)[] =
    clone === null ? new Array<null>(configuration.replicaCount).fill(null) : clone.children;
  const addresses = assignAddresses(configuration, instances.length);
  const hostOptions = hostOptionsOf(bundle.id, configuration, addresses);
  for (const [number, instance] of instances.entries()) {
    const replica = unpackReplica(unpacking, bundle, configuration, {
      number,
      instance,
      address: addresses[number] ?? null,
      hostOptions,
    });
    if (replica === null) return false;
    bundle.bundle.replicas.push(replica);
  }
  if (clone !== null) bundle.children.push(clone);
  return true;
}

/** Source: part 1, 7.2. */
function unpackBundledClone(
  unpacking: Unpacking,
  bundle: Resource,
  configuration: BundleConfiguration,
  primitive: XmlElement,
): Resource | null {
  if (configuration.ipRangeStart === null) {
    if (configuration.controlPort === null) {
      reject(
        unpacking,
        bundle.xml,
        "a bundle with a primitive needs ip-range-start or control-port in its network element",
      );
      return null;
    }
    configuration.replicasPerHost = 1;
  }
  configuration.mounts.push({
    source: "/etc/pacemaker/authkey",
    target: "/etc/pacemaker/authkey",
    options: null,
    isPerReplica: false,
  });
  if (!configuration.mounts.some((mount) => mount.target === "/var/log")) {
    configuration.mounts.push({
      source: "/var/log/pacemaker/bundles",
      target: "/var/log",
      options: null,
      isPerReplica: true,
    });
  }
  const port = configuration.controlPort ?? DEFAULT_REMOTE_PORT;
  configuration.ports.push({ source: port, target: port });
  const element = bundledCloneElement(bundle.id, configuration, primitive);
  const clone = unpackResource(unpacking, element, { parent: bundle, instanceNumber: null });
  if (clone === null) return null;
  for (const instance of clone.children) {
    instance.flags |= ResourceFlag.ExclusiveProbes;
    if (hasFlags(instance, ResourceFlag.Notify)) clone.flags |= ResourceFlag.Notify;
    const target = instance.meta.get("container-attribute-target");
    if (target !== undefined) {
      bundle.meta.set("container-attribute-target", target);
      clone.meta.set("container-attribute-target", target);
    }
  }
  return clone;
}

/** After a replica without address the next one begins at the start of the range again. Source: part 1, 7.3. */
function assignAddresses(configuration: BundleConfiguration, count: number): readonly (string | null)[] {
  const addresses: (string | null)[] = [];
  let previous: string | null = null;
  for (let i = 0; i < count; i++) {
    const address: string | null = previous === null ? configuration.ipRangeStart : nextAddress(previous);
    addresses.push(address);
    previous = address;
  }
  return addresses;
}

function hostOptionsOf(
  bundle: string,
  configuration: BundleConfiguration,
  addresses: readonly (string | null)[],
): string {
  let text = "";
  for (const [number, address] of addresses.entries()) {
    if (address === null) continue;
    text += configuration.addsHost
      ? ` --add-host=${bundle}-${number}:${address}`
      : ` --hosts-entry=${address}=${bundle}-${number}`;
  }
  return text;
}

interface ReplicaFacts {
  readonly number: number;
  readonly instance: Resource | null;
  readonly address: string | null;
  readonly hostOptions: string;
}

/** Source: part 1, 7.4. Null when an implicit resource cannot be made. */
function unpackReplica(
  unpacking: Unpacking,
  bundle: Resource,
  configuration: BundleConfiguration,
  facts: ReplicaFacts,
): BundleReplica | null {
  const place = { parent: bundle, instanceNumber: null };
  const element = containerElement(configuration, {
    bundle: bundle.id,
    number: facts.number,
    address: facts.address,
    hasPrimitive: facts.instance !== null,
    hostOptions: facts.hostOptions,
  });
  const container = unpackResource(unpacking, element, place);
  if (container === null) return null;
  container.flags |= ResourceFlag.ReplicaContainer;
  bundle.children.push(container);

  let ip: Resource | null = null;
  if (facts.address !== null) {
    ip = unpackResource(unpacking, addressElement(configuration, bundle.id, facts.address), place);
    if (ip === null) return null;
    bundle.children.push(ip);
  }
  let node: ClusterNode | null = null;
  let connection: Resource | null = null;
  if (facts.instance !== null) {
    const id =
      unpacking.lookup.resource(`${bundle.id}-${facts.number}`) === null
        ? `${bundle.id}-${facts.number}`
        : `pcmk-internal-${facts.instance.id}-remote-${facts.number}`;
    node = claimBundleNode(unpacking, id);
    allowOnlyBundleNode(facts.instance, node);
    const xml = connectionElement(configuration, { id, containerId: container.id, address: facts.address });
    connection = unpackResource(unpacking, xml, place);
    if (connection === null) return null;
    linkConnection(connection, container, node, facts.address);
    bundle.children.push(connection);
    moveUtilization(facts.instance, container);
    if (facts.address !== null) facts.instance.meta.set("external-ip", facts.address);
  }
  return {
    number: facts.number,
    address: facts.address,
    container,
    ip,
    connection,
    instance: facts.instance,
    node,
  };
}

/** Source: part 1, 7.5 item 3. */
function claimBundleNode(unpacking: Unpacking, name: string): ClusterNode {
  const { cluster, lookup } = unpacking;
  const known = lookup.nodeByName(name);
  const node = known ?? addNode(cluster, lookup, { id: name, name, kind: "remote", baseScore: -INFINITY });
  node.baseScore = -INFINITY;
  node.probeMode = ProbeMode.Never;
  if (known !== null) for (const resource of cluster.resources) banFrom(resource, node);
  return node;
}

function banFrom(resource: Resource, node: ClusterNode): void {
  if (resource.allowedNodes.has(node)) {
    resource.allowedNodes.setScore(node, -INFINITY, { kind: "container" });
    resource.allowedNodes.setProbeMode(node, ProbeMode.Never);
  }
  for (const child of resource.children) banFrom(child, node);
}

/** Source: part 1, 7.5 item 4. */
function allowOnlyBundleNode(instance: Resource, node: ClusterNode): void {
  instance.allowedNodes.clear();
  instance.allowedNodes.insert(node, BUNDLE_NODE_SCORE, { kind: "container" });
  instance.allowedNodes.setProbeMode(node, ProbeMode.Exclusive);
  const clone = instance.parent;
  if (clone === null) return;
  clone.allowedNodes.insert(node, -INFINITY, { kind: "container" });
  clone.allowedNodes.setProbeMode(node, ProbeMode.Exclusive);
}

/** Source: part 1, 7.5 item 5. */
function linkConnection(
  connection: Resource,
  container: Resource,
  node: ClusterNode,
  address: string | null,
): void {
  for (const allowed of connection.allowedNodes.nodes) {
    if (allowed.kind === "remote")
      connection.allowedNodes.setScore(allowed, -INFINITY, { kind: "container" });
  }
  connection.flags |= ResourceFlag.RemoteNestingAllowed;
  if (address === null) connection.flags |= ResourceFlag.AddressIsNodeName;
  connection.launcher = container;
  container.launched.push(connection);
  node.connection = connection;
  node.attributes.set("#kind", "container");
}

/** The container consumes what the primitive inside needs. Source: part 1, 7.6. */
function moveUtilization(instance: Resource, container: Resource): void {
  for (const [name, value] of instance.utilization) container.utilization.set(name, value);
  instance.utilization.clear();
}
