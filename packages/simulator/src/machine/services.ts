import type { NodeId, Operation } from "@quorate/ports";
import { OcfCode } from "@quorate/ports";

/** What happened in the world, for the checks. */
export interface ServiceEvents {
  /** An agent begins to start a resource on a node. */
  starting(nodeId: NodeId, resource: string): void;
  /** It has done so. */
  started(nodeId: NodeId, resource: string): void;
  /** The same for the promoted role. */
  promoting(nodeId: NodeId, resource: string): void;
}

/** How the next operations of a kind behave. `hasEffect`: what was asked for is done all the same; default no. */
export type Behaviour =
  | { readonly rc: number; readonly reason?: string; readonly hasEffect?: boolean }
  | { readonly hangs: true; readonly hasEffect?: boolean };

/** The services of a machine, as they really are: they outlive the daemon, not a loss of power. */
export class Services {
  readonly nodeId: NodeId;
  readonly active = new Set<string>();
  readonly promoted = new Set<string>();
  /** Keyed `RESOURCE_ACTION`. */
  readonly behaviours = new Map<string, Behaviour>();
  /** Operations that an agent began on this machine, `RESOURCE_ACTION_INTERVAL`, in order. */
  readonly history: string[] = [];
  /** How long an agent takes to start, stop, promote or demote something. */
  durationMs = 40;
  /** How long an agent takes to look; null: as long. */
  monitorMs: number | null = null;
  readonly #events: ServiceEvents;
  #agentLives = 0;

  constructor(nodeId: NodeId, events: ServiceEvents) {
    this.nodeId = nodeId;
    this.#events = events;
  }

  /** Tells agents that were ended from those that came later. */
  get agentLives(): number {
    return this.#agentLives;
  }

  /** Running agents end at once; what they have done stays done. */
  endAgents(): void {
    this.#agentLives += 1;
  }

  /** Services and agents end at once. */
  losePower(): void {
    this.endAgents();
    this.active.clear();
    this.promoted.clear();
  }

  /** Makes the resource die without anybody being told. */
  breakResource(resource: string): void {
    this.active.delete(resource);
    this.promoted.delete(resource);
  }

  /** An agent begins. */
  begin({ action, resourceId, intervalMs }: Operation): void {
    this.history.push(`${resourceId}_${action}_${intervalMs}`);
    if (action === "start") this.#events.starting(this.nodeId, resourceId);
    if (action === "promote") this.#events.promoting(this.nodeId, resourceId);
  }

  /** What the agent does, and its exit status. */
  carryOut({ action, resourceId }: Operation): number {
    switch (action) {
      case "start":
        this.active.add(resourceId);
        this.#events.started(this.nodeId, resourceId);
        return OcfCode.ok;
      case "stop":
        this.breakResource(resourceId);
        return OcfCode.ok;
      case "promote":
        if (!this.active.has(resourceId)) return OcfCode.notRunning;
        this.promoted.add(resourceId);
        this.#events.promoting(this.nodeId, resourceId);
        return OcfCode.ok;
      case "demote":
        this.promoted.delete(resourceId);
        return this.active.has(resourceId) ? OcfCode.ok : OcfCode.notRunning;
      case "monitor":
        if (this.promoted.has(resourceId)) return OcfCode.promoted;
        return this.active.has(resourceId) ? OcfCode.ok : OcfCode.notRunning;
      default:
        return OcfCode.ok;
    }
  }
}
