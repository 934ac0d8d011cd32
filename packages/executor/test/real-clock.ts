import type { Clock } from "@quorate/ports";

export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const timeout = setTimeout(fire, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(timeout) };
  },
};
