import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { main as plan } from "./plan-command.ts";
import { main as status } from "./status-command.ts";

const HELP = `quorate quorum: who may act when nodes are lost

Usage: quorate quorum COMMAND [arguments]

Commands:
  plan          which failures a cluster survives, from its corosync.conf
  status        whether this part of the running cluster has quorum

quorate quorum COMMAND --help tells more.
`;

/** `quorate quorum`. */
export const main: Main = async (argv, world) => {
  const [name, ...rest] = argv;
  if (name === "plan") return plan(rest, world);
  if (name === "status") return status(rest, world);
  const isHelp = name === "--help" || name === "help" || name === "-?";
  if (isHelp) world.stdout(HELP);
  else world.stderr(name === undefined ? HELP : `quorate quorum: unknown command "${name}"\n${HELP}`);
  return isHelp ? ExitCode.ok : ExitCode.usage;
};
