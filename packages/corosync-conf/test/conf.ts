import { type CorosyncConf, parseCorosyncConf } from "../src/index.ts";

interface Cluster {
  readonly votes: readonly number[];
  /** Lines of the section quorum. */
  readonly quorum?: readonly string[];
}

/** A cluster of nodes k1, k2, ... with these votes. */
export function clusterOf({ votes, quorum = [] }: Cluster): CorosyncConf {
  const nodes = votes.map(
    (vote, index) =>
      `node {\nring0_addr: 192.0.2.${index + 1}\nname: k${index + 1}\nnodeid: ${index + 1}\nquorum_votes: ${vote}\n}\n`,
  );
  return readConf(
    `totem {\nversion: 2\n}\nnodelist {\n${nodes.join("")}}\nquorum {\nprovider: corosync_votequorum\n${quorum.join("\n")}\n}\n`,
  );
}

export function readConf(text: string): CorosyncConf {
  const parsed = parseCorosyncConf(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.message}`);
  return parsed.document;
}
