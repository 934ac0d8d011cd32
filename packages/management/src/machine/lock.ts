import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS_MAX = 10_000;
const PAUSE_MS = 20;

/**
 * Runs `change` while no other process of this machine does so for the same file. The lock is a socket in the kernel's abstract name space:
 * it vanishes with the process, however that ends.
 * @throws Error when another process keeps the lock
 */
export async function withFileLock<T>(path: string, change: () => T | Promise<T>): Promise<T> {
  const name = `\0quorate-file-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  let lock: Server | null = await tryLock(name);
  while (lock === null) {
    if (performance.now() > deadlineMs) throw new Error(`another process keeps ${path} locked; try again`);
    await sleep(PAUSE_MS);
    lock = await tryLock(name);
  }
  try {
    return await change();
  } finally {
    const held = lock;
    await new Promise((resolve) => held.close(resolve));
  }
}

function tryLock(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(name, () => resolve(server));
  });
}
