import { readFile } from "node:fs/promises";
import type { AlertRun, Alerts } from "@quorate/ports";
import type { AgentPlaces } from "./agent-places.ts";
import { formatDuration } from "./classes/durations.ts";
import { loggedLines } from "./process/logged-lines.ts";
import { redactionOf } from "./process/redaction.ts";
import {
  type ProcessResult,
  type ProcessSurroundings,
  type ProcessUser,
  runProcess,
} from "./process/run-process.ts";
import { describeSignal, describeSystemError } from "./process/system-errors.ts";

/** Beyond the agents' own time, when the node waits for them at its end. */
const DRAIN_GRACE_MS = 5000;

type UserResult =
  | { readonly ok: true; readonly user: ProcessUser | null }
  | { readonly ok: false; readonly reason: string };

/** Alert agents as processes: no arguments, everything in the environment. Source: executor specification, 11. */
export class AlertAgents implements Alerts {
  readonly #places: AgentPlaces;
  readonly #surroundings: ProcessSurroundings;
  readonly #running = new Set<Promise<void>>();
  #sequence = 0;
  #latestEndMs = 0;
  #isDraining = false;

  constructor(places: AgentPlaces, surroundings: ProcessSurroundings) {
    this.#places = places;
    this.#surroundings = surroundings;
  }

  send(recipients: readonly AlertRun[]): void {
    if (recipients.length === 0) return;
    this.#sequence += 1;
    const { clock, log } = this.#surroundings;
    for (const recipient of recipients) {
      if (this.#isDraining) {
        log("notice", `Alert ${recipient.alertId} is not sent: this node is shutting down`);
        continue;
      }
      this.#latestEndMs = Math.max(this.#latestEndMs, clock.monotonicMs() + recipient.timeoutMs);
      const run = this.#run(recipient, this.#sequence);
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    }
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    const { clock } = this.#surroundings;
    const ended = Promise.allSettled([...this.#running]);
    let limit: { cancel(): void } | null = null;
    const late = new Promise<void>((resolve) => {
      const remainingMs = Math.max(0, this.#latestEndMs - clock.monotonicMs());
      limit = clock.setTimer(remainingMs + DRAIN_GRACE_MS, resolve);
    });
    await Promise.race([ended, late]);
    (limit as { cancel(): void } | null)?.cancel();
  }

  async #run(alert: AlertRun, sequence: number): Promise<void> {
    const { log } = this.#surroundings;
    const label = `alert_${alert.alertId}`;
    const user = await findUser(this.#places.alertUser);
    if (!user.ok) {
      log("error", `Alert ${alert.alertId} cannot be sent: ${user.reason}`);
      return;
    }
    const ended = await new Promise<ProcessResult>((resolve) => {
      runProcess(
        {
          path: alert.path,
          args: [],
          environment: {
            ...this.#places.environment,
            ...Object.fromEntries(alert.environment),
            CRM_alert_node_sequence: String(sequence),
          },
          workingDirectory: this.#places.workingDirectory,
          input: null,
          timeoutMs: alert.timeoutMs,
          user: user.user,
          killsGroup: true,
          label,
        },
        this.#surroundings,
        resolve,
      );
    });
    const redaction = redactionOf(alert.environment);
    if ("stderr" in ended)
      for (const line of loggedLines(redaction.apply(ended.stderr)))
        log("notice", `${label}[${ended.pid}] error output [ ${line} ]`);
    const problem = problemOf(ended, alert);
    if (problem !== null) log("warning", `Alert ${alert.alertId} (${alert.path}) ${problem}`);
    else log("debug", `Alert ${alert.alertId} (${alert.path}) was sent`);
  }
}

function problemOf(ended: ProcessResult, { timeoutMs }: AlertRun): string | null {
  switch (ended.kind) {
    case "exited":
      return ended.code === 0 ? null : `exited with status ${ended.code}`;
    case "signalled":
      return `was interrupted by ${describeSignal(ended.signal)} signal`;
    case "timedOut":
      return `did not complete within ${formatDuration(timeoutMs)}`;
    case "notStarted":
      return `cannot be run: ${describeSystemError(ended.code)}`;
    case "unprepared":
      return `cannot be run: ${ended.reason}`;
    case "cancelled":
      return "was cancelled";
    default:
      return ended satisfies never;
  }
}

/** Only root can choose; anybody else runs alerts as himself. */
async function findUser(name: string): Promise<UserResult> {
  if (process.getuid?.() !== 0) return { ok: true, user: null };
  const table = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const line of table.split("\n")) {
    const [own, , uid, gid] = line.split(":");
    if (own === name && uid !== undefined && gid !== undefined)
      return { ok: true, user: { uid: Number(uid), gid: Number(gid) } };
  }
  return { ok: false, reason: `there is no user ${name}; make it with: useradd --system ${name}` };
}
