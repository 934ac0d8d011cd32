import {
  type CibProblem,
  checkStructure,
  DocumentBytes,
  describeProblem,
  emptyCib,
  NEWEST_SCHEMA,
  patchsetToXml,
} from "@quorate/cib";
import type { ChannelEvents } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import type { Provenance } from "./cib/ancestry.ts";
import { CibDisk } from "./cib/disk.ts";
import { completeLoaded } from "./cib/document.ts";
import type {
  AttributeAccess,
  CibAccess,
  CibChange,
  CleanupRequest,
  ClusterNode,
  ClusterNodeConfig,
  ClusterNodePorts,
  ExitNotice,
  NodeListing,
  NodeStatus,
  RequestResult,
  StateResult,
} from "./cluster-node.ts";
import type { NodeContext } from "./context.ts";
import { historyResourceIds, resourcesToForget } from "./operations/cleanup.ts";
import { isConnected, remoteStates, stateOfRemote } from "./remote/remote-node-state.ts";
import { Runtime } from "./runtime.ts";
import { WorkQueue } from "./work-queue.ts";

/** A node of the cluster over the given ports. `start` it when the channels exist. */
export function createClusterNode(ports: ClusterNodePorts, config: ClusterNodeConfig): ClusterNode {
  return new LocalNode(ports, config);
}

type Refusal = Extract<RequestResult, { readonly ok: false }>;

const NOT_READY: Refusal = {
  ok: false,
  code: "notReady",
  message: "this node is still starting; try again in a moment",
};

/**
 * Mistakes of a stored configuration with which the node runs on: versions of this software that knew less of the schema accepted and wrote
 * them, and no decision depends on them, or the scheduler leaves out what has them. A cluster must not be without its configuration because it was upgraded. Changes
 * are refused until one mends them.
 */
const OVERLOOKED: ReadonlySet<CibProblem["code"]> = new Set([
  "unknownAttribute",
  "missingAttribute",
  "missingOneOf",
  "unknownReference",
  "malformedId",
]);

class LocalNode implements ClusterNode {
  readonly cib: CibAccess;
  readonly attributes: AttributeAccess;
  readonly #ports: ClusterNodePorts;
  readonly #context: NodeContext;
  readonly #disk: CibDisk;
  readonly #empty: XmlElement;
  readonly #cibListeners = new Set<(change: CibChange) => void>();
  readonly #statusListeners: (() => void)[] = [];
  readonly #exitListeners: ((notice: ExitNotice) => void)[] = [];
  #runtime: Runtime | null = null;
  #isStatusTold = true;
  /** Events of the channels while the CIB is being loaded. */
  #early: ((runtime: Runtime) => void)[] = [];
  #ended: ExitNotice | null = null;

  constructor(ports: ClusterNodePorts, config: ClusterNodeConfig) {
    const { ctl } = ports.channels;
    this.#ports = ports;
    this.#context = {
      localNodeId: ctl.localNodeId,
      localName: ctl.localName,
      clusterName: ctl.clusterName,
      config,
      clock: ports.clock,
      random: ports.random,
      log: ports.log,
      queue: new WorkQueue(),
      bytes: new DocumentBytes(ports.md5),
    };
    this.#disk = new CibDisk({
      context: this.#context,
      store: ports.store,
      copy: () => this.#runtime!.replica,
      persisted: (place, problem) => {
        this.#runtime?.replica.persisted(place, problem);
        this.#statusChanged();
      },
    });
    this.#empty = emptyCib({ featureSet: config.featureSet, schema: NEWEST_SCHEMA });
    this.cib = this.#cibAccess();
    this.attributes = this.#attributeAccess();
  }

  start(): void {
    const { ctl, cib, attr } = this.#ports.channels;
    const forward = (handle: (runtime: Runtime) => void) =>
      this.#context.queue.run(() => {
        if (this.#runtime === null) this.#early.push(handle);
        else handle(this.#runtime);
      });
    // The three channels share one order: the membership is taken from one of them, at its place for all.
    const quiet: Pick<ChannelEvents, "membership" | "lost"> = { membership: () => {}, lost: () => {} };
    cib.subscribe({
      ...quiet,
      message: (from, body) => forward((runtime) => runtime.onCibMessage(from, body)),
    });
    attr.subscribe({
      ...quiet,
      message: (from, body) => forward((runtime) => runtime.onAttributeMessage(from, body)),
    });
    ctl.subscribe({
      message: (from, body) => forward((runtime) => runtime.onControlMessage(from, body)),
      membership: (view) => forward((runtime) => runtime.onView(view)),
      lost: (reason) => forward((runtime) => runtime.onLost(reason)),
    });
    this.#context.queue.run(() =>
      this.#disk.load((document, provenance) => this.#begin(document, provenance)),
    );
  }

  status(): NodeStatus {
    const runtime = this.#runtime;
    const leader = runtime?.election.leader ?? null;
    return {
      nodeId: this.#context.localNodeId,
      nodeName: this.#context.localName,
      clusterName: this.#context.clusterName,
      state: runtime?.state ?? "S_STARTING",
      dc: leader === null ? null : (runtime?.peers.get(leader)?.name ?? null),
      isQuorate: runtime?.peers.isQuorate ?? false,
      isShuttingDown: runtime?.isStopping ?? false,
      diskProblem:
        this.#disk.problem === null ? null : `${this.#disk.problem.code}: ${this.#disk.problem.message}`,
    };
  }

  nodes(): readonly NodeListing[] {
    return this.#runtime?.peers.listing() ?? [];
  }

  cleanup(request: CleanupRequest, done: (result: RequestResult) => void): void {
    const runtime = this.#ready(done);
    if (runtime === null) return;
    const remote = request.node === null ? null : stateOfRemote(runtime.replica.document, request.node);
    if (request.node !== null && remote === null && runtime.peers.find(request.node) === null) {
      done({ ok: false, code: "notFound", message: `there is no node named ${request.node}` });
      return;
    }
    const isRefresh = request.kind === "refresh";
    const { resource, operation, intervalMs } = request;
    const node =
      request.node === null
        ? null
        : (runtime.peers.find(request.node)?.name ?? remote?.get("uname") ?? request.node);
    runtime.send({ kind: "forgetHistory", node, resource, operation, intervalMs, isRefresh });
    const silent = [
      ...runtime.peers
        .all()
        .filter(({ pid }) => pid === null)
        .map((peer) => ({ id: String(peer.nodeId), name: peer.name })),
      ...remoteStates(runtime.replica.document)
        .filter((state) => !isConnected(state))
        .map((state) => ({ id: state.id ?? "", name: state.get("uname") ?? "" })),
    ];
    for (const { id: nodeId, name } of silent) {
      if (node !== null && name !== node) continue;
      const filter = { ...request, node };
      for (const id of resourcesToForget(runtime.replica.document, nodeId, filter, isRefresh))
        runtime.changes.removeHistory(nodeId, id);
    }
    if (isRefresh)
      runtime.changes.setProperties([
        ["last-lrm-refresh", String(Math.floor(this.#context.clock.wallMs() / 1000))],
      ]);
    const names = resource === null ? [null] : historyResourceIds(runtime.replica.document, resource);
    let open = names.length;
    for (const name of names)
      runtime.attributes.clearFailures({ resource: name, operation, intervalMs, node }, (result) => {
        open -= 1;
        if (open === 0) done(result);
      });
  }

  failResource(
    request: { readonly resource: string; readonly node: string },
    done: (result: RequestResult) => void,
  ): void {
    const runtime = this.#ready(done);
    if (runtime === null) return;
    const peer = runtime.peers.find(request.node);
    const remote = peer === null ? stateOfRemote(runtime.replica.document, request.node) : null;
    const isOnline = remote === null ? peer !== null && peer.pid !== null : isConnected(remote);
    if (!isOnline) {
      done({ ok: false, code: "notFound", message: `node ${request.node} is not online` });
      return;
    }
    const filter = { resource: request.resource, operation: null, intervalMs: null, node: null };
    const nodeId = peer === null ? (remote?.id ?? "") : String(peer.nodeId);
    const ids = resourcesToForget(runtime.replica.document, nodeId, filter, true);
    if (ids.length === 0) {
      done({ ok: false, code: "notFound", message: `${request.resource} is not known on ${request.node}` });
      return;
    }
    for (const resource of ids)
      runtime.send(
        peer === null
          ? { kind: "remoteResource", node: nodeId, resource, wish: "fail" }
          : { kind: "failResource", to: peer.nodeId, resource },
      );
    done({ ok: true });
  }

  stateOf(node: string, done: (result: StateResult) => void): void {
    const runtime = this.#ready(done);
    if (runtime === null) return;
    const peer = runtime.peers.find(node);
    if (peer === null) {
      done({ ok: false, code: "notFound", message: `no node is called ${node}` });
      return;
    }
    const isGone = {
      ok: false,
      code: "notReady",
      message: `${peer.name} does not take part in the cluster now`,
    } as const;
    if (peer.pid === null) done(isGone);
    else
      runtime.askState(peer.nodeId, (answer) => {
        if (answer.kind === "state") done({ ok: true, state: answer.state });
        else if (answer.kind === "gone") done(isGone);
        else
          done({
            ok: false,
            code: "notReady",
            message: `${peer.name} does not answer; its daemon may be busy, or of a release that cannot tell`,
          });
      });
  }

  removeNode(node: string, done: (result: RequestResult) => void): void {
    const runtime = this.#ready(done);
    if (runtime === null) return;
    const peer = runtime.peers.find(node);
    const states = runtime.replica.document.first("status")?.all("node_state") ?? [];
    const state = states.find((candidate) => candidate.id === node || candidate.get("uname") === node);
    const id = peer === null ? (state?.id ?? null) : String(peer.nodeId);
    const name = peer?.name ?? state?.get("uname") ?? node;
    if (id === null) {
      done({ ok: false, code: "notFound", message: `there is no node named ${node}` });
      return;
    }
    if (peer !== null && (peer.pid !== null || peer.isRingMember)) {
      done({
        ok: false,
        code: "refused",
        message: `${name} is active: stop it and take it out of the configuration of the cluster layer first`,
      });
      return;
    }
    if (peer === null && state?.get("remote_node") === "true" && isConnected(state)) {
      done({
        ok: false,
        code: "refused",
        message: `the remote node ${name} is connected: stop or remove its connection first`,
      });
      return;
    }
    this.#context.log("notice", `Instructing peers to remove references to node ${name}/${id}`);
    runtime.attributes.purge(name);
    runtime.send({ kind: "forgetNode", nodeId: Number(id) || 0, name });
    runtime.changes.remove(`/cib/configuration/nodes/node[@id='${id}']`);
    runtime.changes.remove(`/cib/status/node_state[@id='${id}']`, undefined, () => done({ ok: true }));
  }

  shutdown(): void {
    this.#context.queue.run(() => {
      if (this.#runtime === null) this.#end({ exitCode: 0, reason: "shut down while starting" });
      else this.#runtime.shutdown();
    });
  }

  enableDiskWrites(): void {
    this.#context.queue.run(() => {
      if (this.#runtime !== null) this.#disk.enable();
    });
  }

  onExit(listener: (notice: ExitNotice) => void): void {
    this.#exitListeners.push(listener);
  }

  onStatusChange(listener: () => void): void {
    this.#statusListeners.push(listener);
  }

  #begin(loaded: XmlElement | null, provenance: Provenance): void {
    const document = loaded === null ? this.#empty : completeLoaded(loaded);
    const problems = checkStructure(document);
    for (const problem of problems)
      this.#context.log("error", `The stored configuration is invalid: ${describeProblem(problem)}`);
    this.#runtime = new Runtime(
      this.#context,
      this.#ports,
      this.#disk,
      { document, provenance, isValid: problems.every(({ code }) => OVERLOOKED.has(code)) },
      {
        changed: (change) => {
          if (change.isConfigurationChanged) this.#tellFencer();
          if (this.#cibListeners.size === 0) return;
          const told: CibChange = { ...change, patchset: patchsetToXml(change.patchset) };
          for (const listener of [...this.#cibListeners]) listener(told);
        },
        statusChanged: () => this.#statusChanged(),
        exit: (notice) => this.#end(notice),
      },
    );
    this.#tellFencer();
    const early = this.#early;
    this.#early = [];
    for (const handle of early) handle(this.#runtime);
  }

  #tellFencer(): void {
    const runtime = this.#runtime;
    if (runtime !== null) this.#ports.fencer.configurationChanged(runtime.replica.document);
  }

  /** Listeners hear once of any number of changes that one event makes. */
  #statusChanged(): void {
    if (!this.#isStatusTold) return;
    this.#isStatusTold = false;
    this.#context.queue.run(() => {
      this.#isStatusTold = true;
      for (const listener of this.#statusListeners) listener();
    });
  }

  #end(notice: ExitNotice): void {
    if (this.#ended !== null) return;
    this.#ended = notice;
    this.#context.queue.close();
    for (const listener of this.#exitListeners) listener(notice);
  }

  #ready(done: (refusal: Refusal) => void): Runtime | null {
    if (this.#runtime === null || this.#ended !== null) {
      done(NOT_READY);
      return null;
    }
    return this.#runtime;
  }

  #cibAccess(): CibAccess {
    const documentOf = () => this.#runtime?.replica.document ?? this.#empty;
    return {
      request: (request, done) => {
        if (this.#runtime === null || this.#ended !== null)
          done({ kind: "unavailable", reason: "this node is starting or shutting down" });
        else this.#runtime.replica.request(request, done);
      },
      subscribe: (listener) => {
        this.#cibListeners.add(listener);
        return () => void this.#cibListeners.delete(listener);
      },
      get document() {
        return documentOf();
      },
    };
  }

  #attributeAccess(): AttributeAccess {
    return {
      update: (request, done) => this.#ready(done)?.attributes.update(request, done),
      query: (name, node) => this.#runtime?.attributes.query(name, node) ?? null,
      names: () => this.#runtime?.attributes.names() ?? [],
      refresh: (done) => this.#ready(done)?.attributes.refresh(done),
      clearFailures: (request, done) => this.#ready(done)?.attributes.clearFailures(request, done),
    };
  }
}
