import { cibFolder } from "../../cluster/cib-source.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { compareLines } from "./line-differences.ts";
import { cibText } from "./show.ts";

/** Stands for the cluster's present CIB where a checkpoint is named. */
const LIVE = "live";

const list: PcsCommand = {
  usage: [""],
  help: "List the configurations that the cluster had before on this node, each with the time when it was written.",
  options: [],
  run(call) {
    call.expect(0, 0);
    const numbers = checkpointNumbers(call);
    if (numbers.length === 0) call.print("No checkpoints available");
    for (const number of numbers) {
      const date = localTime(new Date(call.world.changedMs(checkpointPath(call, number))));
      call.print(`checkpoint ${number}: date ${date}`);
    }
  },
};

const view: PcsCommand = {
  usage: ["<checkpoint number>"],
  help: "Show a former configuration as 'pcs config' shows the present one.",
  options: [],
  async run(call) {
    const [number] = call.expect(1, 1);
    call.print(await cibText(call.onFile(existingCheckpoint(call, number!))));
  },
};

const diff: PcsCommand = {
  usage: ["<checkpoint number> <checkpoint number>"],
  help: `Show a whole configuration with what differs from another one: lines that only the first has begin with -, those that only the second has with +. '${LIVE}' stands for the present configuration.`,
  options: ["-f"],
  async run(call) {
    const [first, second] = call.expect(2, 2) as readonly [string, string];
    if (first === second) fail("a checkpoint does not differ from itself; name two");
    const linesOf = async (name: string) => {
      const of = name === LIVE ? call.withArgs([]) : call.onFile(existingCheckpoint(call, name));
      return (await cibText(of)).split("\n");
    };
    const [before, after] = [await linesOf(first), await linesOf(second)];
    call.print(`Differences between ${titleOf(first)} (-) and ${titleOf(second)} (+):`);
    const lines = compareLines(before, after);
    call.print(lines.map(({ mark, text }) => `${mark} ${text}`.trimEnd()).join("\n"));
  },
};

const restore: PcsCommand = {
  usage: ["<checkpoint number>"],
  help: "Put a former configuration in place of the present one. What the cluster would do then is told with --plan.",
  options: ["-f", "--force"],
  async run(call) {
    const [number] = call.expect(1, 1);
    const path = existingCheckpoint(call, number!);
    const former = (await call.onFile(path).cib()).cib.first("configuration");
    if (former === null) fail(`${path} holds no configuration`);
    const editor = await call.cib();
    editor.cib.first("configuration")?.remove();
    editor.cib.insert(former.clone(), 0);
    await editor.commit();
  },
};

export const checkpointGroup: PcsGroup = {
  summary: "Configurations that the cluster had before",
  commands: { list, view, diff, restore },
  otherwise: list,
};

function titleOf(name: string): string {
  return name === LIVE ? "live configuration" : `checkpoint ${name}`;
}

/** Numbers of the copies that this node's daemon keeps, rising; they start again from 0 when all are in use, so a higher number may be older. */
function checkpointNumbers({ world }: PcsCall): readonly number[] {
  const folder = cibFolder(world.env);
  if (!world.fileExists(folder)) return [];
  return world
    .listFiles(folder)
    .flatMap((name) => /^cib-(\d+)\.raw$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

function checkpointPath({ world }: PcsCall, number: number | string): string {
  return `${cibFolder(world.env)}/cib-${number}.raw`;
}

/** @throws PcsError when there is no such checkpoint */
function existingCheckpoint(call: PcsCall, name: string): string {
  const path = checkpointPath(call, name);
  if (!/^\d+$/.test(name) || !call.world.fileExists(path))
    fail(`there is no checkpoint '${name}' on this node; 'pcs config checkpoint' lists those that there are`);
  return path;
}

/** `2026-11-01 10:00:00`, in the time zone of the process. */
function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
