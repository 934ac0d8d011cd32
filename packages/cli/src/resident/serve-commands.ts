import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { basename } from "node:path";
import { getHeapStatistics } from "node:v8";
import { runMain } from "../process/run-main.ts";
import { type CommandRequest, encodeFrame, GREETING, RequestReader } from "./protocol.ts";
import { type Lane, RESIDENT_COMMANDS } from "./resident-commands.ts";
import { residentWorld } from "./resident-world.ts";
import { isAtHome } from "./surroundings.ts";

/** A thread's heap that has grown so much is not given back while the thread lives. */
const HEAP_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Runs the commands of a lane for launchers that connect to a socket, in this process, which is warm. Only this process's own user can connect: the command
 * does what that user may do, and the daemon that it asks sees the same user. After work that took much memory it takes no more connections, and ends when it
 * has served those that it has.
 * @throws the operating system's error when the path cannot be used
 */
export function serveCommands(socketPath: string, lane: Lane): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) =>
    serve(socket, async (request) => {
      const frames = await answer(request, lane);
      if (getHeapStatistics().total_heap_size > HEAP_BYTES_MAX && server.listening) server.close();
      return frames;
    }),
  );
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve(server);
    });
  });
}

const DECLINED = encodeFrame("d", "");

function serve(socket: Socket, run: (request: CommandRequest) => Promise<Buffer>): void {
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
    void run(request).then((frames) => socket.end(frames));
  };
  socket.on("data", receive);
  socket.write(GREETING);
}

/** What it says is kept together until the end: a command that is declined must not have said anything. */
async function answer(request: CommandRequest, lane: Lane): Promise<Buffer> {
  const name = basename(request.program);
  const commands = RESIDENT_COMMANDS[lane];
  const hasFiles = lane === "long";
  if (!Object.hasOwn(commands, name) || (hasFiles && !isAtHome(request))) return DECLINED;
  const { main } = await commands[name]!();
  const frames: Buffer[] = [];
  const output = {
    stdout: (text: string) => void frames.push(encodeFrame("o", text)),
    stderr: (text: string) => void frames.push(encodeFrame("e", text)),
  };
  const resident = residentWorld(request, output, { hasFiles });
  const status = await runMain(main, request.argv, resident.world);
  if (resident.isDeclined) return DECLINED;
  return Buffer.concat([...frames, encodeFrame("x", String(status))]);
}
