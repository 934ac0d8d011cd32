import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";

/** Texts of the C library, which administrators know; libuv has its own wording for most of them. */
const ERROR_TEXTS: ReadonlyMap<string, string> = new Map([
  ["E2BIG", "Argument list too long"],
  ["EACCES", "Permission denied"],
  ["EAGAIN", "Resource temporarily unavailable"],
  ["EINVAL", "Invalid argument"],
  ["EIO", "Input/output error"],
  ["EISDIR", "Is a directory"],
  ["ELOOP", "Too many levels of symbolic links"],
  ["EMFILE", "Too many open files"],
  ["ENAMETOOLONG", "File name too long"],
  ["ENFILE", "Too many open files in system"],
  ["ENOENT", "No such file or directory"],
  ["ENOEXEC", "Exec format error"],
  ["ENOMEM", "Cannot allocate memory"],
  ["ENOTDIR", "Not a directory"],
  ["EPERM", "Operation not permitted"],
  ["ETXTBSY", "Text file busy"],
]);

const SIGNAL_TEXTS: ReadonlyMap<string, string> = new Map([
  ["SIGABRT", "Aborted"],
  ["SIGALRM", "Alarm clock"],
  ["SIGBUS", "Bus error"],
  ["SIGFPE", "Floating point exception"],
  ["SIGHUP", "Hangup"],
  ["SIGILL", "Illegal instruction"],
  ["SIGINT", "Interrupt"],
  ["SIGKILL", "Killed"],
  ["SIGPIPE", "Broken pipe"],
  ["SIGQUIT", "Quit"],
  ["SIGSEGV", "Segmentation fault"],
  ["SIGSYS", "Bad system call"],
  ["SIGTERM", "Terminated"],
  ["SIGTRAP", "Trace/breakpoint trap"],
  ["SIGUSR1", "User defined signal 1"],
  ["SIGUSR2", "User defined signal 2"],
  ["SIGXCPU", "CPU time limit exceeded"],
  ["SIGXFSZ", "File size limit exceeded"],
]);

/** Text of an error by its name (`ENOENT`), as `strerror` has it where that matters. */
export function describeSystemError(code: string): string {
  const text = ERROR_TEXTS.get(code);
  if (text !== undefined) {
    return text;
  }
  const number = (constants.errno as Readonly<Record<string, number>>)[code];
  const entry = number === undefined ? undefined : getSystemErrorMap().get(-number);
  return entry === undefined ? code : entry[1];
}

/** Text of a signal by its name (`SIGKILL`), as `strsignal` has it. */
export function describeSignal(name: string): string {
  return SIGNAL_TEXTS.get(name) ?? name;
}

/** Name of the system's error behind a thrown value, `EIO` when it has none. */
export function systemErrorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "EIO";
}
