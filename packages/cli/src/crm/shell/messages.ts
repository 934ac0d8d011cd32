import type { World } from "../../world.ts";

/** Tells the user: errors on standard error, warnings and notes on standard output, each with its kind in front. */
export class Messages {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  error(text: string): void {
    this.#world.stderr(`ERROR: ${text}\n`);
  }

  warning(text: string): void {
    this.#world.stdout(`WARNING: ${text}\n`);
  }

  /** A warning beside the results: users of crm know the command as one that prints nothing. */
  aside(text: string): void {
    this.#world.stderr(`WARNING: ${text}\n`);
  }

  info(text: string): void {
    this.#world.stdout(`INFO: ${text}\n`);
  }

  /** What goes on, for who asked for it. */
  debug(text: string): void {
    this.#world.stderr(`DEBUG: ${text}\n`);
  }

  /** A result, without a mark. */
  print(text: string): void {
    this.#world.stdout(`${text}\n`);
  }
}
