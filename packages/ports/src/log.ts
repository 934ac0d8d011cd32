export type LogLevel = "critical" | "error" | "warning" | "notice" | "info" | "debug";

/** Where the core says what happens. Never throws, never blocks. */
export type Log = (level: LogLevel, message: string) => void;
