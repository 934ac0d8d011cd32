import type { Engine } from "@quorate/ports";
import type { HubEngineOptions } from "./hub-engine.ts";
import type { HubServer, HubServerOptions } from "./hub-server.ts";

/** Opens the port of a hub for clients in other processes. Rejects when the port cannot be opened. */
export async function startHub(options: HubServerOptions): Promise<HubServer> {
  const { serveHub } = await import("./hub-server.ts");
  return serveHub(options);
}

/** The engine of this process, served by a hub in another one; its `connect` opens the connection. */
export async function connectToHub(options: HubEngineOptions): Promise<Engine> {
  const { HubEngine } = await import("./hub-engine.ts");
  return new HubEngine(options);
}
