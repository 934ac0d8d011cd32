import type { FencingAction, FencingRecord, JsonObject, JsonValue } from "@quorate/ports";

/** What a device can do about one action on the target, as its node answers a query. */
export interface ActionOffer {
  readonly isAllowed: boolean;
  readonly timeoutMs: number;
  /** Largest delay that the device puts before the action. */
  readonly delayMs: number;
}

/** A device that can fence the target, on the node that sent it. */
export interface DeviceOffer {
  readonly id: string;
  readonly isVerified: boolean;
  readonly unfencesAutomatically: boolean;
  readonly supportsOn: boolean;
  /** `pcmk_reboot_action` is off, so an administrator wants it to stay off. */
  readonly leavesOff: boolean;
  readonly off: ActionOffer;
  readonly reboot: ActionOffer;
  readonly on: ActionOffer;
}

/** A wish to fence, as its owner announces it. */
export interface OperationRequest {
  readonly id: string;
  readonly target: string;
  readonly action: FencingAction;
  readonly client: string;
  readonly timeoutS: number;
  readonly delayS: number;
  readonly allowsSelf: boolean;
}

/** Messages between fencers. `capable`, `execute`, `executed`, `forward` and `history` are for one node. */
export type FencerMessage =
  | { readonly type: "query"; readonly request: OperationRequest }
  | { readonly type: "capable"; readonly id: string; readonly devices: readonly DeviceOffer[] }
  | {
      readonly type: "execute";
      readonly request: OperationRequest;
      readonly attempt: number;
      /** What to do, which in a level of several devices is not what was requested. */
      readonly action: FencingAction;
      /** Null: any device of the node, one after another. */
      readonly device: string | null;
      readonly delayS: number;
      /** A success of this command makes the operation a success. */
      readonly settles: boolean;
    }
  | {
      readonly type: "executed";
      readonly id: string;
      readonly attempt: number;
      readonly isSuccess: boolean;
      readonly status: number;
      readonly reason: string;
    }
  | {
      readonly type: "result";
      readonly record: FencingRecord;
      readonly status: number;
      readonly isMerged: boolean;
    }
  | { readonly type: "forward"; readonly request: OperationRequest }
  | { readonly type: "sync"; readonly records: readonly FencingRecord[] }
  | { readonly type: "history"; readonly records: readonly FencingRecord[] }
  | { readonly type: "clean"; readonly target: string | null };

/** The messages consist of JSON values only. */
export function messageBody(message: FencerMessage): JsonObject {
  return { version: 1, ...(message as unknown as JsonObject) };
}

/** Null when the body is no message of this version; every field is checked, so that a bad peer cannot crash us. */
export function readMessage(body: JsonObject): FencerMessage | null {
  if (body.version !== 1) return null;
  try {
    return read(body);
  } catch (error) {
    if (error instanceof BadMessage) return null;
    throw error;
  }
}

class BadMessage extends Error {}

function read(body: JsonObject): FencerMessage {
  switch (body.type) {
    case "query":
      return { type: "query", request: requestOf(body.request) };
    case "forward":
      return { type: "forward", request: requestOf(body.request) };
    case "capable":
      return { type: "capable", id: textOf(body.id), devices: listOf(body.devices).map(offerOf) };
    case "execute":
      return {
        type: "execute",
        request: requestOf(body.request),
        attempt: numberOf(body.attempt),
        action: actionOf(body.action),
        device: body.device === null ? null : textOf(body.device),
        delayS: numberOf(body.delayS),
        settles: flagOf(body.settles),
      };
    case "executed":
      return {
        type: "executed",
        id: textOf(body.id),
        attempt: numberOf(body.attempt),
        isSuccess: flagOf(body.isSuccess),
        status: numberOf(body.status),
        reason: textOf(body.reason),
      };
    case "result":
      return {
        type: "result",
        record: recordOf(body.record),
        status: numberOf(body.status),
        isMerged: flagOf(body.isMerged),
      };
    case "sync":
      return { type: "sync", records: listOf(body.records).map(recordOf) };
    case "history":
      return { type: "history", records: listOf(body.records).map(recordOf) };
    case "clean":
      return { type: "clean", target: body.target === null ? null : textOf(body.target) };
    default:
      throw new BadMessage();
  }
}

type Value = JsonValue | undefined;

function requestOf(value: Value): OperationRequest {
  const object = objectOf(value);
  return {
    id: textOf(object.id),
    target: textOf(object.target),
    action: actionOf(object.action),
    client: textOf(object.client),
    timeoutS: numberOf(object.timeoutS),
    delayS: numberOf(object.delayS),
    allowsSelf: flagOf(object.allowsSelf),
  };
}

function offerOf(value: Value): DeviceOffer {
  const object = objectOf(value);
  return {
    id: textOf(object.id),
    isVerified: flagOf(object.isVerified),
    unfencesAutomatically: flagOf(object.unfencesAutomatically),
    supportsOn: flagOf(object.supportsOn),
    leavesOff: flagOf(object.leavesOff),
    off: actionOfferOf(object.off),
    reboot: actionOfferOf(object.reboot),
    on: actionOfferOf(object.on),
  };
}

function actionOfferOf(value: Value): ActionOffer {
  const object = objectOf(value);
  return {
    isAllowed: flagOf(object.isAllowed),
    timeoutMs: numberOf(object.timeoutMs),
    delayMs: numberOf(object.delayMs),
  };
}

function recordOf(value: Value): FencingRecord {
  const object = objectOf(value);
  const { state } = object;
  if (state !== "pending" && state !== "success" && state !== "failed") throw new BadMessage();
  return {
    id: textOf(object.id),
    target: textOf(object.target),
    // Absent in what older versions send.
    targetPid: object.targetPid == null ? null : numberOf(object.targetPid),
    action: actionOf(object.action),
    origin: textOf(object.origin),
    delegate: textOf(object.delegate),
    client: textOf(object.client),
    state,
    completedMs: numberOf(object.completedMs),
    exitReason: textOf(object.exitReason),
  };
}

function actionOf(value: Value): FencingAction {
  if (value === "off" || value === "reboot" || value === "on") return value;
  throw new BadMessage();
}

function textOf(value: Value): string {
  if (typeof value !== "string") throw new BadMessage();
  return value;
}

function numberOf(value: Value): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new BadMessage();
  return value;
}

function flagOf(value: Value): boolean {
  if (typeof value !== "boolean") throw new BadMessage();
  return value;
}

function listOf(value: Value): readonly JsonValue[] {
  if (!Array.isArray(value)) throw new BadMessage();
  return value;
}

function objectOf(value: Value): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadMessage();
  return value as JsonObject;
}
