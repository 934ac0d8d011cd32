import type { ApiClient } from "@quorate/api";
import { type CommandCall, UsageError } from "../command.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import type { World } from "../world.ts";
import type { stonithOptions } from "./stonith-options.ts";

/** One call of `stonith_admin`: what was asked, and where the answer goes. */
export interface StonithCall {
  readonly chosen: ParsedValues<typeof stonithOptions>;
  readonly output: Output;
  readonly world: World;
}

/** Resolves to the exit status. */
export type DaemonCommand = (daemon: ApiClient) => Promise<number>;
/** A command that needs no daemon. */
export type LocalCommand = () => Promise<number>;

export function stonithCall(
  { options, output }: CommandCall<typeof stonithOptions>,
  world: World,
): StonithCall {
  return { chosen: options, output, world };
}

/** The name of the node that a word means: itself, or with `--as-node-id` the name that belongs to it. */
export function nodeNamed(
  daemon: ApiClient,
  word: string,
  { chosen }: StonithCall,
): Promise<string> | string {
  return chosen.asNodeId ? nameOfId(daemon, word) : word;
}

/** An id that nobody has must not be taken for a name. */
async function nameOfId(daemon: ApiClient, id: string): Promise<string> {
  const nodes = await daemon.request("node.list", {});
  const node = nodes.find((one) => String(one.nodeId) === id);
  if (node === undefined) throw new UsageError(`no node has the id "${id}"`);
  return node.name;
}

export function complain({ world }: StonithCall, text: string): void {
  world.stderr(`${world.programName}: ${text}\n`);
}

/** The value of an option that is a number of seconds. */
export function seconds(option: string, text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^-?\d+s?$/.test(text)) throw new UsageError(`${option} "${text}": not a number of seconds`);
  return Number.parseInt(text, 10);
}
