import { parseBoolean } from "@quorate/cib";
import type { Resource } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";
import { reject, unpackResource } from "./unpack-resource.ts";

/** Makes the members of a group; false when there is none. Source: part 1, 6.6. */
export function unpackGroup(unpacking: Unpacking, group: Resource): boolean {
  group.group = {
    isOrdered: isNotFalse(group, "ordered"),
    isColocated: isNotFalse(group, "collocated"),
  };
  for (const element of group.xml.all("primitive")) {
    const member = unpackResource(unpacking, element, {
      parent: group,
      instanceNumber: group.instanceNumber,
    });
    if (member !== null) group.children.push(member);
  }
  if (group.children.length > 0) return true;
  reject(unpacking, group.xml, "the group has no valid member");
  return false;
}

function isNotFalse(resource: Resource, name: string): boolean {
  return parseBoolean(resource.meta.get(name) ?? null) !== false;
}
