import { WATCHDOG_TIMEOUT_NAMES } from "@quorate/cib";
import { DaemonError } from "../../../cluster/daemon.ts";
import { assignNvpairs } from "../../../configuration/nvsets.ts";
import type { PcsCall } from "../../framework/command.ts";
import {
  clusterProperties,
  ensurePropertySet,
  ID_NAME_LENGTH_MAX,
} from "../../property/cluster-properties.ts";

/** After this time without a word from a node the cluster takes it as reset by its watchdog. The name that every release knows. */
const OLD_NAME = "stonith-watchdog-timeout";
const NAMES = [...WATCHDOG_TIMEOUT_NAMES];

/**
 * Sets, or with null removes, the property by which the cluster relies on SBD, under whichever name it stands there. A cluster that does not
 * run keeps what it has, which is told.
 * @throws PcsError when the cluster refuses
 */
export async function changeWatchdogTimeout(call: PcsCall, value: "0" | null): Promise<void> {
  let editor: Awaited<ReturnType<PcsCall["cib"]>>;
  try {
    editor = await call.cib();
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    const then = value === null ? `pcs property unset ${OLD_NAME}` : `pcs property set ${OLD_NAME}=${value}`;
    call.reports.warn(
      `the cluster does not run here, so its property ${OLD_NAME} was left as it is; if it is set, use '${then}' once it runs`,
    );
    return;
  }
  const present = NAMES.filter((name) => clusterProperties(editor.cib).has(name));
  const changed = present.length === 0 && value !== null ? [OLD_NAME] : present;
  if (changed.length === 0) return;
  const assignments = changed.map((name) => [name, value ?? ""] as const);
  assignNvpairs(editor.cib, ensurePropertySet(editor.cib), assignments, ID_NAME_LENGTH_MAX);
  await editor.commit();
}
