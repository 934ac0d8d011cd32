import type { PcsCommand, PcsGroup } from "../../framework/command.ts";
import { isMeant } from "../../framework/danger.ts";
import { fail } from "../../framework/reports.ts";
import { runSbd } from "./local-sbd.ts";

const list: PcsCommand = {
  usage: [""],
  help: "List the watchdogs of this machine. Each is opened for it: that may reset a machine whose watchdog cannot be closed again.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    const { problem, output } = await runSbd(call, "query-watchdog");
    if (problem !== null) fail(`Unable to get available watchdogs: ${problem}`);
    const paths = [...output.matchAll(/^\[\d+\] (\S+)$/gm)].map(([, path]) => path!);
    if (paths.length === 0) call.reports.info("No available watchdog");
    else call.print(["Available watchdog(s):", ...paths.map((path) => `  ${path}`)].join("\n"));
  },
};

const test: PcsCommand = {
  usage: ["[<watchdog-path>] [--force]"],
  help: "Try a watchdog: it resets this machine at once, without shutting anything down. Without a path the only one of the machine. It asks first; without a terminal it needs --force.",
  options: ["--force"],
  async run(call) {
    const [path] = call.expect(0, 1);
    const danger =
      "This operation is expected to force-reboot this system without following any shutdown procedures";
    if (!(await isMeant(call, danger))) return;
    call.reports.info("System will reset shortly");
    const { problem } = await runSbd(call, "test-watchdog", ...(path === undefined ? [] : ["-w", path]));
    fail(
      problem === null
        ? "System should have been reset already"
        : `Unable to initialize test of the watchdog: ${problem}`,
    );
  },
};

export const watchdogGroup: PcsGroup = {
  summary: "Watchdogs of this machine",
  commands: { list, test },
};
