import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { ProcessMarker } from "@quorate/executor";

/** A machine of the playground. */
export interface PlaygroundNode {
  readonly nodeId: number;
  readonly name: string;
  /** The root of its disk: `etc/quorate`, `var/lib/quorate`, `run/quorate` lie below. */
  readonly root: string;
  /** Its daemon's local API. */
  readonly socket: string;
  readonly logFile: string;
}

/** Where everything of one playground lies. */
export interface Layout {
  readonly directory: string;
  /** The supervisor listens here: fence agent and commands talk to it. */
  readonly controlSocket: string;
  readonly keyFile: string;
  readonly nodes: readonly PlaygroundNode[];
}

/** Every process of a playground's nodes carries this variable with the playground's directory. */
const PLAYGROUND_VARIABLE = "QUORATE_PLAYGROUND";

/** And this one with the node's root: the power switch of a node ends all processes that do. */
const NODE_VARIABLE = "QUORATE_PLAYGROUND_NODE";

/** Finds all processes of a playground. */
export function playgroundMarker(directory: string): ProcessMarker {
  return { name: PLAYGROUND_VARIABLE, value: directory };
}

/** Finds all processes of one node. */
export function nodeMarker(node: PlaygroundNode): ProcessMarker {
  return { name: NODE_VARIABLE, value: node.root };
}

/** One playground per user unless told otherwise; short, because a Unix socket's path is limited to 107 bytes. */
export function defaultDirectory(): string {
  return join(tmpdir(), `quorate-playground-${userInfo().uid}`);
}

export function layoutOf(directory: string, nodeNames: readonly string[]): Layout {
  return {
    directory,
    controlSocket: join(directory, "control.sock"),
    keyFile: join(directory, "engine.key"),
    nodes: nodeNames.map((name, index) => {
      const root = join(directory, name);
      return {
        nodeId: index + 1,
        name,
        root,
        socket: join(root, "run/quorate/quorated.sock"),
        logFile: join(directory, `${name}.log`),
      };
    }),
  };
}
