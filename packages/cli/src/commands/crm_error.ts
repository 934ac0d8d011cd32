import { XmlElement } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption } from "../options/option-table.ts";
import { EXIT_STATUSES, exitStatusText } from "../result-codes/exit-statuses.ts";
import {
  FUNCTION_CODES,
  functionCodeText,
  LEGACY_CODES,
  legacyCodeText,
} from "../result-codes/function-codes.ts";
import { findCode, type ResultCode } from "../result-codes/result-code.ts";

/** One numbering of results. */
interface Numbering {
  readonly codes: readonly ResultCode[];
  readonly unknownName: string;
  text(code: number): string;
}

const EXIT_NUMBERING: Numbering = {
  codes: EXIT_STATUSES,
  unknownName: "CRM_EX_UNKNOWN",
  text: exitStatusText,
};
const FUNCTION_NUMBERING: Numbering = {
  codes: FUNCTION_CODES,
  unknownName: "Unknown",
  text: functionCodeText,
};
const LEGACY_NUMBERING: Numbering = { codes: LEGACY_CODES, unknownName: "Unknown", text: legacyCodeText };

const NAME_WIDTH = 27;

/** `crm_error`: what a number means. Source: crm_error(8). */
export const main = defineCommand({
  name: "crm_error",
  summary: "tell what an exit status or return code of the cluster's commands means",
  usage: "[options] [--] [CODE...]",
  examples: [
    { line: "crm_error --exit 105", explanation: "What did a command mean that ended with 105?" },
    { line: "crm_error --exit --list --name", explanation: "All exit statuses with their names" },
  ],
  options: {
    name: flagOption({ long: "name", short: "n", help: "Also the symbolic name" }),
    list: flagOption({ long: "list", short: "l", help: "All codes (default when none is given)" }),
    exit: flagOption({ long: "exit", short: "X", help: "The codes are exit statuses of commands" }),
    rc: flagOption({ long: "rc", short: "r", help: "The codes are return codes of functions" }),
    verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  },
  run: ({ options, operands, output }) => {
    if (options.exit && options.rc) throw new UsageError("--exit and --rc exclude each other; give one");
    const numbering = options.exit ? EXIT_NUMBERING : options.rc ? FUNCTION_NUMBERING : LEGACY_NUMBERING;
    const isList = options.list || operands.length === 0;
    const codes = isList ? numbering.codes.map(([code]) => code) : operands.map(parseCode);
    for (const code of codes) {
      const name = findCode(numbering.codes, code)?.[1] ?? numbering.unknownName;
      const text = numbering.text(code);
      output.show({
        text: () => {
          if (!isList) return options.name ? `${name} - ${text}\n` : `${text}\n`;
          const start = `${String(code).padStart(5)}: `;
          return `${start}${options.name ? `${name.padEnd(NAME_WIDTH)} ` : ""}${text}\n`;
        },
        xml: () => [codeElement(code, options.name ? name : null, text)],
      });
    }
    return ExitCode.ok;
  },
});

function parseCode(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new UsageError(`"${text}" is not a number; write for example 105`);
  return Number(text);
}

function codeElement(code: number, name: string | null, text: string): XmlElement {
  const element = new XmlElement("result-code", [["code", String(code)]]);
  if (name !== null) element.set("name", name);
  element.set("description", text);
  return element;
}
