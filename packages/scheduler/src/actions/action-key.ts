/** The parts of an action's key: `rsc1_monitor_10000` is rsc1, monitor, 10000. */
export interface ActionKeyParts {
  readonly resourceId: string;
  readonly task: string;
  readonly intervalMs: number;
}

/** Key of an action of a resource. Source: part 3, 2.2. */
export function actionKey(resourceId: string, task: string, intervalMs: number): string {
  return `${resourceId}_${task}_${intervalMs}`;
}

export type NotificationType = "pre" | "confirmed-pre" | "post" | "confirmed-post";

export function notificationKey(resourceId: string, type: NotificationType, task: string): string {
  return `${resourceId}_${type}_notify_${task}_0`;
}

const NOTIFICATION_SUFFIXES = [
  "_confirmed-pre_notify",
  "_confirmed-post_notify",
  "_pre_notify",
  "_post_notify",
] as const;

/**
 * Reads a key from the right, because ids may contain underscores. Null when it does not have three parts.
 * Source: part 3, 2.2.
 */
export function parseActionKey(key: string): ActionKeyParts | null {
  const intervalStart = key.lastIndexOf("_");
  if (intervalStart <= 0) return null;
  const interval = key.slice(intervalStart + 1);
  if (!/^[0-9]+$/.test(interval)) return null;
  let taskStart = key.lastIndexOf("_", intervalStart - 1);
  if (taskStart <= 0) return null;
  const word = key.slice(taskStart + 1, intervalStart);
  if ((word === "to" || word === "from") && key.slice(0, taskStart).endsWith("_migrate")) {
    taskStart -= "_migrate".length;
  }
  const rest = key.slice(0, taskStart);
  for (const suffix of NOTIFICATION_SUFFIXES) {
    if (rest.endsWith(suffix)) {
      taskStart -= suffix.length;
      break;
    }
  }
  if (taskStart <= 0) return null;
  return {
    resourceId: key.slice(0, taskStart),
    task: key.slice(taskStart + 1, intervalStart),
    intervalMs: Number(interval),
  };
}

/** The interval in a key, 0 if there is none. Asked for every action that is not done once, so without a record of the parts. */
export function intervalMsOfKey(key: string): number {
  const start = key.lastIndexOf("_");
  if (start <= 0 || key.lastIndexOf("_", start - 1) <= 0 || start === key.length - 1) return 0;
  let intervalMs = 0;
  for (let index = start + 1; index < key.length; index++) {
    const digit = key.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    intervalMs = 10 * intervalMs + digit;
  }
  return intervalMs;
}

/** Keys are compared ignoring case (part 3, 2.3). */
export function foldKey(key: string): string {
  return key.toLowerCase();
}
