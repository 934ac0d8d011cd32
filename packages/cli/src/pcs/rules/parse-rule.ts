import { parseDateTime } from "@quorate/cib";
import { fail } from "../framework/reports.ts";
import { type Condition, joined } from "./rule-tree.ts";

/** Which conditions a rule may hold: those about nodes (constraints), or about resources and operations (defaults). */
export interface RuleKinds {
  readonly allowsNodeAttributes: boolean;
  readonly allowsResources: boolean;
  readonly allowsOperations: boolean;
}

const COMPARISONS: ReadonlySet<string> = new Set(["lt", "gt", "lte", "gte", "eq", "ne"]);
const TYPES: ReadonlySet<string> = new Set(["string", "integer", "number", "version"]);

/** Least and greatest value of each part of a date specification. */
const DATE_PARTS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  hours: [0, 23],
  monthdays: [1, 31],
  weekdays: [1, 7],
  yearsdays: [1, 366],
  yeardays: [1, 366],
  months: [1, 12],
  weeks: [1, 53],
  years: [0, Number.POSITIVE_INFINITY],
  weekyears: [0, Number.POSITIVE_INFINITY],
  moon: [0, 7],
};
const DURATION_PARTS: ReadonlySet<string> = new Set([
  ...Object.keys(DATE_PARTS),
  "minutes",
  "seconds",
  "days",
]);

/** Reads a rule's condition. `and` and `or` bind equally, from the left; brackets group. @throws PcsError */
export function parseRule(words: readonly string[], kinds: RuleKinds): Condition {
  const parser = new RuleParser(words.flatMap(splitBrackets), words.join(" "), kinds);
  return parser.parse();
}

/** Brackets may stick to a word. */
function splitBrackets(word: string): string[] {
  if (/\s/.test(word)) return [word];
  const match = /^(\(*)(.*?)(\)*)$/.exec(word);
  return [...(match?.[1] ?? ""), ...(match?.[2] ? [match[2]] : []), ...(match?.[3] ?? "")];
}

class RuleParser {
  readonly #words: readonly string[];
  readonly #text: string;
  readonly #kinds: RuleKinds;
  #next = 0;

  constructor(words: readonly string[], text: string, kinds: RuleKinds) {
    this.#words = words;
    this.#text = text;
    this.#kinds = kinds;
  }

  parse(): Condition {
    const condition = this.#list();
    if (this.#next < this.#words.length) this.#refuse(`unexpected '${this.#words[this.#next]}'`);
    return condition;
  }

  #list(): Condition {
    let condition = this.#part();
    for (;;) {
      const operator = this.#peek();
      if (operator !== "and" && operator !== "or") return condition;
      this.#next++;
      condition = joined(operator, condition, this.#part());
    }
  }

  #part(): Condition {
    if (this.#peek() !== "(") return this.#expression();
    this.#next++;
    const inner = this.#list();
    if (this.#take("a closing bracket") !== ")") this.#refuse("missing ')'");
    return inner;
  }

  #expression(): Condition {
    const word = this.#take("a condition");
    if (word === "date") return this.#date();
    if (word === "date-spec") return { kind: "dateSpec", parts: this.#dateParts() };
    if (word === "defined" || word === "not_defined") {
      this.#requireNodes();
      const attribute = this.#take("the name of an attribute");
      return { kind: "attribute", attribute, operation: word, type: null, value: null };
    }
    if (word === "resource" && (this.#kinds.allowsResources || this.#isAgent(this.#peek())))
      return this.#resource();
    if (word === "op" && !COMPARISONS.has(this.#peek() ?? "")) return this.#operation();
    return this.#comparison(word);
  }

  #comparison(attribute: string): Condition {
    const operation = this.#take("a comparison");
    if (!COMPARISONS.has(operation))
      this.#refuse(`unexpected '${operation}'; write one of ${[...COMPARISONS].join(", ")}`);
    this.#requireNodes();
    let value = this.#take("a value");
    let type: string | null = null;
    const after = this.#peek();
    if (TYPES.has(value) && after !== undefined && after !== "and" && after !== "or" && after !== ")") {
      type = value;
      value = this.#take("a value");
    }
    if (type === "integer" && !/^[+-]?\d+$/.test(value)) this.#refuse(`'${value}' is no integer`);
    if (type === "number" && !/^[+-]?\d+(\.\d+)?$/.test(value)) this.#refuse(`'${value}' is no number`);
    if (type === "version" && !/^\d+(\.\d+)*$/.test(value)) this.#refuse(`'${value}' is no version`);
    return { kind: "attribute", attribute, operation, type, value };
  }

  #date(): Condition {
    const operation = this.#take("gt, lt or in_range");
    if (operation === "gt" || operation === "lt") {
      const date = this.#takeDate();
      return {
        kind: "date",
        operation,
        start: operation === "gt" ? date : null,
        end: operation === "lt" ? date : null,
        duration: null,
      };
    }
    if (operation !== "in_range") this.#refuse(`unexpected '${operation}' after date`);
    // Rules of constraints need both ends: see pcs constraint location --help.
    if (this.#peek() === "to" && this.#kinds.allowsNodeAttributes) this.#refuse("unexpected 'to'");
    const start = this.#peek() === "to" ? null : this.#takeDate();
    if (this.#take("to") !== "to") this.#refuse("missing 'to'");
    if (this.#peek() !== "duration") {
      return { kind: "date", operation, start, end: this.#takeDate(), duration: null };
    }
    this.#next++;
    if (start === null) this.#refuse("a duration needs a date to begin at");
    return { kind: "date", operation, start, end: null, duration: this.#durationParts() };
  }

  #dateParts(): Map<string, string> {
    return this.#assignments((name, value) => {
      const range = DATE_PARTS[name];
      if (range === undefined)
        this.#refuse(`'${name}' is no part of a date; known are ${Object.keys(DATE_PARTS).join(", ")}`);
      const match = /^(\d+)(?:-(\d+))?$/.exec(value);
      const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
      if (match === null || from < range[0] || to > range[1] || (match[2] !== undefined && from >= to)) {
        this.#refuse(
          `'${value}' is not a valid ${name} value, use ${range[0]}..${range[1]} or a range such as 1-5`,
        );
      }
    });
  }

  #durationParts(): Map<string, string> {
    return this.#assignments((name, value) => {
      const isKnown = DURATION_PARTS.has(name) && !["minutes", "seconds", "days"].includes(name);
      if (!isKnown) this.#refuse(`'${name}' is no part of a duration`);
      if (!/^\d+$/.test(value) || Number(value) === 0)
        this.#refuse(`'${value}' is not a valid ${name} value, use a positive integer`);
    });
  }

  #assignments(check: (name: string, value: string) => void): Map<string, string> {
    const parts = new Map<string, string>();
    for (let word = this.#peek(); word?.includes("="); word = this.#peek()) {
      this.#next++;
      const equals = word.indexOf("=");
      const [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
      check(name, value);
      if (parts.has(name)) this.#refuse(`'${name}' is given twice`);
      parts.set(name, value);
    }
    if (parts.size === 0) this.#refuse("missing NAME=VALUE");
    return parts;
  }

  #resource(): Condition {
    const text = this.#take("an agent such as ocf:heartbeat:IPaddr2");
    const parts = text.split(":");
    if (parts.length !== 3 || parts.every((part) => part === "")) {
      this.#refuse(`'${text}' is no agent; write STANDARD:PROVIDER:TYPE, where parts may be empty`);
    }
    if (!this.#kinds.allowsResources) fail("Keyword 'resource' cannot be used in a rule in this command");
    return { kind: "resource", class: parts[0]!, provider: parts[1]!, type: parts[2]! };
  }

  #operation(): Condition {
    const name = this.#take("the name of an operation");
    let interval: string | null = null;
    if (this.#peek()?.startsWith("interval=")) {
      interval = this.#take("an interval").slice("interval=".length);
      if (!/^\d+[a-z]*$|^P\S+$/i.test(interval)) this.#refuse(`'${interval}' is not a valid interval`);
    }
    if (!this.#kinds.allowsOperations) fail("Keyword 'op' cannot be used in a rule in this command");
    return { kind: "operation", name, interval };
  }

  #isAgent(word: string | undefined): boolean {
    return word !== undefined && word.split(":").length === 3;
  }

  #takeDate(): string {
    const text = this.#take("a date");
    if (parseDateTime(text) === null) this.#refuse(`'${text}' is not an ISO 8601 date`);
    return text;
  }

  #requireNodes(): void {
    if (!this.#kinds.allowsNodeAttributes) {
      fail(
        "Conditions about node attributes (defined, not_defined, eq, ne, lt, gt, lte, gte) cannot be used in a rule in this command",
      );
    }
  }

  #peek(): string | undefined {
    return this.#words[this.#next];
  }

  #take(what: string): string {
    const word = this.#words[this.#next];
    if (word === undefined) this.#refuse(`it ends where ${what} is expected`);
    this.#next++;
    return word;
  }

  #refuse(reason: string): never {
    fail(`'${this.#text}' is not a valid rule expression: ${reason}`);
  }
}
