import { removeEverywhere, setEverywhere, viewCorosyncConf } from "@quorate/corosync-conf";
import { assignmentMap, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { readCorosyncConf } from "./conf-file.ts";
import { saveCorosyncConf } from "./distribute.ts";
import {
  COMPRESSION_OPTIONS,
  CRYPTO_OPTIONS,
  checkCrypto,
  checkOptions,
  keyOf,
  type OptionSet,
  optionsIn,
  TOTEM_OPTIONS,
  TRANSPORT_OPTIONS,
  transportOf,
} from "./options.ts";
import { newClusterUuid, refuseKnetOnly } from "./setup.ts";

export const configUpdate: PcsCommand = {
  usage: [
    "[transport <options>] [compression <options>] [crypto <options>] [totem <options>] [--corosync_conf=FILE]",
  ],
  help: "Change options of the cluster's communication on all nodes, or in a file; the rest of it, comments included, stays. A running Corosync takes at once what it can. An empty value removes an option.",
  options: ["--corosync_conf", "--skip-offline", "--request-timeout"],
  async run(call) {
    const parts = splitAtKeywords(call.expect(1), { transport: {}, compression: {}, crypto: {}, totem: {} });
    if (parts.get("")![0]!.length > 0) call.usage();
    const optionsOf = (part: string) => assignmentMap(parts.get(part)?.[0] ?? []);
    const [transport, compression, crypto, totem] = ["transport", "compression", "crypto", "totem"].map(
      optionsOf,
    );
    const document = readCorosyncConf(call);
    const view = viewCorosyncConf(document);
    const name = transportOf(view.transport);
    if (name === null)
      fail(`'${view.transport}' is not a transport; totem.transport must be knet, udp or udpu`);
    const { reports } = call;
    const changes: [OptionSet, Map<string, string>][] = [
      [TOTEM_OPTIONS, totem!],
      [TRANSPORT_OPTIONS[name], transport!],
    ];
    if (name === "knet") changes.push([COMPRESSION_OPTIONS, compression!], [CRYPTO_OPTIONS, crypto!]);
    else refuseKnetOnly(call, { compression: compression!, crypto: crypto! });
    for (const [set, options] of changes) checkOptions(reports, set, options, { canRemove: true });
    if (name === "knet" && crypto!.size > 0) {
      checkCrypto(reports, merged(optionsIn(CRYPTO_OPTIONS, view.totem), crypto!));
    }
    reports.check();
    for (const [set, options] of changes) {
      for (const [option, value] of [...options].sort(([one], [other]) => (one < other ? -1 : 1))) {
        if (value === "") removeEverywhere(document, "totem", keyOf(set, option));
        else setEverywhere(document, "totem", keyOf(set, option), value);
      }
    }
    await saveCorosyncConf(call, document, "running");
  },
};

/** Options after a change; an empty value removes one. */
export function merged(
  present: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map([...present, ...changes].filter(([name]) => changes.get(name) !== ""));
}

export const uuidGenerate: PcsCommand = {
  usage: ["[--corosync_conf=FILE] [--force]"],
  help: "Give the cluster an identifier of its own, which tells it from others of the same name. One that is there is replaced with --force only.",
  options: ["--corosync_conf", "--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const document = readCorosyncConf(call);
    if (viewCorosyncConf(document).clusterUuid !== null)
      call.reports.forceable("Cluster UUID has already been set");
    call.reports.check();
    setEverywhere(document, "totem", "cluster_uuid", newClusterUuid());
    await saveCorosyncConf(call, document, "running");
  },
};
