import { XmlElement } from "@quorate/xml";
import { idExists, uniqueId } from "../../../configuration/ids.ts";
import { updateNvset } from "../../../configuration/nvsets.ts";
import { findResource, innerResources } from "../../../configuration/resources.ts";
import { ensureSection } from "../../../configuration/sections.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { reportId } from "../../framework/ids.ts";
import { fail } from "../../framework/reports.ts";
import { checkWait, waitAndTell } from "../../framework/wait.ts";
import { isReachableInBundle } from "./access.ts";
import { checkBundleOptions } from "./checks.ts";
import { type BundleWords, type Options, parseBundleWords } from "./words.ts";

const CONTAINER_TYPES: readonly string[] = ["docker", "podman", "rkt"];
const STARTING_WORDS =
  "[network <options>] [port-map <options>]... [storage-map <options>]... [meta <options>] [--disabled]";

export const bundleCreate: PcsCommand = {
  usage: [`<bundle id> container ${CONTAINER_TYPES.join("|")} image=<image> [<options>] ${STARTING_WORDS}`],
  help: "Make a bundle: containers that the cluster starts, and that a resource can be put into.",
  options: ["-f", "--disabled", "--force", "--wait"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const words = parseBundleWords(call, rest, { takesType: true, changesMaps: false });
    const editor = await call.cib();
    const { cib } = editor;
    const waitS = checkWait(call);
    const { reports } = call;
    reportId(reports, id!, "bundle name");
    if (idExists(cib, id!)) reports.error(`'${id}' already exists`);
    if (CONTAINER_TYPES.includes(words.containerType)) {
      checkBundleOptions(reports, { cib, words, isNew: true, freed: new Set() });
    } else {
      reports.error(
        `'${words.containerType}' is not a valid container type value, use ${CONTAINER_TYPES.map((type) => `'${type}'`).join(", ")}`,
      );
    }
    reports.check();
    const bundle = new XmlElement("bundle", [["id", id!]]);
    const container = new XmlElement(words.containerType);
    bundle.append(container);
    ensureSection(cib, "resources").append(bundle);
    assign(container, words.container);
    if (words.network.size > 0 || words.portMaps.added.length > 0) changeNetwork(cib, bundle, words);
    if (words.storageMaps.added.length > 0) addStorage(cib, bundle, words);
    updateNvset(cib, bundle, "meta_attributes", [...words.meta]);
    if (call.has("--disabled"))
      updateNvset(cib, bundle, "meta_attributes", [["target-role", "Stopped"]], { position: "first" });
    await editor.commit();
    if (waitS !== null) await waitAndTell(call, waitS, [id!]);
  },
};

export const bundleUpdate: PcsCommand = {
  usage: [
    "<bundle id> [container <options>] [network <options>] [port-map add <options> | remove <id>...]... [storage-map add <options> | remove <id>...]... [meta <options>]",
  ],
  help: "Change options of a bundle; an empty value removes an option.",
  options: ["-f", "--force", "--wait"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const words = parseBundleWords(call, rest, { takesType: false, changesMaps: true });
    const editor = await call.cib();
    const { cib } = editor;
    const waitS = checkWait(call);
    const bundle = namedBundle(cib, id!);
    const { reports } = call;
    const freed = new Set([...words.portMaps.removed, ...words.storageMaps.removed]);
    checkBundleOptions(reports, { cib, words, isNew: false, freed });
    const container = containerOf(bundle);
    for (const [name, other] of [
      ["masters", "promoted-max"],
      ["promoted-max", "masters"],
    ] as const) {
      const isSet = (words.container.get(name) ?? "") !== "";
      if (isSet && !words.container.has(other) && container.get(other) !== null) {
        reports.error(
          `option '${name}' cannot be used beside '${other}', which is set; remove that with '${other}='`,
        );
      }
    }
    removeMaps(
      call,
      bundle,
      "port-map",
      bundle.first("network")?.all("port-mapping") ?? [],
      words.portMaps.removed,
    );
    removeMaps(
      call,
      bundle,
      "storage-map",
      bundle.first("storage")?.all("storage-mapping") ?? [],
      words.storageMaps.removed,
    );
    assign(container, words.container);
    const wasReachable = isReachableInBundle(bundle);
    const setsNetwork = [...words.network.values()].some((value) => value !== "");
    if (bundle.first("network") !== null || setsNetwork || words.portMaps.added.length > 0) {
      changeNetwork(cib, bundle, words);
    }
    for (const inner of wasReachable && !isReachableInBundle(bundle) ? innerResources(bundle) : []) {
      reports.forceable(
        `Resource '${inner.id}' will not be accessible by the cluster inside bundle '${id}', at least one of bundle options 'control-port' or 'ip-range-start' has to be specified`,
      );
    }
    reports.check();
    if (words.storageMaps.added.length > 0) addStorage(cib, bundle, words);
    updateNvset(cib, bundle, "meta_attributes", [...words.meta], { position: "first" });
    await editor.commit();
    if (waitS !== null) await waitAndTell(call, waitS, [id!]);
  },
};

export const bundleReset: PcsCommand = {
  usage: [`<bundle id> container image=<image> [<options>] ${STARTING_WORDS}`],
  help: "Describe a bundle anew: all that is not given is removed. The resource in it and the kind of its containers stay.",
  options: ["-f", "--disabled", "--force", "--wait"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const words = parseBundleWords(call, rest, { takesType: false, changesMaps: false });
    const editor = await call.cib();
    const { cib } = editor;
    const waitS = checkWait(call);
    const bundle = namedBundle(cib, id!);
    const maps = [...bundle.descendants("port-mapping"), ...bundle.descendants("storage-mapping")];
    checkBundleOptions(call.reports, {
      cib,
      words,
      isNew: true,
      freed: new Set(maps.map((map) => map.id ?? "")),
    });
    call.reports.check();
    const container = containerOf(bundle);
    for (const element of [container, bundle.first("network")]) {
      for (const [name] of [...(element?.attributes ?? [])]) element!.attributes.delete(name);
    }
    for (const map of maps) map.remove();
    for (const set of bundle.all("meta_attributes")) set.remove();
    assign(container, words.container);
    if (bundle.first("network") !== null || words.network.size > 0 || words.portMaps.added.length > 0) {
      changeNetwork(cib, bundle, words);
    }
    if (words.storageMaps.added.length > 0) addStorage(cib, bundle, words);
    updateNvset(cib, bundle, "meta_attributes", metaOf(call, words), { position: "first" });
    await editor.commit();
    if (waitS !== null) await waitAndTell(call, waitS, [id!]);
  },
};

function namedBundle(cib: XmlElement, id: string): XmlElement {
  const resource = findResource(cib, id);
  if (resource === null) fail(`bundle '${id}' does not exist`);
  if (resource.name !== "bundle") fail(`'${id}' is not a bundle`);
  return resource;
}

function containerOf(bundle: XmlElement): XmlElement {
  const container = bundle.elements().find(({ name }) => CONTAINER_TYPES.includes(name));
  if (container === undefined) fail(`bundle '${bundle.id}' has no container of a known kind`);
  return container;
}

function assign(element: XmlElement, options: Options): void {
  for (const [name, value] of options) {
    if (value === "") element.attributes.delete(name);
    else element.set(name, value);
  }
}

function metaOf(call: PcsCall, words: BundleWords): [string, string][] {
  const meta = new Map(words.meta);
  if (call.has("--disabled")) meta.set("target-role", "Stopped");
  return [...meta];
}

/** The part of a bundle, made when it is not there: network before storage, storage before the resource. */
function ensurePart(bundle: XmlElement, name: "network" | "storage"): XmlElement {
  const present = bundle.first(name);
  if (present !== null) return present;
  const part = new XmlElement(name);
  const before = name === "storage" ? (bundle.first("network") ?? containerOf(bundle)) : containerOf(bundle);
  bundle.insert(part, bundle.children.indexOf(before) + 1);
  return part;
}

function changeNetwork(cib: XmlElement, bundle: XmlElement, words: BundleWords): void {
  const network = ensurePart(bundle, "network");
  assign(network, words.network);
  for (const map of words.portMaps.added) {
    const id =
      map.get("id") ?? uniqueId(cib, `${bundle.id}-port-map-${map.get("port") ?? map.get("range") ?? ""}`);
    network.append(new XmlElement("port-mapping", [...new Map([...map, ["id", id]])]));
  }
}

function addStorage(cib: XmlElement, bundle: XmlElement, words: BundleWords): void {
  const storage = ensurePart(bundle, "storage");
  for (const map of words.storageMaps.added) {
    const id = map.get("id") ?? uniqueId(cib, `${bundle.id}-storage-map`);
    storage.append(new XmlElement("storage-mapping", [...new Map([...map, ["id", id]])]));
  }
}

function removeMaps(
  call: PcsCall,
  bundle: XmlElement,
  what: string,
  maps: readonly XmlElement[],
  ids: readonly string[],
): void {
  for (const id of ids) {
    const map = maps.find((candidate) => candidate.id === id);
    if (map === undefined) call.reports.error(`there is no ${what} '${id}' in the bundle '${bundle.id}'`);
    else map.remove();
  }
}
