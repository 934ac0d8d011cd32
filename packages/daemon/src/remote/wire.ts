import type { ApiErrorBody, Caller } from "@quorate/api";
import type { AgentName, MetadataResult, Operation, OperationResult } from "@quorate/ports";

/**
 * What a node of the cluster and the executor of a remote node say to each other, as frames of JSON over TLS; docs/remote-nodes.md has the
 * whole protocol. The first frame in each direction is a greeting with this version.
 */
export const REMOTE_VERSION = 1;

/** The first frame of whoever connects. */
export interface ClusterGreeting {
  readonly quorateRemote: number;
  readonly cluster: string;
  /** The node of the cluster that connects. */
  readonly from: string;
  /** The remote node's name in the cluster. */
  readonly node: string;
}

/** The answer of the executor. */
export interface HostGreeting {
  readonly quorateRemote: number;
  /** Why it does not serve this client; null when it does. */
  readonly refusal: string | null;
  readonly isKnown: boolean;
  readonly unsettled: readonly string[];
}

export interface WireOperation extends Omit<Operation, "parameters"> {
  readonly parameters: readonly (readonly [string, string])[];
}

/** From the cluster to the remote executor. */
export type ToHost =
  | { readonly kind: "execute"; readonly id: number; readonly operation: WireOperation }
  /** The result of that id has come. */
  | { readonly kind: "noted"; readonly id: number }
  | {
      readonly kind: "cancel";
      readonly resource: string;
      readonly action: string;
      readonly intervalMs: number;
    }
  | { readonly kind: "cancelAll" }
  | { readonly kind: "metadata"; readonly id: number; readonly agent: AgentName }
  | { readonly kind: "forgetMetadata"; readonly agent: AgentName }
  | { readonly kind: "ping"; readonly id: number }
  /** To a `request`. */
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly result?: unknown;
      readonly error?: ApiErrorBody;
    }
  /** An event of the cluster's local API. */
  | { readonly kind: "event"; readonly name: string; readonly data: unknown }
  | { readonly kind: "shutdown"; readonly isAccepted: boolean };

/** From the remote executor to the cluster. */
export type ToCluster =
  | { readonly kind: "result"; readonly id: number; readonly result: Omit<OperationResult, "operation"> }
  | { readonly kind: "metadata"; readonly id: number; readonly result: MetadataResult }
  | { readonly kind: "pong"; readonly id: number }
  /** What a tool on the remote host asks of the cluster. */
  | {
      readonly kind: "request";
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
      readonly caller: Caller;
    }
  /** Another node of the cluster has connected. */
  | { readonly kind: "replaced" }
  | { readonly kind: "shutdownRequest" };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isAnything: Check = () => true;
const isTextOrNull: Check = (value) => value === null || isText(value);

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function recordOf(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    checks.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

const isPair: Check = (value) => listOf(isText)(value) && (value as unknown[]).length === 2;
const isAgent = recordOf({ class: isText, provider: isText, type: isText });
const isUser = recordOf({ uid: isNumber, name: isText, groups: listOf(isText) });

const TO_HOST: Readonly<Record<ToHost["kind"], Check>> = {
  execute: recordOf({
    id: isNumber,
    operation: recordOf({
      resourceId: isText,
      agent: isAgent,
      action: isText,
      intervalMs: isNumber,
      timeoutMs: isNumber,
      startDelayMs: isNumber,
      parameters: listOf(isPair),
      killsGroup: isFlag,
      transitionKey: isText,
    }),
  }),
  noted: recordOf({ id: isNumber }),
  cancel: recordOf({ resource: isText, action: isText, intervalMs: isNumber }),
  cancelAll: recordOf({}),
  metadata: recordOf({ id: isNumber, agent: isAgent }),
  forgetMetadata: recordOf({ agent: isAgent }),
  ping: recordOf({ id: isNumber }),
  answer: recordOf({
    id: isNumber,
    result: isAnything,
    error: (value) => value === undefined || recordOf({ code: isText, message: isText })(value),
  }),
  event: recordOf({ name: isText, data: isAnything }),
  shutdown: recordOf({ isAccepted: isFlag }),
};

const TO_CLUSTER: Readonly<Record<ToCluster["kind"], Check>> = {
  result: recordOf({
    id: isNumber,
    result: recordOf({
      callId: isNumber,
      status: isNumber,
      rc: isNumber,
      exitReason: isText,
      lastRunS: isNumber,
      lastChangeS: isNumber,
      execTimeMs: isNumber,
      queueTimeMs: isNumber,
      output: isText,
    }),
  }),
  metadata: recordOf({
    id: isNumber,
    result: (value) =>
      recordOf({ ok: isFlag })(value) &&
      ((value as MetadataResult).ok ? recordOf({ xml: isText }) : recordOf({ reason: isText }))(value),
  }),
  pong: recordOf({ id: isNumber }),
  request: recordOf({
    id: isNumber,
    method: isText,
    params: isAnything,
    caller: recordOf({ name: isText, pid: isNumber, user: (value) => value === null || isUser(value) }),
  }),
  replaced: recordOf({}),
  shutdownRequest: recordOf({}),
};

const isClusterGreeting = recordOf({ quorateRemote: isNumber, cluster: isText, from: isText, node: isText });
const isHostGreeting = recordOf({
  quorateRemote: isNumber,
  refusal: isTextOrNull,
  isKnown: isFlag,
  unsettled: listOf(isText),
});

/** Null for what is none. */
export function readClusterGreeting(value: unknown): ClusterGreeting | null {
  return isClusterGreeting(value) ? (value as ClusterGreeting) : null;
}

export function readHostGreeting(value: unknown): HostGreeting | null {
  return isHostGreeting(value) ? (value as HostGreeting) : null;
}

/** Null for a message that this version does not know, or that lacks something. */
export function readToHost(value: unknown): ToHost | null {
  return read<ToHost>(value, TO_HOST);
}

export function readToCluster(value: unknown): ToCluster | null {
  return read<ToCluster>(value, TO_CLUSTER);
}

function read<M extends { readonly kind: string }>(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
): M | null {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  return typeof kind === "string" && Object.hasOwn(checks, kind) && checks[kind]!(value)
    ? (value as M)
    : null;
}

export function encodeOperation({ parameters, ...operation }: Operation): WireOperation {
  return { ...operation, parameters: [...parameters] };
}

export function decodeOperation({ parameters, ...operation }: WireOperation): Operation {
  return { ...operation, parameters: new Map(parameters) };
}
