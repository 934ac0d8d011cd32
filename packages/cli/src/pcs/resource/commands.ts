import { defaultsGroup } from "../defaults/commands.ts";
import type { PcsGroup } from "../framework/command.ts";
import { statusCommand } from "../status/commands.ts";
import { confirmCommand, fenceCommand, historyGroup } from "../stonith/fence-commands.ts";
import { levelGroup } from "../stonith/levels.ts";
import { sbdGroup } from "../stonith/sbd/commands.ts";
import { updateScsiDevices } from "../stonith/scsi/update-devices.ts";
import { agentList, agentTypes, providers, standards } from "./agent-lists.ts";
import { bundleCreate, bundleReset, bundleUpdate } from "./bundle/commands.ts";
import { debugCommands, restartCommand } from "./by-hand.ts";
import { banCommand, clearCommand, moveCommand, moveWithConstraint } from "./change/relocate.ts";
import { relocateClear, relocateDryRun, relocateRun, relocateShow } from "./change/relocate-preferred.ts";
import {
  cloneCommand,
  deleteCommand,
  groupAdd,
  groupList,
  groupRemove,
  unclone,
} from "./change/structure.ts";
import { disableCommand, enableCommand, manage, unmanage } from "./change/switches.ts";
import {
  metaCommand,
  operationAdd,
  operationRemove,
  resourceUtilization,
  updateCommand,
} from "./change/update.ts";
import { resourceConfig, stonithConfig } from "./config/commands.ts";
import { resourceCreate, stonithCreate } from "./create/commands.ts";
import { describeAgent } from "./describe.ts";
import { cleanupCommand, failcountGroup, refreshCommand } from "./failures.ts";
import { relationsCommand } from "./relations/command.ts";

const resourceStatus = statusCommand(false);
const stonithStatus = statusCommand(true);
const resourceDelete = deleteCommand(false);
const stonithDelete = deleteCommand(true);
const opDefaults = defaultsGroup("op_defaults");
const defaults = defaultsGroup("rsc_defaults");

export const resourceGroup: PcsGroup = {
  summary: "Resources",
  otherwise: { ...resourceStatus, isHidden: true },
  commands: {
    status: resourceStatus,
    config: resourceConfig,
    relations: relationsCommand,
    create: resourceCreate,
    delete: resourceDelete,
    remove: resourceDelete,
    enable: enableCommand(false),
    disable: disableCommand(false),
    "safe-disable": disableCommand(false, { isSafe: true }),
    update: updateCommand(false),
    op: {
      summary: "Operations of resources",
      commands: {
        add: operationAdd(false),
        delete: operationRemove,
        remove: operationRemove,
        defaults: opDefaults,
      },
    },
    meta: metaCommand(false),
    group: {
      summary: "Groups",
      commands: { list: groupList, add: groupAdd, delete: groupRemove, remove: groupRemove },
    },
    ungroup: groupRemove,
    clone: cloneCommand(false),
    promotable: cloneCommand(true),
    unclone,
    manage,
    unmanage,
    move: moveCommand,
    "move-with-constraint": moveWithConstraint,
    ban: banCommand,
    restart: restartCommand,
    ...debugCommands,
    cleanup: cleanupCommand,
    refresh: refreshCommand,
    failcount: failcountGroup,
    clear: clearCommand,
    relocate: {
      summary: "Resources at the nodes that they prefer",
      commands: { "dry-run": relocateDryRun, run: relocateRun, show: relocateShow, clear: relocateClear },
    },
    bundle: {
      summary: "Resources in containers",
      commands: { create: bundleCreate, update: bundleUpdate, reset: bundleReset },
    },
    defaults,
    utilization: resourceUtilization,
    list: agentList(false),
    describe: describeAgent(false),
    standards,
    providers,
    agents: agentTypes,
  },
};

export const stonithGroup: PcsGroup = {
  summary: "Fence devices",
  otherwise: { ...stonithStatus, isHidden: true },
  commands: {
    status: stonithStatus,
    config: stonithConfig,
    create: stonithCreate,
    update: updateCommand(true),
    delete: stonithDelete,
    remove: stonithDelete,
    enable: enableCommand(true),
    disable: disableCommand(true),
    meta: metaCommand(true),
    op: {
      summary: "Operations of fence devices",
      commands: {
        add: operationAdd(true),
        delete: operationRemove,
        remove: operationRemove,
        defaults: opDefaults,
      },
    },
    defaults,
    list: agentList(true),
    describe: describeAgent(true),
    level: levelGroup,
    cleanup: cleanupCommand,
    refresh: refreshCommand,
    failcount: failcountGroup,
    fence: fenceCommand,
    confirm: confirmCommand,
    history: historyGroup,
    sbd: sbdGroup,
    "update-scsi-devices": updateScsiDevices,
  },
};
