import type { JsonObject, NodeId } from "@quorate/ports";
import { LOAD_MODES, type LoadMode } from "../throttle/load-mode.ts";
import { ACTION_SHAPE } from "./action-message.ts";
import { flag, listOf, number, oneOf, optional, orNull, readKind, record, shapesOf, text } from "./shape.ts";

/** Version of the messages on every channel. A reader ignores versions and kinds that it does not know. */
export const WIRE_VERSION = 1;

/** What the controllers say to each other on the channel `ctl`. */
export type ControlMessage =
  /** Credentials of a node for the present view and round; see election. */
  | {
      readonly kind: "hello";
      readonly view: string;
      readonly round: number;
      readonly featureSet: string;
      /** Time since the start of the daemon. */
      readonly ageMs: number;
      readonly isLeader: boolean;
      /** Has not been led by anybody since its start. */
      readonly isFresh: boolean;
      readonly isStopping: boolean;
      readonly jobLimit: number;
    }
  /** Asks for a new election round. */
  | { readonly kind: "elect"; readonly reason: string }
  /** Takes the lead because others did not answer in time. */
  | { readonly kind: "claim"; readonly view: string; readonly round: number }
  | {
      readonly kind: "offer";
      readonly view: string;
      readonly join: number;
      readonly to: readonly NodeId[];
      readonly featureSet: string;
      readonly changeRules?: number;
    }
  | {
      readonly kind: "request";
      readonly join: number;
      readonly featureSet: string;
      readonly changeRules?: number;
      readonly cib: CibSummary;
    }
  | {
      readonly kind: "answer";
      readonly view: string;
      readonly join: number;
      readonly accepted: readonly NodeId[];
      readonly refused: readonly { readonly nodeId: NodeId; readonly reason: string }[];
    }
  | { readonly kind: "confirm"; readonly join: number }
  /** The DC asks a node to run an action. `action` is a graph action in its wire form. */
  | {
      readonly kind: "execute";
      readonly to: NodeId;
      readonly transitionKey: string;
      readonly action: JsonObject;
    }
  /**
   * The same for an action on a remote node that the receiver is connected to. A kind of its own: who does not know it must not take
   * the action for one on its own node.
   */
  | {
      readonly kind: "executeRemote";
      readonly to: NodeId;
      readonly node: string;
      /** Decided where there was quorum. A DC of an older version does not say. */
      readonly isQuorate?: boolean;
      readonly transitionKey: string;
      readonly action: JsonObject;
    }
  /** For whoever is connected to that remote node: as `failResource` and `forgetFailure`. */
  | {
      readonly kind: "remoteResource";
      readonly node: string;
      readonly resource: string;
      readonly wish: "fail" | "forgetFailure";
    }
  /** The end of an action that leaves no trace in the history. */
  | {
      readonly kind: "result";
      readonly to: NodeId;
      readonly transitionKey: string;
      readonly status: number;
      readonly rc: number;
    }
  /** This node wants to leave in order. */
  | { readonly kind: "shutdownRequest" }
  /** The DC has nothing more for this node to do. */
  | { readonly kind: "allClear"; readonly to: NodeId }
  | { readonly kind: "forgetNode"; readonly nodeId: NodeId; readonly name: string }
  /** Cleanup or refresh on the nodes named. */
  | {
      readonly kind: "forgetHistory";
      readonly node: string | null;
      readonly resource: string | null;
      readonly operation: string | null;
      readonly intervalMs: number | null;
      readonly isRefresh: boolean;
    }
  | { readonly kind: "failResource"; readonly to: NodeId; readonly resource: string }
  /** The failure of the resource is out of date; what else its history tells stays. */
  | { readonly kind: "forgetFailure"; readonly to: NodeId; readonly resource: string }
  /** From the DC of a part with quorum: the status section tells where what it says of remote hosts is not to be relied on. */
  | { readonly kind: "hostsJudged" }
  /** What is the controller of that node doing? */
  | { readonly kind: "askState"; readonly to: NodeId }
  | { readonly kind: "state"; readonly to: NodeId; readonly state: string }
  /** Whoever hears this says so, and so that it has heard all that the sender has sent before. */
  | { readonly kind: "askHeard"; readonly id: number }
  | { readonly kind: "heard"; readonly to: NodeId; readonly id: number }
  /** How busy the sender is, and how many actions it takes at once. */
  | { readonly kind: "load"; readonly mode: LoadMode; readonly jobLimit: number }
  /** This node has nothing running any more and ends now: its going needs no fencing. */
  | { readonly kind: "leaving" };

/** What a joining node says of its copy of the CIB. */
export interface CibSummary {
  readonly adminEpoch: number;
  readonly epoch: number;
  readonly numUpdates: number;
  /** Value of `validate-with`; null when there is none. */
  readonly schema: string | null;
  /** See `cib/ancestry.ts`; the last one is the present configuration. */
  readonly ancestry: readonly string[];
  /** Copies of one lineage are equal at equal places in the order of messages. Null: this node has no usable copy. */
  readonly lineage: string | null;
  /** The lineage was agreed on by a DC since this daemon started; false for a copy just loaded from disk. */
  readonly isLive: boolean;
  /**
   * The part of the cluster that this copy comes from had quorum when it was last together, and most nodes shared
   * the copy.
   */
  readonly wasQuorate: boolean;
  /**
   * Sequence of the last ring with quorum in which this copy was in use by most nodes; 0 when never. Two such rings share a
   * node, so that their sequences tell which one was later.
   */
  readonly quorateRing: number;
  /** Epoch of this copy when it was last changed while most nodes shared it. What came later was not agreed on by a majority. */
  readonly quorateEpoch: number;
}

const summary = record({
  adminEpoch: number,
  epoch: number,
  numUpdates: number,
  schema: orNull(text),
  ancestry: listOf(text),
  lineage: orNull(text),
  isLive: flag,
  wasQuorate: flag,
  quorateRing: number,
  quorateEpoch: number,
});

const SHAPES = shapesOf<ControlMessage>({
  hello: {
    view: text,
    round: number,
    featureSet: text,
    ageMs: number,
    isLeader: flag,
    isFresh: flag,
    isStopping: flag,
    jobLimit: number,
  },
  elect: { reason: text },
  claim: { view: text, round: number },
  offer: { view: text, join: number, to: listOf(number), featureSet: text, changeRules: optional(number) },
  request: { join: number, featureSet: text, changeRules: optional(number), cib: summary },
  answer: {
    view: text,
    join: number,
    accepted: listOf(number),
    refused: listOf(record({ nodeId: number, reason: text })),
  },
  confirm: { join: number },
  execute: { to: number, transitionKey: text, action: ACTION_SHAPE },
  executeRemote: {
    to: number,
    node: text,
    isQuorate: optional(flag),
    transitionKey: text,
    action: ACTION_SHAPE,
  },
  remoteResource: { node: text, resource: text, wish: oneOf("fail", "forgetFailure") },
  result: { to: number, transitionKey: text, status: number, rc: number },
  shutdownRequest: {},
  allClear: { to: number },
  forgetNode: { nodeId: number, name: text },
  forgetHistory: {
    node: orNull(text),
    resource: orNull(text),
    operation: orNull(text),
    intervalMs: orNull(number),
    isRefresh: flag,
  },
  failResource: { to: number, resource: text },
  forgetFailure: { to: number, resource: text },
  hostsJudged: {},
  askState: { to: number },
  state: { to: number, state: text },
  askHeard: { id: number },
  heard: { to: number, id: number },
  load: { mode: oneOf(...LOAD_MODES), jobLimit: number },
  leaving: {},
});

export function encodeMessage<T extends { readonly kind: string }>(message: T): JsonObject {
  return { v: WIRE_VERSION, ...message } as unknown as JsonObject;
}

/** Null for what this version does not understand, and for what does not have the fields of its kind. */
export function decodeControlMessage(body: JsonObject): ControlMessage | null {
  return body.v === WIRE_VERSION ? readKind<ControlMessage>(body, SHAPES) : null;
}
