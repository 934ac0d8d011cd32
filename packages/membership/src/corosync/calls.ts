import { describeResult, Result } from "./codes.ts";
import type { NativeCall } from "./native.ts";

/** A request that Corosync refused. */
export class RequestError extends Error {
  readonly result: number;

  constructor(what: string, result: number) {
    super(`Corosync: cannot ${what}: ${describeResult(result)}`);
    this.result = result;
  }
}

/** Calls outside the event loop: Corosync answers when it likes. Resolves with the library's result. */
export function callAsync(call: NativeCall, ...parameters: readonly unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...parameters, (error: Error | null, result: number) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** @throws RequestError unless the result is `ok` */
export function assertOk(what: string, result: number): void {
  if (result !== Result.ok) throw new RequestError(what, result);
}
