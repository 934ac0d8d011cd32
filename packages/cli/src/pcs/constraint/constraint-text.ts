import type { XmlElement } from "@quorate/xml";
import { modernRole } from "../../configuration/roles.ts";
import { sectionElements } from "../../configuration/sections.ts";
import { indented } from "../framework/text.ts";
import { isRuleExpired } from "../rules/in-effect.ts";
import { ruleLines } from "../rules/rule-text.ts";

export interface ConstraintTextOptions {
  readonly showsIds: boolean;
  /** Also constraints whose rules have expired. */
  readonly showsExpired: boolean;
  /** Whether those are marked as such; default: yes. */
  readonly marksExpired?: boolean;
  readonly nowMs: number;
}

export function constraintsOf(cib: XmlElement, name: string): XmlElement[] {
  return sectionElements(cib, "constraints").filter((element) => element.name === name);
}

/** All constraints, under a title for each kind. */
export function allConstraintLines(cib: XmlElement, options: ConstraintTextOptions): string[] {
  return [
    ...locationLines(cib, options),
    ...kindLines(cib, "rsc_order", options),
    ...kindLines(cib, "rsc_colocation", options),
    ...kindLines(cib, "rsc_ticket", options),
  ];
}

const TITLES = {
  rsc_order: "Ordering Constraints:",
  rsc_colocation: "Colocation Constraints:",
  rsc_ticket: "Ticket Constraints:",
} as const;

const PLAIN_TEXTS = { rsc_order: orderText, rsc_colocation: colocationText, rsc_ticket: ticketText } as const;

export type PlainKind = keyof typeof TITLES;

/** Constraints of one kind: plain ones, then those with resource sets. */
export function kindLines(cib: XmlElement, kind: PlainKind, options: ConstraintTextOptions): string[] {
  const constraints = constraintsOf(cib, kind);
  const isSet = (constraint: XmlElement) => constraint.first("resource_set") !== null;
  const sets = constraints.filter(isSet);
  return [
    TITLES[kind],
    ...constraints
      .filter((constraint) => !isSet(constraint))
      .map((constraint) => `  ${PLAIN_TEXTS[kind](constraint)}${idText(constraint, options)}`),
    ...(sets.length === 0 ? [] : ["  Resource Sets:"]),
    ...sets.map((constraint) => `    ${setConstraintText(constraint, options)}`),
  ];
}

function idText(element: XmlElement, options: Pick<ConstraintTextOptions, "showsIds">): string {
  return options.showsIds ? ` (id:${element.id ?? ""})` : "";
}

export function orderText(order: XmlElement): string {
  const side = (name: "first" | "then") =>
    [order.get(`${name}-action`), order.get(name)].filter((word) => word !== null).join(" ");
  const others = [...order.attributes]
    .filter(([name]) => !ORDER_SHOWN.has(name))
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`);
  return [
    `${side("first")} then ${side("then")}`,
    ...orderKind(order),
    ...(order.get("symmetrical") === "false" ? ["(non-symmetrical)"] : []),
    ...(others.length === 0 ? [] : [`(Options: ${others.join(" ")})`]),
  ].join(" ");
}

const ORDER_SHOWN: ReadonlySet<string> = new Set([
  "id",
  "first",
  "then",
  "first-action",
  "then-action",
  "kind",
  "score",
  "symmetrical",
]);

/** Old orderings have a score instead of a kind: 0 is optional. */
function orderKind(order: XmlElement): string[] {
  const kind = order.get("kind");
  if (kind !== null) return [`(kind:${kind})`];
  const score = order.get("score");
  if (score !== null) return [`(score:${score})`];
  return ["(kind:Mandatory)"];
}

export function colocationText(colocation: XmlElement): string {
  const others = [...colocation.attributes]
    .filter(([name]) => !["id", "rsc", "with-rsc", "score"].includes(name))
    .sort(byName)
    .map(([name, value]) => `(${name}:${name.endsWith("role") ? modernRole(value) : value})`);
  const score = `(score:${colocation.get("score") ?? ""})`;
  return [colocation.get("rsc") ?? "", "with", colocation.get("with-rsc") ?? "", score, ...others].join(" ");
}

export function ticketText(ticket: XmlElement): string {
  const role = ticket.get("rsc-role");
  const others = [...ticket.attributes]
    .filter(([name]) => !["id", "rsc", "rsc-role"].includes(name))
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`);
  return [...(role === null ? [] : [role]), ticket.get("rsc") ?? "", ...others].join(" ");
}

export function setConstraintText(
  constraint: XmlElement,
  options: Pick<ConstraintTextOptions, "showsIds">,
): string {
  const attributes = attributeWords(constraint);
  const sets = constraint.all("resource_set").map((set) => {
    const members = set.all("resource_ref").map(({ id }) => id ?? "");
    return ["set", ...members, ...attributeWords(set)].join(" ") + idText(set, options);
  });
  const setOptions = attributes.length === 0 ? [] : [["setoptions", ...attributes].join(" ")];
  return [...sets, ...setOptions].join(" ") + idText(constraint, options);
}

function attributeWords(element: XmlElement): string[] {
  return [...element.attributes]
    .filter(([name]) => name !== "id")
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`);
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

/** What a location constraint is about, as it is titled. */
function locationTitle(constraint: XmlElement): string {
  const pattern = constraint.get("rsc-pattern");
  return pattern === null ? `Resource: ${constraint.get("rsc") ?? ""}` : `Resource pattern: ${pattern}`;
}

function isPattern(title: string): boolean {
  return title.startsWith("Resource pattern: ");
}

/** Patterns first, then resources, each sorted. */
function byTitle(left: string, right: string): number {
  if (isPattern(left) !== isPattern(right)) return isPattern(left) ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function hasRules(constraint: XmlElement): boolean {
  return constraint.first("rule") !== null;
}

function isShown(constraint: XmlElement, options: ConstraintTextOptions): boolean {
  return options.showsExpired || !hasRules(constraint) || !constraint.all("rule").every(isExpiredIn(options));
}

function isExpiredIn({ nowMs }: ConstraintTextOptions): (rule: XmlElement) => boolean {
  return (rule) => isRuleExpired(rule, nowMs);
}

/** Location constraints by resource. `titles`: only those; null: all. */
export function locationLines(
  cib: XmlElement,
  options: ConstraintTextOptions,
  titles: ReadonlySet<string> | null = null,
): string[] {
  const constraints = constraintsOf(cib, "rsc_location").filter((constraint) => isShown(constraint, options));
  return ["Location Constraints:", ...byResourceLines(constraints, options, titles)];
}

function byResourceLines(
  constraints: readonly XmlElement[],
  options: ConstraintTextOptions,
  titles: ReadonlySet<string> | null,
): string[] {
  return [...new Set(constraints.map(locationTitle))]
    .filter((title) => titles === null || titles.has(title))
    .sort(byTitle)
    .flatMap((title) => {
      const own = constraints.filter((constraint) => locationTitle(constraint) === title);
      const plain = own.filter((constraint) => !hasRules(constraint));
      return indented([
        title,
        ...nodeLines("  Enabled on:", plain.filter(isPositive), options),
        ...nodeLines(
          "  Disabled on:",
          plain.filter((constraint) => !isPositive(constraint)),
          options,
        ),
        ...own.filter(hasRules).flatMap((constraint) => indented(ruleConstraintLines(constraint, options))),
      ]);
    });
}

function isPositive(constraint: XmlElement): boolean {
  return !(constraint.get("score") ?? "0").startsWith("-");
}

function nodeLines(
  title: string,
  constraints: readonly XmlElement[],
  options: ConstraintTextOptions,
): string[] {
  if (constraints.length === 0) return [];
  return [
    title,
    ...constraints.map(
      (constraint) => `    Node: ${constraint.get("node") ?? ""} ${locationDetails(constraint, options)}`,
    ),
  ];
}

function locationDetails(constraint: XmlElement, options: ConstraintTextOptions): string {
  const detail = (name: string, separator: string) => {
    const value = constraint.get(name);
    return value === null ? [] : [`(${name}${separator}${value})`];
  };
  return [
    `(score:${constraint.get("score") ?? "0"})`,
    ...detail("role", ":"),
    ...detail("resource-discovery", "="),
    ...(options.showsIds ? [`(id:${constraint.id ?? ""})`] : []),
  ].join(" ");
}

export function ruleConstraintLines(constraint: XmlElement, options: ConstraintTextOptions): string[] {
  const discovery = constraint.get("resource-discovery");
  const rules = constraint.all("rule");
  const isExpired = options.marksExpired === false ? () => false : isExpiredIn(options);
  const title = rules.every(isExpired) ? "Constraint (expired):" : "Constraint:";
  return [
    [title, constraint.id ?? "", ...(discovery === null ? [] : [`(resource-discovery=${discovery})`])].join(
      " ",
    ),
    ...indented(
      rules.flatMap((rule) =>
        ruleLines(rule, {
          showsIds: options.showsIds,
          isExpired,
        }),
      ),
    ),
  ];
}

/** Location constraints by node. `nodes` empty: all, constraints with rules under a node without name as well. */
export function locationByNodeLines(
  cib: XmlElement,
  options: ConstraintTextOptions,
  nodes: readonly string[],
): string[] {
  const constraints = constraintsOf(cib, "rsc_location").filter((constraint) => isShown(constraint, options));
  const names = [...new Set(constraints.map((constraint) => constraint.get("node") ?? ""))]
    .filter((name) => nodes.length === 0 || nodes.includes(name))
    .sort();
  const lines = names.flatMap((name) => {
    const own = constraints.filter((constraint) => (constraint.get("node") ?? "") === name);
    const list = (title: string, some: readonly XmlElement[]) =>
      some.length === 0
        ? []
        : [
            `    ${title}`,
            ...some.map(
              (constraint) => `      ${locationTitle(constraint)} ${locationDetails(constraint, options)}`,
            ),
          ];
    return [
      `  Node: ${name}`,
      ...list("Allowed to run:", own.filter(isPositive)),
      ...list(
        "Not allowed to run:",
        own.filter((constraint) => !isPositive(constraint)),
      ),
    ];
  });
  return ["Location Constraints:", ...lines, ...byResourceLines(constraints.filter(hasRules), options, null)];
}
