/** What placement reports while it works; render makes the classic lines of it. Source: part 2, 21. */
export type ScoreLine =
  | {
      readonly kind: "assignment";
      readonly stage: "primitive" | "group" | "clone" | "bundle";
      readonly resource: string;
      readonly node: string;
      readonly score: number;
    }
  /** The node is null for an instance that is placed nowhere. */
  | {
      readonly kind: "promotion";
      readonly resource: string;
      readonly node: string | null;
      readonly score: number;
    }
  | {
      readonly kind: "capacity";
      readonly moment: "original" | "remaining";
      readonly node: string;
      /** In the order of the reference's tables (part 2, 23). */
      readonly amounts: readonly UtilizationAmount[];
    }
  | {
      readonly kind: "utilization";
      readonly resource: string;
      readonly node: string;
      readonly amounts: readonly UtilizationAmount[];
    }
  /** A line of the classic output that is no item of a list: `Only 'private' parameters to X changed`. */
  | { readonly kind: "notice"; readonly text: string };

export interface UtilizationAmount {
  readonly name: string;
  readonly value: string;
}
