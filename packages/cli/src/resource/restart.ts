import type { ResourceView } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import { CibError } from "../cluster/cib-session.ts";
import { patchCib } from "../cluster/patch-cib.ts";
import { UsageError } from "../command.ts";
import { findResource } from "../configuration/resources.ts";
import { ENDED_BY_SIGNAL, ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";
import { waitUntilSettled } from "./settled.ts";

/**
 * Stops a resource, waits until the cluster has settled, and starts it again. On one node (of a clone) by a ban there, else by its target
 * role. What was set before is set again, also when the wait takes too long. Succeeds only when it was seen stopped, and running again.
 */
export async function restartResource(call: ResourceCall): Promise<number> {
  const isTried = call.world.isPlanning === true;
  if (!isTried) needDaemon(call);
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const node = namedNode(view, call);
  const top = view.resource(resource.topId)!;
  const isCollective = top.kind === "clone" || top.kind === "bundle";
  const whole = isCollective ? top : resource;
  const wasOn = placesOf(whole, node);
  if (wasOn.length === 0) {
    const where = node === null ? "" : ` on ${node}`;
    throw new UsageError(
      `${resource.id} is not running${where} and so cannot be restarted${await leftHold(call, whole.configuredId)}`,
    );
  }
  if (node !== null && !isCollective) {
    throw new UsageError(
      "--restart with --node is for clones and bundles: other resources run on one node only",
    );
  }
  refuseUnmanaged(whole);
  const hold = node === null ? stopByRole(call, whole) : stopByBan(call, whole, node);
  if (isTried) {
    await hold.place();
    call.world.stderr("What stops is started again afterwards\n");
    return ExitCode.ok;
  }
  const isStopped = async () =>
    (await placesNow(call, whole.configuredId, node)).filter((place) => wasOn.includes(place)).length === 0;
  const isRunning = async () => (await placesNow(call, whole.configuredId, node)).length > 0;

  const signals = call.world.holdSignals();
  let hasStopped: boolean;
  try {
    try {
      await hold.place();
    } catch (error) {
      // It may hold the resource all the same.
      if (error instanceof CibError && error.effect !== "none") await takeAway(hold, whole.configuredId);
      throw error;
    }
    try {
      const stopped = waitUntilSettled(call).then(isStopped);
      // After a signal nobody looks at it any more.
      stopped.catch(() => {});
      const ended = await Promise.race([stopped, signals.first]);
      if (typeof ended === "string") {
        throw new CibError(
          `interrupted (${ended}); what held ${whole.configuredId} stopped was taken away, so the cluster starts it again where it had stopped`,
          ENDED_BY_SIGNAL[ended],
        );
      }
      hasStopped = ended;
    } finally {
      await takeAway(hold, whole.configuredId);
    }
    // One that came while the hold was taken away: whoever sent it does not want to wait for what follows.
    const late = await Promise.race([signals.first, Promise.resolve(null)]);
    if (late !== null)
      throw new CibError(
        `interrupted (${late}); what held ${whole.configuredId} stopped was taken away, so the cluster starts it again`,
        ENDED_BY_SIGNAL[late],
      );
  } finally {
    signals.release();
  }
  if (!hasStopped) {
    throw incomplete(
      `${whole.configuredId} did not stop on ${wasOn.join(", ")}, so it was not restarted; crm_mon -1 -f tells of failures`,
    );
  }
  await waitUntilSettled(call);
  if (!(await isRunning())) {
    throw incomplete(
      `${whole.configuredId} has stopped, but does not run again; crm_resource --why --resource ${whole.configuredId} tells why`,
    );
  }
  call.output.text(`${resource.id} successfully restarted\n`);
  return ExitCode.ok;
}

function incomplete(message: string): CibError {
  return new CibError(message, ExitCode.error);
}

function placesOf({ active }: ResourceView, node: string | null): string[] {
  return active.map((place) => place.node).filter((place) => node === null || place === node);
}

async function placesNow(call: ResourceCall, id: string, node: string | null): Promise<string[]> {
  const resource = (await clusterView(call)).resource(id);
  return resource === null ? [] : placesOf(resource, node);
}

/** The cluster would not stop it, would therefore have nothing to do, and it would seem that all had been done. */
function refuseUnmanaged({ configuredId, unmanaged }: ResourceView): void {
  if (unmanaged.length === 0) return;
  const which =
    unmanaged.length === 1 && unmanaged[0] === configuredId
      ? configuredId
      : `${unmanaged.join(", ")} in ${configuredId}`;
  throw new CibError(
    `the cluster may not stop ${which} (unmanaged, in maintenance or blocked by a failure), so nothing was done. Let it be managed first (is-managed, maintenance, maintenance-mode), or clean up the failure`,
    ExitCode.unsafe,
  );
}

/** What keeps a resource stopped, for as long as it is in the configuration. */
interface Hold {
  readonly element: XmlElement;
  /** @throws CibError */
  place(): Promise<unknown>;
  take(): Promise<unknown>;
}

/** By hand, on the command line. */
function deletion({ name, id }: XmlElement): string {
  return `cibadmin --delete --xml-text '<${name} id="${id}"/>'`;
}

/** What to say of a hold that is in the configuration, empty when there is none. Nobody can tell whether somebody still waits behind it. */
async function leftHold({ cib }: ResourceCall, resource: string): Promise<string> {
  const id = holdId(resource);
  const configuration = (await cib.document()).first("configuration");
  const left = [...(configuration?.descendants() ?? [])].find(
    (element) => element.id === id || element.id?.startsWith(`${id}-on-`),
  );
  if (left === undefined || left.name === "nvpair") return "";
  return `. <${left.name} id="${left.id}"> keeps it stopped: a restart is under way, or was killed. If nobody restarts it: ${deletion(left)}`;
}

function holdId(resource: string): string {
  return `cli-restart-${resource}`;
}

/** @throws CibError that says how to take it away by hand */
async function takeAway({ element, take }: Hold, resource: string): Promise<void> {
  try {
    await take();
  } catch (error) {
    if (error instanceof CibError && error.effect === "done") throw error;
    const { message, exitCode } = error as { readonly message: string; readonly exitCode?: number };
    throw new CibError(
      `${resource} stays stopped, because <${element.name} id="${element.id}"> could not be deleted again (${message}). Delete it as soon as the cluster answers: ${deletion(element)}`,
      exitCode ?? ExitCode.error,
      { effect: "unknown" },
    );
  }
}

/**
 * By a set of meta-attributes of its own, which wins over all others: whatever is configured stays as it is, and undoing is to delete it.
 */
function stopByRole({ cib }: ResourceCall, { configuredId }: ResourceView): Hold {
  const id = holdId(configuredId);
  const element = new XmlElement("meta_attributes", [["id", id]]);
  return {
    element,
    place: () =>
      patchCib(cib, (document) => {
        const resource = findResource(document, configuredId);
        if (resource === null) {
          throw new CibError(`${configuredId} is no longer in the configuration`, ExitCode.noSuch);
        }
        if (resource.all("meta_attributes").some((set) => set.id === id)) return;
        const set = new XmlElement("meta_attributes", [
          ["id", id],
          ["score", "INFINITY"],
        ]);
        set.append(
          new XmlElement("nvpair", [
            ["id", `${id}-target-role`],
            ["name", "target-role"],
            ["value", "Stopped"],
          ]),
        );
        resource.insert(set, 0);
      }),
    take: () => cib.call({ operation: "cib_delete", section: "resources", data: element }),
  };
}

function stopByBan({ cib }: ResourceCall, { configuredId }: ResourceView, node: string): Hold {
  const id = `${holdId(configuredId)}-on-${node}`;
  const constraints = new XmlElement("constraints");
  constraints.append(
    new XmlElement("rsc_location", [
      ["id", id],
      ["rsc", configuredId],
      ["node", node],
      ["score", "-INFINITY"],
    ]),
  );
  const element = new XmlElement("rsc_location", [["id", id]]);
  return {
    element,
    place: () =>
      cib.call({
        operation: "cib_modify",
        section: "constraints",
        data: constraints,
        flags: ["can-create"],
      }),
    take: () => cib.call({ operation: "cib_delete", section: "constraints", data: element }),
  };
}
