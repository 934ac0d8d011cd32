/** ACTIONID:TRANSITIONID:TARGETRC:UUID. Source: part 1, 2.9. */
interface TransitionKey {
  readonly transitionId: number;
  readonly targetStatus: number;
  readonly uuid: string;
}

export function parseTransitionKey(text: string): TransitionKey | null {
  const match = /^\s*(-?\d+):\s*(-?\d+):\s*(-?\d+):(\S{1,36})/.exec(text);
  if (match === null) return null;
  return { transitionId: Number(match[2]), targetStatus: Number(match[3]), uuid: match[4] ?? "" };
}

/** OPSTATUS:RC;KEY. Null when it cannot be decoded. Source: part 1, 2.9. */
export function parseTransitionMagic(text: string | null): TransitionKey | null {
  const match = text === null ? null : /^\s*-?\d+:\s*-?\d+;(.*)$/s.exec(text);
  return match === null ? null : parseTransitionKey(match[1] ?? "");
}
