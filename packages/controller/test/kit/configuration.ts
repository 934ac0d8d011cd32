/** Cluster options for tests: fencing on unless said otherwise. */
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
  const meta = Object.entries(options.meta ?? {})
    .map(([name, value]) => `<nvpair id="${id}-meta-${name}" name="${name}" value="${value}"/>`)
    .join("");
  const block = meta === "" ? "" : `<meta_attributes id="${id}-meta">${meta}</meta_attributes>`;
  return (
    `<primitive id="${id}" class="ocf" provider="test" type="Dummy">${block}` +
    `<operations><op id="${id}-monitor" name="monitor" interval="10s" timeout="5s"/>` +
    `<op id="${id}-start" name="start" interval="0" timeout="5s"/>` +
    `<op id="${id}-stop" name="stop" interval="0" timeout="5s"/></operations></primitive>`
  );
}

export function resources(...items: readonly string[]): string {
  return `<resources>${items.join("")}</resources>`;
}

/** A fence device, so that the scheduler may fence. */
export function fenceDevice(): string {
  return '<primitive id="fencer" class="stonith" type="fence_test"/>';
}
