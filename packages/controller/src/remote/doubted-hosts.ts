import { type CibVersion, compareCibVersions, parseBoolean, versionOf } from "@quorate/cib";
import type { Timer } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import type { OwnChanges } from "../cib/own-changes.ts";
import { optionValues } from "../cluster-options.ts";
import { after, type NodeContext } from "../context.ts";
import type { ActionDispatch } from "../transition/action-dispatch.ts";
import type { GraphRun } from "../transition/graph-run.ts";
import { isConnectionAgent } from "./connection-agents.ts";
import { connectionResources, isLeftAlone, isSwitchedOff } from "./connection-resource.ts";
import { doubtedState, isDoubted, isUnknown, remoteStates, unreachableState } from "./remote-node-state.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly changes: OwnChanges;
  document(): XmlElement;
  /** Is an action of this resource under way? */
  isWorkingOn(resource: string): boolean;
  restart(reason: string): void;
}

/** In this time whoever is connected to a host has asked it whether it is still there. */
const VOUCH_MS_MAX = 10_000;

/** Of one state of the CIB: a graph with thousands of starts asks before each of them. */
interface Known {
  readonly cib: XmlElement;
  readonly version: CibVersion;
  /** Nobody knows what runs there. */
  readonly unknown: readonly string[];
  /** Those of them that can still be connected. */
  readonly doubted: readonly string[];
}

const BEGINS_SOMETHING: ReadonlySet<string> = new Set(["start", "promote", "migrate_to", "migrate_from"]);

/**
 * The DC's side of a rule about remote hosts: what the status section says of one is only good as long as those who decide have had quorum all the time.
 * Where they had not, others may have had it, connected to the host, started something there, and died with all that they knew; the host goes on.
 * So whoever gains quorum puts every remote host in doubt, and begins nothing anywhere before it is connected, which has everything looked for
 * anew, or fenced. On members that is not needed: they tell what runs on them, or are fenced.
 */
export class DoubtedHosts {
  readonly #deps: Dependencies;
  #known: Known | null = null;
  #timer: Timer | null = null;
  /** Hosts in doubt when the timer was set. */
  #awaited = 0;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Hosts whose connection the administrator has switched off are believed to be empty, as unseen nodes are without `startup-fencing`. */
  doubt(): void {
    const { changes } = this.#deps;
    const cib = this.#deps.document();
    if (!isLookedFor(cib)) return;
    const nodes = connectionResources(cib)
      .filter((connection) => !isSwitchedOff(connection) && !isLeftAlone(cib, connection.id ?? ""))
      .map(({ id }) => id ?? "");
    changes.setNodeStates(nodes.map((node) => doubtedState(node)));
  }

  /** Has the action to wait until it is known what runs on all hosts? Connections and fence devices are what that takes. */
  holdsUp({ operation, resource }: GraphAction): boolean {
    if (resource === null || !BEGINS_SOMETHING.has(operation) || resource.class === "stonith") return false;
    const { class: standard, provider, type } = resource;
    if (isConnectionAgent({ class: standard, provider: provider ?? "", type })) return false;
    return this.#hosts.unknown.length > 0;
  }

  /**
   * A host can be a virtual machine that is a resource of the cluster, or in a network that is one: its connection waits for what is held up for the
   * sake of the connection. Once there is no host left about which anything else could be learned, what connections wait for begins, on members alone.
   */
  released(heldUp: readonly GraphAction[], run: GraphRun): readonly GraphAction[] {
    const waiting = run.waitingActions();
    const arrivals = this.#hosts.unknown.map((node) => waiting.find((action) => isArrival(action, node)));
    const needed = new Set<number>();
    for (const arrival of arrivals) {
      if (arrival === undefined) return [];
      for (const id of run.allBefore(arrival.id)) needed.add(id);
    }
    return heldUp.filter(({ id, routerNode }) => routerNode === null && needed.has(id));
  }

  /** A transition is over: a host that could not be connected, or that nobody even tries to connect to, is to be fenced. */
  transitionEnded({ run, hasHeldUp }: ActionDispatch): void {
    const { context } = this.#deps;
    if (!hasHeldUp) return;
    const doubted = this.#hosts.doubted;
    const failed = doubted.filter((node) => run.failedActions().some((action) => isArrival(action, node)));
    if (failed.length > 0) this.#giveUp(failed);
    else if (doubted.length > 0) this.#await();
    else if (this.#hosts.unknown.length === 0) context.queue.run(() => this.#restart());
  }

  /** What was held up can perhaps go on as soon as there is less doubt. */
  onCibChange(): void {
    if (this.#timer === null) return;
    const count = this.#hosts.doubted.length;
    if (count > 0 && count >= this.#awaited) return;
    this.stop();
    this.#restart();
  }

  #restart(): void {
    this.#deps.restart("It is known again what runs on remote hosts");
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #await(): void {
    this.#awaited = this.#hosts.doubted.length;
    this.#timer ??= after(this.#deps.context, VOUCH_MS_MAX, () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timer = null;
    const doubted = this.#hosts.doubted;
    if (doubted.some((node) => this.#deps.isWorkingOn(node))) this.#await();
    else if (doubted.length > 0) this.#giveUp(doubted);
  }

  #giveUp(nodes: readonly string[]): void {
    const { context, changes, restart } = this.#deps;
    const names = nodes.join(", ");
    context.log(
      "warning",
      `Nobody knows what runs on ${names}, and nobody is connected: to be fenced before anything is started`,
    );
    changes.setNodeStates(nodes.map((node) => unreachableState(node)));
    for (const node of nodes) changes.remove(`//node_state[@id='${node}']/lrm`);
    restart(`It is not known what runs on ${names}`);
  }

  /**
   * A host stays among them when its connection is switched off meanwhile, and is fenced then: something may run there all the same. When the
   * connection is removed, that is the administrator's word that it does not.
   */
  get #hosts(): Known {
    const cib = this.#deps.document();
    const version = versionOf(cib);
    if (this.#known?.cib !== cib || compareCibVersions(this.#known.version, version) !== 0)
      this.#known = { cib, version, ...unknownHosts(cib) };
    return this.#known;
  }
}

function unknownHosts(cib: XmlElement): Pick<Known, "unknown" | "doubted"> {
  const unknown = remoteStates(cib).filter(isUnknown);
  if (unknown.length === 0 || !isLookedFor(cib)) return { unknown: [], doubted: [] };
  const connections = new Map(connectionResources(cib).map((connection) => [connection.id, connection]));
  const namesOf = (states: readonly XmlElement[]) =>
    states.map(({ id }) => id ?? "").filter((node) => connections.has(node) && !isLeftAlone(cib, node));
  return { unknown: namesOf(unknown), doubted: namesOf(unknown.filter(isDoubted)) };
}

/** What cannot be fenced, or is not to be because nobody has seen it, is believed to be as the status section says. */
function isLookedFor(cib: XmlElement): boolean {
  const options = optionValues(cib);
  const isOn = (...names: readonly string[]) => {
    const text = names.map((name) => options.get(name)).find((value) => value !== undefined);
    return parseBoolean(text ?? null) ?? true;
  };
  return isOn("fencing-enabled", "stonith-enabled") && isOn("startup-fencing");
}

function isArrival({ operation, resource }: GraphAction, node: string): boolean {
  return resource?.id === node && (operation === "start" || operation === "migrate_from");
}
