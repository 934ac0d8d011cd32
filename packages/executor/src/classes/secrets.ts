import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A value that stands for a secret kept on the node only. */
const SECRET_PLACEHOLDER = "lrm://";

export type SecretsResult =
  | {
      readonly ok: true;
      readonly parameters: ReadonlyMap<string, string>;
      /** Names of those that were replaced. */
      readonly revealed: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Replaces parameters whose value is `lrm://` by the content of `DIRECTORY/RESOURCE/PARAMETER`, white space at its end
 * removed, after comparing the file's MD5 sum with `PARAMETER.sign` beside it. Source: executor specification, 4 (secrets).
 */
export async function substituteSecrets(
  parameters: ReadonlyMap<string, string>,
  place: { readonly directory: string; readonly resourceId: string },
): Promise<SecretsResult> {
  const secretNames = [...parameters]
    .filter(([, value]) => value === SECRET_PLACEHOLDER)
    .map(([name]) => name);
  if (secretNames.length === 0) {
    return { ok: true, parameters, revealed: new Set() };
  }
  const substituted = new Map(parameters);
  for (const name of secretNames) {
    const path = join(place.directory, place.resourceId, name);
    if (name.includes("/") || place.resourceId.includes("/")) {
      return { ok: false, reason: `${path} is not a place for secrets` };
    }
    try {
      const content = await readFile(path);
      const sum = (await readFile(`${path}.sign`, "utf8")).trim();
      if (createHash("md5").update(content).digest("hex") !== sum) {
        return { ok: false, reason: `${path} does not match its checksum in ${path}.sign` };
      }
      substituted.set(name, content.toString("utf8").trimEnd());
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  return { ok: true, parameters: substituted, revealed: new Set(secretNames) };
}
