import { aclGroup } from "./acl/commands.ts";
import { alertGroup } from "./alert/commands.ts";
import { clusterGroup } from "./cluster/commands.ts";
import { configGroup } from "./config/commands.ts";
import { constraintGroup } from "./constraint/commands.ts";
import { quorumGroup } from "./corosync/quorum.ts";
import { corosyncStatus, quorumStatus } from "./corosync/quorum-status.ts";
import type { PcsGroup } from "./framework/command.ts";
import { hostGroup } from "./hosts/auth.ts";
import { clientGroup, pcsdGroup, pcsdStatus } from "./hosts/pcsd.ts";
import { nodeGroup } from "./node/commands.ts";
import { propertyGroup } from "./property/commands.ts";
import { qdeviceGroup, qdeviceStatus } from "./qdevice/provider.ts";
import { recoveryGroup } from "./recovery/commands.ts";
import { resourceGroup, stonithGroup } from "./resource/commands.ts";
import { statusNodes } from "./status/commands.ts";
import { clusterStatus, wholeStatus, xmlStatus } from "./status/whole-status.ts";
import { tagGroup } from "./tag/commands.ts";

/** All commands of `pcs`. */
export const pcsCommands: PcsGroup = {
  summary: "Configure and control the cluster",
  commands: {
    cluster: clusterGroup,
    resource: resourceGroup,
    stonith: stonithGroup,
    constraint: constraintGroup,
    status: {
      summary: "State of the cluster",
      otherwise: wholeStatus,
      commands: {
        status: wholeStatus,
        cluster: clusterStatus,
        xml: xmlStatus,
        nodes: statusNodes,
        resources: { ...resourceGroup.otherwise!, isHidden: false },
        quorum: quorumStatus,
        corosync: corosyncStatus,
        qdevice: qdeviceStatus,
        pcsd: pcsdStatus,
      },
    },
    config: configGroup,
    qdevice: qdeviceGroup,
    quorum: quorumGroup,
    property: propertyGroup,
    acl: aclGroup,
    node: nodeGroup,
    alert: alertGroup,
    tag: tagGroup,
    host: hostGroup,
    pcsd: pcsdGroup,
    client: clientGroup,
    dr: recoveryGroup,
  },
};
