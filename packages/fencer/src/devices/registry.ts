import { Device, type DeviceContext, type DeviceDefinition } from "./device.ts";

/** The devices of this node: from the configuration, from started resources, or both. Source: fencer specification, 1. */
export class DeviceRegistry {
  readonly #context: DeviceContext;
  readonly #devices = new Map<string, { device: Device; isConfigured: boolean; isStarted: boolean }>();

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  /** Sorted by id. */
  all(): Device[] {
    return [...this.#devices.values()]
      .map((entry) => entry.device)
      .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  get(id: string): Device | null {
    return this.#devices.get(id)?.device ?? null;
  }

  isStarted(id: string): boolean {
    return this.#devices.get(id)?.isStarted ?? false;
  }

  /** Replaces what came from the configuration before. */
  configure(definitions: readonly DeviceDefinition[]): void {
    const ids = new Set(definitions.map((definition) => definition.id));
    for (const [id, entry] of [...this.#devices]) {
      if (ids.has(id)) continue;
      entry.isConfigured = false;
      this.#dropUnused(id);
    }
    for (const definition of definitions) this.#put(definition).isConfigured = true;
  }

  /** A start knows nothing of meta attributes: what the configuration said stays. */
  start(definition: Omit<DeviceDefinition, "providesUnfencing">): Device {
    const providesUnfencing = this.get(definition.id)?.providesUnfencing ?? false;
    const entry = this.#put({ ...definition, providesUnfencing });
    entry.isStarted = true;
    return entry.device;
  }

  stop(id: string): void {
    const entry = this.#devices.get(id);
    if (entry === undefined) return;
    entry.isStarted = false;
    this.#dropUnused(id);
  }

  #put(raw: DeviceDefinition): { device: Device; isConfigured: boolean; isStarted: boolean } {
    const definition = { ...raw, parameters: withoutMeta(raw.parameters) };
    const known = this.#devices.get(definition.id);
    if (known?.device.isSameAs(definition)) return known;
    const device = new Device(definition, this.#context);
    if (known === undefined) {
      const entry = { device, isConfigured: false, isStarted: false };
      this.#devices.set(definition.id, entry);
      this.#context.log("notice", `Added '${definition.id}' to device list (${this.#count()})`);
      return entry;
    }
    known.device.close();
    known.device = device;
    this.#context.log("notice", `Replaced '${definition.id}' in device list (${this.#count()})`);
    return known;
  }

  #dropUnused(id: string): void {
    const entry = this.#devices.get(id);
    if (entry === undefined || entry.isConfigured || entry.isStarted) return;
    this.#devices.delete(id);
    entry.device.close();
    this.#context.log("notice", `Removed '${id}' from device list (${this.#count()})`);
  }

  #count(): string {
    const { size } = this.#devices;
    return `${size} active device${size === 1 ? "" : "s"}`;
  }
}

/** What the cluster adds to the parameters of any resource says nothing about the device. */
function withoutMeta(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...parameters].filter(([name]) => !name.startsWith("CRM_meta_") && name !== "crm_feature_set"),
  );
}
