import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { main as plan } from "./plan-command.ts";

const HELP = `quorate quorum: who may act when nodes are lost

Usage: quorate quorum plan [FILE] [options]

Commands:
  plan          which failures a cluster survives, from its corosync.conf

quorate quorum plan --help tells more.
`;

/** `quorate quorum`. */
export const main: Main = async (argv, world) => {
  const [name, ...rest] = argv;
  if (name === "plan") return plan(rest, world);
  const isHelp = name === "--help" || name === "help" || name === "-?";
  if (isHelp) world.stdout(HELP);
  else world.stderr(name === undefined ? HELP : `quorate quorum: unknown command "${name}"\n${HELP}`);
  return isHelp ? ExitCode.ok : ExitCode.usage;
};
