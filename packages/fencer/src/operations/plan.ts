import type { FencingAction } from "@quorate/ports";
import type { DeviceOffer } from "../messages.ts";
import type { FencingLevel } from "../topology/topology.ts";

/** One command that some node has to perform with one device. */
export interface Step {
  readonly device: string;
  readonly action: FencingAction;
  /** Its failure is of no consequence: the target was off already. */
  readonly isOptional: boolean;
}

/** Offers of every node that has answered, by its name. */
export type Offers = ReadonlyMap<string, readonly DeviceOffer[]>;

/** A device that cannot reboot is switched off by the node that has it. */
export function isAllowedFor(offer: DeviceOffer, action: FencingAction): boolean {
  if (action === "reboot") return offer.reboot.isAllowed || offer.off.isAllowed;
  return offer[action].isAllowed;
}

/**
 * The commands of a level, in order. Several devices cannot reboot a node together, so they switch it off, all of them,
 * and then on. Source: fencer specification, 3 ("Results").
 */
export function stepsOfLevel(level: FencingLevel, action: FencingAction, offers: Offers): Step[] {
  const required = (device: string, what: FencingAction): Step => ({
    device,
    action: what,
    isOptional: false,
  });
  if (action === "reboot" && level.devices.length > 1)
    return [
      ...level.devices.map((device) => required(device, "off")),
      ...level.devices
        .filter((device) => isSwitchedOn(device, offers))
        .map((device): Step => ({ device, action: "on", isOptional: true })),
    ];
  const steps = level.devices.map((device) => required(device, action));
  if (action !== "on") return steps;
  const unfencing = [...offers.values()]
    .flat()
    .filter((offer) => offer.unfencesAutomatically && !level.devices.includes(offer.id))
    .map((offer) => offer.id);
  return [...steps, ...[...new Set(unfencing)].sort().map((device) => required(device, "on"))];
}

function isSwitchedOn(device: string, offers: Offers): boolean {
  const known = [...offers.values()].flat().filter((offer) => offer.id === device);
  return known.some((offer) => offer.supportsOn && !offer.unfencesAutomatically && !offer.leavesOff);
}

/** Time that a device may take on a node, with its own delays unless these are switched off. */
export function offerMs(offer: DeviceOffer, action: FencingAction, delayS: number): number {
  const own = offer[action];
  return own.timeoutMs + (delayS < 0 ? 0 : own.delayMs);
}

/** What all devices of all levels may take together. Source: fencer specification, 6. */
export function topologyMs(
  levels: readonly FencingLevel[],
  action: FencingAction,
  offers: Offers,
  delayS: number,
): number {
  const first = new Map<string, DeviceOffer>();
  for (const offer of [...offers.values()].flat()) if (!first.has(offer.id)) first.set(offer.id, offer);
  let sumMs = 0;
  for (const level of levels)
    for (const step of stepsOfLevel(level, action, offers)) {
      const offer = first.get(step.device);
      if (offer !== undefined) sumMs += offerMs(offer, step.action, delayS);
    }
  return sumMs;
}
