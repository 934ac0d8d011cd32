import type { Log, LogLevel } from "@quorate/ports";

const LEVELS: readonly LogLevel[] = ["critical", "error", "warning", "notice", "info", "debug"];

export function isLogLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text);
}

/** Lines `2026-01-31T12:00:00.000Z node1 notice: message` for every message at least as severe as `threshold`. */
export function createLog(options: {
  nodeName: string;
  threshold: LogLevel;
  wallMs: () => number;
  write: (line: string) => void;
}): Log {
  const limit = LEVELS.indexOf(options.threshold);
  return (level, message) => {
    if (LEVELS.indexOf(level) > limit) return;
    const time = new Date(options.wallMs()).toISOString();
    for (const line of message.split("\n")) options.write(`${time} ${options.nodeName} ${level}: ${line}\n`);
  };
}
