import type { ClusterNode } from "@quorate/controller";
import type { RemoteMachine } from "../machine/remote-machine.ts";

/** A transient attribute of a remote node does not outlive the daemon on that host. */
export class RemoteAttributeWatch {
  #last: { readonly value: string; readonly host: RemoteMachine; readonly life: number } | null = null;

  /** The attribute `mood` of the host's node is to be this. */
  asked(value: string, host: RemoteMachine): void {
    this.#last = { value, host, life: host.lifeCount };
  }

  staleIn(node: ClusterNode): string[] {
    if (this.#last === null) return [];
    const { host, life } = this.#last;
    const present = node.attributes.query("mood", host.name)?.[0]?.value ?? null;
    if (present === null || host.servedNode === null || host.lifeCount === life) return [];
    return [`${host.name} has the attribute mood=${present} of a former life`];
  }
}
