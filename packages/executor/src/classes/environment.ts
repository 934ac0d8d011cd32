import { delimiter, dirname } from "node:path";
import type { AgentName, Operation } from "@quorate/ports";
import { EXIT_REASON_PREFIX } from "../process/exit-reason.ts";

/** What every agent of this node gets, whatever its class. */
export interface BaseEnvironmentOptions {
  /** The daemon's own environment. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Put on top of everything else; the playground marks the processes of its nodes here. */
  readonly extra: Readonly<Record<string, string>>;
  /** Directory of the cluster's own commands, first in `PATH`; null when there is none. */
  readonly binDirectory: string | null;
}

/** Where administrators' commands are; a daemon started by hand need not have them in `PATH`. */
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] as const;

/** Source: executor specification, 5. */
export function baseEnvironment(options: BaseEnvironmentOptions): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.inherited)) {
    if (value !== undefined && name !== "NOTIFY_SOCKET") {
      environment[name] = value;
      if (name.startsWith("PCMK_")) {
        environment[`HA_${name.slice("PCMK_".length)}`] = value;
      }
    }
  }
  environment.LC_ALL = "C";
  environment.PCMK_service = "pacemaker-execd";
  environment.PCMK_cluster_type = "corosync";
  environment.PCMK_quorum_type = "corosync";
  environment.OCF_OUTPUT_FORMAT = "text";
  environment.PATH = searchPath(options);
  // Agents that call the cluster's commands by an absolute path take the directory from here.
  if (options.binDirectory !== null) environment.HA_SBIN_DIR = options.binDirectory;
  return { ...environment, ...options.extra };
}

/** Our own commands first, then the daemon's path; at the end what agents, some written for Node, need to be found. */
function searchPath(options: BaseEnvironmentOptions): string {
  const wanted = [
    ...(options.binDirectory === null ? [] : [options.binDirectory]),
    ...(options.inherited.PATH ?? "").split(delimiter),
    ...SYSTEM_PATH,
    dirname(process.execPath),
  ];
  return [...new Set(wanted.filter((directory) => directory !== ""))].join(delimiter);
}

export interface OcfEnvironmentOptions {
  readonly base: Readonly<Record<string, string>>;
  /** `OCF_ROOT`: below it agents look for the shell library of resource-agents. */
  readonly ocfRoot: string;
}

const META_PREFIX = "CRM_meta_";

/** The environment of one run of an OCF agent. `resourceId` is the agent's type where there is no resource (metadata). */
export function ocfEnvironment(
  agent: AgentName,
  resourceId: string,
  parameters: ReadonlyMap<string, string>,
  options: OcfEnvironmentOptions,
): Record<string, string> {
  const environment: Record<string, string> = {
    ...options.base,
    OCF_ROOT: options.ocfRoot,
    OCF_RA_VERSION_MAJOR: "1",
    OCF_RA_VERSION_MINOR: "1",
    OCF_EXIT_REASON_PREFIX: EXIT_REASON_PREFIX,
    OCF_RESOURCE_INSTANCE: resourceId,
    OCF_RESOURCE_TYPE: agent.type,
    OCF_RESOURCE_PROVIDER: agent.provider,
  };
  for (const [name, value] of parameters) {
    const variable = parameterVariable(name);
    if (variable !== null) {
      environment[variable] = value;
    }
  }
  return environment;
}

/** Null for what agents do not see. */
function parameterVariable(name: string): string | null {
  if (name === `${META_PREFIX}op_target_rc`) {
    return null;
  }
  if (name === "OCF_CHECK_LEVEL" || name === `${META_PREFIX}OCF_CHECK_LEVEL`) {
    return "OCF_CHECK_LEVEL";
  }
  return name.startsWith(META_PREFIX) ? `OCF_RESKEY_${name.replaceAll("-", "_")}` : `OCF_RESKEY_${name}`;
}

/** The resource's own parameters: what the cluster adds for its own use is left out. */
export function instanceParameters(operation: Operation): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const [name, value] of operation.parameters) {
    if (!name.startsWith(META_PREFIX) && name !== "crm_feature_set") {
      own.set(name, value);
    }
  }
  return own;
}
