import type { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { exitText } from "../exit-texts.ts";
import type { World } from "../world.ts";
import { writeResult } from "./output-options.ts";
import { xmlResult } from "./xml-result.ts";

/** What a command found, for every form of output. */
export interface CommandResult {
  readonly exitCode: number;
  /** For standard output, whole lines. */
  readonly text: string;
  /** The same as elements, for `--output-as=xml`. */
  readonly content: readonly XmlElement[];
  /** Without a newline at the end; on standard error, or inside the status of the XML result. */
  readonly errors: readonly string[];
}

export interface OutputChoice {
  /** The command line without the program's name: the XML result repeats it. */
  readonly argv: readonly string[];
  /** `text` when null. */
  readonly outputAs: string | null;
  readonly outputTo: string | null;
}

/** Prints a result in the form that the command line asks for. Returns its exit status. @throws FileError */
export function deliver(world: World, choice: OutputChoice, result: CommandResult): number {
  const { exitCode, text, content, errors } = result;
  switch (choice.outputAs) {
    case "none":
      break;
    case "xml": {
      const document = xmlResult(world, {
        argv: choice.argv,
        content,
        exitCode,
        message: exitText(exitCode),
        errors,
      });
      writeResult(world, choice.outputTo, document);
      break;
    }
    default:
      for (const error of errors) world.stderr(`${error}\n`);
      if (text !== "") writeResult(world, choice.outputTo, text);
  }
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
