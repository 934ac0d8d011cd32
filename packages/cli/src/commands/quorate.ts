import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { nearestName } from "../options/nearest-name.ts";
import { versionText } from "../version.ts";

/** The sub-commands of `quorate`; each is loaded when it is called. */
const SUBCOMMANDS: Readonly<Record<string, { readonly summary: string; load(): Promise<{ main: Main }> }>> = {
  cluster: {
    summary: "set up a cluster: its corosync.conf and its key",
    load: () => import("../pcs/quorate-cluster.ts"),
  },
  explain: {
    summary: "why a resource runs where it runs, and what would have to change",
    load: () => import("../explain/explain-command.ts"),
  },
  lint: {
    summary: "the mistakes in a configuration, each with the rule that it breaks",
    load: () => import("../verify/lint-command.ts"),
  },
  playground: {
    summary: "a cluster of real daemons on this machine, to look at and to break",
    load: () => import("../playground/playground-command.ts"),
  },
  schema: {
    summary: "what may stand in a configuration, as a grammar for editors and validators",
    load: () => import("../schema/schema-command.ts"),
  },
  quorum: {
    summary: "whether the cluster has quorum, and which failures it survives",
    load: () => import("../quorum/quorum-command.ts"),
  },
};

const HELP = `quorate: high-availability cluster manager

Usage: quorate COMMAND [arguments]

Commands:
${Object.entries(SUBCOMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join("\n")}

The commands that administrators know (crm_mon, crm_resource, cibadmin, ...) stand beside this one.
quorate COMMAND --help tells more.
`;

/** `quorate`: what has no classic command. */
export const main: Main = async (argv, world) => {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-?" || name === "help") {
    world.stdout(HELP);
    return name === undefined ? ExitCode.usage : ExitCode.ok;
  }
  if (name === "--version" || name === "-$") {
    world.stdout(versionText());
    return ExitCode.ok;
  }
  if (!Object.hasOwn(SUBCOMMANDS, name)) {
    const nearest = nearestName(name, Object.keys(SUBCOMMANDS));
    world.stderr(
      `quorate: unknown command "${name}"${nearest === null ? "" : `; did you mean ${nearest}?`}\nTry quorate --help\n`,
    );
    return ExitCode.usage;
  }
  const { main: run } = await SUBCOMMANDS[name]!.load();
  return run(rest, { ...world, programName: `quorate ${name}` });
};
