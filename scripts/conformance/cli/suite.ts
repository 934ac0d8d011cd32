import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The form of `tests.json` of the command-line suite; its README says what each field means. */
export interface CliSuiteFile {
  readonly of: string;
  readonly suites: readonly CliSuite[];
}

export interface CliSuite {
  readonly name: string;
  readonly groups: readonly CliGroup[];
}

export interface CliGroup {
  readonly index: number;
  readonly kind: string;
  readonly env?: Environment;
  readonly setup?: readonly CliAction[];
  readonly tests: readonly CliTest[];
}

/** Null unsets a variable. */
export type Environment = Readonly<Record<string, string | null>>;

/** An object with one of these keys. */
export type CliAction =
  | { readonly run: string }
  | { readonly copy_cib: string }
  | { readonly new_shadow_dir: unknown }
  | { readonly create_shadow: { readonly validate_with?: string | null } }
  | { readonly normalise_shadow: unknown };

export interface CliTest {
  readonly description: string;
  readonly command: string;
  readonly env?: Environment;
  readonly before?: readonly CliAction[];
  readonly after?: readonly CliAction[];
  readonly stdin?: { readonly text: string } | { readonly file: string } | { readonly command: string };
  readonly work_copy?: { readonly setup: readonly CliAction[]; readonly cib: string };
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cib?: string;
}

/** Reads `tests.json`; null when the folder holds another kind of suite. */
export function readCliSuite(folder: string): CliSuiteFile | null {
  const content = JSON.parse(readFileSync(join(folder, "tests.json"), "utf8")) as unknown;
  return typeof content === "object" && content !== null && "suites" in content
    ? (content as CliSuiteFile)
    : null;
}
