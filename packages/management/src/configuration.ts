import { readIfThere } from "./machine/files.ts";
import { DEFAULT_PORT } from "./protocol/contract.ts";

export interface Configuration {
  readonly port: number;
  /** Address to listen on; null: all of this machine. */
  readonly listen: string | null;
}

/** The keys of `pcsd.conf`, each with what it means; `--help` and the documentation are made from this table. */
export const SETTINGS = {
  port: `port to listen on (default ${DEFAULT_PORT})`,
  "listen-address": "address of this machine to listen on (default: all)",
} as const;

/** Reads `pcsd.conf`: lines `key = value`, `#` starts a comment; none is as good as an empty one. @throws Error with all that is wrong in it */
export function readConfiguration(path: string): Configuration {
  const problems: string[] = [];
  const values = new Map<string, string>();
  const text = readIfThere(path)?.toString("utf8") ?? "";
  text.split("\n").forEach((raw, index) => {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") return;
    const match = /^([a-z-]+)\s*=\s*(.+)$/.exec(line);
    const place = `${path}:${index + 1}`;
    if (match === null) problems.push(`${place}: "${line}" is not of the form key = value`);
    else if (!Object.hasOwn(SETTINGS, match[1]!))
      problems.push(`${place}: unknown setting "${match[1]}"; known are ${Object.keys(SETTINGS).join(", ")}`);
    else values.set(match[1]!, match[2]!);
  });
  const port = values.get("port") ?? String(DEFAULT_PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    problems.push(`${path}: port "${port}" is not a number from 1 to 65535`);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return { port: Number(port), listen: values.get("listen-address") ?? null };
}
