import { viewCorosyncConf } from "@quorate/corosync-conf";
import { deviceNotice, liveQuorum } from "../../quorum/live-quorum.ts";
import { COROSYNC_CONF } from "../../quorum/read-conf.ts";
import { membershipText, type QuorumView, quorumStatusText } from "../../quorum/status-text.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { readCorosyncConf } from "./conf-file.ts";

async function view(call: PcsCall): Promise<QuorumView> {
  call.expect(0, 0);
  return liveQuorum(await call.live.daemon(), call.world);
}

const TOOL_MS_MAX = 10_000;

/** Corosync's own words where a quorum device votes: of its vote Corosync tells no client. Null where none does, or Corosync's tool cannot tell. */
async function withDevice(call: PcsCall): Promise<string | null> {
  call.expect(0, 0);
  if (!call.world.fileExists(COROSYNC_CONF)) return null;
  if (viewCorosyncConf(readCorosyncConf(call)).quorum.device === null) return null;
  const { stdout } = await call.world.runProgram("corosync-quorumtool", ["-p"], {
    input: "",
    timeoutMs: TOOL_MS_MAX,
  });
  return stdout.includes("Votequorum information") ? stdout : null;
}

/** As `corosync-quorumtool -p` prints it, whether quorate or not: it is no failure to have no quorum. */
export const quorumStatus: PcsCommand = {
  usage: [""],
  help: "Show whether this node's part of the cluster has quorum, with the votes.",
  options: [],
  async run(call) {
    const asCorosync = await withDevice(call);
    if (asCorosync !== null) {
      call.world.stdout(asCorosync);
      return;
    }
    const quorum = await view(call);
    call.world.stdout(`${quorumStatusText(quorum, { showsDevice: true })}\n`);
    const notice = deviceNotice(quorum);
    if (notice !== null) call.reports.warn(notice);
  },
};

/** As `corosync-quorumtool -l` prints it. */
export const corosyncStatus: PcsCommand = {
  usage: [""],
  help: "Show the members of the cluster with their votes.",
  options: [],
  async run(call) {
    call.world.stdout(`${membershipText(await view(call))}`);
  },
};
