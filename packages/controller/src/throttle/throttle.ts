import type { LoadMeter, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";
import { jobLimitOf, type LoadMode, loadModeOf } from "./load-mode.ts";

interface Dependencies {
  readonly context: NodeContext;
  /** Null: nobody measures, and nothing is throttled. */
  readonly meter: LoadMeter | null;
  options(): { readonly nodeActionLimit: number; readonly loadThreshold: number };
  send(message: { readonly kind: "load"; readonly mode: LoadMode; readonly jobLimit: number }): void;
}

const INTERVAL_MS = 30_000;

/** Watches how busy this node is, and tells the others when that changes what may be asked of it. Source: controller specification, 8. */
export class Throttle {
  readonly #deps: Dependencies;
  #mode: LoadMode = "negligible";
  #toldLimit: number;
  #timer: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#toldLimit = this.jobLimit;
  }

  /** Actions that this node takes at once. */
  get jobLimit(): number {
    const { context, options } = this.#deps;
    const { actionLimit, coreCount } = context.config;
    const max = (actionLimit ?? options().nodeActionLimit) || 2 * Math.max(1, coreCount);
    return jobLimitOf(this.#mode, max);
  }

  start(): void {
    this.#timer?.cancel();
    this.#timer = after(this.#deps.context, INTERVAL_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Somebody else leads, who may not have heard it. */
  tell(): void {
    this.#toldLimit = this.jobLimit;
    this.#deps.send({ kind: "load", mode: this.#mode, jobLimit: this.#toldLimit });
  }

  #look(): void {
    const { context, meter, options } = this.#deps;
    const before = this.#mode;
    if (meter !== null)
      this.#mode = loadModeOf({
        cpuLoad: meter.cpuLoad(),
        daemonShare: meter.daemonShare(),
        coreCount: context.config.coreCount,
        threshold: options().loadThreshold,
      });
    if (this.#mode !== before) context.log("info", `New throttle mode: ${this.#mode} load (was ${before})`);
    if (this.#mode !== before || this.jobLimit !== this.#toldLimit) this.tell();
  }
}
