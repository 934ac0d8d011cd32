import { parseActionKey } from "../actions/action-key.ts";

/** What `--op-inject` names: `RSC_TASK_INTERVAL@NODE=RC`. */
export interface OperationSpec {
  readonly resource: string;
  readonly task: string;
  readonly intervalMs: number;
  readonly node: string;
  readonly exitStatus: number;
}

export type OperationSpecResult =
  | { readonly ok: true; readonly spec: OperationSpec }
  | { readonly ok: false; readonly message: string };

/** Source: scheduler specification, part 4, 6.4. */
export function parseOperationSpec(text: string): OperationSpecResult {
  const match = /^([^@]+)(?:@([^=]+)(?:=\s*(-?\d+))?)?/.exec(text);
  const [, key, node, exitStatus] = match ?? [];
  const count = [key, node, exitStatus].filter((part) => part !== undefined).length;
  if (key === undefined || node === undefined || exitStatus === undefined) {
    return { ok: false, message: `Invalid operation spec: ${text}.  Only found ${count} fields` };
  }
  const parts = parseActionKey(key);
  if (parts === null) {
    return {
      ok: false,
      message: `Invalid operation spec: ${text}.  Write it as RESOURCE_TASK_INTERVAL@NODE=RC, such as db_monitor_10000@node1=7`,
    };
  }
  return {
    ok: true,
    spec: {
      resource: parts.resourceId,
      task: parts.task,
      intervalMs: parts.intervalMs,
      node,
      exitStatus: Number.parseInt(exitStatus, 10),
    },
  };
}
