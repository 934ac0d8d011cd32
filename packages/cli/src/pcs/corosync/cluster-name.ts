import { viewCorosyncConf } from "@quorate/corosync-conf";
import type { XmlElement } from "@quorate/xml";
import { FileError } from "../../world.ts";
import type { PcsCall } from "../framework/command.ts";
import { PcsError } from "../framework/reports.ts";
import { clusterProperties } from "../property/cluster-properties.ts";
import { readCorosyncConf } from "./conf-file.ts";

/** Corosync's name of the cluster; what the CIB says when its file does not tell. */
export function clusterName(call: PcsCall, cib: XmlElement): string {
  let name: string | null = null;
  try {
    name = viewCorosyncConf(readCorosyncConf(call)).clusterName;
  } catch (error) {
    if (!(error instanceof PcsError || error instanceof FileError)) throw error;
  }
  return name ?? clusterProperties(cib).get("cluster-name") ?? "";
}
