import { type CorosyncConf, type Item, itemsOf, type Section, sectionsOf } from "./document.ts";

/** The file as the daemon understands it. Options are strings, as written; a repeated key counts with its last value. */
export interface ConfView {
  readonly clusterName: string | null;
  readonly clusterUuid: string | null;
  /** `knet` when nothing is written. */
  readonly transport: string;
  /** Keys of `totem`, without those of its sections. */
  readonly totem: ReadonlyMap<string, string>;
  /** Options of links by link number. */
  readonly links: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** In the order of the file. */
  readonly nodes: readonly ConfNode[];
  readonly quorum: ConfQuorum;
}

export interface ConfNode {
  readonly name: string | null;
  readonly nodeId: string | null;
  /** By link number, in ascending order. */
  readonly addresses: ReadonlyMap<number, string>;
  /** Null when not written; then it has one vote. */
  readonly votes: number | null;
  readonly line: number | null;
}

export interface ConfQuorum {
  readonly provider: string | null;
  readonly options: ReadonlyMap<string, string>;
  readonly device: ConfDevice | null;
}

export interface ConfDevice {
  readonly model: string | null;
  readonly options: ReadonlyMap<string, string>;
  /** Options in the section that is named as the model. */
  readonly modelOptions: ReadonlyMap<string, string>;
  readonly heuristics: ReadonlyMap<string, string>;
}

export function viewCorosyncConf(document: CorosyncConf): ConfView {
  const totemSections = sectionsOf(document, "totem");
  const totem = optionsOf(totemSections);
  const links = new Map<number, Map<string, string>>();
  for (const section of totemSections.flatMap((one) => sectionsOf(one, "interface"))) {
    const options = optionsOf([section]);
    const number = Number(options.get("linknumber") ?? 0);
    links.set(number, new Map([...(links.get(number) ?? []), ...options]));
  }
  return {
    clusterName: totem.get("cluster_name") ?? null,
    clusterUuid: totem.get("cluster_uuid") ?? null,
    transport: totem.get("transport") ?? "knet",
    totem,
    links: new Map([...links].sort(([one], [other]) => one - other)),
    nodes: nodeSections(document).map(readNode),
    quorum: readQuorum(sectionsOf(document, "quorum")),
  };
}

export function nodeSections(document: CorosyncConf): Section[] {
  return sectionsOf(document, "nodelist").flatMap((list) => sectionsOf(list, "node"));
}

/** The item of a key that counts: the last. */
export function itemOf(sections: readonly Section[], key: string): Item | null {
  return (
    sections
      .flatMap(itemsOf)
      .filter((item) => item.key === key)
      .at(-1) ?? null
  );
}

function readNode(section: Section): ConfNode {
  const options = optionsOf([section]);
  const addresses: [number, string][] = [];
  for (const [key, value] of options) {
    const found = /^ring([0-7])_addr$/.exec(key);
    if (found !== null) addresses.push([Number(found[1]), value]);
  }
  const votes = options.get("quorum_votes");
  return {
    name: options.get("name") ?? null,
    nodeId: options.get("nodeid") ?? null,
    addresses: new Map(addresses.sort(([one], [other]) => one - other)),
    votes: votes !== undefined && /^\d+$/.test(votes) ? Number(votes) : null,
    line: section.line,
  };
}

function readQuorum(sections: readonly Section[]): ConfQuorum {
  const options = optionsOf(sections);
  const provider = options.get("provider") ?? null;
  options.delete("provider");
  const devices = sections.flatMap((section) => sectionsOf(section, "device"));
  if (devices.length === 0) return { provider, options, device: null };
  const deviceOptions = optionsOf(devices);
  const model = deviceOptions.get("model") ?? null;
  deviceOptions.delete("model");
  const inner = (name: string) => optionsOf(devices.flatMap((device) => sectionsOf(device, name)));
  const device: ConfDevice = {
    model,
    options: deviceOptions,
    modelOptions: model === null ? new Map() : inner(model),
    heuristics: inner("heuristics"),
  };
  return { provider, options, device };
}

function optionsOf(sections: readonly Section[]): Map<string, string> {
  return new Map(sections.flatMap(itemsOf).map(({ key, value }) => [key, value]));
}
