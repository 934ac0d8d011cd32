import { OBJECT_TYPES, type ObjectType } from "../../language/object-types.ts";
import { CrmSyntaxError, Cursor } from "../../language/read/cursor.ts";
import { readObject } from "../../language/read/read-object.ts";
import type { ShellCommand } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { readXmlEntry } from "./entries.ts";

/** For each kind of object, what stands behind its word and what it is. */
const TEXTS: Readonly<Record<string, readonly [usage: string, help: string]>> = {
  node: [
    "[ID:] NAME[:TYPE] [attributes NAME=VALUE ...] [utilization NAME=VALUE ...]",
    "Define a node, or its attributes",
  ],
  primitive: [
    "ID {[CLASS:[PROVIDER:]]TYPE|@TEMPLATE} [params NAME=VALUE ...] [meta NAME=VALUE ...] [utilization NAME=VALUE ...] [op NAME NAME=VALUE ...] ...",
    "Define a resource",
  ],
  rsc_template: [
    "ID [CLASS:[PROVIDER:]]TYPE [params ...] [meta ...] [op ...] ...",
    "Define a template for resources",
  ],
  group: [
    "ID RESOURCE ... [meta NAME=VALUE ...] [params NAME=VALUE ...]",
    "Define a group: resources that run together, in order",
  ],
  clone: [
    "ID RESOURCE [meta NAME=VALUE ...] [params NAME=VALUE ...]",
    "Define a clone: a resource that runs on several nodes",
  ],
  ms: [
    "ID RESOURCE [meta NAME=VALUE ...] [params NAME=VALUE ...]",
    "Define a promotable clone the old way (use clone with meta promotable=true)",
  ],
  bundle: [
    "ID {docker|rkt} image=IMAGE [NAME=VALUE ...] [network NAME=VALUE ... [port-mapping NAME=VALUE ...]] [storage storage-mapping NAME=VALUE ...] [meta NAME=VALUE ...] [primitive RESOURCE]",
    "Define a bundle: a container with its infrastructure",
  ],
  tag: ["ID[:] RESOURCE ...", "Define a tag, a name for several resources"],
  location: [
    "ID {RESOURCE|/PATTERN/|{ RESOURCE ... }} [role=ROLE] [resource-discovery=VALUE] {SCORE: NODE|rule [$role=ROLE] SCORE: EXPRESSION ...}",
    "Define where a resource prefers to run, or must not",
  ],
  colocation: [
    "ID SCORE: RESOURCE[:ROLE] WITH[:ROLE] ... [node-attribute=NAME]",
    "Define what runs beside what",
  ],
  order: [
    "ID [{KIND|SCORE}:] FIRST[:ACTION] THEN[:ACTION] ... [symmetrical=BOOLEAN]",
    "Define what happens before what",
  ],
  fencing_topology: [
    "[{NODE:|pattern:PATTERN|attr:NAME=VALUE} DEVICE[,DEVICE ...] ...] ...",
    "Define which fence devices are tried for which node, in which order",
  ],
  rsc_ticket: [
    "ID TICKET: RESOURCE[:ROLE] ... [loss-policy=stop|demote|fence|freeze]",
    "Define which ticket resources depend on",
  ],
  property: ["[ID:] [rule ...] NAME=VALUE ...", "Set properties of the cluster"],
  rsc_defaults: ["[ID:] [rule ...] NAME=VALUE ...", "Set defaults of resource meta-attributes"],
  op_defaults: ["[ID:] [rule ...] NAME=VALUE ...", "Set defaults of operations"],
  role: [
    "ID {read|write|deny} {xpath:XPATH|ref:ID|type:ELEMENT|SHORTCUT} ...",
    "Define a role: a set of permissions",
  ],
  acl_target: ["USER ROLE ...", "Give roles to a user"],
  alert: [
    "ID PATH [attributes ...] [meta ...] [select KIND ...] [to {RECIPIENT|{ RECIPIENT [attributes ...] [meta ...] }}] ...",
    "Define an alert",
  ],
};

/** A word of old. What it defined, permissions of one user, today's configurations do not have. */
const USER: ShellCommand = {
  usage: "USER {read|write|deny} ...",
  help: "Of old; today a role has the permissions and acl_target gives it to a user",
  atMost: null,
  run: (shell) => {
    shell.messages.error(
      "user not supported by the RNG schema. Define a role with the permissions, and give it to the user with acl_target",
    );
    return false;
  },
};

/** The commands that define objects. */
export function objectCommands(): Record<string, ShellCommand> {
  const commands: Record<string, ShellCommand> = {};
  for (const type of OBJECT_TYPES) {
    const texts = TEXTS[type.word];
    if (texts === undefined) continue;
    const [usage, help] = texts;
    commands[type.word] = { usage, help, atMost: null, run: (shell, args) => define(shell, type, args) };
  }
  return { ...commands, user: USER };
}

async function define(shell: Shell, type: ObjectType, args: readonly string[]): Promise<boolean> {
  if (type.word === "ms") adviseClone(shell, args);
  try {
    const read = readObject(new Cursor([type.word, ...args]));
    return (await shell.configuration()).create(type, read);
  } catch (error) {
    if (!(error instanceof CrmSyntaxError)) throw error;
    shell.messages.error(error.message);
    return false;
  }
}

/** `xml XML`: what the words of crm cannot say, or what somebody has as XML. */
export async function defineXml(shell: Shell, args: readonly string[]): Promise<boolean> {
  const text = args.join(" ");
  const entry = readXmlEntry(text);
  if (typeof entry === "string") {
    shell.messages.error(`Cannot parse XML data: ${text}\n${entry}`);
    return false;
  }
  const copy = await shell.configuration();
  return copy.attempt(() => [...entry.inner, entry].every(({ type, read }) => copy.create(type, read)));
}

function adviseClone(shell: Shell, args: readonly string[]): void {
  const hasMeta = args.includes("meta");
  const words = ["clone", ...args, ...(hasMeta ? [] : ["meta"]), "promotable=true"];
  shell.messages.warning(`"ms" is deprecated. Please use "${words.join(" ")}"`);
}
