import { readColocation, readLocation, readOrder, readTicket } from "./constraints.ts";
import type { Cursor } from "./cursor.ts";
import { type ReadObject, readBundle, readContainer, readPrimitive, readTag } from "./resources.ts";
import {
  readAclRoles,
  readAlert,
  readFencingTopology,
  readNode,
  readPropertySet,
  readRole,
} from "./sections.ts";

/** For each word that begins an object, what reads it. */
const READERS: Readonly<Record<string, (cursor: Cursor) => ReadObject>> = {
  node: readNode,
  primitive: (cursor) => readPrimitive(cursor, "primitive"),
  rsc_template: (cursor) => readPrimitive(cursor, "template"),
  group: (cursor) => readContainer(cursor, "group", null),
  clone: (cursor) => readContainer(cursor, "clone", 1),
  ms: (cursor) => readContainer(cursor, "master", 1),
  bundle: readBundle,
  tag: readTag,
  location: readLocation,
  colocation: readColocation,
  order: readOrder,
  rsc_ticket: readTicket,
  fencing_topology: readFencingTopology,
  property: (cursor) => readPropertySet(cursor, "cluster_property_set"),
  rsc_defaults: (cursor) => readPropertySet(cursor, "meta_attributes"),
  op_defaults: (cursor) => readPropertySet(cursor, "meta_attributes"),
  role: readRole,
  acl_target: (cursor) => readAclRoles(cursor, "acl_target"),
  acl_group: (cursor) => readAclRoles(cursor, "acl_group"),
  alert: readAlert,
};

/**
 * Reads a command that describes an object. Elements get ids only where the text gives them.
 * @throws CrmSyntaxError
 */
export function readObject(cursor: Cursor): ReadObject {
  const reader = Object.hasOwn(READERS, cursor.command) ? READERS[cursor.command] : undefined;
  if (reader === undefined) throw cursor.error("Unknown command", null);
  return reader(cursor);
}
