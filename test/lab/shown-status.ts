import type { Host } from "@quorate/lab";
import { parseXml, selectXPath, serializeXml, type XmlElement } from "@quorate/xml";
import { expect } from "vitest";
import { classicProblems } from "../classic-schema.ts";

/** What `crm_mon` says of one node; lower-case words of its attributes that are true. */
type ShownNode = readonly string[];

/** What `crm_mon` says on one host, in all its forms alike. */
export interface ShownStatus {
  readonly hasQuorum: boolean;
  readonly dc: string | null;
  /** Of each node what is true of it: `online`, `unclean`, `standby`, `maintenance`, ... */
  readonly nodes: Readonly<Record<string, ShownNode>>;
  /** Nodes where each resource is active. */
  readonly active: Readonly<Record<string, readonly string[]>>;
  /** Each as `RESOURCE_OPERATION_INTERVAL NODE`. */
  readonly failures: readonly string[];
  readonly tickets: readonly string[];
}

const NODE_WORDS = ["online", "unclean", "standby", "maintenance", "pending"];
const SHOW = "crm_mon -1 --inactive --show-detail --failcounts --show-node-attributes --tickets -m3";
/** When it was looked at. */
const MOMENT = /Last updated: .*/;
const TRIES_MAX = 10;

/** Looks at the cluster on a host with each form of `crm_mon`: all must be well-formed and tell the same, and the XML be as programs for Pacemaker expect it. */
export async function shownStatus(host: Host): Promise<ShownStatus> {
  const { text, xml, json, html } = await outputsOf(host);
  const root = rootOf(xml);
  expect(classicProblems(xml)).toEqual([]);
  expect(textsOf(root, "status/@code")).toEqual(["0"]);
  const { result, status } = JSON.parse(json) as { result: JsonElement[]; status: { code: number } };
  expect(status.code).toBe(0);
  expect(result.map(plainJson), "JSON").toEqual(root.elements().slice(0, -1).map(plainXml));
  expect(linesOfPage(html), "HTML").toEqual(linesOfText(text));
  const shown = factsOf(root);
  expectTextTells(text, shown);
  return shown;
}

interface Outputs {
  readonly text: string;
  readonly xml: string;
  readonly json: string;
  readonly html: string;
}

/** One look in each form, while nothing changes. */
async function outputsOf(host: Host): Promise<Outputs> {
  const forms = ["text", "xml", "json", "html", "text"];
  const script = forms.map((form) => `${SHOW} --output-as=${form} || exit\nprintf '\\1'`).join("\n");
  for (let tries = 1; ; tries++) {
    const parts = (await host.must(["bash", "-c", script], { timeoutMs: 60_000 })).split("\x01");
    const [text, xml, json, html, again] = parts as [string, string, string, string, string];
    if (text.replace(MOMENT, "") === again.replace(MOMENT, "")) return { text, xml, json, html };
    if (tries === TRIES_MAX) throw new Error(`on ${host.name} all changes all the time:\n${text}\n${again}`);
  }
}

function factsOf(root: XmlElement): ShownStatus {
  const nodes = select(root, "nodes/node").map((node): [string, ShownNode] => [
    node.get("name")!,
    NODE_WORDS.filter((word) => node.get(word) === "true"),
  ]);
  const active: Record<string, string[]> = {};
  for (const resource of select(root, "resources//resource")) {
    const places = textsOf(resource, "node/@name");
    expect(resource.get("nodes_running_on"), serializeXml(resource)).toBe(`${places.length}`);
    active[resource.get("id")!] = [...(active[resource.get("id")!] ?? []), ...places];
  }
  const [dc] = select(root, "summary/current_dc");
  return {
    hasQuorum: dc?.get("with_quorum") === "true",
    dc: dc?.get("name") ?? null,
    nodes: Object.fromEntries(nodes),
    active,
    failures: select(root, "failures/failure").map(
      (failure) => `${failure.get("op_key")} ${failure.get("node")}`,
    ),
    tickets: select(root, "tickets/ticket").map((ticket) => `${ticket.get("id")} ${ticket.get("status")}`),
  };
}

/** People are told what programs are told. */
function expectTextTells(
  text: string,
  { dc, hasQuorum, nodes, active, failures, tickets }: ShownStatus,
): void {
  if (dc !== null)
    expect(text).toMatch(
      new RegExp(`Current DC: ${dc} .* - partition ${hasQuorum ? "with" : "WITHOUT"} quorum\n`),
    );
  for (const [name, words] of Object.entries(nodes)) {
    const state = new RegExp(`^ {2}\\* \\w* ?Node ${name}(?:@\\S+)?(?: \\(\\w+\\))?: (.*)$`, "m").exec(
      text,
    )?.[1];
    const told = {
      unclean: /^UNCLEAN/.test(state ?? ""),
      online: !/offline|pending/i.test(state ?? "offline"),
      standby: /standby/.test(state ?? ""),
    };
    const has = (word: string) => words.includes(word);
    expect(told, `${name}: ${state}\n${text}`).toEqual({
      unclean: has("unclean"),
      online: has("online") && !has("pending"),
      standby: has("standby") && has("online") && !has("pending") && !has("unclean"),
    });
  }
  for (const [id, places] of Object.entries(active))
    for (const place of places) expect(text).toMatch(new RegExp(`^ +\\* ${id}\t.*\\b${place}\\b`, "m"));
  const count = (title: string) =>
    new RegExp(`^${title}:\n((?: {2}.*\n)*)`, "m").exec(text)?.[1]?.match(/\n/g)?.length ?? 0;
  expect(count("Failed Resource Actions"), text).toBe(failures.length);
  expect(count("Tickets"), text).toBe(tickets.length);
}

interface Plain {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Plain[];
}

type JsonElement = { readonly element: string; readonly children?: JsonElement[] };

/** When it was looked at is left out. */
function plain(name: string, attributes: readonly [string, string][], children: readonly Plain[]): Plain {
  return { name, attributes: name === "last_update" ? {} : Object.fromEntries(attributes), children };
}

function plainXml(element: XmlElement): Plain {
  return plain(element.name, [...element.attributes], element.elements().map(plainXml));
}

function plainJson({ element, children = [], ...rest }: JsonElement): Plain {
  const attributes = Object.entries(rest).map(([key, value]): [string, string] => [key, `${value}`]);
  return plain(element, attributes, children.map(plainJson));
}

function rootOf(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(`${parsed.error.message}:\n${text}`);
  return parsed.root;
}

/** Lines of a page as a reader sees them; fails when it is not well-formed. */
function linesOfPage(page: string): string[] {
  const closed = page.replace(/^<!DOCTYPE html>\n/, "").replace(/<(meta|link)\b([^>]*)>/g, "<$1$2/>");
  const [body] = select(rootOf(closed), "body");
  const lines: string[] = [];
  const read = (element: XmlElement): string => {
    let line = "";
    for (const child of element.children) {
      if (child.kind === "text") line += child.text;
      else if (child.kind === "element" && child.name === "span") line += read(child);
      else if (child.kind === "element") lines.push(read(child));
    }
    return line;
  };
  lines.push(read(body!));
  return visible(lines);
}

function linesOfText(text: string): string[] {
  return visible(text.split("\n").map((line) => line.replace(/^ *\* /, "").replace(/:$/, "")));
}

function visible(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.replace(MOMENT, "").replace(/\s+/g, " ").trim())
    .filter((line) => line !== "")
    .sort();
}

function select(root: XmlElement, path: string): XmlElement[] {
  return found(root, path).filter((node): node is XmlElement => "elements" in node);
}

function textsOf(root: XmlElement, path: string): string[] {
  const [elements, attribute] = path.split("/@") as [string, string];
  return select(root, elements).map((element) => element.get(attribute) ?? "");
}

function found(root: XmlElement, path: string) {
  const result = selectXPath(root, `/${root.name}/${path}`);
  if (!result.ok) throw new Error(result.error);
  return result.nodes;
}
