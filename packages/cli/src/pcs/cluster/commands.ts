import { CONFIGURATION_SECTIONS } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { CibError } from "../../cluster/cib-session.ts";
import { configUpdate, uuidGenerate } from "../corosync/config-change.ts";
import { configShow } from "../corosync/config-show.ts";
import { setup } from "../corosync/setup.ts";
import { assignmentMap } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterVerify } from "./verify.ts";

const SCOPES: readonly string[] = ["configuration", ...CONFIGURATION_SECTIONS];

const cib: PcsCommand = {
  usage: ["[<file>] [scope=<section>]"],
  help: `Show the CIB, or write it to a file. Sections: ${SCOPES.join(", ")}; --config stands for scope=configuration.`,
  options: ["-f", "--config"],
  async run(call) {
    const scope = scopeOf(call);
    const [file] = call.args.filter((word) => !word.startsWith("scope=")).slice(-1);
    const editor = await call.cib();
    const text = scope === null ? serializeXml(editor.cib) : scopeText(editor.cib, scope);
    if (file === undefined) call.print(text);
    else call.world.writeFile(file, text);
  },
};

function scopeOf(call: PcsCall): string | null {
  if (call.has("--config")) return "configuration";
  const word = call.args.find((candidate) => candidate.startsWith("scope="));
  if (word === undefined) return null;
  const scope = word.slice("scope=".length);
  if (!SCOPES.includes(scope)) fail(`invalid CIB scope '${scope}'`);
  return scope;
}

function scopeText(root: XmlElement, scope: string): string {
  const configuration = root.first("configuration");
  const section = scope === "configuration" ? configuration : (configuration?.first(scope) ?? null);
  if (section === null) fail(`the CIB has no section '${scope}'`);
  return serializeXml(section);
}

const cibPush: PcsCommand = {
  usage: ["<file> [scope=<section>]"],
  help: "Put a CIB from a file in place of the cluster's.",
  options: ["-f", "--config"],
  async run(call) {
    const [file, ...rest] = call.expect(1);
    const options = assignmentMap(rest);
    const unknown = [...options.keys()].find((name) => name !== "scope");
    if (unknown !== undefined) fail(`there is no option '${unknown}' here; allowed is scope`);
    const scope = call.has("--config") ? "configuration" : (options.get("scope") ?? null);
    if (scope !== null && !SCOPES.includes(scope)) fail(`invalid CIB scope '${scope}'`);
    const pushed = readCib(call, file!);
    const editor = await call.cib();
    const section = scope === null ? "configuration" : scope;
    const target = section === "configuration" ? editor.cib : editor.cib.first("configuration")!;
    const source =
      section === "configuration"
        ? pushed.first("configuration")
        : (pushed.first("configuration")?.first(section) ?? (pushed.name === section ? pushed : null));
    if (source === null) fail(`${file} has no section '${section}'`);
    target.first(section)?.remove();
    target.insert(source.clone(), section === "configuration" ? 0 : target.children.length);
    await editor.commit();
    call.reports.info("CIB updated");
  },
};

function readCib(call: PcsCall, file: string): XmlElement {
  const parsed = parseXml(call.world.readFile(file));
  if (!parsed.ok) fail(`${file}:${parsed.error.line}:${parsed.error.column}: ${parsed.error.message}`);
  return parsed.root;
}

const cibUpgrade: PcsCommand = {
  usage: [""],
  help: "Upgrade the CIB to the newest schema.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const editor = await call.cib();
    try {
      await editor.session.call({ operation: "cib_upgrade" });
    } catch (error) {
      if (error instanceof CibError) fail(`the CIB cannot be upgraded: ${error.message}`);
      throw error;
    }
    call.reports.info("Cluster CIB has been upgraded to latest version");
  },
};

export const clusterGroup: PcsGroup = {
  summary: "The cluster as a whole",
  commands: {
    cib,
    "cib-push": cibPush,
    "cib-upgrade": cibUpgrade,
    verify: clusterVerify,
    setup,
    config: {
      summary: "The configuration of the cluster's communication",
      commands: {
        show: configShow,
        update: configUpdate,
        uuid: { summary: "The cluster's identifier", commands: { generate: uuidGenerate } },
      },
      otherwise: configShow,
    },
  },
};
