import type { PcsGroup } from "../framework/command.ts";
import { configUpdate, uuidGenerate } from "./config-change.ts";
import { configShow } from "./config-show.ts";

export const configGroup: PcsGroup = {
  summary: "The configuration of the cluster's communication",
  commands: {
    show: configShow,
    update: configUpdate,
    uuid: { summary: "The cluster's identifier", commands: { generate: uuidGenerate } },
  },
  otherwise: configShow,
};
