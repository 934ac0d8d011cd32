import { knownNodes } from "@quorate/cib";
import { nearestName } from "../../options/nearest-name.ts";
import type { Shell } from "../shell/shell.ts";
import { crmResource } from "./tools.ts";

/** `move RESOURCE [NODE] [LIFETIME] [force]`: a preference for a node, or (forced) a ban where it runs. */
export async function moveResource(shell: Shell, args: readonly string[]): Promise<boolean> {
  const place = await placeWords(shell, "move", args);
  if (place === null) return false;
  const { resource, node, options, isForced } = place;
  if (node === null && !isForced) {
    shell.messages.error("resource.move: No target node: Move requires either a target node or 'force'");
    return false;
  }
  const where = node === null ? [] : ["--node", node];
  if (!(await crmResource(shell, ["--quiet", "--move", "--resource", resource, ...where, ...options])))
    return false;
  shell.messages.info(`Move constraint created for ${resource}${node === null ? "" : ` to ${node}`}`);
  shell.messages.info(`Use \`crm resource clear ${resource}\` to remove this constraint`);
  return true;
}

/** `ban RESOURCE [NODE] [LIFETIME] [force]` */
export async function banResource(shell: Shell, args: readonly string[]): Promise<boolean> {
  const place = await placeWords(shell, "ban", args);
  if (place === null) return false;
  const { resource, node, options } = place;
  const where = node === null ? [] : ["--node", node];
  if (!(await crmResource(shell, ["--ban", "--resource", resource, ...where, ...options]))) return false;
  shell.messages.info(`Ban constraint created for ${resource}${node === null ? "" : ` to ${node}`}`);
  shell.messages.info(`Use \`crm resource clear ${resource}\` to remove this constraint`);
  return true;
}

interface Place {
  readonly resource: string;
  readonly node: string | null;
  readonly isForced: boolean;
  /** For `crm_resource`. */
  readonly options: readonly string[];
}

/**
 * The words behind a resource: a node, a lifetime, `force`, in this order, each optional. Null when one of them is none of these, which
 * was told: a mistyped node must not become another one.
 */
async function placeWords(shell: Shell, command: string, args: readonly string[]): Promise<Place | null> {
  const [resource, ...words] = args as [string, ...string[]];
  const nodes = knownNodes(await shell.readCib()).map(({ name }) => name);
  const isForced = words.at(-1) === "force";
  if (isForced) words.pop();
  const node = words.length > 0 && !isLifetime(words[0]!, nodes) ? words.shift()! : null;
  const lifetime = words.length > 0 && isLifetime(words[0]!, nodes) ? words.shift()! : null;
  if (words.length > 0) {
    shell.messages.error(
      `resource.${command}: "${words[0]}" is not known here. Expected RESOURCE [NODE] [LIFETIME] [force]; a lifetime is a duration such as PT1H`,
    );
    return null;
  }
  if (node !== null && !nodes.some((name) => name.toLowerCase() === node.toLowerCase())) {
    const nearest = nearestName(node, nodes);
    const mend = nearest === null ? `The nodes are: ${nodes.join(", ")}` : `Did you mean "${nearest}"?`;
    shell.messages.error(`resource.${command}: there is no node "${node}". ${mend}`);
    return null;
  }
  const options = [
    ...(lifetime === null ? [] : ["--lifetime", lifetime]),
    ...(isForced || shell.options.isForced ? ["--force"] : []),
  ];
  return { resource, node, isForced: isForced || shell.options.isForced, options };
}

/** `PT1H`; a node of such a name is a node. */
function isLifetime(word: string, nodes: readonly string[]): boolean {
  return /^P[\dT]/.test(word) && !nodes.includes(word);
}

/** `clear RESOURCE`: takes back what the others made. */
export async function clearResource(shell: Shell, args: readonly string[]): Promise<boolean> {
  if (!(await crmResource(shell, ["--quiet", "--clear", "--resource", args[0]!]))) return false;
  shell.messages.info(`Removed migration constraints for ${args[0]}`);
  return true;
}
