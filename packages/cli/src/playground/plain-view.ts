import type { Playground } from "@quorate/playground";
import type { World } from "../world.ts";
import { clusterPicture } from "./cluster-picture.ts";
import type { EventLog } from "./event-log.ts";

const REFRESH_MS = 1000;

export interface ViewParts {
  readonly playground: Playground;
  readonly events: EventLog;
  readonly world: World;
  readonly webPort: number;
}

/** For pipes and logs: events as they come, the status whenever it changed. */
export class PlainView {
  readonly #parts: ViewParts;
  #timer: NodeJS.Timeout | null = null;
  #shown = "";

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  start(): void {
    const { events, world, playground, webPort } = this.#parts;
    world.stdout(
      `Quorate playground in ${playground.layout.directory}; the web page will be at http://127.0.0.1:${webPort}/\n`,
    );
    for (const line of events.last(Number.POSITIVE_INFINITY)) world.stdout(`${line}\n`);
    events.onLine((line) => world.stdout(`${line}\n`));
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parts.events.onLine(() => {});
  }

  #schedule(): void {
    this.#timer = setTimeout(async () => {
      const picture = await clusterPicture(this.#parts.playground, this.#parts.world, { isBrief: false });
      if (this.#timer === null) return;
      // Times change at each look; only the rest is news.
      const essence = picture.replace(/^.*(Last updated|Last change):.*$/gm, "");
      if (essence !== this.#shown) {
        this.#shown = essence;
        this.#parts.world.stdout(`\n${picture}\n`);
      }
      this.#schedule();
    }, REFRESH_MS);
  }
}
