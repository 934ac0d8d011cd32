import { idProblem } from "../../configuration/ids.ts";
import { fail, type Reports } from "./reports.ts";

/** Ends the command when the text cannot be an id. `what` it would be the id of: `ACL role`. */
export function checkId(id: string, what: string): void {
  const problem = describeIdProblem(id, what);
  if (problem !== null) fail(problem);
}

/** As `checkId`, but goes on, so that other mistakes are told as well. */
export function reportId(reports: Reports, id: string, what: string): void {
  const problem = describeIdProblem(id, what);
  if (problem !== null) reports.error(problem);
}

function describeIdProblem(id: string, what: string): string | null {
  if (id === "") return `${what} cannot be empty`;
  const problem = idProblem(id);
  if (problem === null) return null;
  const where = problem.isFirst ? "first character" : "character";
  return `invalid ${what} '${id}', '${problem.character}' is not a valid ${where} for a ${what}`;
}
