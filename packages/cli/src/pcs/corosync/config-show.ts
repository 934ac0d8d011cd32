import { isIP } from "node:net";
import { type ConfView, viewCorosyncConf } from "@quorate/corosync-conf";
import type { PcsCommand } from "../framework/command.ts";
import { classicJson } from "../framework/json.ts";
import { fail } from "../framework/reports.ts";
import { indented, shellWord } from "../framework/text.ts";
import { readCorosyncConf } from "./conf-file.ts";
import {
  COMPRESSION_OPTIONS,
  CRYPTO_OPTIONS,
  LINK_OPTIONS,
  optionsIn,
  QUORUM_OPTIONS,
  TOTEM_OPTIONS,
  TRANSPORT_OPTIONS,
  type TransportName,
  transportOf,
} from "./options.ts";

type Options = ReadonlyMap<string, string>;

/** The file in the words of `pcs cluster setup`. */
interface ClusterWords {
  readonly view: ConfView;
  readonly transport: TransportName;
  readonly links: ReadonlyMap<number, Options>;
  readonly transportOptions: Options;
  readonly compression: Options;
  readonly crypto: Options;
  readonly totem: Options;
  readonly quorum: Options;
}

const FORMS = { cmd: commandText, json: jsonText, text: plainText } as const;

export const configShow: PcsCommand = {
  usage: ["[--output-format=text|cmd|json] [--corosync_conf=FILE]"],
  help: "Show the configuration of the cluster's communication: this machine's, or a file. cmd prints the command that makes it again.",
  options: ["--corosync_conf", "--output-format"],
  run(call) {
    call.expect(0, 0);
    const form = call.value("--output-format") ?? "text";
    if (!Object.hasOwn(FORMS, form)) {
      fail(
        `Unknown value '${form}' for '--output-format' option. Supported values are: 'cmd', 'json', 'text'`,
      );
    }
    const words = wordsOf(viewCorosyncConf(readCorosyncConf(call)));
    if (form === "cmd" && words.view.quorum.device !== null) {
      call.reports.warn("The quorum device is left out: this command cannot set one up");
    }
    call.print(FORMS[form as keyof typeof FORMS](words));
  },
};

function wordsOf(view: ConfView): ClusterWords {
  const transport = transportOf(view.transport);
  if (transport === null)
    fail(`'${view.transport}' is not a transport; totem.transport must be knet, udp or udpu`);
  if (view.nodes.some(({ name }) => name === null)) {
    fail("some nodes have no name in corosync.conf; give each node one with 'name: NAME' in its section");
  }
  const linkSet = LINK_OPTIONS[transport];
  return {
    view,
    transport,
    links: new Map([...view.links].map(([number, options]) => [number, optionsIn(linkSet, options)])),
    transportOptions: optionsIn(TRANSPORT_OPTIONS[transport], view.totem),
    compression: transport === "knet" ? optionsIn(COMPRESSION_OPTIONS, view.totem) : new Map(),
    crypto: transport === "knet" ? optionsIn(CRYPTO_OPTIONS, view.totem) : new Map(),
    totem: optionsIn(TOTEM_OPTIONS, view.totem),
    quorum: optionsIn(QUORUM_OPTIONS, view.quorum.options),
  };
}

function plainText({ view, ...words }: ClusterWords): string {
  const lines = [`Cluster Name: ${view.clusterName ?? ""}`];
  if (view.clusterUuid !== null) lines.push(`Cluster UUID: ${view.clusterUuid}`);
  lines.push(`Transport: ${words.transport}`, "Nodes:");
  for (const { name, nodeId, addresses } of view.nodes) {
    const facts = [...addresses].map(([link, address]) => `Link ${link} address: ${address}`);
    lines.push(`  ${name}:`, ...indented([...facts, `nodeid: ${nodeId ?? ""}`], 4));
  }
  if (words.links.size > 0) lines.push("Links:");
  for (const [number, options] of words.links) lines.push(...indented(section(`Link ${number}`, options)));
  lines.push(...section("Transport Options", words.transportOptions));
  lines.push(...section("Compression Options", words.compression));
  lines.push(...section("Crypto Options", words.crypto));
  lines.push(...section("Totem Options", words.totem));
  lines.push(...section("Quorum Options", words.quorum));
  const { device } = view.quorum;
  if (device !== null) {
    lines.push(`Quorum Device: ${device.model ?? ""}`);
    lines.push(...indented(section("Options", device.options)));
    lines.push(...indented(section("Model Options", device.modelOptions)));
    lines.push(...indented(section("Heuristics", device.heuristics)));
  }
  return lines.join("\n");
}

/** A title with options below it, in the order of their names; nothing without options. */
export function section(title: string, options: Options): string[] {
  return options.size === 0
    ? []
    : [`${title}:`, ...indented(sorted(options).map(([name, value]) => `${name}: ${value}`))];
}

function sorted(options: Options): [string, string][] {
  return [...options].sort(([one], [other]) => (one < other ? -1 : 1));
}

function commandText({ view, ...words }: ClusterWords): string {
  const part = (title: string, options: Options, depth: number) =>
    options.size === 0 ? [] : [" ".repeat(depth) + title, ...indented(assignments(options), depth + 2)];
  const lines = [
    `pcs cluster setup ${shellWord(view.clusterName ?? "")}`,
    ...view.nodes.map(({ name, addresses }) => {
      const given = [...addresses.values()].map((address) => ` ${shellWord(`addr=${address}`)}`);
      return `  ${shellWord(name!)}${given.join("")}`;
    }),
    "  transport",
    `  ${words.transport}`,
    ...indented(assignments(words.transportOptions), 6),
    ...[...words.links.values()].flatMap((options) => part("link", options, 4)),
    ...part("compression", words.compression, 4),
    ...part("crypto", words.crypto, 4),
    ...part("totem", words.totem, 2),
    ...part("quorum", words.quorum, 2),
    ...(view.clusterUuid === null ? ["  --no-cluster-uuid"] : []),
  ];
  return lines.join(" \\\n");
}

function assignments(options: Options): string[] {
  return sorted(options).map(([name, value]) => shellWord(`${name}=${value}`));
}

function jsonText({ view, ...words }: ClusterWords): string {
  const { device } = view.quorum;
  return classicJson({
    cluster_name: view.clusterName ?? "",
    cluster_uuid: view.clusterUuid,
    transport: words.transport.toUpperCase(),
    totem_options: Object.fromEntries(words.totem),
    transport_options: Object.fromEntries(words.transportOptions),
    compression_options: Object.fromEntries(words.compression),
    crypto_options: Object.fromEntries(words.crypto),
    nodes: view.nodes.map(({ name, nodeId, addresses }) => ({
      name,
      nodeid: nodeId,
      addrs: [...addresses].map(([link, addr]) => ({
        addr,
        link: String(link),
        type: ADDRESS_TYPES[isIP(addr)],
      })),
    })),
    links_options: Object.fromEntries(
      [...words.links].map(([link, options]) => [link, Object.fromEntries(options)]),
    ),
    quorum_options: Object.fromEntries(words.quorum),
    quorum_device:
      device === null
        ? null
        : {
            model: device.model,
            model_options: Object.fromEntries(device.modelOptions),
            generic_options: Object.fromEntries(device.options),
            heuristics_options: Object.fromEntries(device.heuristics),
          },
  });
}

const ADDRESS_TYPES: Readonly<Record<number, string>> = { 0: "FQDN", 4: "IPv4", 6: "IPv6" };
