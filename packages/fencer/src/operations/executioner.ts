import { ExecutionStatus, type FencingAction, type Log } from "@quorate/ports";
import type { CommandResult } from "../devices/command-queue.ts";
import type { Device } from "../devices/device.ts";
import type { DeviceRegistry } from "../devices/registry.ts";
import { isWatchdogAgent } from "../devices/self-fencing.ts";
import type { ActionOffer, DeviceOffer, FencerMessage, OperationRequest } from "../messages.ts";
import { isAllowedFor } from "./plan.ts";

type ExecuteMessage = Extract<FencerMessage, { type: "execute" }>;

export interface ExecutionReport {
  readonly isSuccess: boolean;
  readonly status: number;
  readonly reason: string;
}

/** What this node does for any owner: says which of its devices can fence a target, and uses them. */
export class Executioner {
  readonly #localName: string;
  readonly #registry: DeviceRegistry;
  readonly #log: Log;

  constructor(localName: string, registry: DeviceRegistry, log: Log) {
    this.#localName = localName;
    this.#registry = registry;
    this.#log = log;
  }

  /** Offers of all devices that can fence the target, by id. Source: fencer specification, 3, step 5. */
  offers(request: OperationRequest, done: (offers: readonly DeviceOffer[]) => void): void {
    this.capableDevices(request.target, (devices) =>
      done(devices.map((device) => this.#offer(device, request))),
    );
  }

  capableDevices(target: string, done: (devices: readonly Device[]) => void): void {
    // Started as a resource it is in the registry, but no other node can do anything with it.
    const devices = this.#registry.all().filter((device) => !isWatchdogAgent(device.agent));
    const capable = new Set<Device>();
    let openCount = devices.length;
    if (openCount === 0) done([]);
    for (const device of devices)
      device.canFence(target, (canFence) => {
        if (canFence) capable.add(device);
        openCount -= 1;
        if (openCount === 0) done(devices.filter((one) => capable.has(one)));
      });
  }

  execute(message: ExecuteMessage, done: (report: ExecutionReport) => void): void {
    const { request, action, device: deviceId } = message;
    const fail = (reason: string): void =>
      done({ isSuccess: false, status: ExecutionStatus.noFenceDevice, reason });
    if (deviceId !== null) {
      const device = this.#registry.get(deviceId);
      if (device === null) fail(`device ${deviceId} is not on node ${this.#localName}`);
      else if (!isAllowedFor(this.#offer(device, request), action))
        fail(`device ${deviceId} may not do '${action}' to ${request.target} from node ${this.#localName}`);
      else this.#use(device, message, (result) => done(reportOf(result)));
      return;
    }
    this.capableDevices(request.target, (capable) => {
      const devices = capable.filter((device) => isAllowedFor(this.#offer(device, request), action));
      this.#log(
        "info",
        `Found ${devices.length} matching device${devices.length === 1 ? "" : "s"} for target '${request.target}'`,
      );
      const required = devices.filter((device) => device.unfencesAutomatically);
      if (devices.length === 0) fail(`no device on node ${this.#localName} can fence ${request.target}`);
      else if (action === "on" && required.length > 0) this.#useAll(required, message, done);
      else this.#useFirst(devices, message, done);
    });
  }

  /** The operation has its result; what was not begun for it is dropped. */
  withdraw(operationId: string): void {
    for (const device of this.#registry.all()) device.withdraw(operationId);
  }

  /** One after another until one succeeds. */
  #useFirst(
    devices: readonly Device[],
    message: ExecuteMessage,
    done: (report: ExecutionReport) => void,
  ): void {
    const [device, ...rest] = devices;
    this.#use(device!, message, (result) => {
      if (result.isSuccess || rest.length === 0 || result.status === ExecutionStatus.cancelled) {
        done(reportOf(result));
        return;
      }
      this.#log("notice", `retrying '${message.action}' of ${message.request.target} with ${rest[0]!.id}`);
      this.#useFirst(rest, message, done);
    });
  }

  /** Each of them has to succeed: devices that a node needs before it may use what they guard. */
  #useAll(
    devices: readonly Device[],
    message: ExecuteMessage,
    done: (report: ExecutionReport) => void,
  ): void {
    const [device, ...rest] = devices;
    this.#use(device!, message, (result) => {
      if (result.isSuccess && rest.length > 0) this.#useAll(rest, message, done);
      else done(reportOf(result));
    });
  }

  #use(device: Device, message: ExecuteMessage, done: (result: CommandResult) => void): void {
    const { request, action, delayS } = message;
    device.fence(
      {
        action,
        target: request.target,
        client: request.client,
        operationId: request.id,
        delayS,
        timeoutMs: request.timeoutS * 1000,
      },
      done,
    );
  }

  #offer(device: Device, request: OperationRequest): DeviceOffer {
    const isSelf = request.target.toLowerCase() === this.#localName.toLowerCase();
    const { abilities } = device;
    const offer = (action: FencingAction, isPossible: boolean): ActionOffer => {
      const { baseMs, maxMs } = device.delaysMs(action, request.target);
      return {
        isAllowed: isPossible && (isSelf || !abilities.onTarget.has(action)),
        timeoutMs: device.timeoutMsOf(action, request.timeoutS * 1000),
        delayMs: maxMs > 0 ? maxMs : baseMs,
      };
    };
    // A node cuts itself off only when the request says so.
    const mayCutOff = !isSelf || request.allowsSelf;
    return {
      id: device.id,
      isVerified: device.isVerified,
      unfencesAutomatically: device.unfencesAutomatically,
      supportsOn: abilities.actions.has("on"),
      leavesOff: device.options.agentActionOf("reboot") === "off",
      off: offer("off", mayCutOff),
      reboot: offer("reboot", mayCutOff),
      on: offer("on", abilities.actions.has("on")),
    };
  }
}

function reportOf(result: CommandResult): ExecutionReport {
  return { isSuccess: result.isSuccess, status: result.status, reason: result.reason };
}
