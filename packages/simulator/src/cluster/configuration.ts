import { STORAGE_AGENT } from "../machine/power.ts";

/** Cluster options for simulated clusters: fencing on unless said otherwise. */
export function clusterOptions(options: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(options)
    .map(([name, value]) => `<nvpair id="cib-bootstrap-options-${name}" name="${name}" value="${value}"/>`)
    .join("");
  return `<crm_config><cluster_property_set id="cib-bootstrap-options">${pairs}</cluster_property_set></crm_config>`;
}

/** A resource with a monitor. */
export function dummy(
  id: string,
  options: { readonly meta?: Readonly<Record<string, string>> } = {},
): string {
  return primitive(id, "Dummy", [["monitor", "10s"]], options.meta ?? {});
}

/** A resource that can be promoted, as one instance on each node. */
export function promotable(id: string): string {
  const member = primitive(id, "Stateful", [
    ["monitor", "10s"],
    ["monitor", "11s", "Promoted"],
  ]);
  return (
    `<clone id="${id}-clone"><meta_attributes id="${id}-clone-meta">` +
    `<nvpair id="${id}-clone-meta-promotable" name="promotable" value="true"/></meta_attributes>${member}</clone>`
  );
}

export function clone(id: string): string {
  return `<clone id="${id}-clone">${dummy(id)}</clone>`;
}

/** The connection to a remote host; the node has its name. */
export function remoteConnection(id: string, parameters: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(parameters)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join("");
  return (
    `<primitive id="${id}" class="ocf" provider="pacemaker" type="remote">` +
    `<instance_attributes id="${id}-params">${pairs}</instance_attributes><operations>` +
    `<op id="${id}-monitor" name="monitor" interval="10s" timeout="5s"/>` +
    `<op id="${id}-start" name="start" interval="0" timeout="15s"/></operations></primitive>`
  );
}

export function group(id: string, ...members: readonly string[]): string {
  return `<group id="${id}">${members.map((member) => dummy(member)).join("")}</group>`;
}

export function resources(...items: readonly string[]): string {
  return `<resources>${items.join("")}</resources>`;
}

/** A fence device that reaches these nodes, all when none is given. */
export function fenceDevice(id = "fencer", nodes: readonly string[] = []): string {
  const hosts =
    nodes.length > 0
      ? `<nvpair id="${id}-hosts" name="pcmk_host_list" value="${nodes.join(" ")}"/>`
      : `<nvpair id="${id}-check" name="pcmk_host_check" value="none"/>`;
  return (
    `<primitive id="${id}" class="stonith" type="fence_sim">` +
    `<instance_attributes id="${id}-params">${hosts}</instance_attributes></primitive>`
  );
}

/** A device that cuts nodes off from their storage; every node needs to be given that before it may start anything. */
export function storageFencing(id: string, nodes: readonly string[]): string {
  return (
    `<primitive id="${id}" class="stonith" type="${STORAGE_AGENT}">` +
    `<meta_attributes id="${id}-meta"><nvpair id="${id}-meta-provides" name="provides" value="unfencing"/></meta_attributes>` +
    `<instance_attributes id="${id}-params"><nvpair id="${id}-hosts" name="pcmk_host_list" value="${nodes.join(" ")}"/>` +
    `<nvpair id="${id}-reboot" name="pcmk_reboot_action" value="off"/></instance_attributes></primitive>`
  );
}

function primitive(
  id: string,
  type: string,
  monitors: readonly (readonly [name: string, interval: string, role?: string])[],
  meta: Readonly<Record<string, string>> = {},
): string {
  const pairs = Object.entries(meta)
    .map(([name, value]) => `<nvpair id="${id}-meta-${name}" name="${name}" value="${value}"/>`)
    .join("");
  const block = pairs === "" ? "" : `<meta_attributes id="${id}-meta">${pairs}</meta_attributes>`;
  const recurring = monitors.map(([name, interval, role], index) => {
    const extra = role === undefined ? "" : ` role="${role}"`;
    return `<op id="${id}-${name}${index === 0 ? "" : index}" name="${name}" interval="${interval}" timeout="5s"${extra}/>`;
  });
  const once = ["start", "stop"].map(
    (name) => `<op id="${id}-${name}" name="${name}" interval="0" timeout="5s"/>`,
  );
  return (
    `<primitive id="${id}" class="ocf" provider="test" type="${type}">${block}` +
    `<operations>${recurring.join("")}${once.join("")}</operations></primitive>`
  );
}
