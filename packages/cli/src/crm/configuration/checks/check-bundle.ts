import type { XmlElement } from "@quorate/xml";
import {
  CONTAINER_OPTIONS,
  containerOf,
  NETWORK_OPTIONS,
  PORT_OPTIONS,
  STORAGE_OPTIONS,
} from "../../../configuration/bundle-options.ts";
import { nearestName } from "../../../options/nearest-name.ts";
import type { ConfigurationObject } from "../document.ts";
import type { Finding } from "./check-objects.ts";

/** Old names, which still count. */
const CONTAINER_NAMES = [...CONTAINER_OPTIONS, "masters"];

/** A bundle has a container with an image, and only options that its parts know: the cluster ignores a bundle that has not. */
export function checkBundle({ element, id }: ConfigurationObject): Finding[] {
  const error = (text: string): Finding => ({ severity: "error", text: `${id}: ${text}` });
  const container = containerOf(element);
  if (container === null) return [error("a bundle needs a container, as in docker image=IMAGE")];
  const findings: Finding[] = [];
  if (container.get("image") === null) findings.push(error(`${container.name} needs an image: image=IMAGE`));
  const check = (part: XmlElement, known: readonly string[]) => {
    for (const [name] of part.attributes) {
      if (name === "id" || known.includes(name)) continue;
      const nearest = nearestName(name, known);
      const mend = nearest === null ? `It takes ${known.join(", ")}` : `Did you mean "${nearest}"?`;
      findings.push(error(`${part.name} has no option "${name}". ${mend}`));
    }
  };
  check(container, CONTAINER_NAMES);
  for (const network of element.all("network")) {
    check(network, NETWORK_OPTIONS);
    for (const mapping of network.all("port-mapping")) check(mapping, PORT_OPTIONS);
  }
  for (const mapping of element.all("storage").flatMap((storage) => storage.all("storage-mapping")))
    check(mapping, STORAGE_OPTIONS);
  return findings;
}
