import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { Hosts, orFail } from "../hosts/hosts.ts";
import { runTool } from "./tools.ts";

/** The only kind of device that there is. */
const MODEL = "net";

/** @throws PcsError */
function checkModel(model: string): void {
  if (model !== MODEL) fail(`'${model}' is not a valid model value, use '${MODEL}'`);
}

const status: PcsCommand = {
  usage: ["net [--full] [<cluster name>]"],
  help: "Show how the quorum device of this host does, and the clusters that ask it, or one of them.",
  options: ["--full"],
  async run(call) {
    const [model, cluster] = call.expect(1, 2);
    checkModel(model!);
    const full = call.has("--full") ? ["-v"] : [];
    const only = cluster === undefined ? [] : ["-c", cluster];
    call.world.stdout(await runTool(call, "corosync-qnetd-tool", ["-s", ...full]));
    call.world.stdout(await runTool(call, "corosync-qnetd-tool", ["-l", ...full, ...only]));
  },
};

const setup: PcsCommand = {
  usage: ["model net [--enable] [--start]"],
  help: "Make a quorum device of this host, which clusters take with 'pcs quorum device add': keys and certificates for corosync-qnetd.",
  options: ["--enable", "--start"],
  async run(call) {
    const [word, model, ...rest] = call.expect(2);
    if (word !== "model" || rest.length > 0) call.usage();
    checkModel(model!);
    const { qnetd } = (await Hosts.of(call)).management.own;
    if (qnetd.isSetUp) fail("Quorum device 'net' has been already initialized");
    await orFail(qnetd.setUp());
    call.reports.info("Quorum device 'net' initialized");
    if (call.has("--enable")) await act(call, "enable");
    if (call.has("--start")) await act(call, "start");
  },
};

const destroy: PcsCommand = {
  usage: ["net"],
  help: "Stop the quorum device of this host, and remove its keys and certificates for ever. Refused while clusters are connected, but with --force.",
  options: ["--force"],
  async run(call) {
    checkModel(call.expect(1, 1)[0]!);
    await refuseInUse(call);
    const { qnetd } = (await Hosts.of(call)).management.own;
    call.reports.info("Stopping quorum device...");
    await orFail(qnetd.destroy());
    call.reports.info("quorum device stopped");
    call.reports.info("quorum device disabled");
    call.reports.info("Quorum device 'net' configuration files removed");
  },
};

type Action = "enable" | "disable" | "start" | "stop";

const SAID = {
  enable: { begins: null, ends: "quorum device enabled" },
  disable: { begins: null, ends: "quorum device disabled" },
  start: { begins: "Starting quorum device...", ends: "quorum device started" },
  stop: { begins: "Stopping quorum device...", ends: "quorum device stopped" },
} as const;

async function act(call: PcsCall, action: Action): Promise<void> {
  const { begins, ends } = SAID[action];
  if (begins !== null) call.reports.info(begins);
  await orFail((await Hosts.of(call)).management.own.qnetd.switch(action));
  call.reports.info(ends);
}

function switching(action: Action, help: string): PcsCommand {
  return {
    usage: ["net"],
    help,
    options: action === "stop" ? ["--force"] : [],
    async run(call) {
      checkModel(call.expect(1, 1)[0]!);
      if (action === "stop") await refuseInUse(call);
      await act(call, action);
    },
  };
}

/** @throws PcsError while a cluster counts on this device */
async function refuseInUse(call: PcsCall): Promise<void> {
  const { status: code, stdout } = await call.world.runProgram("corosync-qnetd-tool", ["-l"], {
    input: "",
    timeoutMs: 60_000,
  });
  const clusters = code === 0 ? [...stdout.matchAll(/^Cluster "(.*)":$/gm)].map(([, name]) => name!) : [];
  if (clusters.length > 0)
    call.reports.forceable(
      `Quorum device is currently being used by cluster(s): ${clusters.map((name) => `'${name}'`).join(", ")}`,
    );
  call.reports.check();
}

const kill: PcsCommand = {
  usage: ["net"],
  help: "End the quorum device of this host at once. systemd may start it again; 'pcs qdevice stop' stops it.",
  options: [],
  async run(call) {
    checkModel(call.expect(1, 1)[0]!);
    (await Hosts.of(call)).management.own.qnetd.kill();
    call.reports.info("quorum device killed");
  },
};

export const qdeviceStatus = status;

export const qdeviceGroup: PcsGroup = {
  summary: "A quorum device on this host, for other clusters",
  commands: {
    status,
    setup,
    destroy,
    start: switching("start", "Start the quorum device of this host."),
    stop: switching("stop", "Stop it. Refused while clusters are connected, but with --force."),
    kill,
    enable: switching("enable", "Start it at each boot of this host."),
    disable: switching("disable", "Do not start it at boot."),
  },
};
