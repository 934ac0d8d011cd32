import { XmlElement } from "@quorate/xml";
import { indexIn } from "../elements.ts";
import type { UpgradeLog } from "../upgrade-log.ts";
import { PREFIX_3 } from "./cluster-options.ts";

/** Settings of an operation that were taken from its instance attributes, too. */
const SETTINGS: ReadonlySet<string> = new Set([
  "description",
  "enabled",
  "interval",
  "interval-origin",
  "on-fail",
  "record-pending",
  "role",
  "start-delay",
  "timeout",
]);

const AREA = "Resources-operation";

/**
 * `requires` of an operation becomes that of the resource when it was that of its start or promotion, unless the resource
 * has one already, and goes away otherwise; settings among instance attributes become meta-attributes.
 */
export function upgradeOperations(owner: XmlElement, log: UpgradeLog): void {
  const candidates: Requirement[] = [];
  for (const operation of owner.first("operations")?.all("op") ?? []) {
    candidates.push(...takeRequirements(owner, operation, log));
    moveSettings(operation);
  }
  const hasOwn = owner
    .all("meta_attributes")
    .some((block) => block.all("nvpair").some((pair) => pair.get("name") === "requires"));
  if (hasOwn) return;
  const chosen = RANKS.map((rank) => candidates.filter((candidate) => candidate.rank === rank).at(-1)).find(
    (candidate) => candidate !== undefined,
  );
  if (chosen !== undefined) owner.append(chosen.block);
}

interface Requirement {
  readonly rank: "attribute" | "meta" | "instance";
  /** The block that the resource gets when this one is chosen. */
  readonly block: XmlElement;
}

const RANKS = ["attribute", "meta", "instance"] as const;

/** Takes all `requires` out of an operation; returns those that count. */
function takeRequirements(owner: XmlElement, operation: XmlElement, log: UpgradeLog): readonly Requirement[] {
  const counts = operation.get("name") === "start" || operation.get("name") === "promote";
  const found: Requirement[] = [];
  const inline = operation.get("requires");
  if (inline !== null) {
    operation.attributes.delete("requires");
    const block = new XmlElement("meta_attributes", [["id", `${PREFIX_3}${owner.id ?? ""}-meta`]]);
    block.append(
      new XmlElement("nvpair", [
        ["id", `${PREFIX_3}${operation.id ?? ""}-meta-requires`],
        ["name", "requires"],
        ["value", inline],
      ]),
    );
    if (counts) found.push({ rank: "attribute", block });
    else remark(log, "", owner, operation, null);
  }
  for (const kind of ["meta_attributes", "instance_attributes"] as const) {
    for (const block of operation.all(kind)) {
      const pairs = block.all("nvpair").filter((pair) => pair.get("name") === "requires");
      const last = pairs.at(-1);
      if (last === undefined) continue;
      for (const pair of pairs) pair.remove();
      const moved = new XmlElement("meta_attributes", [["id", `${PREFIX_3}${block.id ?? ""}`]]);
      const isEmptied = block.elements().length === 0;
      if (isEmptied) for (const child of [...block.children]) moved.append(child);
      moved.append(last);
      if (isEmptied) block.remove();
      if (counts) found.push({ rank: kind === "meta_attributes" ? "meta" : "instance", block: moved });
      else remark(log, ` ${kind}`, owner, operation, block);
    }
  }
  return found;
}

function remark(
  log: UpgradeLog,
  kind: string,
  owner: XmlElement,
  operation: XmlElement,
  block: XmlElement | null,
): void {
  const meta = block === null ? "" : `, meta=${block.id ?? ""}`;
  log.info(`${AREA}${kind}`, `${operation.id ?? ""} (rsc=${owner.id ?? ""}${meta}): dropping requires`);
  log.info(`${AREA}${kind}`, "... only start/promote operation taken into account");
}

/** Of several with one name the last counts. */
function moveSettings(operation: XmlElement): void {
  const settings = new Map<string, XmlElement>();
  let index = operation.children.length;
  for (const block of operation.all("instance_attributes")) {
    for (const pair of block.all("nvpair")) {
      const name = pair.get("name") ?? "";
      if (!SETTINGS.has(name)) continue;
      settings.delete(name);
      settings.set(name, pair);
      pair.remove();
    }
    if (block.elements().length === 0 && settings.size > 0) {
      index = Math.min(index, indexIn(operation, block));
      block.remove();
    }
  }
  if (settings.size === 0) return;
  const meta = new XmlElement("meta_attributes", [["id", `${PREFIX_3}${operation.id ?? ""}-meta`]]);
  for (const pair of settings.values()) meta.append(pair);
  operation.insert(meta, Math.min(index, operation.children.length));
}
