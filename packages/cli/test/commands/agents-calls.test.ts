import { expect, it } from "vitest";
import { main as attrdUpdater } from "../../src/commands/attrd_updater.ts";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crmAttribute } from "../../src/commands/crm_attribute.ts";
import { main as crmMaster } from "../../src/commands/crm_master.ts";
import { main as crmMon } from "../../src/commands/crm_mon.ts";
import { main as crmNode } from "../../src/commands/crm_node.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { main as stonithAdmin } from "../../src/commands/stonith_admin.ts";
import { ExitCode } from "../../src/exit-codes.ts";
import { MemoryWorld } from "../memory-world.ts";

const COMMANDS = {
  attrd_updater: attrdUpdater,
  cibadmin,
  crm_attribute: crmAttribute,
  crm_master: crmMaster,
  crm_mon: crmMon,
  crm_node: crmNode,
  crm_resource: crmResource,
  stonith_admin: stonithAdmin,
};

/** How the agents of Debian's resource-agents and fence-agents call us: every command line must be understood. */
const CALLS = `
attrd_updater -n name -U value -d 5s
attrd_updater -n name -v value -q
attrd_updater -n name -D
attrd_updater -D -n name
attrd_updater --query -n name -N node1
attrd_updater -p -n evacuate -Q -N node1 -U yes
attrd_updater -p --name name --node node1 --update value
attrd_updater -p -n name -Q
attrd_updater -n name -B value -d 0
cibadmin -Q
cibadmin -Q --xpath //node_state
cibadmin -Q --local
crm_attribute -N node1 -l reboot --name name --quiet
crm_attribute -N node1 -l reboot --name name -D
crm_attribute --lifetime=reboot --name=name --node=node1
crm_attribute -N node1 -l reboot --name name -v value
crm_attribute -N node1 -l forever --query --name name -q
crm_attribute --node node1 -l forever --name name --query -q
crm_attribute --type=crm_config --name=stonith-enabled --query --quiet --default=true
crm_attribute --type crm_config --name name -s redis_replication -v value
crm_attribute --type nodes --node node1 -n name -G -q
crm_attribute --quiet -t nodes --node node1 -z -n cpu
crm_attribute -t nodes --node node1 -z -n cpu -v 8
crm_attribute -n name -v 0 -l reboot
crm_attribute -l reboot -N node1 -n name --update true
crm_attribute --promotion -v 10
crm_attribute -p rsc -v 10 -l reboot
crm_master -Q -v 100 -l reboot
crm_master -v INFINITY -l reboot
crm_master -l reboot -D
crm_master -N node1 -l reboot -v 5
crm_mon -1
crm_mon -n -1
crm_mon --as-xml
crm_mon -1 --output-as=xml
crm_node -n
crm_node -l
crm_node -p
crm_node -q
crm_node -i
crm_resource -r rsc --force-stop
crm_resource -W -r rsc
stonith_admin -H * --output-as xml
stonith_admin --reboot=node1 -n
`;

it.each(CALLS.trim().split("\n"))("%s", async (call) => {
  const [name, ...argv] = call.split(" ");
  const world = new MemoryWorld();
  world.env.OCF_RESOURCE_INSTANCE = "rsc";
  const { status, stderr } = await world.run(COMMANDS[name as keyof typeof COMMANDS], name!, ...argv);
  // There is no daemon: a command line that was understood ends at the connection, not before.
  expect(`${status} ${stderr}`).not.toMatch(new RegExp(`^${ExitCode.usage} `));
  expect(stderr).not.toMatch(/option|usage/i);
});
