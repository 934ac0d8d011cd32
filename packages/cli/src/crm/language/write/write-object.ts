import type { XmlElement } from "@quorate/xml";
import type { ObjectType } from "../object-types.ts";
import type { WriteContext } from "./attribute-lists.ts";
import { writeColocation, writeLocation, writeOrder, writeTicket } from "./constraints.ts";
import { writeBundle, writeContainer, writePrimitive, writeTag } from "./resources.ts";
import {
  writeAclRoles,
  writeAlert,
  writeFencingTopology,
  writeNode,
  writePropertySet,
  writeRole,
} from "./sections.ts";

/**
 * An object of the configuration as lines of the crm language, the first being its head and the others its parts. Null when the
 * language has no words for something in it; whether the words say all is for the caller to prove by reading them back.
 */
export function writeObject(type: ObjectType, element: XmlElement, context: WriteContext): string[] | null {
  switch (type.word) {
    case "node":
      return writeNode(element, context);
    case "primitive":
    case "rsc_template":
      return writePrimitive(type.word, element, context);
    case "group":
    case "clone":
    case "ms":
      return writeContainer(type.word, element, context);
    case "bundle":
      return writeBundle(element, context);
    case "tag":
      return writeTag(element);
    case "location":
      return writeLocation(element, context);
    case "colocation":
      return writeColocation(element);
    case "order":
      return writeOrder(element);
    case "rsc_ticket":
      return writeTicket(element);
    case "fencing_topology":
      return writeFencingTopology(element, context);
    case "property":
    case "rsc_defaults":
    case "op_defaults":
      return writePropertySet(type.word, element, context);
    case "role":
      return writeRole(element);
    case "acl_target":
    case "acl_group":
      return writeAclRoles(type.word, element);
    case "alert":
      return writeAlert(element, context);
    default:
      return null;
  }
}
