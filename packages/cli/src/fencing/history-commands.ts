import { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { fenceEventElement, formatFencingRecord, lastRecords, timeText } from "./fencing-history.ts";
import { type DaemonCommand, nodeNamed, type StonithCall } from "./stonith-call.ts";

/** `--history`, with `--cleanup` and `--broadcast`. Source: stonith_admin(8); fencer specification, 10 and 14. */
export function showHistory(node: string, call: StonithCall): DaemonCommand {
  const { chosen, output, world } = call;
  return async (daemon) => {
    const target = node === "*" || node === "" ? null : await nodeNamed(daemon, node, call);
    if (chosen.cleanup) {
      const known = await daemon.request("fencing.history", { target });
      await daemon.request("fencing.cleanHistory", { target });
      if (chosen.quiet) return ExitCode.ok;
      world.stdout(`cleaning up fencing-history for node ${target ?? "*"}\n`);
      if (known.length === 0)
        world.stderr(
          `no fencing${target === null ? "" : ` of ${target}`} is on record: there was nothing to clean up\n`,
        );
      return ExitCode.ok;
    }
    if (chosen.broadcast) {
      if (!chosen.quiet) world.stdout("gather fencing-history from all nodes\n");
      await daemon.request("fencing.gatherHistory", {});
    }
    const all = [...(await daemon.request("fencing.history", { target }))].reverse();
    const isLast = chosen.verbose === 0;
    const shown = isLast ? lastRecords(all.filter(({ state }) => state !== "failed")) : all;
    const count = `${shown.length} ${shown.length === 1 ? "event" : "events"} found`;
    output.show({
      text: () =>
        chosen.quiet
          ? shown.map(({ completedMs }) => `${Math.floor(completedMs / 1000)}\n`).join("")
          : [...shown.map((record) => formatFencingRecord(record, { isLast })), count]
              .map((line) => `${line}\n`)
              .join(""),
      xml: () => {
        const list = new XmlElement("list", [
          ["name", "fencing history"],
          ["count", String(shown.length)],
        ]);
        for (const record of shown) list.append(fenceEventElement(record));
        return [list];
      },
    });
    return ExitCode.ok;
  };
}

/** `--last`. */
export function showLast(given: string, call: StonithCall): DaemonCommand {
  const { chosen, output } = call;
  return async (daemon) => {
    const node = await nodeNamed(daemon, given, call);
    const records = await daemon.request("fencing.history", { target: node });
    const times = records.filter(({ state }) => state === "success").map(({ completedMs }) => completedMs);
    const lastMs = times.length === 0 ? null : Math.max(...times);
    output.show({
      text: () => {
        if (lastMs === null) return `Node ${node} has never been fenced\n`;
        return `Node ${node} last fenced at: ${chosen.quiet ? Math.floor(lastMs / 1000) : timeText(lastMs)}\n`;
      },
      xml: () =>
        lastMs === null
          ? []
          : [
              new XmlElement("last-fenced", [
                ["target", node],
                ["when", timeText(lastMs)],
              ]),
            ],
    });
    return ExitCode.ok;
  };
}
