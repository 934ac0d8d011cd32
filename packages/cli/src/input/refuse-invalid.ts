import { type CibProblem, checkStructure, describeProblem, isKnownSchema, NEWEST_SCHEMA } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";

/**
 * Tells on standard error what is wrong with a document, each mistake on a line of its own in the form of log
 * lines (`where<TAB>severity: text`), and returns the exit status; null when the document may be used.
 */
export function refuseInvalid(world: World, document: XmlElement, place: string): number | null {
  // A section that the claimed schema does not have yet is no mistake: the document is judged by newer ones, too.
  const problems = checkStructure(document).filter(({ code }) => code !== "sectionTooNew");
  if (problems.length === 0) return null;
  for (const problem of problems) world.stderr(problemLine(world, problem, place));
  const schema = document.get("validate-with") ?? "";
  if (isKnownSchema(schema) && schema !== NEWEST_SCHEMA) {
    world.stderr(
      `Cannot upgrade configuration (claiming ${schema} schema) to at least ${NEWEST_SCHEMA} because it does not validate with any schema from ${schema} to the latest\n`,
    );
  }
  return ExitCode.configuration;
}

function problemLine(world: World, problem: CibProblem, place: string): string {
  return `${world.programName}\terror: ${place}: ${describeProblem(problem)}\n`;
}
