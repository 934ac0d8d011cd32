import { type CorosyncConf, removeEverywhere, setEverywhere, viewCorosyncConf } from "@quorate/corosync-conf";

/** Two nodes decide in a way of their own, unless something else breaks a tie; more or fewer must not. */
export function keepTwoNode(document: CorosyncConf): void {
  const { nodes, quorum } = viewCorosyncConf(document);
  const isTwoNode =
    nodes.length === 2 && quorum.options.get("auto_tie_breaker") !== "1" && quorum.device === null;
  if (!isTwoNode) removeEverywhere(document, "quorum", "two_node");
  else if (quorum.options.get("two_node") !== "1") setEverywhere(document, "quorum", "two_node", "1");
}
