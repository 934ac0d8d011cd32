import type { Shell } from "../shell/shell.ts";

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, H: 3600, M: 60, S: 1 };

/** The arguments of `report`, with what the options say of it before them. */
export function reportArguments({ settings, world }: Shell, args: readonly string[]): readonly string[] {
  const isGiven = (...names: readonly string[]) =>
    args.some((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)));
  const words = (key: string) =>
    settings
      .get(key)
      .split(/\s+/)
      .filter((word) => word !== "");
  const chosen: string[] = words("core.report_tool_options");
  if (!isGiven("-f", "--from"))
    chosen.push("--from", beginning(settings.get("report.from_time"), world.nowMs()));
  if (!settings.isOn("report.compress")) chosen.push("--as-directory");
  if (settings.isOn("report.single_node")) chosen.push("--single-node");
  const masked = settings
    .get("report.sanitize_rule")
    .split("|")
    .filter((pattern) => pattern !== "");
  for (const pattern of masked) chosen.push("--mask", pattern);
  for (const file of words("report.collect_extra_logs").filter((path) => world.fileExists(path)))
    chosen.push("--logfile", file);
  for (let left = Number(settings.get("report.verbosity")); left > 0; left--) chosen.push("--verbose");
  if (settings.isOn("report.remove_exist_dest")) chosen.push("--replace");
  return [...chosen, ...args];
}

/** `-12H` before now as a time; anything else is one. */
function beginning(text: string, nowMs: number): string {
  const [, count, unit] = /^-(\d+)([dHMS])$/.exec(text) ?? [];
  if (count === undefined) return text;
  return new Date(nowMs - Number(count) * SECONDS[unit!]! * 1000).toISOString();
}
