type Direction = "toHost" | "toClient";

/**
 * The cable between one node and a remote host. What is sent while it is cut arrives in order when it is mended: TCP repeats it, also
 * after its sender has closed the connection.
 */
export class RemoteLine {
  #isCut = false;
  #held: { readonly direction: Direction; readonly deliver: () => void }[] = [];

  get isCut(): boolean {
    return this.#isCut;
  }

  carry(direction: Direction, deliver: () => void): void {
    if (this.#isCut) this.#held.push({ direction, deliver });
    else deliver();
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
    const held = this.#held;
    this.#held = [];
    for (const { deliver } of held) deliver();
  }

  /** The node has lost its power: nobody repeats what it sent. */
  clientLost(): void {
    this.#held = this.#held.filter(({ direction }) => direction !== "toHost");
  }
}
