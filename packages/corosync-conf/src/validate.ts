import { type CorosyncConf, type Item, type Section, sectionsOf } from "./document.ts";
import { KNOWN_KEYS, type ValueRule } from "./keys.ts";
import type { ConfProblem } from "./problem.ts";
import { quorumSetup } from "./quorum-setup.ts";
import { effectiveToken } from "./timers.ts";
import { type ConfNode, type ConfView, itemOf, nodeSections, viewCorosyncConf } from "./view.ts";

export interface ValidationOptions {
  /** The candidate that somebody who wrote `word` probably meant, or null. */
  nearestName(word: string, candidates: readonly string[]): string | null;
}

/** What is wrong in a file, in the order of its lines; what is missing comes last. */
export function validateCorosyncConf(document: CorosyncConf, options: ValidationOptions): ConfProblem[] {
  const view = viewCorosyncConf(document);
  const problems = [
    ...checkKeys(document, "", options),
    ...checkTotem(document, view),
    ...checkNodes(view),
    ...checkQuorum(document, view),
  ];
  const place = ({ line }: ConfProblem) => line ?? Number.POSITIVE_INFINITY;
  return problems.sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0));
}

function* checkKeys(section: Section, path: string, options: ValidationOptions): Generator<ConfProblem> {
  const known = Object.hasOwn(KNOWN_KEYS, path) ? KNOWN_KEYS[path]! : null;
  const inner = Object.keys(KNOWN_KEYS)
    .filter((one) => one.slice(0, Math.max(0, one.lastIndexOf("."))) === path)
    .map((one) => one.slice(one.lastIndexOf(".") + 1));
  for (const entry of section.entries) {
    if (entry.kind === "section") {
      const nearest = inner.includes(entry.name) ? null : options.nearestName(entry.name, inner);
      if (nearest !== null) yield unknown("section", entry.name, nearest, entry.line);
      yield* checkKeys(entry, path === "" ? entry.name : `${path}.${entry.name}`, options);
    }
    if (entry.kind !== "item" || known === null) continue;
    if (!Object.hasOwn(known, entry.key)) {
      // Any key is legal; only one that looks like a slip is told.
      const nearest = options.nearestName(entry.key, Object.keys(known));
      if (nearest !== null) yield unknown("key", entry.key, nearest, entry.line);
      continue;
    }
    const mend = valueMend(known[entry.key]!, entry.value, options);
    if (mend !== null) {
      yield error(entry.line, `"${entry.value}" is no value for ${path}.${entry.key}; ${mend}`);
    }
  }
}

function unknown(what: string, name: string, nearest: string, line: number | null): ConfProblem {
  const message = `Corosync knows no ${what} "${name}" here and ignores it; did you mean "${nearest}"?`;
  return { severity: "warning", line, message };
}

function valueMend(rule: ValueRule, value: string, options: ValidationOptions): string | null {
  switch (rule.kind) {
    case "text":
      return null;
    case "integer": {
      const isInteger = /^-?\d+$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max;
      return isInteger ? null : `use a whole number from ${rule.min} to ${rule.max}`;
    }
    case "words": {
      if (rule.words.includes(value)) return null;
      // Among words of one letter every other one is near.
      const nearest = value.length < 2 ? null : options.nearestName(value, rule.words);
      return `use ${rule.words.join(", ")}${nearest === null ? "" : `; did you mean "${nearest}"?`}`;
    }
  }
}

function* checkTotem(document: CorosyncConf, view: ConfView): Generator<ConfProblem> {
  const sections = sectionsOf(document, "totem");
  const at = (key: string): Item | null => itemOf(sections, key);
  if (at("version") === null) yield error(null, 'totem.version is missing; write "version: 2"');
  const isKnet = view.transport === "knet";
  const cipher = at("crypto_cipher");
  const hash = at("crypto_hash");
  const isOn = (item: Item | null) => item !== null && item.value !== "none";
  const isSecured = ["on", "yes"].includes(at("secauth")?.value ?? "off");
  if (!isKnet && (isOn(cipher) || isOn(hash) || isSecured)) {
    const line = (isOn(cipher) ? cipher : isOn(hash) ? hash : at("secauth"))!.line;
    yield error(
      line,
      `encryption needs transport knet, but the transport is ${view.transport}; remove the crypto keys or use knet`,
    );
  } else if (isOn(cipher) && !isOn(hash) && !isSecured) {
    yield error(cipher!.line, "a cipher needs a hash; write crypto_hash: sha256");
  }
  const token = effectiveToken(view);
  const consensus = at("consensus");
  const join = Number(at("join")?.value ?? 50);
  if (consensus !== null && Number(consensus.value) > 0) {
    const milliseconds = Number(consensus.value);
    const advised = Math.floor(token * 1.2);
    if (milliseconds < join) {
      yield error(
        consensus.line,
        `consensus (${milliseconds} ms) must not be below join (${join} ms); leave it out to get ${advised} ms`,
      );
    } else if (milliseconds < advised) {
      yield {
        severity: "warning",
        line: consensus.line,
        message: `consensus should be at least 1.2 times the effective token timeout of ${token} ms; use ${advised} ms or leave it out`,
      };
    }
  }
  if (token < 30)
    yield error(at("token")?.line ?? null, `the token timeout is ${token} ms; the least is 30 ms`);
  const present = new Set(view.nodes.flatMap((node) => [...node.addresses.keys()]));
  for (const section of sections.flatMap((one) => sectionsOf(one, "interface"))) {
    const link = Number(itemOf([section], "linknumber")?.value ?? 0);
    const ttl = itemOf([section], "ttl");
    if (ttl !== null && view.transport !== "udp") {
      yield error(
        ttl.line,
        `ttl is for transport udp only, but the transport is ${view.transport}; remove it`,
      );
    }
    if (present.size > 0 && !present.has(link)) {
      yield {
        severity: "warning",
        line: section.line,
        message: `no node has an address on link ${link} (ring${link}_addr), so these options change nothing`,
      };
    }
  }
}

function* checkNodes(view: ConfView): Generator<ConfProblem> {
  const { nodes } = view;
  if (nodes.length === 0) {
    yield error(
      null,
      "there is no nodelist; name each node in nodelist { node { ring0_addr, name, nodeid } }",
    );
    return;
  }
  yield* checkUnique(nodes, "nodeid", (node) => node.nodeId);
  yield* checkUnique(nodes, "name", (node) => node.name);
  const links = [...new Set(nodes.flatMap((node) => [...node.addresses.keys()]))].sort(
    (one, other) => one - other,
  );
  const isKnet = view.transport === "knet";
  if (!isKnet && links.some((link) => link > 0)) {
    yield error(
      nodes[0]!.line,
      `transport ${view.transport} has one link only; remove ring1_addr and above, or use knet`,
    );
  }
  for (const node of nodes) {
    const title = node.name ?? `node ${node.nodeId ?? ""}`;
    if (isKnet && node.nodeId === null)
      yield error(node.line, `${title} has no nodeid; give each node a number of its own from 1`);
    const missing = links.filter((link) => !node.addresses.has(link));
    if (missing.length > 0) {
      const keys = missing.map((link) => `ring${link}_addr`).join(", ");
      yield error(
        node.line,
        `${title} lacks ${keys}, which other nodes have; every node must have the same links`,
      );
    }
    if (!node.addresses.has(0)) yield error(node.line, `${title} has no ring0_addr`);
    if (links.length > 1 && node.name === null)
      yield error(node.line, `${title} has no name; with more than one link each node needs one`);
  }
  for (const link of links) {
    yield* checkUnique(nodes, `ring${link}_addr`, (node) => node.addresses.get(link) ?? null);
    const families = new Set(
      nodes.map((node) => familyOf(node.addresses.get(link) ?? "")).filter((one) => one !== null),
    );
    if (families.size > 1) {
      yield error(nodes[0]!.line, `link ${link} mixes IPv4 and IPv6 addresses; use one family for each link`);
    }
  }
}

function* checkUnique(
  nodes: readonly ConfNode[],
  what: string,
  readValue: (node: ConfNode) => string | null,
): Generator<ConfProblem> {
  const first = new Map<string, ConfNode>();
  for (const node of nodes) {
    const value = readValue(node);
    if (value === null) continue;
    const other = first.get(value);
    if (other === undefined) first.set(value, node);
    else
      yield error(
        node.line,
        `${what} ${value} is taken by the node at line ${other.line}; each node needs its own`,
      );
  }
}

function familyOf(address: string): 4 | 6 | null {
  if (/^\d+(\.\d+){3}$/.test(address)) return 4;
  return address.includes(":") ? 6 : null;
}

function* checkQuorum(document: CorosyncConf, view: ConfView): Generator<ConfProblem> {
  const sections = sectionsOf(document, "quorum");
  const lineOf = (key: string) => itemOf(sections, key)?.line ?? null;
  const setup = quorumSetup(view);
  if (view.quorum.provider === null) {
    yield error(
      sections[0]?.line ?? null,
      'quorum.provider is missing: every partition would count as having quorum; write "provider: corosync_votequorum"',
    );
  }
  const isOn = (key: string) => view.quorum.options.get(key) === "1";
  if (isOn("two_node") && (setup.nodes.length !== 2 || setup.nodes.some(({ votes }) => votes !== 1))) {
    yield error(
      lineOf("two_node"),
      "two_node is for exactly two nodes of one vote each; with others a single node keeps quorum, so remove it",
    );
  }
  if (isOn("two_node") && isOn("auto_tie_breaker")) {
    yield {
      severity: "warning",
      line: lineOf("two_node"),
      message: "auto_tie_breaker switches two_node off; remove one of them",
    };
  }
  if (isOn("auto_tie_breaker") && setup.expectedVotes % 2 === 1 && !isOn("wait_for_all")) {
    if (isOn("last_man_standing")) {
      yield error(
        lineOf("auto_tie_breaker"),
        "auto_tie_breaker with last_man_standing needs an even number of votes, or wait_for_all: 1",
      );
    } else {
      yield {
        severity: "warning",
        line: lineOf("auto_tie_breaker"),
        message: "an odd number of votes has no ties, so Corosync switches auto_tie_breaker off; remove it",
      };
    }
  }
  if (view.quorum.device !== null) {
    for (const key of ["two_node", "last_man_standing", "auto_tie_breaker", "allow_downscale"]) {
      if (isOn(key))
        yield error(lineOf(key), `${key} cannot be used with a quorum device; remove one of them`);
    }
    if (!view.quorum.device.options.has("votes")) {
      const hasExpected = view.quorum.options.has("expected_votes");
      const isUnequal = nodeSections(document).length > 0 && setup.nodes.some(({ votes }) => votes !== 1);
      if (hasExpected || isUnequal) {
        yield error(
          null,
          "quorum.device.votes must be written when expected_votes is, or when not all nodes have one vote",
        );
      }
    }
  }
}

function error(line: number | null, message: string): ConfProblem {
  return { severity: "error", line, message };
}
