import {
  FILE_KINDS,
  ManagementError,
  type MethodName,
  type Methods,
  QDEVICE_ACTIONS,
  READABLE_KINDS,
  REMOVABLE_KINDS,
  SERVICES,
} from "./contract.ts";

/** Takes a value over when it is what it must be; what nobody asked for is refused. @throws ManagementError naming the field */
type Field<T> = (value: unknown, path: string) => T;

function refuse(path: string, wanted: string): never {
  throw new ManagementError("badRequest", `${path} must be ${wanted}`);
}

function text(max: number, pattern: RegExp, words: string): Field<string> {
  return (value, path) =>
    typeof value === "string" && value.length <= max && pattern.test(value)
      ? value
      : refuse(path, `${words}, at most ${max} characters`);
}

function oneOf<T extends string>(...choices: readonly T[]): Field<T> {
  return (value, path) =>
    choices.includes(value as T) ? (value as T) : refuse(path, `one of ${choices.join(", ")}`);
}

const flag: Field<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, "true or false");

function listOf<T>(field: Field<T>, max: number): Field<readonly T[]> {
  return (value, path) =>
    Array.isArray(value) && value.length <= max
      ? value.map((item, index) => field(item, `${path}[${index}]`))
      : refuse(path, `a list of at most ${max}`);
}

function record<T extends object>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Field<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(path, "an object");
    const unknown = Object.keys(value).find((name) => !(names as string[]).includes(name));
    if (unknown !== undefined)
      throw new ManagementError("badRequest", `${path} has an unknown field ${JSON.stringify(unknown)}`);
    return Object.fromEntries(
      names.map((name) => [
        name,
        fields[name](
          Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined,
          `${path}.${name}`,
        ),
      ]),
    ) as T;
  };
}

/** Visible characters and blanks only: such texts reach logs and terminals. */
const LINE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
const line = text(256, LINE, "one line of text");
const hostNameField = text(
  255,
  /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
  "a host name (letters, digits, '.', '-', '_')",
);
/** A host name, an IPv4 address or an IPv6 address. */
const addressField = text(255, /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/, "a host name or an IP address");
const token = text(64, /^[A-Za-z0-9_-]{43}$/, "a token");
const fingerprint = text(95, /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/, "a SHA-256 fingerprint");
const port: Field<number> = (value, path) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535
    ? (value as number)
    : refuse(path, "a port number from 1 to 65535");
const base64 = text(768 * 1024, /^[A-Za-z0-9+/]*={0,2}$/, "base64");
const path = text(255, /^\/[^\p{C}\p{Zl}\p{Zp}]*$/u, "an absolute path");
/** It becomes a part of a file's name. */
const clusterName = text(
  200,
  /^[A-Za-z0-9_][\w.-]*$/,
  "the name of a cluster (letters, digits, '.', '-', '_')",
);
/** That of a file which is not hidden. */
const fileName = text(100, /^[A-Za-z0-9_][\w.@:+-]*$/, "a plain file name");
const orNull =
  <T>(field: Field<T>): Field<T | null> =>
  (value, place) =>
    value === null ? null : field(value, place);
/** Passwords may hold anything but what PAM cannot be given. */
const password = text(1024, /^[^\0]+$/, "a password that is not empty");

const knownHost = record({ name: hostNameField, address: addressField, port, token, fingerprint });
export const knownHostsField = listOf(knownHost, 256);

const fileContents = listOf(record({ kind: oneOf(...FILE_KINDS), content: base64 }), FILE_KINDS.length);

const PARAMS: { readonly [M in MethodName]: Field<Methods[M]["params"]> } = {
  "auth.login": record({ user: line, password, client: line }),
  "auth.logout": record({}),
  "host.state": record({}),
  "lease.take": record({ purpose: line }),
  "lease.release": record({}),
  "cluster.start": record({}),
  "cluster.stop": record({ service: oneOf(...SERVICES) }),
  "cluster.enable": record({}),
  "cluster.disable": record({}),
  "cluster.destroy": record({}),
  "cluster.restore": record({
    cib: base64,
    files: fileContents,
    uidgid: listOf(record({ name: fileName, content: base64 }), 256),
  }),
  "cluster.status": record({ isFull: flag, hidesInactive: flag }),
  "file.read": record({ kind: oneOf(...READABLE_KINDS) }),
  "file.write": record({ files: fileContents }),
  "file.remove": record({ kinds: listOf(oneOf(...REMOVABLE_KINDS), REMOVABLE_KINDS.length) }),
  "corosync.reload": record({}),
  "sbd.state": record({}),
  "sbd.check": record({ watchdog: orNull(path), devices: listOf(path, 3) }),
  "sbd.enable": record({}),
  "sbd.disable": record({}),
  "qnetd.authority": record({}),
  "qnetd.sign": record({ clusterName, content: base64 }),
  "qdevice.request": record({ clusterName, content: base64 }),
  "qdevice.certify": record({ content: base64 }),
  "qdevice.remove": record({}),
  "qdevice.switch": record({ action: oneOf(...QDEVICE_ACTIONS) }),
  "hosts.learn": record({ hosts: knownHostsField }),
  "hosts.forget": record({ names: listOf(hostNameField, 256) }),
};

const lease: Field<string | null> = (value, path) =>
  value === undefined || value === null ? null : token(value, path);

export interface CheckedRequest<M extends MethodName> {
  readonly method: M;
  readonly params: Methods[M]["params"];
  readonly lease: string | null;
}

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(PARAMS, name);
}

/** Reads the body of a request. @throws ManagementError `badRequest` that names the place */
export function checkRequest<M extends MethodName>(method: M, body: string): CheckedRequest<M> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new ManagementError("badRequest", "the body is not JSON");
  }
  const envelope = record<{ params: Methods[M]["params"]; lease: string | null }>({
    params: PARAMS[method] as Field<Methods[M]["params"]>,
    lease,
  })(json, "request");
  return { method, ...envelope };
}
