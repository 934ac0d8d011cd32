import { isTrue } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { CibError, type CibSession } from "../../../cluster/cib-session.ts";
import { FileCib } from "../../../cluster/file-cib.ts";
import { UsageError } from "../../../command.ts";
import { findNode, guestNodeNames, remoteNodeNames } from "../../../configuration/nodes.ts";
import { nvpairValue } from "../../../configuration/nvsets.ts";
import {
  findResource,
  isClone,
  isStonith,
  outerCollective,
  primitivesIn,
} from "../../../configuration/resources.ts";
import { sectionElements } from "../../../configuration/sections.ts";
import { ExitCode } from "../../../exit-codes.ts";
import { ban, clear, move, type RelocationCall } from "../../../resource/relocation.ts";
import { clusterView, ResourceError } from "../../../resource/resource-call.ts";
import type { World } from "../../../world.ts";
import { quoted } from "../../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { fail, failChange } from "../../framework/reports.ts";
import { checkWait, waitAndTell, waitForIdle } from "../../framework/wait.ts";
import { foresee, placesOf } from "./foresee.ts";
import { withTemporaryConstraints } from "./temporary-constraints.ts";

type Verb = "move" | "ban" | "clear";

const ACTIONS: Readonly<Record<Verb, (call: RelocationCall) => Promise<number>>> = { move, ban, clear };

interface Request {
  readonly resource: string;
  readonly node: string | null;
  readonly lifetime: string | null;
}

/** `ID [NODE] [lifetime=DURATION]`. */
function parseWords(call: PcsCall, verb: Verb): Request {
  if (call.has("--master")) call.reports.deprecated("option '--master' is now called '--promoted'");
  const [resource, ...rest] = call.args;
  if (resource === undefined) fail(`must specify a resource to ${verb}`);
  const nodes = rest.filter((word) => !word.includes("="));
  const options = rest.filter((word) => word.includes("="));
  const takesLifetime = verb !== "clear";
  if (nodes.length > 1 || options.some((word) => !takesLifetime || !word.startsWith("lifetime=")))
    call.usage();
  const lifetime = options.at(-1)?.slice("lifetime=".length) ?? "";
  return { resource, node: nodes[0] ?? null, lifetime: lifetime === "" ? null : lifetime };
}

function isPromotedOnly(call: PcsCall): boolean {
  return call.has("--promoted") || call.has("--master");
}

function isPromotable(resource: XmlElement): boolean {
  if (resource.name === "master") return true;
  return isClone(resource) && isTrue(nvpairValue(resource, "meta_attributes", "promotable") ?? "");
}

function isKnownNode(cib: XmlElement, name: string): boolean {
  return (
    findNode(cib, name) !== null || guestNodeNames(cib).includes(name) || remoteNodeNames(cib).includes(name)
  );
}

/** Tells what forbids the request. @throws PcsError */
function check(call: PcsCall, cib: XmlElement, request: Request, verb: Verb): void {
  const { reports } = call;
  const resource = findResource(cib, request.resource);
  if (resource === null) reports.error(`bundle/clone/group/resource '${request.resource}' does not exist`);
  if (verb !== "clear" && request.node !== null && !isKnownNode(cib, request.node)) {
    reports.error(`Node '${request.node}' does not appear to exist in configuration`);
  }
  if (resource !== null) {
    const collective = isClone(resource) || resource.name === "bundle" ? resource : outerCollective(resource);
    const around =
      collective !== null && collective !== resource && isPromotable(collective) ? collective : null;
    if (isPromotedOnly(call) && !isPromotable(resource)) {
      const hint = around === null ? "" : ` (${around.id})`;
      reports.error(`when specifying --promoted you must use the promotable clone id${hint}`);
    } else if (verb === "move" && resource.name === "bundle") {
      reports.error("cannot move bundle resources");
    } else if (verb === "move" && around !== null) {
      reports.error(`to move promotable clone resources you must use the promotable clone id (${around.id})`);
    } else if (verb === "move" && collective !== null && isClone(collective) && !isPromotable(collective)) {
      reports.error("cannot move cloned resources");
    }
    if (isStonith(resource)) {
      reports.deprecated(
        `this command will not take fence devices one day; use constraints for '${resource.id}'`,
      );
    }
  }
  reports.check();
}

function relocationCall(
  call: PcsCall,
  request: Request,
  cib: CibSession,
  write: (text: string) => void,
): RelocationCall {
  return {
    cib,
    world: withStdout(call.world, write),
    request: {
      ...request,
      isPromotedOnly: isPromotedOnly(call),
      isExpiredOnly: call.has("--expired"),
      isForced: false,
      isQuiet: false,
    },
  };
}

/** Makes or removes the constraints. Resolves to what there is to say of them. @throws PcsError */
async function relocate(call: PcsCall, request: Request, verb: Verb): Promise<readonly string[]> {
  const { cib, session } = await call.cib();
  check(call, cib, request, verb);
  const said: string[] = [];
  const relocation = relocationCall(call, request, session, (text) => said.push(text));
  if (verb !== "clear" && request.node === null) {
    const active = (await clusterView(relocation)).resource(request.resource)?.active ?? [];
    if (active.length === 0) fail("You must specify a node when moving/banning a stopped resource");
  }
  await act(relocation, verb);
  return said;
}

/** For a constraint that stays, also what it brings about. */
async function relocateForGood(call: PcsCall, request: Request, verb: Verb): Promise<void> {
  for (const text of await relocate(call, request, verb))
    call.reports.info(ownWords(text, isPromotedOnly(call)));
  if (verb === "move" && request.node !== null) {
    call.reports.warn(
      `the constraint lets '${request.resource}' prefer ${request.node}; other constraints and options may still keep it elsewhere`,
    );
  }
}

/** What crm_resource says, without advice for its own options, and right also where only the promoted role is meant. */
function ownWords(text: string, isPromotedOnly: boolean): string {
  const words = text
    .trimEnd()
    .replace(/^WARNING: Creating rsc_location constraint/, "Warning: Creating location constraint")
    .replace(/ using the clear option or by editing the CIB with an appropriate tool\.?$/m, "");
  return isPromotedOnly ? words.replace(/ from running on /, " from being promoted on ") : words;
}

/** @throws PcsError */
async function act(relocation: RelocationCall, verb: Verb): Promise<void> {
  const { request } = relocation;
  try {
    await ACTIONS[verb](relocation);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CibError)) throw error;
    const what = `cannot ${verb} resource '${request.resource}'`;
    if (error instanceof UsageError) fail(`${what}: ${error.message}`);
    if (verb === "move" && error.exitCode === ExitCode.exists)
      fail(
        `${what}: it is ${request.isPromotedOnly ? "promoted" : "running"} on ${request.node} already; nothing was changed`,
      );
    failChange(error instanceof ResourceError ? `${what}: ${error.subject}` : what, error);
  }
}

function isMoveConstraint(constraint: XmlElement, resource: string): boolean {
  return constraint.get("rsc") === resource && /^cli-(prefer|ban)-/.test(constraint.id ?? "");
}

/** Tries the move on a copy: with its constraint gone the resource must stay where it went. @throws PcsError */
async function refuseShortStay(call: PcsCall, cib: XmlElement, request: Request): Promise<void> {
  check(call, cib, request, "move");
  const nowMs = call.world.nowMs();
  const rehearsal = FileCib.of(call.world, cib.clone());
  await act(
    relocationCall(call, request, rehearsal, () => {}),
    "move",
  );
  const { after: moved, touched } = foresee(await rehearsal.document(), nowMs);
  const [there, before] = [moved, cib].map((document) => placesOf(document, request.resource, nowMs));
  const { resource } = request;
  const isThere = request.node === null || there!.some((place) => place.split(" ")[0] === request.node);
  if (!isThere || there!.join() === before!.join()) {
    fail(
      `Resource '${resource}' would not move${request.node === null ? "" : ` to ${request.node}`}, so nothing was changed; 'quorate explain ${resource}' tells why`,
    );
  }
  if (call.has("--strict")) refuseOthers(cib, resource, touched);
  const settled = moved.clone();
  settled.first("configuration")!.remove();
  settled.insert(cib.first("configuration")!.clone(), 0);
  const end = placesOf(foresee(settled, nowMs).after, resource, nowMs);
  if (end.join() === there!.join()) return;
  const where = end.length === 0 ? "would stop" : `would go to ${end.join(", ")}`;
  const hasOld = sectionElements(cib, "constraints").some((one) => isMoveConstraint(one, resource));
  const mend = hasOld
    ? `a constraint of an earlier move or ban asks for that, 'pcs resource clear ${resource}' removes it`
    : "use 'pcs resource move-with-constraint', or give it a resource-stickiness";
  fail(
    `Resource '${resource}' ${where} as soon as the constraint is removed, so nothing was changed; ${mend}`,
  );
}

/** @throws PcsError when something would be done to other resources */
function refuseOthers(cib: XmlElement, id: string, touched: ReadonlySet<string>): void {
  const resource = findResource(cib, id)!;
  const own = new Set([resource, ...primitivesIn(resource)].map((one) => one.id));
  const others = [...touched].filter((one) => !own.has(one)).sort();
  if (others.length > 0)
    fail(
      `Moving the resource would have an effect on other resources, so nothing was changed: ${quoted(others)}`,
    );
}

/** The same world, but what is printed goes to `write`. */
function withStdout(world: World, write: (text: string) => void): World {
  return new Proxy(world, {
    get(target, name) {
      if (name === "stdout") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function relocationCommand(verb: Verb, help: string): PcsCommand {
  return {
    usage: [
      verb === "clear"
        ? "<resource id> [<node>] [--promoted] [--expired]"
        : "<resource id> [<node>] [--promoted] [lifetime=<duration>]",
    ],
    help,
    options: [
      "-f",
      "--promoted",
      "--master",
      "--wait",
      ...(verb === "clear" ? (["--expired"] as const) : []),
    ],
    async run(call) {
      const request = parseWords(call, verb);
      const waitS = checkWait(call);
      await relocateForGood(call, request, verb);
      if (waitS !== null) await waitAndTell(call, waitS, [request.resource]);
    },
  };
}

export const moveWithConstraint = relocationCommand(
  "move",
  "Move a resource by a constraint that stays: to a node, or off the one where it runs.",
);

export const banCommand = relocationCommand(
  "ban",
  "Keep a resource off a node by a constraint, by default off the one where it runs.",
);

export const clearCommand = relocationCommand("clear", "Remove the constraints of move and ban.");

const WAIT_DEFAULT_S = 3600;

/** Needs the running cluster, since the constraint goes only when the resource has moved. */
export const moveCommand: PcsCommand = {
  usage: ["<resource id> [<node>] [--promoted] [--strict]"],
  help: "Move a resource: with a constraint that is removed again once the resource has moved. Constraints of move and ban that were there before are put back. --strict: not if anything would be done to other resources.",
  options: ["--promoted", "--master", "--autodelete", "--strict", "--wait"],
  async run(call) {
    if (call.has("--autodelete"))
      call.reports.deprecated("'--autodelete' is needless: the constraint is removed in any case");
    const request = parseWords(call, "move");
    if (request.lifetime !== null) call.usage();
    const waitS = checkWait(call) ?? WAIT_DEFAULT_S;
    if (call.world.isPlanning === true) {
      // The constraint goes when the resource has moved; where it moves is what is asked.
      await relocate(call, request, "move");
      return;
    }
    if (!call.isLive)
      fail("'resource move' needs the running cluster; for a CIB in a file use 'move-with-constraint'");
    const { session, cib } = await call.cib();
    await refuseShortStay(call, cib, request);
    const { resource } = request;
    await withTemporaryConstraints(
      {
        world: call.world,
        session,
        reports: call.reports,
        isOwn: (one) => isMoveConstraint(one, resource),
        mend: `see 'pcs constraint location config resources ${resource} --full'`,
      },
      async () => {
        await relocate(call, request, "move");
        call.reports.info(`Location constraint to move resource '${resource}' has been created`);
      },
      () => waitForIdle(call, waitS),
    );
    await waitAndTell(call, waitS, [resource]);
    const active = (await clusterView({ cib: session, world: call.world })).resource(resource)?.active ?? [];
    if (request.node !== null && !active.some(({ node }) => node === request.node))
      fail(`Resource '${resource}' did not stay on ${request.node}`);
  },
};
