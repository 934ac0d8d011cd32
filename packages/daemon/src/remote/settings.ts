import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { classicSettings } from "../classic-settings.ts";
import { reasonOf } from "../files.ts";

/** How nodes of the cluster and remote executors find and trust each other; from the environment and the classic files. */
export interface RemoteSettings {
  readonly keyFile: string;
  readonly port: number;
  /** To listen on; null: every address. */
  readonly address: string | null;
}

export type KeyResult =
  | { readonly ok: true; readonly key: Buffer }
  | { readonly ok: false; readonly reason: string };

const REMOTE_PORT_DEFAULT = 3121;

/** All nodes name themselves alike: the key is the proof. */
export const PSK_IDENTITY = "lrmd";

/** Forward secrecy, and no certificate. */
export const TLS_OPTIONS = {
  ciphers: "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA384",
  // Keys without certificates are a matter of TLS 1.2 in Node.js.
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
} as const;

/** @throws Error that names a setting that is wrong and what it must be */
export function readRemoteSettings(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): RemoteSettings {
  const setting = classicSettings(root, environment);
  const port = setting("PCMK_remote_port") || String(REMOTE_PORT_DEFAULT);
  if (!/^\d{1,5}$/u.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`PCMK_remote_port "${port}" is no port: write a number from 1 to 65535`);
  return {
    keyFile: setting("PCMK_authkey_location") || join(root, "/etc/pacemaker/authkey"),
    port: Number(port),
    address: setting("PCMK_remote_address") || null,
  };
}

/** Read whenever somebody connects: a key that comes later needs no restart. */
export function readRemoteKey(file: string): KeyResult {
  const mend = "it must hold the same key on this host and on all nodes of the cluster";
  try {
    const content = readFileSync(file);
    if (content.length === 0) return { ok: false, reason: `the key file ${file} is empty; ${mend}` };
    // OpenSSL takes keys of at most 256 bytes; the file may be longer.
    return { ok: true, key: createHash("sha256").update("quorate-remote-1\0").update(content).digest() };
  } catch (error) {
    return { ok: false, reason: `cannot read the key file ${file}: ${reasonOf(error)}; ${mend}` };
  }
}
