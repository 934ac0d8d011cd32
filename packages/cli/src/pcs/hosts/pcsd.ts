import type { PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts } from "./hosts.ts";

/** `pcs pcsd status`, `pcs status pcsd`: who answers this host. */
export const pcsdStatus: PcsCommand = {
  usage: ["[<node>]..."],
  help: "Show whether quorate-pcsd answers on the nodes of the cluster, or on those named.",
  options: ["--request-timeout"],
  async run(call) {
    const hosts = await Hosts.of(call);
    const names = call.args.length === 0 ? clusterNodeNames(call) : call.args;
    const known = new Map(hosts.management.knownHosts().map((host) => [host.name, host]));
    const words = await Promise.all(
      names.map(async (name) => {
        const host = known.get(name);
        if (host === undefined) return "Unable to authenticate";
        try {
          await hosts.ask(host, "host.state", {});
          return "Online";
        } catch (error) {
          const { code } = error as { code?: string };
          return code === "unauthorized" || code === "wrongHost" ? "Unable to authenticate" : "Offline";
        }
      }),
    );
    call.print(names.map((name, index) => `  ${name}: ${words[index]}`).join("\n"));
    return words.every((word) => word === "Online") ? undefined : 2;
  },
};

const deauth: PcsCommand = {
  usage: ["[<token>]..."],
  help: "Revoke tokens that let other hosts ask this one, each by itself or by the id that the audit log shows; without one, all. Whoever had them must authenticate again.",
  options: [],
  async run(call) {
    const { management } = await Hosts.of(call);
    if (call.args.length === 0) {
      await management.revokeTokens(null);
      return;
    }
    for (const token of call.args)
      if ((await management.revokeTokens(token)) === 0)
        call.reports.error(`Following tokens were not found: '${token.slice(0, 8)}'`);
    call.reports.check();
  },
};

/** What users of pcs know and what there is no need for here: says so, and what to do. */
function needless(usage: string, reason: string): PcsCommand {
  return { usage: [usage], help: `Not needed: ${reason}.`, options: ["-u", "-p"], run: () => fail(reason) };
}

const OWN_CERTIFICATE =
  "each host has a certificate of its own, which the others learn with 'pcs host auth'; none is brought to other hosts";

export const pcsdGroup: PcsGroup = {
  summary: "The management service",
  commands: {
    status: pcsdStatus,
    deauth,
    certkey: needless("<certificate file> <key file>", OWN_CERTIFICATE),
    "sync-certificates": needless("", OWN_CERTIFICATE),
  },
};

export const clientGroup: PcsGroup = {
  summary: "The user of pcs",
  commands: {
    "local-auth": needless(
      "[<port>] [-u <name>] [-p <password>]",
      "members of the group haclient may use the commands as they are; what starts and stops services is for root",
    ),
  },
};
