import type { XmlElement } from "@quorate/xml";
import { activeShadow } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";

export interface ShadowCall {
  readonly output: Output;
  /** The shadow that a command names; empty for those about the active one. */
  readonly name: string;
  readonly isForced: boolean;
  readonly isBatch: boolean;
  readonly isWithStatus: boolean;
  readonly schema: string | null;
}

/** Resolves to the exit status. */
export type ShadowCommand = (call: ShadowCall) => number | Promise<number>;

/** Says what is wrong; returns the exit status. */
export function fail({ output: { world } }: ShadowCall, exitCode: number, message: string): number {
  world.stderr(`${world.programName}: ${message}\n`);
  return exitCode;
}

export function succeed({ output }: ShadowCall, text: string, elements: readonly XmlElement[]): number {
  output.show({ text: () => text, xml: () => elements });
  return ExitCode.ok;
}

/** Refuses what destroys something and was not forced; says so, too, when another shadow is the active one. */
export function requireForce(
  call: ShadowCall,
  words: { readonly deed: string; readonly victim: string },
): number | null {
  const { name, isForced, output } = call;
  if (isForced) return null;
  const active = activeShadow(output.world.env);
  const mismatch =
    active === null || active === name
      ? ""
      : `Additionally, the supplied shadow instance (${name}) is not the same as the active one (${active}).\n`;
  return fail(
    call,
    ExitCode.usage,
    `${words.deed}\n${mismatch}To prevent accidental destruction of ${words.victim}, the --force flag is required in order to proceed.`,
  );
}

export function noActiveShadow(call: ShadowCall): number {
  return fail(call, ExitCode.noSuch, "No active shadow configuration defined");
}

export function missingShadow(call: ShadowCall, name: string): number {
  return fail(call, ExitCode.noSuch, `Could not access shadow instance '${name}': No such file or directory`);
}
