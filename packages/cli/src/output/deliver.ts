import type { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import type { Output } from "./output.ts";

/** What a command found, for every form of output. */
export interface CommandResult {
  readonly exitCode: number;
  /** For standard output, whole lines. */
  readonly text: string;
  /** The same as elements, for the structured forms. */
  readonly content: readonly XmlElement[];
  /** Without a newline at the end; on standard error, or inside the status of the structured forms. */
  readonly errors: readonly string[];
}

/** Shows a result in the form that the command line asks for. Returns its exit status. */
export function deliver(output: Output, { exitCode, text, content, errors }: CommandResult): number {
  for (const error of errors) output.world.stderr(`${error}\n`);
  output.show({ text: () => text, xml: () => content });
  return exitCode;
}

/** A result that is an error and nothing else. The message names the program, as the classic tools do. */
export function failure(world: World, exitCode: number, message: string): CommandResult {
  return { exitCode, text: "", content: [], errors: [`${world.programName}: ${message}`] };
}

/** A result that is good. */
export function success(text: string, content: readonly XmlElement[]): CommandResult {
  return { exitCode: ExitCode.ok, text, content, errors: [] };
}
