import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askSupervisor } from "./control.ts";
import { layoutOf } from "./layout.ts";

export type ClaimResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Longer than the reaper of an earlier playground needs. */
const WAIT_MS = 20_000;
const RETRY_MS = 100;

/**
 * Makes sure that this process alone makes and removes the playground in `directory`. Waits while an earlier one is being
 * cleaned up; one that runs is the reason to refuse. The claim ends with the process, however that ends.
 */
export async function claimDirectory(directory: string): Promise<ClaimResult> {
  const { controlSocket } = layoutOf(directory, []);
  const deadlineMs = performance.now() + WAIT_MS;
  for (;;) {
    if (await tryClaim(directory)) return { ok: true };
    if ((await askSupervisor(controlSocket, { do: "list" })).ok) {
      const reason = `a playground already runs in ${directory}; end it with "quorate playground stop", or give this one a --directory of its own`;
      return { ok: false, reason };
    }
    if (performance.now() > deadlineMs) {
      const reason = `another process is making or removing a playground in ${directory}; try again, or use another --directory`;
      return { ok: false, reason };
    }
    await sleep(RETRY_MS);
  }
}

/** Claims the directory unless another process has it. A socket in the kernel's abstract name space leaves nothing behind. */
export function tryClaim(directory: string): Promise<boolean> {
  // Such names are limited to 107 bytes.
  const digest = createHash("sha256").update(canonical(directory)).digest("hex");
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", () => resolve(false));
    server.listen(`\0quorate-playground-${digest.slice(0, 32)}`, () => resolve(true));
  });
}

/** One name for the directory, whether it exists or not. */
function canonical(directory: string): string {
  const path = resolve(directory);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
