import { XmlElement } from "@quorate/xml";
import { type BundleConfiguration, DEFAULT_REMOTE_PORT, sanitizeId } from "./bundle-configuration.ts";
import { attributeBlock, operationsElement, primitiveElement } from "./generated-xml.ts";

/** What the generated elements of one replica depend on, besides the bundle's configuration. */
export interface ReplicaNaming {
  readonly bundle: string;
  readonly number: number;
  readonly address: string | null;
  readonly hasPrimitive: boolean;
  /** The `--add-host` options of all replicas; each begins with a blank. */
  readonly hostOptions: string;
}

/** Path of the executor in a container; a part of digests, so it must be the one that others use, too. */
const REMOTE_EXECUTOR = "/usr/sbin/pacemaker-remoted";

/** The clone of the primitive inside. Source: part 1, 7.2. */
export function bundledCloneElement(
  bundle: string,
  configuration: BundleConfiguration,
  primitive: XmlElement,
): XmlElement {
  const isPromotable = configuration.promotedMax > 0;
  const clone = new XmlElement(
    "clone",
    [["id", `${bundle}-${isPromotable ? "master" : "clone"}`]],
    primitive.line,
  );
  const meta: [string, string][] = [
    ["ordered", "true"],
    ["clone-max", String(configuration.replicaCount)],
    ["clone-node-max", String(configuration.replicasPerHost)],
    ["globally-unique", configuration.replicasPerHost > 1 ? "true" : "false"],
  ];
  if (isPromotable) {
    meta.push(["promotable", "true"], ["promoted-max", String(configuration.promotedMax)]);
  }
  clone.append(attributeBlock("meta_attributes", `${bundle}-clone-meta`, meta));
  clone.append(primitive.clone());
  return clone;
}

/** Source: part 1, 7.4 item 1. */
export function containerElement(configuration: BundleConfiguration, naming: ReplicaNaming): XmlElement {
  const id = sanitizeId(`${naming.bundle}-${configuration.agent}-${naming.number}`);
  const container = primitiveElement(id, "ocf", "heartbeat", configuration.agent);
  const perReplica = configuration.mounts
    .filter((mount) => mount.isPerReplica)
    .map((mount) => `${mount.source}/${naming.bundle}-${naming.number}`);
  const parameters: [string, string][] = [
    ["image", configuration.image ?? ""],
    ["allow_pull", "true"],
    ["force_kill", "false"],
    ["reuse", "false"],
    ["run_opts", runOptions(configuration, naming)],
    ["mount_points", perReplica.join(",")],
  ];
  const command = configuration.runCommand ?? (naming.hasPrimitive ? REMOTE_EXECUTOR : null);
  if (command !== null) parameters.push(["run_cmd", command]);
  parameters.push(["monitor_cmd", "/bin/true"]);
  const block = attributeBlock(
    "instance_attributes",
    `${naming.bundle}-attributes-${naming.number}`,
    parameters,
  );
  container.append(block);
  container.append(operationsElement(id, [{ name: "monitor", interval: "60s", timeout: null }]));
  return container;
}

/** Every piece begins with a blank, and the last one is there even if it is empty. Source: part 1, 7.4.1. */
function runOptions(configuration: BundleConfiguration, naming: ReplicaNaming): string {
  const replica = `${naming.bundle}-${naming.number}`;
  let text = "";
  if (configuration.agent === "docker") text += " --restart=no";
  if (configuration.ipRangeStart !== null) text += ` -h ${replica}`;
  text += " -e PCMK_stderr=1";
  if (configuration.network !== null) text += ` --net=${configuration.network}`;
  text += ` -e PCMK_remote_port=${configuration.controlPort ?? DEFAULT_REMOTE_PORT}`;
  for (const mount of configuration.mounts) {
    const source = mount.isPerReplica ? `${mount.source}/${replica}` : mount.source;
    text += ` -v ${source}:${mount.target}`;
    if (mount.options !== null) text += `:${mount.options}`;
  }
  for (const port of configuration.ports) {
    if (naming.address !== null) text += ` -p ${naming.address}:${port.source}:${port.target}`;
    else if (configuration.network !== "host") text += ` -p ${port.source}:${port.target}`;
  }
  if (configuration.options !== null) text += ` ${configuration.options}`;
  return `${text} ${naming.hostOptions}`;
}

/** Source: part 1, 7.4 item 2. */
export function addressElement(
  configuration: BundleConfiguration,
  bundle: string,
  address: string,
): XmlElement {
  const id = sanitizeId(`${bundle}-ip-${address}`);
  const element = primitiveElement(id, "ocf", "heartbeat", "IPaddr2");
  const parameters: [string, string][] = [["ip", address]];
  if (configuration.hostInterface !== null) parameters.push(["nic", configuration.hostInterface]);
  parameters.push(["cidr_netmask", configuration.hostNetmask ?? "32"]);
  element.append(attributeBlock("instance_attributes", `${id}-attributes`, parameters));
  element.append(operationsElement(id, [{ name: "monitor", interval: "60s", timeout: null }]));
  return element;
}

/** Source: part 1, 7.5 item 2. The address `#uname` stands for the node where the container is or will be. */
export function connectionElement(
  configuration: BundleConfiguration,
  facts: { readonly id: string; readonly containerId: string; readonly address: string | null },
): XmlElement {
  const element = primitiveElement(facts.id, "ocf", "pacemaker", "remote");
  element.append(
    attributeBlock("meta_attributes", `${facts.id}-meta_attributes`, [
      ["internal_rsc", "true"],
      ["container", facts.containerId],
    ]),
  );
  element.append(
    attributeBlock("instance_attributes", `${facts.id}-instance_attributes`, [
      ["addr", facts.address ?? "#uname"],
      ["port", configuration.controlPort ?? DEFAULT_REMOTE_PORT],
    ]),
  );
  element.append(operationsElement(facts.id, [{ name: "monitor", interval: "30s", timeout: "30s" }]));
  return element;
}
