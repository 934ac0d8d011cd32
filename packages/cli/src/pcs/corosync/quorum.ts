import { removeEverywhere, setEverywhere, viewCorosyncConf } from "@quorate/corosync-conf";
import { assignmentMap, quoted } from "../framework/assignments.ts";
import type { PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { indented } from "../framework/text.ts";
import { deviceGroup } from "../qdevice/device.ts";
import { readCorosyncConf } from "./conf-file.ts";
import { merged } from "./config-change.ts";
import { section } from "./config-show.ts";
import { saveCorosyncConf } from "./distribute.ts";
import { checkOptions, checkQuorum, optionsIn, QUORUM_OPTIONS } from "./options.ts";
import { quorumStatus } from "./quorum-status.ts";
import { keepTwoNode } from "./two-node.ts";
import { unblock } from "./unblock.ts";

/** A device has its own way to decide these. */
const WITHOUT_DEVICE = ["auto_tie_breaker", "last_man_standing", "last_man_standing_window"];

const config: PcsCommand = {
  usage: ["[--corosync_conf=FILE]"],
  help: "Show the options of quorum and the quorum device: this machine's, or a file's.",
  options: ["--corosync_conf"],
  run(call) {
    call.expect(0, 0);
    const { quorum } = viewCorosyncConf(readCorosyncConf(call));
    const options = section("Options", optionsIn(QUORUM_OPTIONS, quorum.options));
    const lines = options.length === 0 ? ["Options:"] : options;
    if (quorum.device !== null) {
      const { device } = quorum;
      lines.push("Device:", ...section("Device", device.options).slice(1), `  Model: ${device.model ?? ""}`);
      lines.push(...indented(section("Model", device.modelOptions).slice(1)));
      lines.push(...indented(section("Heuristics", device.heuristics)));
    }
    call.print(lines.join("\n"));
  },
};

const update: PcsCommand = {
  usage: [
    "[auto_tie_breaker=0|1] [last_man_standing=0|1] [last_man_standing_window=<ms>] [wait_for_all=0|1] [--corosync_conf=FILE]",
  ],
  help: "Change options of quorum on all nodes, while the cluster is stopped, or in a file; an empty value removes one. two_node is set and removed with them as the number of nodes asks.",
  options: ["--corosync_conf", "--skip-offline", "--request-timeout"],
  async run(call) {
    const changes = assignmentMap(call.expect(1));
    const document = readCorosyncConf(call);
    const { quorum } = viewCorosyncConf(document);
    const options = merged(optionsIn(QUORUM_OPTIONS, quorum.options), changes);
    checkOptions(call.reports, QUORUM_OPTIONS, changes, { canRemove: true });
    const barred = [...changes.keys()].filter((name) => WITHOUT_DEVICE.includes(name)).sort();
    if (quorum.device !== null && barred.length > 0) {
      call.reports.error(
        `These options cannot be set when the cluster uses a quorum device: ${quoted(barred)}`,
      );
    }
    if ([...changes.keys()].some((name) => name.startsWith("last_man_standing")))
      checkQuorum(call.reports, options);
    call.reports.check();
    for (const [name, value] of [...changes].sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (value === "") removeEverywhere(document, "quorum", name);
      else setEverywhere(document, "quorum", name, value);
    }
    keepTwoNode(document);
    await saveCorosyncConf(call, document, "stopped");
  },
};

const expectedVotes: PcsCommand = {
  usage: ["<votes>"],
  help: "Set the expected votes of the running cluster. It lasts until the cluster is restarted.",
  options: [],
  run(call) {
    const [votes] = call.expect(1, 1);
    if (!/^[1-9]\d*$/.test(votes!)) fail(`'${votes}' is no number of votes; use a whole number from 1`);
    const status = call.world.runForeground("corosync-quorumtool", ["-e", votes!], {});
    if (status === 127) fail("corosync-quorumtool is missing; install the package corosync");
    if (status !== 0)
      fail("the expected votes were not changed; corosync-quorumtool -s shows the present ones");
  },
};

export const quorumGroup: PcsGroup = {
  summary: "Quorum: who may act when nodes are lost",
  commands: {
    config,
    status: quorumStatus,
    update,
    device: deviceGroup,
    "expected-votes": expectedVotes,
    unblock,
  },
  otherwise: config,
};
