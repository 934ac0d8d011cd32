/** What ties a result to the action that asked for it. Source: controller specification, 6. */
export interface TransitionKey {
  readonly actionId: number;
  /** -1: asked for by nobody. */
  readonly transition: number;
  readonly targetRc: number;
  /** Drawn once per DC process. */
  readonly leaderUuid: string;
}

export interface TransitionMagic {
  readonly status: number;
  readonly rc: number;
  readonly key: TransitionKey;
}

/** Stands for the DC in results of no transition. */
export const FOREIGN_UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

export function formatTransitionKey(key: TransitionKey): string {
  return `${key.actionId}:${key.transition}:${key.targetRc}:${key.leaderUuid}`;
}

export function parseTransitionKey(text: string): TransitionKey | null {
  const match = /^(-?\d+):(-?\d+):(-?\d+):(.+)$/.exec(text);
  if (match === null) return null;
  return {
    actionId: Number(match[1]),
    transition: Number(match[2]),
    targetRc: Number(match[3]),
    leaderUuid: match[4] ?? "",
  };
}

export function formatTransitionMagic(magic: TransitionMagic): string {
  return `${magic.status}:${magic.rc};${formatTransitionKey(magic.key)}`;
}

export function parseTransitionMagic(text: string): TransitionMagic | null {
  const match = /^(-?\d+):(-?\d+);(.+)$/.exec(text);
  const key = parseTransitionKey(match?.[3] ?? "");
  return match === null || key === null ? null : { status: Number(match[1]), rc: Number(match[2]), key };
}
