import type { Shell } from "../../shell/shell.ts";
import { LIVE } from "./source.ts";

/** What of the past is looked at. */
export interface HistoryView {
  /** `live`, or the folder or archive of a report, as it was named. */
  source: string;
  /** The folder of that report; null: the running cluster. */
  folder: string | null;
  /** Seconds since 1970; null: an hour ago, or for a report from its beginning. */
  fromS: number | null;
  /** Null: now, or for a report to its end. */
  toS: number | null;
  /** Lines that one of these matches are not shown. */
  excluded: readonly RegExp[];
  /** 1: also what went as it should. */
  detail: 0 | 1;
  /** The hosts that were named; null: those of the cluster. */
  nodes: readonly string[] | null;
  /** The name of the session that was saved or loaded. */
  session: string | null;
}

const SPAN_S_DEFAULT = 3600;

export function wholeView(): HistoryView {
  return {
    source: LIVE,
    folder: null,
    fromS: null,
    toS: null,
    excluded: [],
    detail: 0,
    nodes: null,
    session: null,
  };
}

/** The time that is looked at in the running cluster. */
export function liveSpan({ world, history }: Shell): { readonly fromS: number; readonly toS: number } {
  const nowS = Math.floor(world.nowMs() / 1000);
  return { fromS: history.fromS ?? nowS - SPAN_S_DEFAULT, toS: history.toS ?? nowS };
}
