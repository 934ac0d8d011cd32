import type { PcsGroup } from "../framework/command.ts";
import { checkpointGroup } from "./checkpoint.ts";
import { show } from "./show.ts";

export const configGroup: PcsGroup = {
  summary: "The whole configuration",
  commands: { show, checkpoint: checkpointGroup },
  otherwise: show,
};
