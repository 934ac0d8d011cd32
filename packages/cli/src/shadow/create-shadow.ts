import { emptyCib, isKnownSchema, NEWEST_SCHEMA } from "@quorate/cib";
import { serializeXml, type XmlElement } from "@quorate/xml";
import { shadowPath } from "../cluster/cib-source.ts";
import { FEATURE_SET } from "../cluster/file-cib.ts";
import { ExitCode } from "../exit-codes.ts";
import { type CommandResult, failure } from "../output/deliver.ts";
import { FileError } from "../world.ts";
import { requireForce, type ShadowCall, type ShadowCommand } from "./shadow-command.ts";
import { behindShadow } from "./shadow-file.ts";
import { enterShadow } from "./shadow-shell.ts";

const CREATED = "A new shadow instance was created. To begin using it";

/** Copies the configuration behind shadows into a new shadow, or over an old one. */
export function copyToShadow(purpose: "create" | "reset"): ShadowCommand {
  return (call) => {
    const refusal = purpose === "create" ? refuseExisting(call) : refuseReset(call);
    return refusal ?? behindShadow(call.world, async (cib) => store(call, await cib.document()));
  };
}

export function createEmptyShadow(call: ShadowCall): CommandResult {
  const schema = call.schema ?? NEWEST_SCHEMA;
  if (!isKnownSchema(schema)) {
    return failure(
      call.world,
      ExitCode.usage,
      `--validate-with "${schema}": no such schema; the newest is ${NEWEST_SCHEMA}`,
    );
  }
  const document = emptyCib({ featureSet: FEATURE_SET, schema });
  return refuseExisting(call) ?? store(call, document, `Created new ${schema} configuration\n`);
}

function refuseExisting({ world, name, isForced }: ShadowCall): CommandResult | null {
  if (isForced || !world.fileExists(shadowPath(world.env, name))) return null;
  return failure(
    world,
    ExitCode.cannotCreate,
    `A shadow instance '${name}' already exists.\nTo prevent accidental destruction of the shadow file, the --force flag is required in order to proceed.`,
  );
}

function refuseReset(call: ShadowCall): CommandResult | null {
  return requireForce(call, {
    deed: "The reset command overwrites the active shadow configuration.",
    victim: "the shadow file",
  });
}

function store(call: ShadowCall, document: XmlElement, notice = ""): CommandResult {
  const { world, name } = call;
  try {
    world.writeFile(shadowPath(world.env, name), serializeXml(document));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failure(world, error.exitCode, error.message);
  }
  return enterShadow(call, { deed: CREATED, notice });
}
