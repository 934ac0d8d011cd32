import { XmlElement } from "@quorate/xml";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { ResourceCall } from "./resource-call.ts";

/** Takes a resource out of the configuration. */
export async function deleteResource({ request, cib }: ResourceCall): Promise<number> {
  if (request.resource === null) throw new UsageError("name the resource with --resource");
  if (request.resourceType === null) {
    throw new UsageError("You need to specify a resource type with -t");
  }
  const data = new XmlElement(request.resourceType, [["id", request.resource]]);
  await cib.call({ operation: "cib_delete", section: "resources", data });
  return ExitCode.ok;
}
