import { checkOptions, type OptionSet, POSITIVE, range, words } from "../corosync/options.ts";
import { quoted } from "../framework/assignments.ts";
import { fail, type Reports } from "../framework/reports.ts";

const DEVICE: OptionSet = {
  title: "quorum device ",
  rules: { sync_timeout: POSITIVE, timeout: POSITIVE },
  prefix: "",
};

/** `nodeIds`: any of them may break a tie. */
function netOptions(nodeIds: readonly string[]): OptionSet {
  return {
    title: "quorum device model ",
    rules: {
      algorithm: { ...words("ffsplit", "lms"), isNeeded: true },
      connect_timeout: range(1000, 120_000),
      force_ip_version: words("0", "4", "6"),
      host: {
        use: "a qdevice host address",
        isWord: true,
        isNeeded: true,
        accepts: (value) => /^[^\s{]+$/.test(value),
      },
      port: range(1, 65_535, "a port number (1..65535)"),
      tie_breaker: words(...nodeIds, "highest", "lowest"),
    },
    prefix: "",
  };
}

const HEURISTICS: OptionSet = {
  title: "heuristics ",
  rules: {
    interval: POSITIVE,
    mode: words("off", "on", "sync"),
    sync_timeout: POSITIVE,
    timeout: POSITIVE,
  },
  prefix: "",
};
/** Commands whose success counts. Stands in lists of what is allowed, too. */
const COMMAND = /^exec_[\w.-]+$/;
const COMMAND_NAME = "exec_NAME";

export interface DeviceWords {
  /** Null where none is named: that which is there stays. */
  readonly model: string | null;
  readonly options: ReadonlyMap<string, string>;
  readonly modelOptions: ReadonlyMap<string, string>;
  readonly heuristics: ReadonlyMap<string, string>;
}

/** Tells what is wrong with options. With `isChange` an empty value removes an option, and the ones that are needed may be there already. */
export function checkDevice(
  reports: Reports,
  { options, modelOptions, heuristics }: DeviceWords,
  {
    model,
    nodeIds,
    isChange,
  }: { readonly model: string; readonly nodeIds: readonly string[]; readonly isChange: boolean },
): void {
  const how = { canRemove: isChange, isForceable: true };
  if (options.has("model")) fail("Model cannot be specified in generic options");
  if (model === "net") {
    const net = netOptions(nodeIds);
    const needed = Object.keys(net.rules).filter((name) => net.rules[name]!.isNeeded);
    const missing = isChange ? [] : needed.filter((name) => !modelOptions.has(name));
    const what = missing.length === 1 ? "option" : "options";
    if (missing.length > 0)
      reports.error(
        `required quorum device model ${what} ${quoted(missing)} ${missing.length === 1 ? "is" : "are"} missing`,
      );
    checkOptions(reports, net, modelOptions, how);
  } else reports.forceable(`'${model}' is not a valid model value, use 'net'`);
  checkOptions(reports, DEVICE, options, how);
  const commands = [...heuristics].filter(([name]) => COMMAND.test(name));
  const others = new Map([...heuristics].filter(([name]) => !COMMAND.test(name)));
  checkOptions(reports, HEURISTICS, others, { ...how, alsoAllowed: [COMMAND_NAME] });
  for (const [name, value] of commands)
    if (value.includes("{") || value.trim() !== value || (value === "" && !isChange))
      reports.error(`'${value}' is not a valid ${name} value, use a command without '{'`);
}

/** Heuristics without a command always pass. */
export function warnWithoutCommands(reports: Reports, heuristics: ReadonlyMap<string, string>): void {
  const mode = heuristics.get("mode") ?? "off";
  if (mode !== "off" && ![...heuristics.keys()].some((name) => COMMAND.test(name)))
    reports.warn("No exec_NAME options are specified, so heuristics are effectively disabled");
}
