import type { SbdState } from "@quorate/management";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { clusterNodeNames, Hosts } from "../../hosts/hosts.ts";
import { runSbd } from "./local-sbd.ts";
import { ownSbd } from "./own-sbd.ts";
import { OF_HOSTS, readSettings } from "./settings.ts";

/** What each node says of its SBD, in their order; null for one that did not answer, which is told. */
async function statesOfNodes(call: PcsCall, what: string): Promise<ReadonlyMap<string, SbdState | null>> {
  const hosts = await Hosts.of(call);
  const names = clusterNodeNames(call);
  const known = hosts.known(names);
  const states = new Map<string, SbdState | null>(names.map((name) => [name, null]));
  await Promise.all(
    known.map(async (host) => {
      try {
        states.set(host.name, await hosts.ask(host, "sbd.state", {}));
      } catch (error) {
        call.reports.warn((error as Error).message);
        call.reports.warn(`Unable to get ${what} from node '${host.name}'`);
      }
    }),
  );
  return states;
}

export const status: PcsCommand = {
  usage: ["[--full]"],
  help: "Show whether SBD is installed, starts with the cluster, and runs, on each node; and the messages on this node's devices, with --full what the devices were made with, too.",
  options: ["--full", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const states = await statesOfNodes(call, "status of SBD");
    const lines = [...states].map(([name, state]) => {
      const { isInstalled = null, isEnabled = null, isActive = null } = state ?? {};
      return `${name}: ${[isInstalled, isEnabled, isActive].map(word).join(" | ")}`;
    });
    call.print(["SBD STATUS", "<node name>: <installed> | <enabled> | <running>", ...lines].join("\n"));
    for (const path of ownSbd(call.world).devices) {
      call.world.stdout(`\nMessages list on device '${path}':\n${await answer(call, path, "list")}\n`);
      if (call.has("--full"))
        call.world.stdout(`\nSBD header on device '${path}':\n${await answer(call, path, "dump")}\n`);
    }
  },
};

/** Null: nobody can tell. */
function word(is: boolean | null): string {
  return is === null ? "N/A" : is ? "YES" : " NO";
}

async function answer(call: PcsCall, device: string, question: "list" | "dump"): Promise<string> {
  const { problem, output } = await runSbd(call, "-d", device, question);
  if (problem === null) return output;
  call.reports.warn(`device '${device}' cannot be read: ${problem}`);
  return "<unknown>\n";
}

export const config: PcsCommand = {
  usage: [""],
  help: "Show the settings of SBD, and the watchdogs and devices of each node.",
  options: ["--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const states = await statesOfNodes(call, "SBD configuration");
    const settings = new Map(
      [...states].map(([name, state]) => [
        name,
        state === null || state.settings === null ? null : readSettings(state.settings),
      ]),
    );
    const first = [...settings.values()].find((one) => one !== null) ?? new Map<string, string>();
    const lines = [...first]
      .filter(([name]) => !OF_HOSTS.has(name))
      .map(([name, value]) => `${name}=${value}`);
    lines.push("", "Watchdogs:");
    for (const [name, one] of settings)
      lines.push(`  ${name}: ${one?.get("SBD_WATCHDOG_DEV") ?? "<unknown>"}`);
    if ([...settings.values()].some((one) => one?.has("SBD_DEVICE"))) {
      lines.push("", "Devices:");
      for (const [name, one] of settings) lines.push(`  ${name}: ${one?.get("SBD_DEVICE") ?? "<unknown>"}`);
    }
    call.print(lines.join("\n"));
  },
};
