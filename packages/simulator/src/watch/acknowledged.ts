import type { XmlElement } from "@quorate/xml";

/** What a client asked for last of one name, and what it was told. */
interface Wish {
  /** Null: deleted. */
  value: number | null;
  isAcknowledged: boolean;
  /** The last value that was acknowledged, while no deletion was asked for since. */
  floor: number | null;
}

/** Cluster options whose values are numbers, as a copy of the CIB shows them. */
export function optionsOf(cib: XmlElement): ReadonlyMap<string, number> {
  const sets = cib.first("configuration")?.first("crm_config")?.all("cluster_property_set") ?? [];
  const pairs = sets.flatMap((set) => set.all("nvpair"));
  return new Map(pairs.map((pair) => [pair.get("name") ?? "", Number(pair.get("value"))]));
}

/** Law 2, seen by its clients: what was acknowledged on a side with a majority stays. */
export class AcknowledgedChanges {
  readonly #wishes = new Map<string, Wish>();

  /** Names are each written by one client at a time, with growing values. */
  asked(name: string, value: number | null): void {
    const wish = this.#wishes.get(name);
    if (wish === undefined) this.#wishes.set(name, { value, isAcknowledged: false, floor: null });
    else {
      wish.value = value;
      wish.isAcknowledged = false;
      if (value === null) wish.floor = null;
    }
  }

  acknowledged(name: string, value: number | null): void {
    const wish = this.#wishes.get(name);
    if (wish === undefined || wish.value !== value) return;
    wish.isAcknowledged = true;
    wish.floor = value;
  }

  /** What of it a copy of the CIB does not show. */
  missingIn(cib: XmlElement): string[] {
    const problems: string[] = [];
    const values = optionsOf(cib);
    for (const [name, wish] of this.#wishes) {
      const present = values.get(name);
      if (wish.floor !== null && (present === undefined || present < wish.floor))
        problems.push(`the acknowledged change ${name}=${wish.floor} is lost (${present ?? "not there"})`);
      if (wish.value === null && wish.isAcknowledged && present !== undefined)
        problems.push(`the acknowledged deletion of ${name} is undone`);
    }
    return problems;
  }
}
