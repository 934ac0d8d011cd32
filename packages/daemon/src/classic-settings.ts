import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Shell assignments; what is set in the environment wins. */
const FILES = ["etc/default/pacemaker", "etc/sysconfig/pacemaker"];

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings `PCMK_...` of this machine, as administrators of Pacemaker know them; an empty text for what is not set. */
export function classicSettings(root: string, environment: Environment): (name: string) => string {
  const values = new Map<string, string>();
  for (const file of FILES) {
    let text: string;
    try {
      text = readFileSync(join(root, file), "utf8");
    } catch {
      continue;
    }
    for (const line of text.split("\n")) {
      const match = /^\s*(?:export\s+)?(PCMK_\w+)=(?:"([^"]*)"|'([^']*)'|([^\s#]*))/u.exec(line);
      if (match !== null) values.set(match[1]!, match[2] ?? match[3] ?? match[4] ?? "");
    }
  }
  return (name) => environment[name] || values.get(name) || "";
}

/** What a node of the cluster heeds of them. */
export interface NodeSettings {
  /** Whether it is put into standby, or taken out of it, when it first joins. */
  readonly startState: "default" | "standby" | "online";
  /** Actions at once on this node, whatever the cluster option `node-action-limit` says; 0: twice the number of its cores; null: as the option says. */
  readonly actionLimit: number | null;
}

/** @throws Error that names a setting that is wrong and what it must be */
export function readNodeSettings(root: string, environment: Environment): NodeSettings {
  const setting = classicSettings(root, environment);
  const startState = setting("PCMK_node_start_state") || "default";
  if (startState !== "default" && startState !== "standby" && startState !== "online")
    throw new Error(
      `PCMK_node_start_state "${startState}" is no state to start in: write default, standby or online`,
    );
  const limit = setting("PCMK_node_action_limit");
  if (!/^\d{0,6}$/u.test(limit))
    throw new Error(`PCMK_node_action_limit "${limit}" is no number of actions: write 0 or more`);
  return { startState, actionLimit: limit === "" ? null : Number(limit) };
}
