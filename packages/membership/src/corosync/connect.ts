import { hostname } from "node:os";
import { RequestError } from "./calls.ts";
import { ConfigurationService } from "./cfg.ts";
import { readClusterConfiguration } from "./cluster-configuration.ts";
import { ConfigurationMap } from "./cmap.ts";
import { Result } from "./codes.ts";
import { type CorosyncEngine, CorosyncError, type CorosyncOptions } from "./entry.ts";
import { Group } from "./group.ts";
import { LibraryEngine } from "./library-engine.ts";
import { loadNative, type Native } from "./native.ts";
import { QuorumService } from "./quorum.ts";
import { VotequorumService } from "./votequorum.ts";

/** Pauses between attempts, in ms; after the last one it fails. */
const PAUSES_MS: readonly number[] = [100, 400, 1000, 2000, 3000];

/**
 * The engine of this process over Corosync on this machine, its services reached and its configuration read.
 * @throws CorosyncError
 */
export async function openCorosync(options: CorosyncOptions): Promise<CorosyncEngine> {
  const native = await loadNative();
  for (const pauseMs of PAUSES_MS) {
    const attempt = await tryToOpen(native, options);
    if (!(attempt instanceof RequestError)) return attempt;
    options.log("info", `${attempt.message}; trying again`);
    await new Promise<void>((resolve) => {
      options.clock.setTimer(pauseMs, resolve);
    });
  }
  const last = await tryToOpen(native, options);
  if (!(last instanceof RequestError)) return last;
  throw new CorosyncError("unavailable", `${last.message}; ${mendFor(last.result)}`, { cause: last });
}

function mendFor(result: number): string {
  if (result === Result.access)
    return 'only root may use Corosync, and users of a "uidgid" section: run quorated as root';
  return 'is Corosync running? Look at "systemctl status corosync"; start it with "systemctl start corosync"';
}

/** Returns the refusal when Corosync is not ready; whatever was opened is closed again then. */
async function tryToOpen(
  native: Native,
  { clock, log }: CorosyncOptions,
): Promise<CorosyncEngine | RequestError> {
  const opened: { close(): unknown }[] = [];
  const keep = <T extends { close(): unknown }>(service: T): T => {
    opened.push(service);
    return service;
  };
  let engine: CorosyncEngine | null = null;
  let map: ConfigurationMap | null = null;
  try {
    map = await ConfigurationMap.open(native);
    const group = keep(await Group.open(native));
    const local = { nodeId: group.localNodeId, hostName: hostname() };
    const configuration = await readClusterConfiguration(map, local);
    const quorum = keep(await QuorumService.open(native));
    const votequorum = keep(await VotequorumService.open(native));
    const service = keep(await ConfigurationService.open(native));
    const services = {
      group,
      quorum,
      votequorum,
      configuration: service,
      openGroup: () => Group.open(native),
      readConfiguration: async () => {
        const current = await ConfigurationMap.open(native);
        try {
          return await readClusterConfiguration(current, local);
        } finally {
          await current.close();
        }
      },
    };
    engine = new LibraryEngine({ services, configuration, clock, log });
    return engine;
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  } finally {
    if (engine === null) for (const service of opened) service.close();
    await map?.close();
  }
}
