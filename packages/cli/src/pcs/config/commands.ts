import type { PcsGroup } from "../framework/command.ts";
import { backup, restore } from "./backup.ts";
import { checkpointGroup } from "./checkpoint.ts";
import { show } from "./show.ts";

export const configGroup: PcsGroup = {
  summary: "The whole configuration",
  commands: { show, backup, restore, checkpoint: checkpointGroup },
  otherwise: show,
};
