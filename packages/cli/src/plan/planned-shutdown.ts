import { knownNodes } from "@quorate/cib";
import { defaultNode } from "../attributes/target-node.ts";
import { cibSource } from "../cluster/cib-source.ts";
import { useCib } from "../cluster/open-cib.ts";
import { main as crmAttribute } from "../commands/crm_attribute.ts";
import { ExitCode } from "../exit-codes.ts";
import { nearestName } from "../options/nearest-name.ts";
import { FileError, type World } from "../world.ts";

/**
 * Nodes that leave in order, on a CIB that is only tried: each asks by an attribute that what runs there be moved or stopped.
 * Source: controller specification, on shutdown.
 * @param names null: all nodes; empty: this one
 * @throws FileError for a node that is not in the CIB
 */
export async function shutDownCopy(world: World, names: readonly string[] | null): Promise<number> {
  const document = await useCib(world, cibSource(world.env), (cib) => cib.document());
  const known = knownNodes(document)
    .filter(({ kind }) => kind === "cluster")
    .map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    throw new FileError(
      `there is no node "${unknown}"${nearest === null ? "" : `; did you mean ${nearest}?`}`,
      { exitCode: ExitCode.noSuch },
    );
  }
  const own = await defaultNode(world, null);
  if (names?.length === 0 && own === null)
    throw new FileError("name the node: there is none to which this CIB belongs", {
      exitCode: ExitCode.usage,
    });
  const nowS = String(Math.floor(world.nowMs() / 1000));
  for (const node of names === null ? known : names.length === 0 ? [own!] : names) {
    const words = ["--lifetime", "reboot", "--name", "shutdown", "--node", node, "--update", nowS];
    const status = await crmAttribute(words, world);
    if (status !== ExitCode.ok) return status;
  }
  return ExitCode.ok;
}
