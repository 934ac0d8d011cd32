import { setTimeout } from "node:timers/promises";
import { ApiError, type Caller, type FenceReply, type Handlers } from "@quorate/api";
import { nearestName, nodeNames } from "@quorate/cib";
import type { ClusterNode, RequestResult } from "@quorate/controller";
import type { Agents, Engine, FenceOutcome, Fencer, FencerDesk, Log, NodeLinks } from "@quorate/ports";
import { actingUser, restrictHandlers } from "./access.ts";
import { ALLOWS_MISTAKES, forcedChange, mistakesIn, refusalOf } from "./mistakes.ts";
import { limitSizes } from "./request-sizes.ts";
import { runAgentOnce } from "./run-agent.ts";

/** Time for other nodes to tell what this one lacks of the history. */
const GATHER_MS = 500;

export interface HandlerParts {
  readonly node: ClusterNode;
  readonly fencer: Fencer & FencerDesk;
  readonly engine: Engine;
  readonly links: () => Promise<readonly NodeLinks[]>;
  /** Runs agents beside the cluster; not the executor that the cluster uses, whose recurring operations a stop would end. */
  readonly agents: Agents;
  /** Unix groups of a user on this machine. */
  readonly groupsOf: (user: string) => readonly string[];
  readonly version: string;
  readonly featureSet: string;
  readonly log: Log;
}

/** Maps each request of the local API to the one call that serves it. */
export function createHandlers({
  node,
  fencer,
  engine,
  links,
  agents,
  groupsOf,
  version,
  featureSet,
  log,
}: HandlerParts): Handlers {
  const handlers: Handlers = {
    "node.status": async () => ({ version, featureSet, ...node.status() }),
    "node.list": async () => node.nodes(),
    "node.state": ({ name }) =>
      new Promise((resolve, reject) => {
        node.stateOf(name, (result) => {
          if (result.ok) resolve({ state: result.state });
          else reject(refusalError(result));
        });
      }),
    "node.remove": ({ name }) => settled((done) => node.removeNode(name, done)),
    "quorum.status": async () => {
      const status = engine.quorumStatus();
      if (status === null)
        throw new ApiError("notReady", "the cluster engine is not connected; try again shortly");
      return status;
    },
    "quorum.links": links,
    "cib.request": (params, caller) =>
      new Promise((resolve) => {
        const acting = actingUser(caller, params.user ?? null, groupsOf);
        const client = { name: caller.name, id: clientId(caller), ...acting };
        const mistakes = mistakesIn(node.cib.document, params, featureSet);
        const isForced = params.flags.includes(ALLOWS_MISTAKES);
        if (mistakes !== null && !isForced) {
          resolve(refusalOf(mistakes));
          return;
        }
        const who = `${acting.user} (${caller.name})`;
        const forced = isForced ? forcedChange(params) : null;
        if (mistakes !== null) log("warning", `${who} writes in spite of mistakes: ${mistakes.join("; ")}`);
        else if (forced !== null) log("warning", `${who} forces a change: ${forced}`);
        const flags = params.flags.filter((flag) => flag !== ALLOWS_MISTAKES);
        node.cib.request({ ...params, flags, client }, resolve);
      }),
    "attributes.update": (params) =>
      settled((done) => node.attributes.update({ ...params, user: null }, done)),
    "attributes.query": async ({ name, node: nodeName }) => node.attributes.query(name, nodeName),
    "attributes.refresh": () => settled((done) => node.attributes.refresh(done)),
    "resource.cleanup": (params) => settled((done) => node.cleanup(params, done)),
    "resource.fail": (params) => settled((done) => node.failResource(params, done)),
    "agent.run": (params) => runAgentOnce(agents, params),
    "fencing.fence": ({ tag, ...params }, caller) =>
      new Promise((resolve) => {
        const request = { ...params, client: clientId(caller, tag), allowsSelf: true };
        fencer.fence(request, (outcome) => resolve(toReply(outcome)));
      }),
    "fencing.confirm": async ({ target, tag }, caller) => {
      refuseUnknownNode(node, target);
      return new Promise((resolve) =>
        fencer.confirm(target, clientId(caller, tag), (outcome) => resolve(toReply(outcome))),
      );
    },
    "fencing.history": async ({ target }) =>
      fencer.history().filter((record) => target === null || record.target === target),
    "fencing.gatherHistory": async () => {
      fencer.synchronizeHistory();
      // Nodes answer only what is news, so silence says nothing.
      await setTimeout(GATHER_MS);
      return {};
    },
    "fencing.cleanHistory": async ({ target }) => {
      fencer.cleanHistory(target);
      return {};
    },
    "fencing.devices": ({ target }) => new Promise((resolve) => fencer.devices(target, resolve)),
    "fencing.targets": ({ device }) => new Promise((resolve) => fencer.deviceTargets(device, resolve)),
    "fencing.monitor": ({ device, timeoutS }) =>
      new Promise((resolve) => {
        const request = { deviceId: device, agent: "", parameters: new Map(), timeoutMs: timeoutS * 1000 };
        fencer.monitorDevice(request, resolve);
      }),
    "fencing.registerDevice": async ({ device, agent, parameters }) => {
      fencer.registerDevice({ deviceId: device, agent, parameters: new Map(parameters) });
      return {};
    },
    "fencing.removeDevice": async ({ device }) => {
      fencer.stopDevice(device);
      return {};
    },
    "fencing.registerLevel": async ({ index, devices, ...target }) => {
      fencer.registerLevel(target, index, devices);
      return {};
    },
    "fencing.removeLevel": async ({ index, ...target }) => {
      fencer.removeLevel(target, index === 0 ? null : index);
      return {};
    },
    "daemon.shutdown": async () => {
      node.shutdown();
      return {};
    },
  };
  return restrictHandlers(limitSizes(handlers), node);
}

/** The same for the tools on a remote host: what they mean by this node is that one. */
export function remoteHandlers(handlers: Handlers, node: string): Handlers {
  return {
    ...handlers,
    "node.status": async (params, caller) => ({
      ...(await handlers["node.status"](params, caller)),
      nodeName: node,
    }),
    "attributes.update": (params, caller) =>
      handlers["attributes.update"]({ ...params, node: params.node ?? node }, caller),
  };
}

/** Resources start elsewhere on the word that a node is off, so it must be about a node that exists. @throws ApiError */
function refuseUnknownNode(node: ClusterNode, target: string): void {
  const known = new Set([...node.nodes().map(({ name }) => name), ...nodeNames(node.cib.document)]);
  if (known.has(target)) return;
  const nearest = nearestName(target, [...known]);
  const mend =
    nearest === null ? `The nodes are: ${[...known].sort().join(", ")}` : `Did you mean "${nearest}"?`;
  throw new ApiError("notFound", `no node is called "${target}"; nothing was confirmed. ${mend}`);
}

function clientId(caller: Caller, tag: string | null = null): string {
  return tag === null ? `${caller.name}.${caller.pid}` : `${caller.name}.${tag}.${caller.pid}`;
}

function toReply({ isSuccess, status, reason, record }: FenceOutcome): FenceReply {
  return { isSuccess, status, reason, record };
}

function settled(call: (done: (result: RequestResult) => void) => void): Promise<Record<string, never>> {
  return new Promise((resolve, reject) => {
    call((result) => {
      if (result.ok) resolve({});
      else reject(refusalError(result));
    });
  });
}

function refusalError({ code, message }: Extract<RequestResult, { readonly ok: false }>): ApiError {
  return new ApiError(code === "invalid" ? "badRequest" : code, message);
}
