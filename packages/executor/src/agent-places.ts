import type { AgentDirectories } from "./agent-list.ts";
import { baseEnvironment } from "./classes/environment.ts";

/** Where agents are found and what they are given. Directories are absolute. */
export interface AgentPlaceOptions {
  /**
   * Directories with a directory of agents for each provider, searched in order; default `/usr/lib/ocf/resource.d`.
   * The agents we ship are in `agents/ocf`.
   */
  readonly ocfDirectories?: readonly string[];
  /** `OCF_ROOT` of agents: Debian's load their shell library from below it. Default `/usr/lib/ocf`. */
  readonly ocfRoot?: string;
  /** Default `/etc/init.d`. */
  readonly lsbDirectory?: string;
  /** Directories of fence agents, searched in order; default `/usr/sbin`. Ours are in `agents/fence`. */
  readonly fenceDirectories?: readonly string[];
  /** Default `/var/lib/pacemaker/lrm/secrets`. */
  readonly secretsDirectory?: string;
  /** Socket of the message bus where systemd is. Default `/run/dbus/system_bus_socket`. */
  readonly systemBusSocket?: string;
  /** Where units get settings that last until the next boot. Default `/run/systemd/system`. */
  readonly systemdUnitsDirectory?: string;
  /** First in the `PATH` of agents, so that they find our own `crm_attribute` and the like. Default: none. */
  readonly binDirectory?: string | null;
  /** Must exist and be writable: named pipes for the output of agents are made here. Default: the temporary directory. */
  readonly runDirectory?: string | null;
  /** How long an agent may take for its metadata. Default 20 s. Source: executor specification, 10. */
  readonly metadataTimeoutMs?: number;
  /** User that alert agents run as when this process may choose. Default `hacluster`. */
  readonly alertUser?: string;
  /** Where agents start. Default `/`. */
  readonly workingDirectory?: string;
  /** The environment that agents inherit; default: that of this process. */
  readonly inheritedEnvironment?: Readonly<Record<string, string | undefined>>;
  /** Put on top of it: marks of the playground, `HA_RSCTMP` of a node that is not the only one on its machine. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
}

/** `AgentPlaceOptions` with everything decided. */
export interface AgentPlaces extends AgentDirectories {
  readonly secretsDirectory: string;
  readonly systemBusSocket: string;
  readonly systemdUnitsDirectory: string;
  readonly ocfRoot: string;
  readonly workingDirectory: string;
  readonly metadataTimeoutMs: number;
  readonly alertUser: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Fills in the defaults. */
export function agentPlaces(options: AgentPlaceOptions): AgentPlaces {
  return {
    ocfDirectories: options.ocfDirectories ?? ["/usr/lib/ocf/resource.d"],
    ocfRoot: options.ocfRoot ?? "/usr/lib/ocf",
    lsbDirectory: options.lsbDirectory ?? "/etc/init.d",
    fenceDirectories: options.fenceDirectories ?? ["/usr/sbin"],
    secretsDirectory: options.secretsDirectory ?? "/var/lib/pacemaker/lrm/secrets",
    systemBusSocket: options.systemBusSocket ?? "/run/dbus/system_bus_socket",
    systemdUnitsDirectory: options.systemdUnitsDirectory ?? "/run/systemd/system",
    workingDirectory: options.workingDirectory ?? "/",
    alertUser: options.alertUser ?? "hacluster",
    metadataTimeoutMs: options.metadataTimeoutMs ?? 20_000,
    environment: baseEnvironment({
      inherited: options.inheritedEnvironment ?? process.env,
      extra: options.extraEnvironment ?? {},
      binDirectory: options.binDirectory ?? null,
    }),
  };
}
