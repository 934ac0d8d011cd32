import { parseAssignments, quoted } from "../../framework/assignments.ts";
import type { PcsCall } from "../../framework/command.ts";
import { fail, type Reports } from "../../framework/reports.ts";
import { type HostPlan, OF_HOSTS } from "./settings.ts";

export const WATCHDOG_DEFAULT = "/dev/watchdog";
/** Source: sbd(8). */
const DEVICES_MAX = 3;
const DOES = ["crashdump", "off", "reboot"];
const FLUSHES = ["flush", "noflush"];
const ACTIONS = [
  ...DOES,
  ...FLUSHES,
  ...DOES.flatMap((does) => FLUSHES.flatMap((flush) => [`${does},${flush}`, `${flush},${does}`])),
].sort();

/** Values that sbd takes; null: any. Source: sbd(8). */
const OPTIONS: Readonly<Record<string, { readonly pattern: RegExp; readonly words: string }>> = {
  SBD_DELAY_START: { pattern: /^(?:yes|no|\d+)$/, words: "'yes', 'no', a non-negative integer" },
  SBD_STARTMODE: { pattern: /^(?:always|clean)$/, words: "'always', 'clean'" },
  SBD_TIMEOUT_ACTION: { pattern: new RegExp(`^(?:${ACTIONS.join("|")})$`), words: quoted(ACTIONS) },
  SBD_WATCHDOG_TIMEOUT: { pattern: /^\d+$/, words: "a non-negative integer" },
};

export interface SbdWords {
  /** In the order of the nodes. */
  readonly plans: readonly HostPlan[];
  readonly options: ReadonlyMap<string, string>;
}

/** `watchdog=PATH[@NODE]`, `device=PATH[@NODE]` and options, for these nodes. @throws PcsError */
export function readSbdWords(call: PcsCall, nodes: readonly string[]): SbdWords {
  const { reports } = call;
  const watchdogs = new Places();
  const devices = new Places();
  const others: string[] = [];
  for (const word of call.args) {
    const [, kind, path] = /^(watchdog|device)=(.*)$/s.exec(word) ?? [];
    if (kind === undefined) others.push(word);
    else (kind === "watchdog" ? watchdogs : devices).add(path!);
  }
  watchdogs.refuseSeveral();
  const options = new Map(parseAssignments(others));
  for (const name of new Set([...watchdogs.nodes, ...devices.nodes]))
    if (!nodes.includes(name)) reports.error(`Node '${name}' does not appear to exist in configuration`);
  const plans = nodes.map(
    (name): HostPlan => ({
      name,
      // An empty one stands for none.
      watchdog: watchdogs.of(name)[0] || WATCHDOG_DEFAULT,
      devices: devices.of(name),
    }),
  );
  for (const plan of plans) checkPlan(reports, plan, plans);
  checkOptions(reports, options);
  reports.check("Errors have occurred, therefore pcs is unable to continue");
  return { plans, options };
}

/** Paths for all nodes, and for single ones, which have these alone. */
class Places {
  readonly #common: string[] = [];
  readonly #own = new Map<string, string[]>();

  add(word: string): void {
    const at = word.lastIndexOf("@");
    if (at < 0) this.#common.push(word);
    else {
      const node = word.slice(at + 1);
      this.#own.set(node, [...(this.#own.get(node) ?? []), word.slice(0, at)]);
    }
  }

  get nodes(): readonly string[] {
    return [...this.#own.keys()];
  }

  of(node: string): readonly string[] {
    return [...new Set(this.#own.get(node) ?? this.#common)];
  }

  /** @throws PcsError */
  refuseSeveral(): void {
    if (this.#common.length > 1) fail("Multiple watchdog definitions.");
    for (const [node, paths] of this.#own)
      if (paths.length > 1) fail(`Multiple watchdog definitions for node '${node}'`);
  }
}

export function checkPlan(
  reports: Reports,
  { name, watchdog, devices }: HostPlan,
  plans: readonly HostPlan[],
): void {
  if (!watchdog.startsWith("/"))
    reports.error(`Watchdog path '${watchdog}' on node '${name}' is not absolute`);
  if (devices.length === 0 && plans.some((other) => other.devices.length > 0))
    reports.error(`No SBD device specified for node '${name}'`);
  if (devices.length > DEVICES_MAX)
    reports.error(
      `At most ${DEVICES_MAX} SBD devices can be specified for a node, ${quoted(devices)} specified for node '${name}'`,
    );
  for (const path of devices)
    if (!path.startsWith("/")) reports.error(`Device path '${path}' on node '${name}' is not absolute`);
}

function checkOptions(reports: Reports, options: ReadonlyMap<string, string>): void {
  const allowed = `allowed options are: ${quoted(Object.keys(OPTIONS))}`;
  for (const [name, value] of options) {
    const known = Object.hasOwn(OPTIONS, name) ? OPTIONS[name]! : null;
    if (OF_HOSTS.has(name)) reports.error(`invalid option '${name}', ${allowed}`);
    else if (known === null) reports.forceable(`invalid option '${name}', ${allowed}`);
    else if (!known.pattern.test(value))
      reports.error(`'${value}' is not a valid ${name} value, use ${known.words}`);
  }
}
