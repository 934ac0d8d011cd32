import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";

export type LockResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Makes sure that one daemon at most uses a run directory. The lock is a socket in the kernel's abstract name space: it vanishes with
 * the process, however that ends, so no stale lock can be left. It is never released before the process ends.
 */
export function lockRunDirectory(runDirectory: string): Promise<LockResult> {
  // Such names are limited to 107 bytes, paths are not.
  const digest = createHash("sha256").update(realpathSync(runDirectory)).digest("hex");
  const name = `\0quorated-${digest.slice(0, 32)}`;
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({
        ok: false,
        reason:
          error.code === "EADDRINUSE"
            ? `another quorated already runs for ${runDirectory}; stop it first, or give this one a --root of its own`
            : `cannot lock ${runDirectory}: ${error.message}`,
      }),
    );
    server.listen(name, () => resolve({ ok: true }));
  });
}
