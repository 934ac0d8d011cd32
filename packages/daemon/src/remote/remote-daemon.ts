import {
  type ApiServer,
  type Caller,
  type EventName,
  type Events,
  type Handlers,
  METHODS,
  type MethodName,
  serve,
} from "@quorate/api";
import type { ExitNotice } from "@quorate/controller";
import { endLeftoverAgents } from "@quorate/executor";
import type { Log } from "@quorate/ports";
import { isPrivileged, requirePrivileged } from "../access.ts";
import { type Configuration, pathsBelow } from "../configuration.ts";
import { makeDirectory } from "../files.ts";
import { createNodeExecutor } from "../node-executor.ts";
import type { Daemon } from "../quorated.ts";
import { runAgentOnce } from "../run-agent.ts";
import { clientGroup, openPeerUsers, ownUser } from "../world/peer-users.ts";
import { RemoteExecutor } from "./remote-executor.ts";
import type { RemoteSettings } from "./settings.ts";

interface Options {
  readonly configuration: Configuration;
  readonly settings: RemoteSettings;
  readonly log: Log;
  /** Called once, when it listens. */
  readonly ready: (status: string) => void;
}

/**
 * The daemon of a host that is no member of the cluster: runs agents for it, and gives the tools on this host a way to it.
 * @throws Error when a file, a directory or an address that it needs cannot be used
 */
export async function startRemoteDaemon({ configuration, settings, log, ready }: Options): Promise<Daemon> {
  const { runDirectory, socket } = pathsBelow(configuration.root);
  makeDirectory(runDirectory, 0o755);
  endLeftoverAgents(runDirectory, log);
  const executor = createNodeExecutor(configuration, runDirectory, log);
  const besideExecutor = createNodeExecutor(configuration, runDirectory, log);
  let server: ApiServer | null = null;
  const remote = await RemoteExecutor.listen({
    settings,
    executor,
    log,
    event: (name, data) => server?.publish(name as EventName, data as Events[EventName]),
  });
  let end: (notice: ExitNotice) => void = () => {};
  const ended = new Promise<ExitNotice>((resolve) => {
    end = resolve;
  });
  let isStopping = false;
  const shutdown = (): void => {
    if (isStopping) return;
    isStopping = true;
    void remote.shutdown().then(async () => {
      remote.close();
      await server?.close();
      executor.close();
      besideExecutor.close();
      end({ exitCode: 0, reason: "shut down in order" });
    });
  };
  const relayed = Object.fromEntries(
    METHODS.map((method) => [
      method,
      (params: unknown, caller: Caller) => remote.request(method, params, caller),
    ]),
  ) as unknown as Handlers;
  const own: Pick<Handlers, "agent.run" | "daemon.shutdown"> = {
    "agent.run": async (params, caller) => {
      requirePrivileged("agent.run", caller);
      return runAgentOnce(besideExecutor, params);
    },
    "daemon.shutdown": async (_params, caller) => {
      requirePrivileged("daemon.shutdown", caller);
      shutdown();
      return {};
    },
  };
  const identify = await openPeerUsers(log);
  server = await serve({
    socketPath: socket,
    handlers: { ...relayed, ...own } satisfies Record<MethodName, unknown>,
    identify: identify ?? ownUser,
    groupId: identify === null ? null : clientGroup(),
    // Access rules are in the cluster: who is not above them is only told that something changed.
    visibleTo: (caller, name, data) =>
      name === "cib.changed" && !isPrivileged(caller) ? ({ patchset: "" } as typeof data) : data,
    log: (message) => log("warning", message),
  });
  log(
    "notice",
    `remote executor listens on ${settings.address ?? "every address"}, port ${settings.port}, key ${settings.keyFile}`,
  );
  ready(`Remote executor on port ${settings.port}`);
  return { shutdown, enableDiskWrites: () => {}, ended };
}
