import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manual, ManualCommand } from "@quorate/cli";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  COMPLETIONS,
  MANUALS,
  OTHER_MANUALS,
  type ProgramManuals,
  programManuals,
  writeManuals,
} from "../../scripts/manuals.ts";
import { repositoryRoot } from "../../scripts/steps.ts";

const programs: readonly ProgramManuals[] = await programManuals();
const everyManual: readonly Manual[] = programs.flatMap(({ manuals }) => manuals);
const folder = mkdtempSync(join(tmpdir(), "quorate-manuals-"));

beforeAll(async () => {
  await writeManuals();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bin(name: string, args: readonly string[]) {
  return spawnSync(join(repositoryRoot, "bin", name), args, { encoding: "utf8", input: "" });
}

function page(name: string): string {
  return readFileSync(join(MANUALS, `${name.replaceAll(" ", "-")}.8`), "utf8");
}

/** As roff writes it. */
function inRoff(words: string): string {
  return words.replaceAll("-", "\\-");
}

describe("every program in bin/", () => {
  const names = readdirSync(join(repositoryRoot, "bin")).filter((name) => name !== "package.json");

  test("has a manual page and completions", () => {
    expect(programs.map(({ program }) => program).sort()).toEqual(names.sort());
    expect(readdirSync(COMPLETIONS).sort()).toEqual(names.sort());
    for (const name of names) expect(existsSync(join(MANUALS, `${name}.8`)), name).toBe(true);
  });

  test("tells in --help what it is for", async () => {
    for (const { program, manuals } of programs) {
      const shown = OTHER_MANUALS.some(({ name }) => name === program)
        ? bin(program, ["--help"]).stdout
        : await helpOf(program, []);
      expect(shown.toLowerCase(), program).toContain(manuals[0]!.summary.toLowerCase());
    }
  });
});

/** What a command prints for its words and `--help`; it must succeed. */
async function helpOf(program: string, words: readonly string[]): Promise<string> {
  const { main } = await import(`../../packages/cli/src/commands/${program}.ts`);
  let shown = "";
  const world = {
    env: {},
    programName: program,
    isInteractive: () => false,
    fileExists: () => false,
    readStdin: () => "",
    stderr: () => {},
    stdout: (text: string) => {
      shown += text;
    },
  };
  expect(await main([...words, "--help"], world), words.join(" ")).toBe(0);
  return shown;
}

describe("a manual page", () => {
  test.each(everyManual.map((manual) => [manual.name, manual] as const))(
    "of %s names every option and command",
    (name, manual) => {
      const text = page(name);
      const options = [...manual.options, ...manual.commands.flatMap((command) => command.options)];
      for (const option of options) for (const each of option.names) expect(text).toContain(inRoff(each));
      for (const { path } of manual.commands) expect(text).toContain(inRoff(path.join(" ")));
      expect(options.filter(({ help }) => help.trim() === "")).toEqual([]);
      expect(manual.commands.filter(({ help }) => help.trim() === "")).toEqual([]);
    },
  );

  test.skipIf(!existsSync("/usr/bin/groff"))(
    "is formatted without a warning (where groff is installed)",
    () => {
      const files = readdirSync(MANUALS).map((file) => join(MANUALS, file));
      const { stderr, status } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "-z", ...files], {
        encoding: "utf8",
      });
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    },
  );

  test("shows a line that begins with a dot, quotes and backslashes as they are", async () => {
    const { manPage } = await import("@quorate/cli");
    const manual: Manual = {
      name: "odd",
      summary: "odd things",
      usage: [".x \\n 'y' \"z\""],
      options: [],
      commands: [],
      examples: [],
    };
    expect(manPage(manual, "1", [])).toContain("\\&.x \\en \\(aqy\\(aq \\(dqz\\(dq\n");
  });
});

describe("help of sub-commands", () => {
  const shells = programs.filter(({ program }) => program === "pcs" || program === "crm");
  const commands = shells.flatMap(({ program, manuals }) =>
    manuals[0]!.commands.map((command) => [program, command.path.join(" "), command] as const),
  );

  test("there are many", () => expect(commands.length).toBeGreaterThan(200));

  test.each(["pcs", "crm"])("of %s stands behind each of them", async (program) => {
    for (const [owner, path, command] of commands) {
      if (owner !== program) continue;
      expect(flat(await helpOf(program, command.path)), path).toContain(flat(firstWords(command)));
    }
  });

  function firstWords({ usage, help }: ManualCommand): string {
    return usage.length === 0 ? help : help.split(" ").slice(0, 4).join(" ");
  }

  function flat(text: string): string {
    return text.replace(/\s+/g, " ");
  }
});

describe("completion", () => {
  const cib = join(folder, "cib.xml");
  writeFileSync(
    cib,
    `<cib><configuration><nodes><node id="1" uname="alpha"/><node id="2" uname="beta"/></nodes><resources>
<group id="site"><primitive class="ocf" id="web" type="Dummy"/></group></resources></configuration></cib>`,
  );

  const cases: readonly (readonly [line: string, offered: readonly string[]])[] = [
    ["pcs resource cr", ["create"]],
    ["pcs constraint loc", ["location"]],
    ["pcs resource move we", ["web"]],
    [`pcs -f ${cib} resource move `, ["site", "web", "alpha", "beta"]],
    ["pcs resource enable --wa", ["--wait"]],
    ["crm resource mov", ["move"]],
    ["crm configure prim", ["primitive"]],
    ["crm_standby --node=a", ["alpha"]],
    ["crm_standby --node a", ["alpha"]],
    ["crm_standby --lifetime=", ["reboot", "forever"]],
    ["crm_standby --upd", ["--update="]],
    ["crm_mon --one", ["--one-shot"]],
    ["crm_resource --resource w", ["web"]],
    ["crm_verify --xml-file ci", ["cib.xml"]],
    ["quorate li", ["lint"]],
    ["quorate lint --output-as s", ["sarif"]],
    ["quorate quorum st", ["status"]],
    ["quorated --che", ["--check"]],
    ["CIB_file=/nowhere crm_resource --resource w", []],
  ];

  // One shell for all: starting one for each would take most of the time.
  test("offers commands, options, their values, and names from the configuration", () => {
    const script = cases.map(([line]) => shellLine(line)).join("\n");
    const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", script], {
      encoding: "utf8",
      cwd: folder,
      env: { PATH: process.env.PATH!, CIB_file: cib },
    });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const offers = stdout
      .split("\n")
      .slice(0, -1)
      .map((offer) => offer.split(" ").filter((word) => word !== ""));
    expect(offers.map((offer, index) => [cases[index]![0], offer])).toEqual(cases);
  });

  /** Sets what bash sets when a person asks for the last word of a line, and prints the offer as one line. */
  function shellLine(line: string): string {
    const [, variables, command] = /^((?:\w+=\S* )*)(.*)$/s.exec(line)!;
    const words = command!.split(/ |(?<==)|(?==)/);
    const list = words.map((word) => `'${word}'`).join(" ");
    return `(${variables!.replaceAll(" ", "; ")}source '${join(COMPLETIONS, words[0]!)}'
COMP_WORDS=(${list}) COMP_CWORD=${words.length - 1}; _quorate_complete_${words[0]}; echo "\${COMPREPLY[*]}")`;
  }
});
