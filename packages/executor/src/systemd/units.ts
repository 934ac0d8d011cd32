import { DBusError } from "../dbus/connection.ts";

/** Kinds of units that the cluster manages. */
const SUFFIXES = [".service", ".socket", ".mount", ".timer", ".path"] as const;

/** Instance given to a template (`foo@`) that is only looked up. */
const TEMPLATE_INSTANCE = "pacemaker";

/** The unit's whole name: `.service` is added unless the name ends as a unit does. Source: executor specification, 7. */
export function unitName(type: string): string {
  const name = SUFFIXES.some((suffix) => type.endsWith(suffix)) ? type : `${type}.service`;
  return name.replace(/@(\.[a-z]+)$/u, `@${TEMPLATE_INSTANCE}$1`);
}

/** The agent type of a unit file, or null when the cluster does not manage such units. */
export function unitType(file: string): string | null {
  if (!SUFFIXES.some((suffix) => file.endsWith(suffix))) return null;
  return file.endsWith(".service") ? file.slice(0, -".service".length) : file;
}

/** A name that can be no unit, and must never become a part of a path. Source: systemd.unit(5). */
export function isUnitName(name: string): boolean {
  return /^[A-Za-z0-9:_.\\@-]{1,255}$/u.test(name) && !name.startsWith(".");
}

/** Errors that say that there is no such unit. */
const UNKNOWN_UNIT: ReadonlySet<string> = new Set([
  "org.freedesktop.systemd1.NoSuchUnit",
  "org.freedesktop.systemd1.LoadFailed",
  "org.freedesktop.DBus.Error.InvalidName",
  "org.freedesktop.DBus.Error.InvalidArgs",
]);

/** Does systemd say that there is no such unit? Anything else leaves that open: a bus that is away knows nothing. */
export function isUnknownUnit(error: unknown): boolean {
  return error instanceof DBusError && UNKNOWN_UNIT.has(error.errorName);
}
