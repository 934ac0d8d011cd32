import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bmcAddress } from "./description.ts";
import type { Room } from "./room.ts";

/** Why labs have no management controllers on this machine; empty when they have. */
export const whyNoBmc = existsSync("/usr/bin/ipmi_sim") ? "" : "ipmi_sim is not installed (Debian: openipmi)";

/** Who may use a controller. Not a secret: the controller listens in the lab's own network only. */
export const BMC_USER = "lab";
export const BMC_PASSWORD = "lab-power";

/** The management controller of one host: OpenIPMI's simulator, which switches the host's power. */
export class Bmc {
  readonly #room: Room;
  readonly #directory: string;
  readonly nodeId: number;

  constructor(room: Room, hostDirectory: string, nodeId: number) {
    this.#room = room;
    this.#directory = join(hostDirectory, "bmc");
    this.nodeId = nodeId;
  }

  /** Where it listens, on the IPMI port 623. It supports cipher suite 3, and does not answer when asked which it supports. */
  get address(): string {
    return bmcAddress(this.nodeId);
  }

  async start(machineDirectory: string): Promise<void> {
    mkdirSync(join(this.#directory, "state"), { recursive: true });
    const configuration = join(this.#directory, "lan.conf");
    const commands = join(this.#directory, "commands");
    const hostDirectory = join(this.#directory, "..");
    writeFileSync(
      configuration,
      `name "host${this.nodeId}"
set_working_mc 0x20
startlan 1
  addr ${this.address} 623
  priv_limit admin
  allowed_auths_callback md5
  allowed_auths_user md5
  allowed_auths_operator md5
  allowed_auths_admin md5
  guid a123456789abcdefa123456789abc${String(this.nodeId).padStart(3, "0")}
endlan
chassis_control "${machineDirectory}/chassis-control ${hostDirectory}"
user 1 false "" "unused" user 1
user 2 true "${BMC_USER}" "${BMC_PASSWORD}" admin 10
`,
    );
    writeFileSync(
      commands,
      "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n",
    );
    const simulator = [
      "ipmi_sim",
      "-n",
      "-c",
      configuration,
      "-f",
      commands,
      "-s",
      join(this.#directory, "state"),
    ];
    await this.#room.start(simulator, join(this.#directory, "log"), join(this.#directory, "pid"));
    await this.#untilListening();
  }

  /** Nobody reaches it any more, on any network: its cable is out. */
  async unplug(): Promise<void> {
    await this.#room.cut(({ bmcs }) => ({ bmcs: [...bmcs, this.nodeId] }));
  }

  async plugIn(): Promise<void> {
    await this.#room.cut(({ bmcs }) => ({ bmcs: bmcs.filter((id) => id !== this.nodeId) }));
  }

  async #untilListening(): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      const { stdout } = await this.#room.run("ss", ["-Hlun", `src ${this.address}:623`]);
      if (stdout !== "") return;
      await sleep(20);
    }
    throw new Error(
      `the BMC of host ${this.nodeId} does not listen: ${readFileSync(join(this.#directory, "log"), "utf8")}`,
    );
  }
}
