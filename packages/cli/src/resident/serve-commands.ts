import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { basename } from "node:path";
import { runMain } from "../process/run-main.ts";
import { type CommandRequest, encodeFrame, GREETING, RequestReader } from "./protocol.ts";
import { RESIDENT_COMMANDS } from "./resident-commands.ts";
import { residentWorld } from "./resident-world.ts";

/**
 * Runs short commands for launchers that connect to a socket, in this process, which is warm. Only this process's own user can connect: the command does
 * what that user may do, and the daemon that it asks sees the same user.
 * @throws the operating system's error when the path cannot be used
 */
export function serveCommands(socketPath: string): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => serve(socket));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve(server);
    });
  });
}

const DECLINED = encodeFrame("d", "");

function serve(socket: Socket): void {
  const reader = new RequestReader();
  // A launcher that is gone has nobody to tell; what it asked for goes on, as that of a command whose terminal was closed.
  socket.on("error", () => socket.destroy());
  const receive = (chunk: Buffer): void => {
    const request = reader.push(chunk);
    if (request === null) return;
    socket.off("data", receive);
    if (request === "invalid") {
      socket.end(DECLINED);
      return;
    }
    void answer(request).then((frames) => socket.end(frames));
  };
  socket.on("data", receive);
  socket.write(GREETING);
}

/** Kept together until the end: a command that is declined must not have said anything, and these say little. */
async function answer(request: CommandRequest): Promise<Buffer> {
  const name = basename(request.program);
  if (!Object.hasOwn(RESIDENT_COMMANDS, name)) return DECLINED;
  const { main } = await RESIDENT_COMMANDS[name]!();
  const frames: Buffer[] = [];
  const resident = residentWorld(request, {
    stdout: (text) => void frames.push(encodeFrame("o", text)),
    stderr: (text) => void frames.push(encodeFrame("e", text)),
  });
  const status = await runMain(main, request.argv, resident.world);
  if (resident.isDeclined) return DECLINED;
  return Buffer.concat([...frames, encodeFrame("x", String(status))]);
}
