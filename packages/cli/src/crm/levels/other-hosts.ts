import { clusterHosts } from "../../report/other-hosts.ts";
import type { Shell } from "../shell/shell.ts";

/** How a command ended elsewhere; `problem` is empty when it succeeded. */
export interface Answer {
  readonly host: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly problem: string;
}

const TIMEOUT_MS = 60_000;
/** For commands that may do anything, such as an upgrade of the host, or wait for services. */
export const LONG_MS_MAX = 3_600_000;
const CONNECT_S_MAX = 5;
/** Nobody is there to answer questions, and a host that is down must not hold up the others. */
export const SSH = ["ssh", "-T", "-o", "BatchMode=yes", "-o", `ConnectTimeout=${CONNECT_S_MAX}`] as const;

/** Hosts as they are named, or (none named) all of the cluster but this one. */
export async function chosenHosts(shell: Shell, named: readonly string[]): Promise<readonly string[]> {
  if (named.length > 0) return named;
  const { own, all } = await clusterHosts(shell.world);
  return all.filter((host) => host !== own);
}

export interface RunOnOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs a command of a shell on a host, with `input` on its standard input, as root and without a question for a password. */
export async function runOn(
  shell: Shell,
  host: string,
  command: string,
  { input = "", timeoutMs = TIMEOUT_MS }: RunOnOptions = {},
): Promise<Answer> {
  const [program, ...options] = SSH;
  const { status, stdout, stderr } = await shell.world.runProgram(
    program,
    [...options, "--", host, command],
    {
      input,
      timeoutMs,
    },
  );
  const problem =
    status === 0
      ? ""
      : status === null
        ? `no answer within ${timeoutMs / 1000} s`
        : stderr.trim() || `the command ended with ${status}`;
  return { host, stdout, stderr, problem };
}

/** The same on several at once. */
export function runOnAll(
  shell: Shell,
  hosts: readonly string[],
  command: string,
  options: RunOnOptions = {},
): Promise<readonly Answer[]> {
  return Promise.all(hosts.map((host) => runOn(shell, host, command, options)));
}

/** A word as a shell takes it for one. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
