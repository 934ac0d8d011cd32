import type { JsonObject } from "@quorate/ports";

/** Version of the JSON around each body; a receiver refuses others. */
const ENVELOPE_VERSION = 1;

export type DecodedEnvelope =
  | { readonly ok: true; readonly channel: string; readonly body: JsonObject }
  | { readonly ok: false; readonly problem: string };

export function encodeEnvelope(envelope: {
  readonly channel: string;
  readonly body: JsonObject;
}): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({ version: ENVELOPE_VERSION, channel: envelope.channel, body: envelope.body }),
  );
}

export function decodeEnvelope(bytes: Uint8Array): DecodedEnvelope {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { ok: false, problem: "not JSON" };
  }
  if (!isObject(value)) return { ok: false, problem: "not an envelope" };
  const { version, channel, body } = value;
  if (version !== ENVELOPE_VERSION)
    return {
      ok: false,
      problem: `envelope of version ${String(version)}, this node speaks ${ENVELOPE_VERSION}`,
    };
  if (typeof channel !== "string" || !isObject(body)) return { ok: false, problem: "not an envelope" };
  // JSON.parse made it, so it holds only what JSON can hold.
  return { ok: true, channel, body: body as JsonObject };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
