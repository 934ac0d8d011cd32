import { activeShadow } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import { type CommandResult, failure } from "../output/deliver.ts";
import type { World } from "../world.ts";

export interface ShadowCall {
  readonly world: World;
  /** The shadow that a command names; empty for those about the active one. */
  readonly name: string;
  readonly isForced: boolean;
  readonly isBatch: boolean;
  readonly isWithStatus: boolean;
  readonly schema: string | null;
}

export type ShadowCommand = (call: ShadowCall) => CommandResult | Promise<CommandResult>;

/** Refuses what destroys something and was not forced; says so, too, when another shadow is the active one. */
export function requireForce(
  { world, name, isForced }: ShadowCall,
  words: { readonly deed: string; readonly victim: string },
): CommandResult | null {
  if (isForced) return null;
  const active = activeShadow(world.env);
  const mismatch =
    active === null || active === name
      ? ""
      : `Additionally, the supplied shadow instance (${name}) is not the same as the active one (${active}).\n`;
  return failure(
    world,
    ExitCode.usage,
    `${words.deed}\n${mismatch}To prevent accidental destruction of ${words.victim}, the --force flag is required in order to proceed.`,
  );
}

export function noActiveShadow(world: World): CommandResult {
  return failure(world, ExitCode.noSuch, "No active shadow configuration defined");
}

export function missingShadow(world: World, name: string): CommandResult {
  return failure(
    world,
    ExitCode.noSuch,
    `Could not access shadow instance '${name}': No such file or directory`,
  );
}
