import type { NodeId } from "@quorate/ports";
import type { Machine } from "../cluster/machine.ts";

/** A machine of the cluster, or a remote one. */
type Host = Pick<Machine, "nodeId" | "name" | "services" | "isPowered">;

/**
 * Law 3, seen from outside: a resource is active, or promoted, on one machine at most, and what was lost with a machine
 * is started elsewhere only after this was fenced or has power again.
 */
export class ExclusiveWatch {
  readonly #machines: () => readonly Host[];
  readonly #exclusive: ReadonlySet<string>;
  readonly #report: (violation: string) => void;
  /** What ran on a machine when its power failed unplanned, until it is fenced or starts again. */
  readonly #unfenced = new Map<NodeId, Set<string>>();

  constructor(
    machines: () => readonly Host[],
    exclusive: readonly string[],
    report: (violation: string) => void,
  ) {
    this.#machines = machines;
    this.#exclusive = new Set(exclusive);
    this.#report = report;
  }

  powerFailed(nodeId: NodeId, active: ReadonlySet<string>): void {
    if (active.size > 0) this.#unfenced.set(nodeId, new Set(active));
  }

  /** Fenced, or started anew: what ran there is gone for certain. */
  cleared(nodeId: NodeId): void {
    this.#unfenced.delete(nodeId);
  }

  /** A resource begins to start there, or runs there now. */
  active(nodeId: NodeId, resource: string): void {
    if (!this.#exclusive.has(resource)) return;
    for (const other of this.#machines()) {
      if (other.nodeId === nodeId) {
        this.#unfenced.get(nodeId)?.delete(resource);
        continue;
      }
      if (other.services.active.has(resource))
        this.#report(`${resource} is started on n${nodeId} while it runs on ${other.name}`);
      if (this.#unfenced.get(other.nodeId)?.has(resource) && !other.isPowered)
        this.#report(`${resource} is started on n${nodeId}, but ${other.name} was not fenced`);
    }
  }

  promoting(nodeId: NodeId, resource: string): void {
    for (const other of this.#machines())
      if (other.nodeId !== nodeId && other.services.promoted.has(resource))
        this.#report(`${resource} is promoted on n${nodeId} while it is promoted on ${other.name}`);
  }
}
