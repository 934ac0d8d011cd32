import { spawn } from "node:child_process";
import { askPam, type PamVerdict } from "./pam.ts";

/** PAM modules may ask a directory service; a wrong password takes them some seconds by design. */
const TIMEOUT_MS = 30_000;

/** First argument of this program when it is the child that asks PAM. */
export const CHECK_PASSWORD = "--check-password";
/** What PAM calls us: the name of a file in /etc/pam.d. */
const PAM_SERVICE = "quorate-pcsd";

export type CheckPassword = (user: string, password: string) => Promise<PamVerdict>;

/**
 * Asks PAM in a process of its own: its modules block, and have the right to go wrong. The password goes through a pipe, so that no list of processes shows it.
 * `program`: the file of this program.
 */
export function passwordChecker(program: string): CheckPassword {
  return (user, password) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program, CHECK_PASSWORD], {
        stdio: ["pipe", "pipe", "inherit"],
        timeout: TIMEOUT_MS,
        killSignal: "SIGKILL",
      });
      let output = "";
      child.stdout.on("data", (part: Buffer) => {
        if (output.length < 10_000) output += part.toString("utf8");
      });
      child.once("error", (error) => resolve({ kind: "broken", reason: error.message }));
      child.once("close", (status) => {
        try {
          resolve(JSON.parse(output) as PamVerdict);
        } catch {
          resolve({ kind: "broken", reason: `PAM did not answer (exit status ${status ?? "none"})` });
        }
      });
      child.stdin.on("error", () => {});
      child.stdin.end(JSON.stringify({ user, password }));
    });
}

/** The child's part: user and password on standard input, the verdict on standard output. */
export async function checkPasswordOfInput(input: string): Promise<string> {
  const { user, password } = JSON.parse(input) as { user: string; password: string };
  return JSON.stringify(await askPam(PAM_SERVICE, user, password));
}
