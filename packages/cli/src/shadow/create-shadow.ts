import { emptyCib, FEATURE_SET, isKnownSchema, NEWEST_SCHEMA } from "@quorate/cib";
import { serializeXml, type XmlElement } from "@quorate/xml";
import { shadowPath } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import { fail, requireForce, type ShadowCall, type ShadowCommand } from "./shadow-command.ts";
import { behindShadow } from "./shadow-file.ts";
import { enterShadow } from "./shadow-shell.ts";

const CREATED = "A new shadow instance was created. To begin using it";

/** Copies the configuration behind shadows into a new shadow, or over an old one. */
export function copyToShadow(purpose: "create" | "reset"): ShadowCommand {
  return (call) => {
    const refusal = purpose === "create" ? refuseExisting(call) : refuseReset(call);
    return refusal ?? behindShadow(call, async (cib) => store(call, await cib.document()));
  };
}

export function createEmptyShadow(call: ShadowCall): number {
  const schema = call.schema ?? NEWEST_SCHEMA;
  if (!isKnownSchema(schema)) {
    const message = `--validate-with "${schema}": no such schema; the newest is ${NEWEST_SCHEMA}`;
    return fail(call, ExitCode.usage, message);
  }
  const document = emptyCib({ featureSet: FEATURE_SET, schema });
  return refuseExisting(call) ?? store(call, document, `Created new ${schema} configuration\n`);
}

function refuseExisting(call: ShadowCall): number | null {
  const { output, name, isForced } = call;
  if (isForced || !output.world.fileExists(shadowPath(output.world.env, name))) return null;
  return fail(
    call,
    ExitCode.cannotCreate,
    `A shadow instance '${name}' already exists.\nTo prevent accidental destruction of the shadow file, the --force flag is required in order to proceed.`,
  );
}

function refuseReset(call: ShadowCall): number | null {
  return requireForce(call, {
    deed: "The reset command overwrites the active shadow configuration.",
    victim: "the shadow file",
  });
}

/** @throws FileError */
function store(call: ShadowCall, document: XmlElement, notice = ""): number {
  const { world } = call.output;
  world.writeFile(shadowPath(world.env, call.name), serializeXml(document));
  return enterShadow(call, { deed: CREATED, notice });
}
