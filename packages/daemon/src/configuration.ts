import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingLines } from "@quorate/host";
import type { LogLevel } from "@quorate/ports";
import { reasonOf } from "./files.ts";
import { isLogLevel } from "./world/log.ts";

/** What a daemon needs to know before it can join a cluster. */
export interface Configuration {
  /** Everything on disk lies below it: `etc/quorate`, `var/lib/quorate`, `run/quorate`. Empty string: the machine's root. */
  readonly root: string;
  readonly engine: EngineConfiguration;
  readonly logLevel: LogLevel;
  /** `playground`: short waits, for clusters whose nodes share a machine and can be lost without harm. */
  readonly timing: "production" | "playground";
  /** Roots of OCF agents (each holds PROVIDER/TYPE), first hit wins. */
  readonly ocfRoots: readonly string[];
  /** Directories of fence agents, first hit wins. */
  readonly fenceAgentDirectories: readonly string[];
  /** Directory with the cluster's commands, put first in the PATH of agents; empty: PATH is left alone. */
  readonly binDirectory: string;
  /** Added to the environment of every agent, `NAME=VALUE`. */
  readonly agentEnvironment: ReadonlyMap<string, string>;
}

/** Corosync on this machine, which knows names and addresses; or the embedded engine, a hub on this machine. */
export type EngineConfiguration = { readonly kind: "corosync" } | EmbeddedEngineConfiguration;

export interface EmbeddedEngineConfiguration {
  readonly kind: "embedded";
  readonly nodeName: string;
  readonly host: string;
  readonly port: number;
  readonly keyFile: string;
}

export interface Paths {
  readonly cibDirectory: string;
  /** Inputs of the scheduler, for replay. */
  readonly inputDirectory: string;
  readonly runDirectory: string;
  readonly socket: string;
  /** Where commands are handed over: short ones, and those that may take long. */
  readonly commandsSockets: Readonly<Record<"short" | "long", string>>;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly string[] };

export function pathsBelow(root: string): Paths {
  const runDirectory = join(root, "/run/quorate");
  return {
    cibDirectory: join(root, "/var/lib/quorate/cib"),
    inputDirectory: join(root, "/var/lib/quorate/pengine"),
    runDirectory,
    socket: join(runDirectory, "quorated.sock"),
    commandsSockets: {
      short: join(runDirectory, "commands.sock"),
      long: join(runDirectory, "long-commands.sock"),
    },
  };
}

export function configurationFile(root: string): string {
  return join(root, "/etc/quorate/quorated.conf");
}

/** The keys of `quorated.conf`, each with what it means; `--help` and the documentation are made from this table. */
export const SETTINGS = {
  engine: "cluster engine: corosync (default), or embedded, for nodes that share one machine",
  "node-name": "embedded engine: name of this node, as in the hub's node list",
  "engine-address": "embedded engine: HOST:PORT of its hub",
  "engine-key-file": "embedded engine: file with the key that its nodes share",
  "log-level": "critical, error, warning, notice, info (default) or debug",
  timing: "production (default) or playground: short waits, for nodes that share one machine",
  "ocf-roots": "colon-separated roots of OCF agents (default /usr/lib/ocf/resource.d)",
  "fence-agent-directories": "colon-separated directories of fence agents (default /usr/sbin)",
  "bin-directory": "directory with the cluster's commands, put first in the agents' PATH",
  "agent-environment": "space-separated NAME=VALUE pairs added to the agents' environment",
} as const;

type SettingName = keyof typeof SETTINGS;

const EMBEDDED_SETTINGS: readonly SettingName[] = ["node-name", "engine-address", "engine-key-file"];

/**
 * Reads `quorated.conf`: lines `key = value`, `#` starts a comment. All problems are reported, each with its line.
 * @param isOptional a missing file is as good as an empty one
 */
export function readConfiguration(
  root: string,
  { isOptional = false }: { readonly isOptional?: boolean } = {},
): ConfigurationResult {
  const file = configurationFile(root);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === "ENOENT") {
      return { ok: true, configuration: interpret(root, file, new Map(), []) };
    }
    const mend = "write it (quorated --help lists the settings), or name another root with --root";
    return { ok: false, problems: [`cannot read ${file}: ${reasonOf(error)}; ${mend}`] };
  }
  const problems: string[] = [];
  const values = parseSettings(text, file, problems);
  const configuration = interpret(root, file, values, problems);
  return problems.length === 0 ? { ok: true, configuration } : { ok: false, problems };
}

function parseSettings(text: string, file: string, problems: string[]): Map<SettingName, string> {
  const values = new Map<SettingName, string>();
  for (const { line, text: said, setting } of settingLines(text)) {
    const place = `${file}:${line}`;
    if (setting === null) problems.push(`${place}: "${said}" is not of the form key = value`);
    else if (!Object.hasOwn(SETTINGS, setting.key))
      problems.push(
        `${place}: unknown setting "${setting.key}"; known are ${Object.keys(SETTINGS).join(", ")}`,
      );
    else if (values.has(setting.key as SettingName))
      problems.push(`${place}: "${setting.key}" is set twice; remove one`);
    else values.set(setting.key as SettingName, setting.value);
  }
  return values;
}

function interpret(
  root: string,
  file: string,
  values: ReadonlyMap<SettingName, string>,
  problems: string[],
): Configuration {
  const logLevel = values.get("log-level") ?? "info";
  if (!isLogLevel(logLevel))
    problems.push(`${file}: log-level "${logLevel}" is not known: ${SETTINGS["log-level"]}`);
  const timing = values.get("timing") ?? "production";
  if (timing !== "production" && timing !== "playground")
    problems.push(`${file}: timing "${timing}" is not known: ${SETTINGS.timing}`);
  const agentEnvironment = new Map<string, string>();
  for (const pair of (values.get("agent-environment") ?? "").split(/\s+/).filter((text) => text !== "")) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(pair) ?? [];
    if (name === undefined)
      problems.push(`${file}: agent-environment "${pair}" is not of the form NAME=VALUE`);
    else agentEnvironment.set(name, value!);
  }
  return {
    root,
    engine: interpretEngine(file, values, problems),
    logLevel: isLogLevel(logLevel) ? logLevel : "info",
    timing: timing === "playground" ? "playground" : "production",
    ocfRoots: (values.get("ocf-roots") ?? "/usr/lib/ocf/resource.d").split(":"),
    fenceAgentDirectories: (values.get("fence-agent-directories") ?? "/usr/sbin").split(":"),
    binDirectory: values.get("bin-directory") ?? "",
    agentEnvironment,
  };
}

function interpretEngine(
  file: string,
  values: ReadonlyMap<SettingName, string>,
  problems: string[],
): EngineConfiguration {
  const kind = values.get("engine") ?? "corosync";
  if (kind === "embedded") return interpretEmbeddedEngine(file, values, problems);
  if (kind !== "corosync")
    problems.push(`${file}: engine "${kind}" is not known; write "corosync" or "embedded"`);
  for (const name of EMBEDDED_SETTINGS)
    if (values.has(name))
      problems.push(
        `${file}: "${name}" is for the embedded engine only: remove it, or add "engine = embedded"; Corosync has names and addresses in /etc/corosync/corosync.conf`,
      );
  return { kind: "corosync" };
}

function interpretEmbeddedEngine(
  file: string,
  values: ReadonlyMap<SettingName, string>,
  problems: string[],
): EmbeddedEngineConfiguration {
  const required = (name: SettingName): string => {
    const value = values.get(name) ?? "";
    if (value === "") problems.push(`${file}: "${name}" is missing: ${SETTINGS[name]}`);
    return value;
  };
  const address = required("engine-address");
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (address !== "" && (host === "" || Number(port) < 1 || Number(port) > 65_535))
    problems.push(`${file}: engine-address "${address}" is not of the form HOST:PORT, PORT from 1 to 65535`);
  return {
    kind: "embedded",
    nodeName: required("node-name"),
    host,
    port: Number(port),
    keyFile: required("engine-key-file"),
  };
}
