import type { Clock } from "@quorate/ports";

/** The clocks of the operating system. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer(delayMs, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(0, delayMs), TIMEOUT_MS_MAX));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Node.js fires at once when asked for longer than this (24.8 days). */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
