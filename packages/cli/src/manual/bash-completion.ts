import type { Manual, ManualOption } from "./manual.ts";

/** What stands for an argument and where its words come from. Anything else is completed as a file name. */
type Kind = "RESOURCE" | "NODE" | "FILE" | "NONE";

/**
 * A file for bash-completion that completes one program: words, options and their values from its tables, names of resources and nodes from the
 * configuration on this machine, which is read by nothing heavier than grep. `engine`: the text of completion/engine.bash.
 */
export function bashCompletion(manuals: readonly Manual[], engine: string): string {
  const [manual, ...below] = manuals;
  const { name } = manual!;
  const identifier = name.replace(/\W/g, "_");
  const cases = new Map<string, string>();
  for (const each of [manual!, ...below]) {
    const prefix = each.name.split(" ").slice(1);
    addCases(cases, each, prefix);
  }
  const lines = [...cases].map(([path, assignments]) => `    ${quote(path)}) ${assignments} ;;`);
  return `# Completion of ${name} for bash. Made from the tables of the command; change those.
_quorate_table_${identifier}() {
  case "$1" in
${lines.join("\n")}
  esac
}
${engine.replaceAll("@ID@", identifier)}
complete -F _quorate_complete_${identifier} ${name}
`;
}

function addCases(cases: Map<string, string>, manual: Manual, prefix: readonly string[]): void {
  const paths = new Map<string, readonly string[]>([[prefix.join(" "), prefix]]);
  for (const { path } of manual.commands) {
    for (let depth = 1; depth <= path.length; depth++) {
      const words = [...prefix, ...path.slice(0, depth)];
      paths.set(words.join(" "), words);
    }
  }
  for (const [key, words] of paths) {
    const depth = words.length - prefix.length;
    const own = manual.commands.find(({ path }) => path.join(" ") === words.slice(prefix.length).join(" "));
    const next = new Set(
      manual.commands
        .filter(
          ({ path }) =>
            path.length > depth && words.slice(prefix.length).every((word, index) => path[index] === word),
        )
        .map(({ path }) => path[depth]!),
    );
    const common = depth > 0 || manual.options.length > 0 ? manual.options : [];
    const options = [...(own?.options ?? []), ...common];
    const usage = own?.usage ?? (depth === 0 ? manual.usage : []);
    const assignments = [
      `words=${quote([...next].join(" "))}`,
      `options=${quote(options.flatMap(optionWords).join(" "))}`,
      `kinds=${quote(kindsOf(usage.join(" ")).join(" "))}`,
    ];
    const previous = cases.get(key);
    // A page of its own knows more than the entry in its group.
    if (previous === undefined || words.length === prefix.length) cases.set(key, assignments.join("; "));
  }
}

/** `--name`, or `--name=KIND` with `a|b` for choices, or `--name?` when the value may be left out. */
function optionWords({ names, metavar, choices, isArgumentOptional }: ManualOption): string[] {
  const mark = isArgumentOptional ? "?" : "";
  const kind = choices.length > 0 ? choices.join("|") : metavar === null ? "" : kindOf(metavar);
  return names.map((name) => (metavar === null ? name : `${name}${mark}=${kind}`));
}

function kindOf(metavar: string): Kind {
  return kindsOf(metavar)[0] ?? "NONE";
}

function kindsOf(usage: string): Kind[] {
  const kinds: Kind[] = [];
  if (/resource|\brsc\b|clone id|group id|stonith id|tag id|bundle id|\bid\b/i.test(usage))
    kinds.push("RESOURCE");
  if (/node|\bhost\b|target/i.test(usage)) kinds.push("NODE");
  if (/file|directory|\bdir\b|path/i.test(usage)) kinds.push("FILE");
  return kinds;
}

function quote(words: string): string {
  return `'${words.replaceAll("'", "'\\''")}'`;
}
