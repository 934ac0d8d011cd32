import type { ApiClient } from "@quorate/api";
import { viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { CibError, type CibSession } from "../../../cluster/cib-session.ts";
import { patchCib } from "../../../cluster/patch-cib.ts";
import { nvpairValue, updateNvset } from "../../../configuration/nvsets.ts";
import { findPrimitive } from "../../../configuration/resources.ts";
import { quoted } from "../../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { fail, failChange } from "../../framework/reports.ts";
import { requestTimeoutS } from "../../hosts/hosts.ts";
import { deviceWords, wantedDevices } from "./device-words.ts";
import { changeUnnoticed, type NodeAttribute, unfencedWith } from "./unnoticed-change.ts";

/** Whose nodes keep their access to the devices with a key on each. */
const AGENTS: readonly string[] = ["fence_mpath", "fence_scsi"];
const TIMEOUT_S_DEFAULT = 120;

export const updateScsiDevices: PcsCommand = {
  usage: [
    "<stonith id> set <device-path>...",
    "<stonith id> [add <device-path>...] [delete|remove <device-path>...]",
  ],
  help: "Change the devices of a fence device that runs fence_scsi or fence_mpath while everything goes on running: all nodes get access to the new devices, and the cluster restarts nothing for it. When a node cannot get it, everything is as before. Nodes that are offline get access when they come back, with and without --skip-offline.",
  options: ["--skip-offline", "--request-timeout"],
  async run(call) {
    const [id, ...rest] = call.expect(2);
    const words = deviceWords(call, rest);
    const { session } = await call.cib();
    const cib = await session.document();
    const present = presentDevices(call, cib, id!);
    const wanted = wantedDevices(call, words, present);
    const added = wanted.filter((device) => !present.includes(device));
    if (added.length === 0 && wanted.length === present.length) return;
    const timeoutS = requestTimeoutS(call) ?? TIMEOUT_S_DEFAULT;
    const change = new DeviceChange(call, { session, daemon: await call.live.daemon(), id: id!, timeoutS });
    await change.carryOut(cib, { present, wanted, added });
  },
};

/** @throws PcsError when the devices of this resource cannot be changed so */
function presentDevices(call: PcsCall, cib: XmlElement, id: string): string[] {
  const device = findPrimitive(cib, id);
  const view = viewCluster(cib.clone(), nowS(call)).resource(id);
  if (device === null || view === null || view.agent?.class !== "stonith")
    fail(`stonith resource '${id}' does not exist`);
  const { type } = view.agent;
  if (!AGENTS.includes(type))
    call.reports.error(
      `stonith resource '${id}' has the agent '${type}', whose devices cannot be changed so; supported agents: ${quoted(AGENTS)}`,
    );
  const text = nvpairValue(device, "instance_attributes", "devices");
  if (text === null || text === "")
    call.reports.error(
      `stonith resource '${id}' has no option 'devices'; set it with 'pcs stonith update ${id} devices=…'`,
    );
  if (view.active.length === 0)
    call.reports.error(`stonith resource '${id}' is not running, use 'pcs stonith update ${id} devices=…'`);
  call.reports.check();
  return text!.split(",").filter((path) => path !== "");
}

function nowS(call: PcsCall): number {
  return Math.floor(call.world.nowMs() / 1000);
}

interface Devices {
  readonly present: readonly string[];
  readonly wanted: readonly string[];
  readonly added: readonly string[];
}

class DeviceChange {
  readonly #call: PcsCall;
  readonly #session: CibSession;
  readonly #daemon: ApiClient;
  readonly #id: string;
  readonly #timeoutS: number;

  constructor(
    call: PcsCall,
    parts: {
      readonly session: CibSession;
      readonly daemon: ApiClient;
      readonly id: string;
      readonly timeoutS: number;
    },
  ) {
    this.#call = call;
    this.#session = parts.session;
    this.#daemon = parts.daemon;
    this.#id = parts.id;
    this.#timeoutS = parts.timeoutS;
  }

  /**
   * The new devices come to the old ones first, so that the cluster gives the nodes access to them with its own means; the old ones go when
   * every node has it. Until then a fencing has to succeed on all of them.
   */
  async carryOut(cib: XmlElement, { present, wanted, added }: Devices): Promise<void> {
    const all = [...present, ...added];
    const views = [present, all, wanted].map((devices) => this.#viewWith(cib, devices));
    // Before the first change of the configuration and until the last one: no step of them may look as if nodes had to be unfenced.
    const unfenced = unfencedWith(cib, this.#id, views[0]!, views);
    await this.#tell(unfenced);
    let isDone = false;
    try {
      if (added.length > 0) {
        await this.#write(all);
        await this.#unfence(unfenced.map(({ node }) => node));
      }
      await this.#write(wanted);
      isDone = true;
    } finally {
      if (!isDone && added.length > 0) await this.#write(present);
      await this.#tell(unfencedWith(cib, this.#id, views[0]!, [views[isDone ? 2 : 0]!]));
    }
  }

  #viewWith(cib: XmlElement, devices: readonly string[]) {
    const copy = cib.clone();
    setDevices(copy, this.#id, devices);
    return viewCluster(copy, nowS(this.#call));
  }

  async #write(devices: readonly string[]): Promise<void> {
    try {
      await patchCib(this.#session, (cib) =>
        changeUnnoticed(cib, this.#id, nowS(this.#call), (document) =>
          setDevices(document, this.#id, devices),
        ),
      );
    } catch (error) {
      if (error instanceof CibError) failChange("The devices could not be changed", error);
      throw error;
    }
  }

  /** All nodes that are online, and what else was unfenced: remote nodes. @throws PcsError when one got no access */
  async #unfence(others: readonly string[]): Promise<void> {
    const { reports } = this.#call;
    const members = (await this.#daemon.request("node.list", {})).filter(({ isOnline }) => isOnline);
    reports.info("Giving the nodes access to the devices...");
    const names = new Set([...members.map(({ name }) => name), ...others]);
    await Promise.all(
      [...names].map(async (target) => {
        const { isSuccess, reason } = await this.#daemon.request(
          "fencing.fence",
          { target, action: "on", timeoutS: this.#timeoutS, delayS: 0, toleranceS: 0, tag: null },
          { timeoutMs: (this.#timeoutS + 30) * 1000 },
        );
        if (isSuccess) reports.info(`${target}: Succeeded`);
        else reports.error(`${target}: no access to the devices: ${reason}`);
      }),
    );
    reports.check("The devices are as they were before");
  }

  async #tell(attributes: readonly NodeAttribute[]): Promise<void> {
    for (const { node, name, value } of attributes) {
      await this.#daemon.request("attributes.update", {
        name,
        isPattern: false,
        value,
        kind: "value",
        node,
        delayMs: null,
        isPrivate: false,
        setId: null,
        setType: null,
        wait: "cluster",
      });
    }
  }
}

function setDevices(cib: XmlElement, id: string, devices: readonly string[]): void {
  const device = findPrimitive(cib, id) ?? fail(`stonith resource '${id}' was deleted meanwhile`);
  updateNvset(cib, device, "instance_attributes", [["devices", devices.join(",")]]);
}
