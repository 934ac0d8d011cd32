import { graphText } from "../../configuration/graph.ts";
import type { Shell } from "../../shell/shell.ts";

/** `graph [dot [FILE [FORMAT]]]`: the configuration as a graph. With a format `dot` of graphviz draws it. */
export async function graph(shell: Shell, [kind = "dot", file, format]: readonly string[]): Promise<boolean> {
  if (kind !== "dot") {
    shell.messages.error(`configure.graph: graph type ${kind} is not supported. Known is dot`);
    return false;
  }
  return showGraph(
    shell,
    "configure.graph",
    graphText((await shell.configuration()).objects()),
    file,
    format,
  );
}

/** Shows the text of a graph or, given a file, writes it there; with a format `dot` of graphviz draws it. */
export function showGraph(
  shell: Shell,
  command: string,
  text: string,
  file: string | undefined,
  format: string | undefined,
): boolean {
  const { world } = shell;
  if (file === undefined) {
    shell.page(text.trimEnd());
    return true;
  }
  if (format === undefined) {
    world.writeFile(file, text);
    return true;
  }
  if (!/^[\w:.-]+$/.test(format)) {
    shell.messages.error(`${command}: "${format}" is no format. Write for example svg or png`);
    return false;
  }
  const status = world.withPrivateFile(text, (path) =>
    world.runForeground("dot", [`-T${format}`, "-o", file, path], {}),
  );
  if (status === 0) return true;
  shell.messages.error(
    status === 127
      ? `${command}: dot is not there. Install graphviz, or leave the format away to get the text that it draws`
      : `${command}: dot ended with status ${status}; ${file} is not there, or not whole`,
  );
  return false;
}
