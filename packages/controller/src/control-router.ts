import type { Member } from "@quorate/ports";
import type { ControllerState } from "./cluster-node.ts";
import type { NodeContext } from "./context.ts";
import type { Departure } from "./departure.ts";
import type { Election } from "./election/election.ts";
import type { JoinFollower } from "./join/follower.ts";
import type { Leader } from "./leader.ts";
import type { Hearing } from "./membership/hearing.ts";
import type { Peers } from "./membership/peers.ts";
import type { StateQuestions } from "./membership/state-questions.ts";
import type { LocalOperations } from "./operations/local-operations.ts";
import type { RemoteNodes } from "./remote/remote-nodes.ts";
import type { ControlMessage } from "./wire/control-message.ts";

interface Rooms {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly election: Election;
  readonly follower: JoinFollower;
  readonly leader: Leader;
  readonly operations: LocalOperations;
  readonly remoteNodes: RemoteNodes;
  readonly stateQuestions: StateQuestions;
  readonly hearing: Hearing;
  readonly departure: Departure;
  send(message: ControlMessage): void;
  state(): ControllerState;
  /** This node's own goodbye is at its place in the order. */
  departed(): void;
  forgetNode(nodeId: number, name: string): void;
}

/** The way of each message of the channel `ctl` to the room that it is for: what it takes to be heeded, and what it says of its sender. */
export class ControlRouter {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  route(from: Member, message: ControlMessage): void {
    const { peers, election, follower, leader, operations, remoteNodes, stateQuestions, hearing, departure } =
      this.#rooms;
    const { send, state, departed, forgetNode } = this.#rooms;
    const { localNodeId } = this.#rooms.context;
    const peer = peers.get(from.nodeId);
    if (peer === null) return;
    const isFromLeader = from.nodeId === election.leader;
    switch (message.kind) {
      case "hello":
      case "elect":
      case "claim":
        election.onMessage(from.nodeId, message);
        return;
      case "offer":
        follower.onOffer(from.nodeId, message);
        return;
      case "answer":
        follower.onAnswer(from.nodeId, message);
        return;
      case "confirm":
        peer.hasJoined = true;
        leader.onMessage(from.nodeId, message);
        return;
      case "request":
        leader.onMessage(from.nodeId, message);
        return;
      case "result":
        if (message.to === localNodeId) leader.onMessage(from.nodeId, message);
        return;
      case "execute":
        if (message.to === localNodeId && isFromLeader) operations.onMessage(message);
        return;
      case "executeRemote":
        if (isFromLeader) remoteNodes.execute(message);
        return;
      case "hostsJudged":
        if (!isFromLeader) return;
        leader.onHostsJudged();
        remoteNodes.vouch();
        return;
      case "remoteResource":
        remoteNodes.onResourceWish(message);
        return;
      case "shutdownRequest":
        leader.onShutdownRequest(peer);
        return;
      case "allClear":
        if (message.to === localNodeId && isFromLeader) departure.onAllClear();
        return;
      case "leaving":
        // What runs on a node whose daemon never told is not known to be stopped: its going settles nothing.
        peer.isLeaving = peer.hasJoined;
        if (from.nodeId === localNodeId) departed();
        return;
      case "forgetNode":
        forgetNode(message.nodeId, message.name);
        return;
      case "forgetHistory":
        operations.onMessage(message);
        remoteNodes.forgetHistory(message);
        return;
      case "askState":
        if (message.to === localNodeId) send({ kind: "state", to: from.nodeId, state: state() });
        return;
      case "state":
        if (message.to === localNodeId)
          stateQuestions.answered(from.nodeId, { kind: "state", state: message.state });
        return;
      case "askHeard":
        if (from.nodeId === localNodeId) hearing.delivered(message.id);
        else send({ kind: "heard", to: from.nodeId, id: message.id });
        return;
      case "heard":
        if (message.to === localNodeId) hearing.heard(from.nodeId, message.id);
        return;
      case "load":
        peer.load = message.mode;
        peer.jobLimit = message.jobLimit;
        return;
      case "failResource":
        if (message.to === localNodeId) operations.onMessage(message);
        return;
      case "forgetFailure":
        if (message.to !== localNodeId) return;
        operations.onMessage(message);
        remoteNodes.agents.failureForgotten(message.resource);
        return;
      default:
        message satisfies never;
    }
  }
}
