import type * as Koffi from "koffi";

/**
 * Corosync's dispatch functions put 1 MiB on the stack, more than koffi gives a call by itself. Source: Corosync interface facts, 4.
 */
const STACKS = { sync_stack_size: 8 * 1024 * 1024, async_stack_size: 4 * 1024 * 1024 };

let loading: Promise<typeof Koffi> | null = null;

/**
 * koffi, which calls functions of C libraries; loaded at the first call. It is configured here, for the whole process: that is possible
 * only before the first library.
 * @throws Error when it, or its binary for this machine, is not installed
 */
export function loadKoffi(): Promise<typeof Koffi> {
  loading ??= import("koffi").then((koffi) => {
    koffi.config({ ...koffi.config(), ...STACKS });
    return koffi;
  });
  return loading;
}

/**
 * Ends this process, also while a call of a C library has not returned: `process.exit` would wait for it, for ever when Corosync stands
 * still. What is to be written must have been written.
 */
export async function exitProcess(status: number): Promise<never> {
  const koffi = await loading?.catch(() => undefined);
  koffi?.load("libc.so.6").func("void _exit(int status)")(status);
  process.exit(status);
}
