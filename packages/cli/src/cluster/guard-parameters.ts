import type { XmlElement } from "@quorate/xml";
import type { World } from "../world.ts";
import { cibError } from "./cib-error.ts";
import { ALLOWS_MISTAKES, type CibCall, type CibSession } from "./cib-session.ts";

/** Completes the refusal of what is mistyped in a change. */
const MEND =
  "nothing was changed; where the command takes --force, that writes it all the same, as cibadmin --force does";

/**
 * Refuses a change of the running cluster that gives a resource a parameter which its agent, as it is installed here, does not know: it
 * would be passed on and ignored. Whoever insists puts a flag on the change, and the daemon puts that on record. What an agent that cannot
 * be read knows, nobody can tell: that is let pass, with a warning. `document` gives a copy of the CIB. @throws CibError
 */
export async function guardParameters(
  world: World,
  call: CibCall,
  document: () => Promise<XmlElement>,
): Promise<void> {
  if (call.flags?.includes(ALLOWS_MISTAKES)) return;
  const { judgeParameters } = await import("../configuration/unknown-parameters.ts");
  const { unknown, doubts } = await judgeParameters(world, call, document);
  for (const doubt of doubts) world.stderr(`${world.programName}\twarning: ${doubt}\n`);
  refuse(unknown.map(({ remark }) => remark));
}

/**
 * Refuses a change of a file only for names that are nearly right: the file may be meant for hosts with other agents. Changes of the running
 * cluster are guarded as they are made. @throws CibError
 */
export async function guardFile(world: World, cib: CibSession, call: CibCall): Promise<void> {
  if (cib.isLive || call.flags?.includes(ALLOWS_MISTAKES)) return;
  const { judgeParameters } = await import("../configuration/unknown-parameters.ts");
  const { unknown } = await judgeParameters(world, call, async () => (await cib.document()).clone());
  refuse(unknown.filter(({ nearest }) => nearest !== null).map(({ remark }) => remark));
}

function refuse(remarks: readonly string[]): void {
  if (remarks.length > 0) throw cibError("schema", [...remarks, MEND].join("\n"), null);
}
