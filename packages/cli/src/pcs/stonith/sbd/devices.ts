import { parseAssignments, quoted } from "../../framework/assignments.ts";
import type { PcsCommand, PcsGroup } from "../../framework/command.ts";
import { isMeant } from "../../framework/danger.ts";
import { fail } from "../../framework/reports.ts";
import { runSbd } from "./local-sbd.ts";

/** Options of sbd(8), create. */
const TIMEOUTS: Readonly<Record<string, string>> = {
  "allocate-timeout": "-2",
  "loop-timeout": "-3",
  "msgwait-timeout": "-4",
  "watchdog-timeout": "-1",
};
const MESSAGES = ["clear", "crashdump", "exit", "off", "reset", "test"];

const setup: PcsCommand = {
  usage: [
    "device=<path> [device=<path>]... [watchdog-timeout=<integer>] [allocate-timeout=<integer>] [loop-timeout=<integer>] [msgwait-timeout=<integer>] [--force]",
  ],
  help: "Make devices that all nodes share ready for SBD, with timeouts in seconds. What is on them is lost. It asks first; without a terminal it needs --force.",
  options: ["--force"],
  async run(call) {
    const { reports } = call;
    const paths = call.args.flatMap((word) => /^device=(.*)$/s.exec(word)?.slice(1) ?? []);
    const timeouts = parseAssignments(call.args.filter((word) => !word.startsWith("device=")));
    if (paths.length === 0) fail("No device defined");
    const devices = [...new Set(paths)].sort();
    const unknown = timeouts.map(([name]) => name).filter((name) => !Object.hasOwn(TIMEOUTS, name));
    if (unknown.length > 0)
      reports.error(
        `invalid option${unknown.length > 1 ? "s" : ""}${unknown.length > 1 ? ":" : ""} ${quoted(unknown.sort())}, allowed options are: ${quoted(Object.keys(TIMEOUTS))}`,
      );
    for (const [name, value] of timeouts)
      if (Object.hasOwn(TIMEOUTS, name) && !/^\d+$/.test(value))
        reports.error(`'${value}' is not a valid ${name} value, use a non-negative integer`);
    for (const path of devices)
      if (!path.startsWith("/")) reports.error(`Device path '${path}' is not absolute`);
    reports.check("Errors have occurred, therefore pcs is unable to continue");
    if (!(await isMeant(call, `All current content on device(s) ${quoted(devices)} will be overwritten`)))
      return;
    const [what, done] =
      devices.length > 1
        ? [`devices ${quoted(devices)}`, "Devices initialized successfully"]
        : [`device ${quoted(devices)}`, "Device initialized successfully"];
    reports.info(`Initializing ${what}...`);
    const { problem } = await runSbd(
      call,
      ...devices.flatMap((path) => ["-d", path]),
      ...timeouts.flatMap(([name, value]) => [TIMEOUTS[name]!, value]),
      "create",
    );
    if (problem !== null) fail(`Initialization of ${what} failed: ${problem}`);
    reports.info(done);
  },
};

const message: PcsCommand = {
  usage: ["<device-path> <node> <message-type>"],
  help: "Leave a message for a node on a device, which the node's SBD obeys: test, reset, off, crashdump, exit or clear, as sbd(8) tells. Anything but test and clear ends what the node does.",
  options: [],
  async run(call) {
    const [device, node, type] = call.expect(3, 3) as [string, string, string];
    if (!MESSAGES.includes(type))
      call.reports.error(`'${type}' is not a valid message value, use ${quoted(MESSAGES)}`);
    if (!device.startsWith("/")) call.reports.error(`Device path '${device}' is not absolute`);
    call.reports.check("Errors have occurred, therefore pcs is unable to continue");
    const { problem } = await runSbd(call, "-d", device, "message", node, type);
    if (problem !== null)
      fail(`Unable to set message '${type}' for node '${node}' on device '${device}': ${problem}`);
  },
};

export const deviceGroup: PcsGroup = {
  summary: "Devices that nodes share, through which SBD is told to reset one",
  commands: { setup, message },
};
