import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

const TOOL_MS_MAX = 60_000;
const NO_SUCH_PROGRAM = 127;

const PACKAGES = {
  "corosync-qdevice-tool": "corosync-qdevice",
  "corosync-qnetd-tool": "corosync-qnetd",
} as const;

/** What a tool of Corosync's quorum devices prints on this machine. @throws PcsError */
export async function runTool(
  call: PcsCall,
  program: keyof typeof PACKAGES,
  args: readonly string[],
): Promise<string> {
  const { status, stdout, stderr } = await call.world.runProgram(program, args, {
    input: "",
    timeoutMs: TOOL_MS_MAX,
  });
  if (status === 0) return stdout;
  if (status === NO_SUCH_PROGRAM) fail(`${program} is missing; install the package ${PACKAGES[program]}`);
  const service = PACKAGES[program];
  fail(
    `Unable to get status of the quorum device: ${`${stdout}${stderr}`.trim()}; 'systemctl status ${service}' tells whether ${service} runs`,
  );
}
