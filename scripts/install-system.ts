import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { run as build } from "./build.ts";
import { displacePacemaker, restorePacemaker } from "./displace-pacemaker.ts";
import { COMPLETIONS, MANUALS } from "./manuals.ts";
import { repositoryRoot } from "./steps.ts";

const HELP = `Installs Quorate for all of this machine: commands, daemon, agents, systemd unit.

Usage: npm run install-system -- [options]

Options:
  --prefix DIR   where it will run from (default /usr/local)
  --root DIR     where the files are put, as a machine's root: for packages and containers (default /)
  --node FILE    the Node.js that runs it (default: the one that runs this)
  --displace-pacemaker
                 Debian's own pcs and crm, where they are installed, work on Quorate's cluster: Pacemaker's commands, which
                 they call by their path, become links to Quorate's (dpkg-divert keeps Pacemaker's as NAME.pacemaker)
  --restore-pacemaker
                 only give these paths back to Pacemaker
  --help         show this help and exit

Files, below PREFIX:
  lib/quorate/bin                     commands and daemon
  lib/quorate/node_modules            what the daemon needs to call Corosync's libraries
  sbin                                links to the commands
  share/man/man8                      manual pages
  share/bash-completion/completions   completions for bash
  lib/ocf/resource.d/quorate          resource agents
  lib/systemd/system/quorated.service, quorate-remote.service, quorate-pcsd.service
and /etc/quorate/quorated.conf and /etc/pam.d/quorate-pcsd, which are not touched when they are there.
`;

export interface SystemPlace {
  /** Where the files are put. */
  readonly root: string;
  /** Where they will be found. */
  readonly prefix: string;
  readonly node: string;
}

/** Exit status 0 when all was installed. */
export async function run(args: readonly string[]): Promise<number> {
  let place: SystemPlace;
  let displaces = false;
  let restores = false;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        prefix: { type: "string", default: "/usr/local" },
        root: { type: "string", default: "/" },
        node: { type: "string", default: process.execPath },
        "displace-pacemaker": { type: "boolean", default: false },
        "restore-pacemaker": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    if (!values.prefix.startsWith("/")) throw new Error(`--prefix ${values.prefix}: write an absolute path`);
    place = { root: resolve(values.root), prefix: resolve(values.prefix), node: values.node };
    displaces = values["displace-pacemaker"];
    restores = values["restore-pacemaker"];
    if (displaces && restores)
      throw new Error("--displace-pacemaker and --restore-pacemaker exclude each other");
  } catch (error) {
    console.error(`${(error as Error).message}\nTry npm run install-system -- --help`);
    return 64;
  }
  if (restores) {
    restorePacemaker(place.root);
    console.log("Pacemaker's commands are in their places again");
    return 0;
  }
  if ((await build()) !== 0) return 1;
  installSystem(place);
  const { root, prefix } = place;
  if (displaces) {
    const paths = displacePacemaker({ root, bin: join(prefix, "sbin") });
    console.log(`in the place of Pacemaker's: ${paths.join(" ")}`);
  }
  console.log(
    `installed in ${join(root, prefix)}; next: systemctl daemon-reload; systemctl enable --now quorate-pcsd; then pcs host auth and pcs cluster setup`,
  );
  return 0;
}

/** What was built into `bin/` and the rest, without building. @throws Error when a file cannot be written */
export function installSystem(place: SystemPlace): void {
  const library = join(place.prefix, "lib/quorate");
  rmSync(at(place, library), { recursive: true, force: true });
  installCommands(place, library);
  installModules(at(place, join(library, "node_modules")));
  installAgents(place);
  installTexts(place);
  installUnits(place, library);
  installPam(place);
  installConfiguration(place, library);
}

function at({ root }: SystemPlace, path: string): string {
  return join(root, path);
}

/** Commands find Node.js wherever they are called from, an agent's short PATH included. */
function installCommands(place: SystemPlace, library: string): void {
  const source = join(repositoryRoot, "bin");
  const sbin = join(place.prefix, "sbin");
  mkdirSync(at(place, sbin), { recursive: true });
  for (const name of readdirSync(source).sort()) {
    const text = readFileSync(join(source, name), "utf8");
    const target = join(library, "bin", name);
    write(
      at(place, target),
      text
        .replace(/^#!.*env node$/m, `#!${place.node}`)
        .replace(/^node=node$/m, `node='${place.node.replaceAll("'", "'\\''")}'`),
      name === "package.json" ? 0o644 : 0o755,
    );
    if (name === "package.json") continue;
    const link = at(place, join(sbin, name));
    rmSync(link, { force: true });
    symlinkSync(relative(sbin, target), link);
  }
  for (const name of ["README.md", "LICENSE"])
    cpSync(join(repositoryRoot, name), at(place, join(library, name)));
}

/** koffi with its binaries for this machine. */
function installModules(target: string): void {
  for (const name of ["koffi", "@koromix"])
    cpSync(join(repositoryRoot, "node_modules", name), join(target, name), { recursive: true });
}

function installAgents(place: SystemPlace): void {
  const agents = join(repositoryRoot, "agents/ocf");
  for (const provider of readdirSync(agents))
    cpSync(join(agents, provider), at(place, join(place.prefix, "lib/ocf/resource.d", provider)), {
      recursive: true,
    });
}

function installTexts(place: SystemPlace): void {
  for (const [source, target] of [
    [MANUALS, "share/man/man8"],
    [COMPLETIONS, "share/bash-completion/completions"],
  ] as const) {
    for (const name of readdirSync(source))
      write(at(place, join(place.prefix, target, name)), readFileSync(join(source, name), "utf8"), 0o644);
  }
}

function installUnits(place: SystemPlace, library: string): void {
  for (const name of ["quorated.service", "quorate-remote.service", "quorate-pcsd.service"]) {
    const unit = readFileSync(join(repositoryRoot, "systemd", name), "utf8");
    const target = at(place, join(place.prefix, "lib/systemd/system", name));
    write(target, unit.replaceAll("@LIBRARY@", library), 0o644);
  }
}

/** How the password of hacluster is checked: as this distribution checks passwords. */
function installPam(place: SystemPlace): void {
  const file = at(place, "/etc/pam.d/quorate-pcsd");
  if (existsSync(file)) return;
  const isDebian = existsSync("/etc/pam.d/common-auth");
  const lines = ["auth", "account"].map((kind) =>
    isDebian ? `@include common-${kind}\n` : `${kind} include system-auth\n`,
  );
  write(file, `# Who may log in to the management service of Quorate.\n${lines.join("")}`, 0o644);
}

function installConfiguration(place: SystemPlace, library: string): void {
  const file = at(place, "/etc/quorate/quorated.conf");
  if (existsSync(file)) return;
  const roots = new Set([join(place.prefix, "lib/ocf/resource.d"), "/usr/lib/ocf/resource.d"]);
  write(
    file,
    `# Settings of quorated; "quorated --help" lists them. The cluster itself is in /etc/corosync/corosync.conf.
engine = corosync
bin-directory = ${join(library, "bin")}
ocf-roots = ${[...roots].join(":")}
`,
    0o644,
  );
}

function write(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}
