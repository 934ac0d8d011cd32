import { isIP } from "node:net";
import {
  type ConfView,
  removeLink,
  setLinkAddresses,
  setLinkOptions,
  viewCorosyncConf,
} from "@quorate/corosync-conf";
import { assignmentMap, quoted, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { readCorosyncConf } from "./conf-file.ts";
import { saveCorosyncConf } from "./distribute.ts";
import { checkOptions, keyOf, LINK_OPTIONS, transportOf } from "./options.ts";

const LINKS_MAX = 8;

/** After the last mistake. */
const CLOSING = "Errors have occurred, therefore pcs is unable to continue";

const add: PcsCommand = {
  usage: ["<node name>=<node address>... [options <link options>]"],
  help: "Add a link to the running cluster, with an address of every node on it. Without linknumber it gets the lowest free number. Only knet has more than one link.",
  options: ["--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    const { addresses, options } = wordsOf(call.expect(1));
    if (addresses.size === 0) call.usage();
    const document = readCorosyncConf(call);
    const view = viewCorosyncConf(document);
    const { reports } = call;
    const present = linkNumbers(view);
    requireKnet(view, "more than one link");
    if (present.length >= LINKS_MAX)
      fail(`the cluster has ${present.length} links already, ${LINKS_MAX} are the most it can have`);
    const number = options.get("linknumber") ?? String(freeLink(present));
    checkOptions(reports, LINK_OPTIONS.knet, options);
    if (present.includes(Number(number)))
      reports.error(
        `link number '${number}' is used already, existing links: ${quoted(present.map(String))}`,
      );
    const missing = nodeNames(view).filter((name) => !addresses.has(name));
    if (missing.length > 0) reports.error(`No addresses specified for nodes: ${quoted(missing)}`);
    await checkAddresses(call, view, addresses, Number(number));
    reports.check(CLOSING);
    const link = Number(number);
    setLinkAddresses(document, link, addresses);
    setLinkOptions(document, link, itemsOf(options));
    await saveCorosyncConf(call, document, "running");
  },
};

const remove: PcsCommand = {
  usage: ["<linknumber>..."],
  help: "Remove links from the running cluster. One has to stay.",
  options: ["--skip-offline", "--request-timeout"],
  async run(call) {
    const numbers = [...new Set(call.expect(1))];
    const document = readCorosyncConf(call);
    const view = viewCorosyncConf(document);
    const { reports } = call;
    const present = linkNumbers(view).map(String);
    requireKnet(view, "links to remove");
    const unknown = numbers.filter((number) => !present.includes(number));
    if (unknown.length > 0)
      reports.error(`links ${quoted(unknown)} do not exist, existing links: ${quoted(present)}`);
    if (present.every((number) => numbers.includes(number)))
      reports.error("no link would be left: the nodes could not reach each other");
    reports.check(CLOSING);
    for (const number of numbers) removeLink(document, Number(number));
    await saveCorosyncConf(call, document, "running");
  },
};

const update: PcsCommand = {
  usage: ["<linknumber> [<node name>=<node address>...] [options <link options>]"],
  help: "Change addresses of nodes on a link, and its options, while the cluster is stopped. An empty value removes an option. Adding a link and removing the old one does the same while the cluster runs.",
  options: ["--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    const [number, ...words] = call.expect(2);
    const { addresses, options } = wordsOf(words);
    const document = readCorosyncConf(call);
    const view = viewCorosyncConf(document);
    const { reports } = call;
    const present = linkNumbers(view).map(String);
    if (!present.includes(number!))
      fail(`link '${number}' does not exist, existing links: ${quoted(present)}`);
    const transport = transportOf(view.transport);
    if (transport === null)
      fail(`'${view.transport}' is not a transport; totem.transport must be knet, udp or udpu`);
    if (options.has("linknumber"))
      reports.error("the number of a link cannot be changed; add a link and remove this one");
    const set = LINK_OPTIONS[transport];
    checkOptions(reports, set, options, { canRemove: true });
    await checkAddresses(call, view, addresses, Number(number));
    reports.check(CLOSING);
    setLinkAddresses(document, Number(number), addresses);
    const items = [...options].map(([name, value]) => {
      if (name === "broadcast" && value !== "") return ["broadcast", value === "1" ? "yes" : "no"] as const;
      return [keyOf(set, name), value] as const;
    });
    setLinkOptions(document, Number(number), items);
    await saveCorosyncConf(call, document, "stopped");
  },
};

export const linkGroup: PcsGroup = {
  summary: "Links over which the nodes reach each other",
  commands: { add, delete: remove, remove, update },
};

interface LinkWords {
  readonly addresses: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, string>;
}

function wordsOf(words: readonly string[]): LinkWords {
  const parts = splitAtKeywords(words, { options: { repeats: "never" } });
  return {
    addresses: assignmentMap(parts.get("")![0]!),
    options: assignmentMap(parts.get("options")?.[0] ?? []),
  };
}

function itemsOf(options: ReadonlyMap<string, string>): (readonly [key: string, value: string])[] {
  return [...options]
    .filter(([name]) => name !== "linknumber")
    .map(([name, value]) => [keyOf(LINK_OPTIONS.knet, name), value] as const);
}

function linkNumbers({ nodes }: ConfView): number[] {
  return [...new Set(nodes.flatMap((node) => [...node.addresses.keys()]))].sort((one, other) => one - other);
}

function freeLink(present: readonly number[]): number {
  let link = 0;
  while (present.includes(link)) link++;
  return link;
}

function nodeNames({ nodes }: ConfView): string[] {
  return nodes.map(({ name }) => name ?? "");
}

/** @throws PcsError */
function requireKnet({ transport }: ConfView, what: string): void {
  if (transport !== "knet")
    fail(`the cluster uses transport '${transport}', which has no ${what}; only knet has`);
}

/** Addresses must be those of nodes of the cluster, unique, known to this machine, and of one family on a link. */
async function checkAddresses(
  call: PcsCall,
  view: ConfView,
  addresses: ReadonlyMap<string, string>,
  link: number,
): Promise<void> {
  const { reports } = call;
  const names = nodeNames(view);
  const unknown = [...addresses.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    reports.error(`nodes ${quoted(unknown)} are not in the cluster, nodes are: ${quoted(names)}`);
  const after = view.nodes.flatMap((node) =>
    [...node.addresses].filter(([number]) => number !== link || !addresses.has(node.name ?? "")),
  );
  const taken = [...after.map(([, address]) => address), ...addresses.values()];
  const doubles = [...new Set(taken.filter((address, index) => taken.indexOf(address) !== index))];
  if (doubles.length > 0)
    reports.error(`Node addresses must be unique, duplicate addresses: ${quoted(doubles.sort())}`);
  const unresolved: string[] = [];
  for (const [name, address] of addresses) {
    if (address === "" || /[\s{]/.test(address))
      reports.error(`'${address}' is not an address of node '${name}'`);
    else if (isIP(address) === 0 && !(await call.world.resolvesName(address))) unresolved.push(address);
  }
  if (unresolved.length > 0) reports.forceable(`Unable to resolve addresses: ${quoted(unresolved.sort())}`);
  const onLink = [
    ...after.filter(([number]) => number === link).map(([, one]) => one),
    ...addresses.values(),
  ];
  const families = new Set(onLink.map((address) => isIP(address)).filter((family) => family !== 0));
  if (families.size > 1) reports.error(`link '${link}' would mix IPv4 and IPv6 addresses; use one of them`);
}
