import type { PcsCommand } from "../framework/command.ts";

/** A program of its own does it, so that `pcs` need not carry what it takes. */
export const reportCommand: PcsCommand = {
  usage: ["<dest>"],
  help: "Collect the configuration, the state, logs and decisions of the cluster's hosts, as far as ssh reaches them as root without a password, in <dest>.tar.bz2, with passwords masked.",
  options: ["--from", "--to"],
  run(call) {
    const [dest] = call.expect(1, 1);
    // To the second.
    const dayAgo = new Date(call.world.nowMs() - 24 * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
    const to = call.value("--to");
    return call.world.runOwn("crm_report", [
      `--from=${call.value("--from") ?? dayAgo}`,
      ...(to === null ? [] : [`--to=${to}`]),
      `--dest=${dest}`,
    ]);
  },
};
