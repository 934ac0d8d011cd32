/**
 * How a value is written. `duration`: `30s`, `5min` or `PT5M`; `timeout`: the same, may be negative; `score`: an
 * integer or +-INFINITY; `integer`: `minimum` is the least value that makes sense; `percentage`: `80%`; `choice`: one of
 * the words, in any case unless `isExact`.
 */
export type OptionType =
  | { readonly kind: "boolean" | "duration" | "timeout" | "score" | "percentage" | "port" | "text" }
  | { readonly kind: "integer"; readonly minimum: number | null }
  | {
      readonly kind: "choice";
      readonly words: readonly string[];
      /** Old words that are still understood, not offered. */
      readonly oldWords: readonly string[];
      readonly isExact: boolean;
    };

/** One property of the cluster, a resource or an operation: the one source of validation, defaults, docs, completion. */
export interface Option {
  readonly name: string;
  readonly type: OptionType;
  /** As written; null when there is none or it depends on other things, which the description then tells. */
  readonly default: string | null;
  /** One sentence, without a full stop. */
  readonly description: string;
  /** Hardly anyone needs it, or it is dangerous. */
  readonly isAdvanced: boolean;
  /** Written by the cluster itself; what an administrator writes is overwritten. */
  readonly isGenerated: boolean;
  /** Null: in use. Otherwise it will go away, and `successor` (if not null) replaces it. */
  readonly deprecation: { readonly successor: string | null } | null;
}

export const BOOLEAN: OptionType = { kind: "boolean" };
export const DURATION: OptionType = { kind: "duration" };
export const TIMEOUT: OptionType = { kind: "timeout" };
export const SCORE: OptionType = { kind: "score" };
export const PERCENTAGE: OptionType = { kind: "percentage" };
export const PORT: OptionType = { kind: "port" };
export const TEXT: OptionType = { kind: "text" };

export function integer(minimum: number | null = null): OptionType {
  return { kind: "integer", minimum };
}

export function choice(...words: readonly string[]): OptionType {
  return { kind: "choice", words, oldWords: [], isExact: false };
}

export function option(
  name: string,
  type: OptionType,
  defaultValue: string | null,
  description: string,
): Option {
  return {
    name,
    type,
    default: defaultValue,
    description,
    isAdvanced: false,
    isGenerated: false,
    deprecation: null,
  };
}

export function advanced(plain: Option): Option {
  return { ...plain, isAdvanced: true };
}

export function generated(plain: Option): Option {
  return { ...plain, isGenerated: true };
}

export function deprecated(plain: Option): Option {
  return { ...plain, deprecation: { successor: null } };
}

/** The old name of an option: same values, same default. */
export function oldName(name: string, successor: Option): Option {
  return {
    ...successor,
    name,
    description: `Old name of ${successor.name}`,
    deprecation: { successor: successor.name },
  };
}
