/** Tasks in pairs. Sources: part 3, 8.2; part 4, 9.5 and 10.1.5. */

/** The completion of a one-shot task of a collective resource: `start` -> `running`. Null for other tasks. */
export function completionOf(task: string): string | null {
  switch (task) {
    case "start":
      return "running";
    case "stop":
      return "stopped";
    case "promote":
      return "promoted";
    case "demote":
      return "demoted";
    case "notify":
      return "notified";
    default:
      return null;
  }
}

/** The task of which this one is the completion: `running` -> `start`; other tasks stay what they are. */
export function foldCompletion(task: string): string {
  switch (task) {
    case "running":
      return "start";
    case "stopped":
      return "stop";
    case "promoted":
      return "promote";
    case "demoted":
      return "demote";
    case "notified":
      return "notify";
    default:
      return task;
  }
}

/** What undoes a task; null when it cannot be undone. */
export function invertTask(task: string): string | null {
  switch (task) {
    case "start":
      return "stop";
    case "stop":
      return "start";
    case "promote":
      return "demote";
    case "demote":
      return "promote";
    case "running":
      return "stopped";
    case "stopped":
      return "running";
    case "promoted":
      return "demoted";
    case "demoted":
      return "promoted";
    default:
      return null;
  }
}

/** Tasks that bring a resource up; an unrunnable one blocks what is ordered after it. */
export function isUpTask(task: string): boolean {
  return task === "start" || task === "promote" || task === "migrate_from";
}
